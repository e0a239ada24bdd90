"""Search, filters, facets, sorting and paging of the list."""
# ruff: noqa: RUF001 - Russian words are searched for

import base64
import json
import random
from collections.abc import Iterable
from dataclasses import replace
from typing import Any

import msgspec
import pytest
from vitrina_contracts.device import Cause, Status
from vitrina_gateway.domain.device import DeviceState, Facts, LocalFacts
from vitrina_gateway.domain.device_filter import DeviceFilter
from vitrina_gateway.domain.errors import InvalidParameterError
from vitrina_gateway.domain.index import Index, build
from vitrina_gateway.domain.order import SORT_KEYS
from vitrina_gateway.domain.query import DeviceQuery, Page
from vitrina_gateway.domain.query import select as select_from
from vitrina_gateway.domain.scope import Scope
from vitrina_gateway.domain.selection import Selections

ALL = Scope(None)
STATUSES = list(Status)


def make(number: int, **changes: Any) -> DeviceState:
    state = DeviceState(
        "acme" if number % 3 else "beta",
        f"source{number % 4}",
        f"id{number:03}",
        Facts(f"Screen {number % 17:02}", ip=f"10.0.0.{number}"),
        STATUSES[number % 3],
        1000.0 + number % 7,
        False,
        None,
        None if number % 5 == 0 else 500.0 + number % 11,
        1000.0,
    )
    return msgspec.structs.replace(state, **changes)


FLEET = [make(number) for number in range(100)]


def index_of(devices: Iterable[DeviceState] = FLEET) -> Index:
    return build(None, devices)[0]


def select(index: Index, scope: Scope, query: DeviceQuery) -> Page:
    """With nothing kept of other questions."""
    return select_from(Selections(index), scope, query)


def ids(page: Page) -> list[str]:
    return [row.state.device_id for row in page.rows]


def asking(search: str = "", **kinds: set[str]) -> DeviceQuery:
    """Everything that fits, on one page."""
    return DeviceQuery(DeviceFilter(search, {kind: frozenset(values) for kind, values in kinds.items()}), limit=1000)


def pages(index: Index, query: DeviceQuery, scope: Scope = ALL) -> list[str]:
    found: list[str] = []
    cursor: str | None = None
    while True:
        page = select(index, scope, _with(query, cursor))
        found += ids(page)
        cursor = page.next_cursor
        if cursor is None:
            return found


def _with(query: DeviceQuery, cursor: str | None) -> DeviceQuery:
    return replace(query, cursor=cursor)


@pytest.mark.parametrize("direction", ["", "-"])
@pytest.mark.parametrize("key", SORT_KEYS)
@pytest.mark.parametrize("limit", [1, 7, 1000])
def test_pages_in_any_order_give_every_device_once(key: str, direction: str, limit: int) -> None:
    index = index_of()
    assert pages(index, DeviceQuery(sort=direction + key, limit=limit)) == pages(
        index, DeviceQuery(sort=direction + key, limit=1000)
    )
    assert sorted(pages(index, DeviceQuery(sort=direction + key, limit=limit))) == [each.device_id for each in FLEET]


@pytest.mark.parametrize("direction", ["", "-"])
def test_devices_without_a_value_come_last_either_way(direction: str) -> None:
    found = pages(index_of(), DeviceQuery(sort=f"{direction}last_seen", limit=9))
    without = {each.device_id for each in FLEET if each.last_seen is None}
    assert set(found[-len(without) :]) == without


def test_descending_is_descending() -> None:
    page = select(index_of(), ALL, DeviceQuery(sort="-status_since", limit=1000))
    times = [row.state.status_since for row in page.rows]
    assert times == sorted(times, reverse=True)


def test_by_status_the_newest_dark_device_comes_first() -> None:
    page = select(index_of(), ALL, DeviceQuery(sort="status", limit=1000))
    severity = [Status.OFFLINE, Status.UNKNOWN, Status.ONLINE]
    found = [(severity.index(row.state.status), -row.state.status_since) for row in page.rows]
    assert found == sorted(found)
    assert {status for status, _ in found} == {0, 1, 2}


