"""What the use cases about alerts need of the database."""

from typing import Protocol

from vitrina_registry.domain.notifications import Notifications, StoredReport, TestMessage
from vitrina_registry.domain.window import StoredWindow


class NotificationSettings(Protocol):
    async def lock(self) -> None:
        """Nobody else changes them until this transaction ends."""
        ...

    async def find(self) -> Notifications:
        """Revision 0 when nothing was ever set."""
        ...

    async def save(self, item: Notifications) -> None: ...

    async def tests(self) -> list[TestMessage]:
        """The last of each receiver."""
        ...

    async def save_test(self, test: TestMessage) -> None: ...

    async def report(self) -> StoredReport | None:
        """The last of the part beside Alertmanager."""
        ...

    async def save_report(self, stored: StoredReport) -> None: ...


class Windows(Protocol):
    async def lock(self) -> None:
        """Nobody else changes windows until this transaction ends."""
        ...

    async def all(self) -> list[StoredWindow]:
        """By name."""
        ...

    async def find(self, name: str) -> StoredWindow | None: ...

    async def save(self, window: StoredWindow) -> None:
        """A new one, too."""
        ...

    async def delete(self, name: str) -> None: ...
