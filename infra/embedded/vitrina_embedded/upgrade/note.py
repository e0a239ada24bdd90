"""What an upgrade has begun: written before the old version is touched, gone once one of the two runs for good.

Whoever finds it while no upgrade is at work (the guard, or the next `make up`) gives the old version its data back.
"""

from pathlib import Path

from pydantic import BaseModel, ValidationError

from vitrina_embedded.home import Home, write_private


class Note(BaseModel):
    """`old` is the release folder to return to; `kept` the folder below VITRINA_HOME with its data of then."""

    old: Path
    old_version: str
    new: Path
    new_version: str
    kept: str


def write_note(home: Home, note: Note) -> None:
    write_private(_file(home), note.model_dump_json(indent=2) + "\n")


def read_note(home: Home) -> Note | None:
    """Null also for what is no note: it is written as a whole or not at all."""
    try:
        return Note.model_validate_json(_file(home).read_text(encoding="utf-8"))
    except (OSError, ValidationError):
        return None


def forget_note(home: Home) -> None:
    _file(home).unlink(missing_ok=True)


def _file(home: Home) -> Path:
    return home.path / "upgrade.json"
