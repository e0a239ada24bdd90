"""Settings that are read here with all others, and handed on to the one service where they count and are checked."""

from pathlib import Path
from typing import Annotated

from pydantic import AfterValidator
from pydantic_settings import BaseSettings

from vitrina_embedded.home import ROOT


def _existing(path: Path) -> Path:
    found = (ROOT / path.expanduser()).resolve()
    if not found.is_file():
        raise ValueError("there is no such file")
    return found


ExistingFile = Annotated[Path, AfterValidator(_existing)]
"""From the root of the repository unless its path is absolute."""


def environment_of(part: type[BaseSettings], settings: BaseSettings) -> dict[str, str]:
    """Variables for those of `settings` that `part` declares; without the empty ones, which keep their default."""
    given = {name: getattr(settings, name) for name in part.model_fields}
    return {f"VITRINA_{name.upper()}": str(value) for name, value in given.items() if value}