def test_filters_and_facets_agree_with_a_plain_scan() -> None:
    query = asking("screen 1", status={"online", "unknown"}, platform={"acme"})
    page = select(index_of(), ALL, query)
    searched = [each for each in FLEET if "screen 1" in each.facts.name.lower() or "1" in _words(each)]
    matching = [each for each in searched if each.platform == "acme" and each.status is not Status.OFFLINE]
    assert sorted(ids(page)) == sorted(each.device_id for each in matching)
    assert page.total == len(matching)
    by_platform = [each for each in searched if each.status is not Status.OFFLINE]
    assert page.facets["platform"] == {
        name: sum(each.platform == name for each in by_platform) for name in ("acme", "beta")
    }
    by_status = [each for each in searched if each.platform == "acme"]
    assert page.facets["status"] == {name.value: sum(each.status is name for each in by_status) for name in Status}


def test_a_filter_by_cause_finds_those_and_no_others() -> None:
    causes = [None, Cause.REPORTED_OFFLINE, Cause.VENDOR_FAILING]
    fleet = [msgspec.structs.replace(each, cause=causes[number % 3]) for number, each in enumerate(FLEET)]
    page = select(index_of(fleet), ALL, asking(cause={"vendor_failing"}))
    assert sorted(ids(page)) == sorted(each.device_id for each in fleet if each.cause is Cause.VENDOR_FAILING)
    assert page.facets["cause"] == {"reported_offline": len(fleet[1::3]), "vendor_failing": len(fleet[2::3])}


def test_versions_are_counted_among_the_dark_and_filtered_by() -> None:
    facts = [Facts("Screen", player_version=version) for version in ("4.1.60", "4.1.61", None)]
    fleet = [msgspec.structs.replace(each, facts=facts[number % 4 % 3]) for number, each in enumerate(FLEET)]
    dark = [each.facts.player_version for each in fleet if each.status is Status.OFFLINE]
    page = select(index_of(fleet), ALL, asking(status={"offline"}, player_version={"4.1.61"}))
    assert page.total == dark.count("4.1.61")
    assert page.facets["player_version"] == {name: dark.count(name) for name in ("4.1.60", "4.1.61")}


def _words(state: DeviceState) -> str:
    return " ".join((state.facts.name, state.device_id, state.source, state.facts.ip or "")).lower()


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("", ["a", "b"]),
        ("ЁЛКА", ["a"]),
        ("елка", ["a"]),
        ("тверская ёлка", ["a"]),
        ("aa:bb", ["b"]),
        ("10.1.2.3", ["b"]),
        ("елка aa", []),
        ("ёлка\nвитрина", []),
        ("нет такого", []),
    ],
)
def test_search_forgives_case_and_yo_and_takes_every_word(text: str, found: list[str]) -> None:
    devices = [
        make(1, device_id="a", facts=Facts("Ёлка, Тверская 1")),
        make(2, device_id="b", facts=Facts("Витрина", ip="10.1.2.3"), source="AA:BB:CC"),
    ]
    assert sorted(ids(select(index_of(devices), ALL, asking(text)))) == found


@pytest.mark.parametrize(
    ("query", "parameter"),
    [
        (asking(status={"on"}), "status"),
        (asking(cause={"gremlins"}), "cause"),
        (DeviceQuery(sort="colour"), "sort"),
        (DeviceQuery(sort="--name"), "sort"),
        (DeviceQuery(limit=0), "limit"),
        (DeviceQuery(limit=1001), "limit"),
        (asking("x" * 201), "search"),
        (DeviceQuery(cursor="!!!"), "cursor"),
        (DeviceQuery(cursor="AAAA"), "cursor"),
        (DeviceQuery(cursor="é"), "cursor"),
        (DeviceQuery(cursor=base64.urlsafe_b64encode(b'["x",1,["a","b","c"]]').decode()), "cursor"),
    ],
)
def test_what_does_not_fit_is_named(query: DeviceQuery, parameter: str) -> None:
    with pytest.raises(InvalidParameterError) as error:
        select(index_of(), ALL, query)
    assert error.value.parameter == parameter


@pytest.mark.parametrize(
    "other",
    [
        DeviceQuery(limit=5, sort="-name"),
        replace(asking("x"), limit=5),
        replace(asking(status={"online"}), limit=5),
    ],
)
def test_a_cursor_of_another_question_is_refused(other: DeviceQuery) -> None:
    cursor = select(index_of(), ALL, DeviceQuery(limit=5)).next_cursor
    with pytest.raises(InvalidParameterError) as error:
        select(index_of(), ALL, _with(other, cursor))
    assert error.value.parameter == "cursor"


