"""Optimistic concurrency: the ETag of a resource is its revision, and writes say which one they saw."""

from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Header

from vitrina_kit.problem_handlers import precondition_failed, precondition_required


def etag(revision: int) -> str:
    return f'"{revision}"'


@dataclass(frozen=True)
class IfMatch:
    """Revisions that the writer accepts; None stands for `*`."""

    revisions: frozenset[str] | None

    def require(self, *current: int) -> None:
        """Refuses with 412 unless one of the current revisions is among those the writer saw."""
        if self.revisions is None or any(str(revision) in self.revisions for revision in current):
            return
        raise precondition_failed(f"The newest revision is {current[0]}; read it again before you change it.")


def parse_if_match(header: str | None) -> IfMatch:
    """Raises a 428 problem when the header is missing."""
    if header is None or not header.strip():
        raise precondition_required()
    if header.strip() == "*":
        return IfMatch(None)
    return IfMatch(frozenset(part.strip().strip('"') for part in header.split(",")))


def _if_match_header(if_match: Annotated[str | None, Header()] = None) -> str | None:
    return if_match


IfMatchHeader = Annotated[str | None, Depends(_if_match_header)]
"""The raw header: parse it after rights and existence were checked, so that refusals come in the agreed order."""
