"""Who takes care of a device is known until it is taken away or over."""

from datetime import UTC, datetime
from typing import Any

from vitrina_contracts.work import Work, WorkDelta, WorkItem, WorkKind
from vitrina_gateway.domain.device import LocalFacts
from vitrina_gateway.use_cases.device_work import WorkBook

NORTH = ("acme", "north")
SINCE = datetime(2026, 1, 1, tzinfo=UTC)


def item(device_id: str, **more: Any) -> WorkItem:
    work = Work(kind=WorkKind.IN_REPAIR, by="anna", since=SINCE, **more)
    return WorkItem(platform="acme", source="north", device_id=device_id, work=work)


def test_a_work_state_stands_beside_what_else_is_known_and_goes_when_it_is_taken_away() -> None:
    book = WorkBook()
    facts = {"d1": LocalFacts(site="Mall")}
    assert book.added_to(facts, NORTH) is facts
    book.learn(WorkDelta(version=1, full=True, items=[item("d1"), item("d2")]))
    told = book.added_to(facts, NORTH)
    assert (told["d1"].site, told["d1"].work and told["d1"].work.kind, told["d2"].site) == ("Mall", "in_repair", None)
    assert book.take_changed(0) == {NORTH}
    gone = WorkItem(platform="acme", source="north", device_id="d1", work=None)
    book.learn(WorkDelta(version=2, full=False, items=[gone]))
    assert book.added_to(facts, NORTH)["d1"] == LocalFacts(site="Mall")
    assert (book.take_changed(0), book.take_changed(0), book.version) == ({NORTH}, set(), 2)


def test_it_comes_back_on_its_date() -> None:
    book = WorkBook()
    until = datetime(2026, 2, 1, tzinfo=UTC)
    book.learn(WorkDelta(version=1, full=True, items=[item("d1", until=until)]))
    book.take_changed(0)
    assert book.take_changed(until.timestamp() - 1) == set()
    assert book.take_changed(until.timestamp()) == {NORTH}
    assert book.added_to({}, NORTH) == {}