def test_a_cursor_whose_value_was_changed_to_another_type_is_refused() -> None:
    query = DeviceQuery(limit=5, sort="status_since")
    cursor = select(index_of(), ALL, query).next_cursor
    assert cursor is not None
    content = json.loads(base64.urlsafe_b64decode(cursor + "=="))
    content[1] = "text"
    forged = base64.urlsafe_b64encode(json.dumps(content).encode()).decode()
    with pytest.raises(InvalidParameterError):
        select(index_of(), ALL, _with(query, forged))


@pytest.mark.parametrize("sort", ["name", "-name", "device_id", "-source"])
def test_paging_across_ticks_misses_and_repeats_none_that_stays(sort: str) -> None:
    """Between pages devices flip, come and go; those that stay are each seen once."""
    chance = random.Random(7)  # noqa: S311 - a seed for repeatable tests
    fleet = {each.device_id: each for each in FLEET}
    index = index_of(fleet.values())
    query = DeviceQuery(sort=sort, limit=9)
    found: list[str] = []
    cursor: str | None = None
    while True:
        page = select(index, ALL, _with(query, cursor))
        found += ids(page)
        cursor = page.next_cursor
        if cursor is None:
            break
        number = chance.randrange(1000, 2000)
        fleet[f"id{number}"] = make(number, device_id=f"id{number}")
        flipped = chance.choice([each.device_id for each in FLEET])
        fleet[flipped] = msgspec.structs.replace(fleet[flipped], status=chance.choice(STATUSES))
        index, _ = build(index, fleet.values())
    assert len(found) == len(set(found))
    assert {each.device_id for each in FLEET} <= set(found)


def test_a_cursor_survives_the_removal_of_the_device_that_it_names() -> None:
    query = DeviceQuery(limit=10)
    page = select(index_of(), ALL, query)
    remaining = [each for each in FLEET if each.device_id != ids(page)[-1]]
    following = select(index_of(remaining), ALL, _with(query, page.next_cursor))
    assert ids(following) == ids(select(index_of(), ALL, _with(query, page.next_cursor)))


class TestScope:
    def test_a_scoped_answer_equals_that_of_a_fleet_with_nothing_else(self) -> None:
        scope = Scope(frozenset({"source1", "source3"}))
        own = [each for each in FLEET if each.source in {"source1", "source3"}]
        for sort in (*SORT_KEYS, "-status", "-last_seen"):
            for search in ("", "1", "screen 0", "10.0.0.2"):
                query = replace(asking(search), sort=sort, limit=7)
                answer, alone = select(index_of(), scope, query), select(index_of(own), ALL, query)
                assert (ids(answer), answer.total, answer.facets) == (ids(alone), alone.total, alone.facets)
                assert answer.next_cursor == alone.next_cursor

    def test_filtering_by_a_foreign_source_is_like_filtering_by_none_that_exists(self) -> None:
        scope = Scope(frozenset({"source1"}))
        foreign = select(index_of(), scope, asking(source={"source2"}))
        absent = select(index_of(), scope, asking(source={"nowhere"}))
        assert (foreign.rows, foreign.total, foreign.facets) == (absent.rows, absent.total, absent.facets)

    def test_a_cursor_of_somebody_else_opens_nothing(self) -> None:
        cursor = select(index_of(), ALL, DeviceQuery(limit=5)).next_cursor
        page = select(index_of(), Scope(frozenset({"source1"})), _with(DeviceQuery(limit=1000), cursor))
        assert {row.state.source for row in page.rows} == {"source1"}

    def test_without_sources_there_is_nothing(self) -> None:
        page = select(index_of(), Scope(frozenset()), DeviceQuery())
        assert (page.rows, page.total) == ([], 0)
        assert (page.facets["platform"], page.facets["source"]) == ({}, {})


