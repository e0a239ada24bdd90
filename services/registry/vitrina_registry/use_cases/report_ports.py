"""What the use cases about reports by e-mail need of the world."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, Protocol

from vitrina_registry.domain.availability import Sums
from vitrina_registry.domain.report import Period, Report, Sending


class MailError(Exception):
    """The mail server did not take a message; the text is for people who can mend that."""


class Reports(Protocol):
    async def lock(self) -> None:
        """Nobody else changes reports until this transaction ends."""
        ...

    async def all(self) -> list[Report]:
        """By name."""
        ...

    async def find(self, name: str) -> Report | None: ...

    async def find_by_id(self, report_id: str) -> Report | None: ...

    async def save(self, report: Report) -> None: ...

    async def delete(self, report: Report) -> None:
        """With its sendings."""
        ...

    async def plan_sending(self, sending: Sending) -> None:
        """Nothing when it is planned already."""
        ...

    async def claim(self, now: datetime) -> Sending | None:
        """One whose time has come, for the caller alone until its lease ends."""
        ...

    async def settle(self, sending: Sending) -> None:
        """What became of it; nothing when its report was deleted or somebody else has claimed it since."""
        ...

    async def sendings(self, report: Report, limit: int) -> list[Sending]:
        """The newest first."""
        ...

    async def last_sendings(self, report_ids: Sequence[str]) -> dict[str, Sending]:
        """By report."""
        ...

    async def forget(self, before: datetime) -> None:
        """Sendings that were due before."""
        ...


@dataclass(frozen=True)
class Mail:
    """A report as it is sent."""

    key: str
    """The same for each try, so that a mailbox may know a second copy."""
    name: str
    language: Literal["en", "ru"]
    period: Period
    group: Literal["source", "site", "device"]
    rows: Sequence[Sums]
    recipients: Sequence[str]
    workbook: bytes | None
    """None: too large for a mail."""


class Mailer(Protocol):
    async def send(self, mail: Mail) -> Mapping[str, str]:
        """Addresses that were refused while others were taken, with the server's words. Raises MailError."""
        ...
