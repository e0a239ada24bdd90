"""The settings in force, each with where it comes from; names that nobody reads."""

import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from dotenv import dotenv_values
from pydantic import SecretStr

from vitrina_embedded.home import ROOT
from vitrina_embedded.settings import Settings

PREFIX: Final = "VITRINA_"
_OF_THE_COMMAND_LINE: Final = {f"{PREFIX}{name}" for name in ("URL", "TOKEN", "TOKEN_FILE", "OUTPUT")}


@dataclass(frozen=True)
class Shown:
    """`value` is masked when it is secret."""

    name: str
    value: str
    origin: str


def effective(settings: Settings, file: Path = ROOT / ".env") -> Iterator[Shown]:
    """Every setting of the embedded way."""
    in_file = _given(file)
    for field in type(settings).model_fields:
        name = PREFIX + field.upper()
        origin = "environment" if os.environ.get(name) else ".env" if in_file.get(name) else "default"
        yield Shown(name, _shown(getattr(settings, field)), origin)


def unknown_names(file: Path = ROOT / ".env", example: Path = ROOT / ".env.example") -> list[str]:
    """Ours by their prefix, and known to no way to run: a typing error, most likely."""
    known = (
        set(dotenv_values(example)) | {PREFIX + field.upper() for field in Settings.model_fields} | _OF_THE_COMMAND_LINE
    )
    given = {*_given(file), *os.environ}
    return sorted(name for name in given if name.startswith(PREFIX) and name not in known)


def _given(file: Path) -> Mapping[str, str | None]:
    return dotenv_values(file) if file.exists() else {}


def _shown(value: object) -> str:
    if isinstance(value, SecretStr):
        return "********" if value.get_secret_value() else ""
    return "" if value is None else str(value)