class TestRebuild:
    def test_only_rows_that_read_differently_are_rendered_and_told(self) -> None:
        index = index_of()
        for row in index.rows:
            index.json_of(row)
        fleet = list(FLEET)
        fleet[3] = msgspec.structs.replace(fleet[3], observed_at=2000.0)
        fleet[4] = msgspec.structs.replace(fleet[4], last_seen=2000.0)
        fleet[5] = msgspec.structs.replace(fleet[5], facts=Facts("Renamed"))
        after, changes = build(index, fleet)
        assert [(change.row.state.device_id, change.noticeable) for change in changes] == [
            ("id004", False),
            ("id005", True),
        ]
        old, new = index.find(fleet[3].key), after.find(fleet[3].key)
        assert old is not None
        assert new is not None
        assert new.head is old.head is not None
        assert json.loads(after.json_of(new))["observed_at"] == "1970-01-01T00:33:20Z"

    def test_an_index_built_on_another_equals_one_built_alone(self) -> None:
        fleet = list(FLEET)
        for number in range(0, 100, 9):
            fleet[number] = msgspec.structs.replace(fleet[number], status=Status.ONLINE, status_since=3000.0)
        built, alone = build(index_of(), fleet)[0], index_of(fleet)
        for sort in SORT_KEYS:
            query = DeviceQuery(sort=sort, limit=1000)
            one, other = select(built, ALL, query), select(alone, ALL, query)
            assert (ids(one), one.facets) == (ids(other), other.facets)
            assert [built.json_of(row) for row in one.rows] == [alone.json_of(row) for row in other.rows]

    @pytest.mark.parametrize("seed", range(3))
    def test_a_long_walk_of_small_changes_ends_where_a_fresh_index_begins(self, seed: int) -> None:
        """Every question is asked of every index on the way, so that all that is carried over is used."""
        chance = random.Random(seed)  # noqa: S311 - a seed for repeatable tests
        fleet = {each.device_id: each for each in FLEET}
        index = index_of(fleet.values())
        queries = [replace(asking(), sort=sort) for sort in (*SORT_KEYS, "-status", "-last_seen")]
        queries += [asking("screen 1"), asking(status={"offline"}), asking(playback={"paused"}), asking(site={"s1"})]
        for step in range(25):
            for _ in range(chance.choice((0, 1, 5))):
                old = fleet[chance.choice(sorted(fleet))]
                fleet[old.device_id] = msgspec.structs.replace(
                    old,
                    status=chance.choice(STATUSES),
                    status_since=1000.0 + step,
                    last_seen=chance.choice([None, 500.0 + step]),
                    cause=chance.choice([None, *Cause]),
                    facts=old.facts if chance.random() < 0.5 else Facts(f"Screen {chance.randrange(20):02}"),
                    local=old.local if chance.random() < 0.5 else LocalFacts(site=chance.choice([None, "s1", "s2"])),
                )
            index, alone = build(index, fleet.values())[0], index_of(fleet.values())
            for query in chance.sample(queries, 12):
                one, other = select(index, ALL, query), select(alone, ALL, query)
                assert (ids(one), one.total, one.facets) == (ids(other), other.total, other.facets), query


@pytest.mark.parametrize("sort", ["name", "-status_since", "last_seen", "-last_seen"])
def test_many_rows_and_few_of_many_read_alike(sort: str) -> None:
    """Few rows are sorted alone, many are picked out of the whole order."""
    fleet = [make(number, device_id=f"id{number:05}", source=f"source{number % 5}") for number in range(4000)]
    index, few, all_of_them = index_of(fleet), asking(source={"source1"}), DeviceQuery(sort=sort, limit=500)
    wanted = [each for each in pages(index, all_of_them) if int(each[2:]) % 5 == 1]
    assert pages(index, replace(few, sort=sort, limit=77)) == wanted


def test_what_is_kept_of_one_filter_answers_its_other_pages_and_nothing_else() -> None:
    rng = random.Random(5)  # noqa: S311 - a seed for repeatable tests
    index = index_of()
    kept = Selections(index)
    for _ in range(400):
        scope = rng.choice([ALL, Scope(frozenset({"source1"})), Scope(frozenset({"source1", "source2"}))])
        wanted = asking(rng.choice(["", "screen"]), status=rng.choice([set(), {"offline"}, {"online", "unknown"}]))
        query = replace(wanted, sort=rng.choice(["name", "-status_since", "status"]), limit=rng.choice([1, 5, 1000]))
        assert select_from(kept, scope, query) == select(index, scope, query)
