"""Configuration files of an exporter, as `vitrina_contracts.source_file` lays them out.

They hold credentials: folder 0700, files 0400. A new configuration becomes visible as a whole by the rename of
`current`, so a crash at any line leaves the former one in force.
"""

import hashlib
import os
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from pydantic import ValidationError
from vitrina_contracts.source_file import CURRENT_FILE, CurrentConfig, config_file_name

from vitrina_orchestrator.domain.observed import WrittenConfig

_CONFIG_FILE: Final = re.compile(r"config-(\d+)\.json")


def write_config(folder: Path, revision: int, content: bytes, files: Mapping[str, bytes]) -> None:
    """Makes `content` the present configuration, with a third party's own `files` beside it.

    Raises:
        OSError: the disk refused; the former configuration is still in force.
    """
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    for file, text in files.items():
        _write_whole(folder / file, text)
    name = config_file_name(revision)
    _write_whole(folder / name, content)
    current = CurrentConfig(file=name, sha256=hashlib.sha256(content).hexdigest())
    _write_whole(folder / CURRENT_FILE, current.model_dump_json().encode())


def read_written_config(folder: Path) -> WrittenConfig | None:
    """What lies there; None when that is nothing, or not what `current` says."""
    try:
        current = CurrentConfig.model_validate_json((folder / CURRENT_FILE).read_bytes())
        revision = _revision_of(current.file)
        digest = hashlib.sha256((folder / current.file).read_bytes()).hexdigest()
    except (OSError, ValidationError):
        return None
    if revision is None or digest != current.sha256:
        return None
    others = sorted(other for other in _revisions(folder) if other != revision)
    return WrittenConfig(revision, digest, tuple(others))


def read_config(folder: Path, revision: int) -> bytes:
    """Content of a revision's file. Raises `OSError`."""
    return (folder / config_file_name(revision)).read_bytes()


def drop_configs_but(folder: Path, keep: int) -> None:
    for revision in _revisions(folder):
        if revision != keep:
            (folder / config_file_name(revision)).unlink(missing_ok=True)


def _revisions(folder: Path) -> list[int]:
    return [revision for entry in folder.iterdir() if (revision := _revision_of(entry.name)) is not None]


def _revision_of(file: str) -> int | None:
    match = _CONFIG_FILE.fullmatch(file)
    return int(match[1]) if match else None


def _write_whole(path: Path, content: bytes) -> None:
    """Visible under its name only when it is on the disk, and readable by the owner alone from its first byte."""
    draft = path.with_name(f".{path.name}.draft")
    draft.unlink(missing_ok=True)
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o400)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)
    folder = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
