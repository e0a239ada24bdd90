"""Work states as they are stored."""

from dataclasses import dataclass
from datetime import datetime

from vitrina_contracts.work import Work, WorkItem, WorkState

from vitrina_registry.domain.facts import DeviceKey


@dataclass(frozen=True)
class StoredWork:
    key: DeviceKey
    work: Work | None
    """None: taken away."""
    version: int

    def item(self) -> WorkItem:
        return WorkItem(**self.key._asdict(), work=self.work)


def next_work(before: Work | None, wanted: WorkState | None, by: str, now: datetime) -> Work | None:
    """The state before when it says the same: who said it first stays known."""
    if wanted is None:
        return None
    if before is not None and before.model_dump(exclude={"by", "since"}) == wanted.model_dump():
        return before
    return Work(**wanted.model_dump(), by=by, since=now)
