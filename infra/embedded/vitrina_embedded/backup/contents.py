"""What a backup holds, by the names inside of the archive."""

import re
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Final

from pydantic import BaseModel

from vitrina_embedded.database import SCHEMAS
from vitrina_embedded.home import ROOT
from vitrina_embedded.refusal import Refusal

ABOUT: Final = "about.json"
DATABASE: Final = "database.dump"
SETTINGS: Final = "settings.env"
STATE: Final = "state.json"
SECRETS: Final = "secrets"
FOLDERS: Final = ("nats", "alertmanager", "gateway")
"""Data beside the database: transitions of devices, silences and what was sent, the last good list."""
HISTORY: Final = "prometheus"
"""On request: it is large, and everything works without it."""

_MIGRATIONS: Final = {schema: ROOT / "services" / schema / "migrations" / "versions" for schema in SCHEMAS}
_REVISION: Final = re.compile(r"^revision\b.*?=\s*[\"']([^\"']+)", re.MULTILINE)


class About(BaseModel):
    """First in the archive. `revisions` are those of the tables, by schema."""

    made_at: datetime
    version: str
    revisions: Mapping[str, str]
    history: bool


def refuse_newer(about: About) -> None:
    """Raises:
    Refusal: its tables are of a version that this one does not know.
    """
    if unknown := unknown_revisions(about.revisions):
        raise Refusal(
            f"The backup was made by Vitrina {about.version}, which is newer than this one (tables of "
            f"{', '.join(unknown)}): restore it with that version or a later one."
        )


def unknown_revisions(revisions: Mapping[str, str]) -> list[str]:
    """Schemas whose tables were brought to a revision that this version does not have."""
    return [name for name, revision in revisions.items() if revision not in known_revisions(_MIGRATIONS[name])]


def known_revisions(folder: Path) -> set[str]:
    """Of the migrations that this version has."""
    texts = (path.read_text(encoding="utf-8") for path in folder.glob("*.py"))
    return {found.group(1) for text in texts if (found := _REVISION.search(text))}
