"""Search forgives what people do not see: case, yo, the alphabet of a letter, the keyboard's layout."""
# ruff: noqa: RUF001 - Russian words are searched for

import pytest
from hypothesis import given
from hypothesis import strategies as st
from vitrina_contracts.device import Status
from vitrina_gateway.domain.device import DeviceState, Facts, LocalFacts
from vitrina_gateway.domain.device_filter import DeviceFilter
from vitrina_gateway.domain.folding import fold_for_order, fold_for_search
from vitrina_gateway.domain.index import build
from vitrina_gateway.domain.query import DeviceQuery, select
from vitrina_gateway.domain.scope import Scope
from vitrina_gateway.domain.selection import Selections

KAZAN = DeviceState(
    "acme",
    "north",
    "k1",
    Facts("Казань, Кольцо", ip="10.0.0.7"),
    Status.ONLINE,
    1.0,
    False,
    None,
    local=LocalFacts("ТЦ «Ёлка»", "Казань", labels={"floor": "второй"}),
)
OTHER = DeviceState("acme", "south", "x9", Facts("Lobby Screen"), Status.ONLINE, 1.0, False, None)


def found(text: str) -> list[str]:
    index, _ = build(None, [KAZAN, OTHER])
    return [row.state.device_id for row in select(Selections(index), Scope(None), DeviceQuery(DeviceFilter(text))).rows]


@pytest.mark.parametrize(
    "text",
    [
        "казань",
        "КАЗАНЬ",
        "rfpfym",  # the Russian word on the Latin layout
        "Rjkmwj",
        "kазань",  # a Latin k
        "елка",
        "`krf",  # yo is the key left of 1
        "второй казань",
        "10.0.0.7",
    ],
)
def test_a_russian_name_is_found_however_it_was_typed(text: str) -> None:
    assert found(text) == ["k1"]


@pytest.mark.parametrize("text", ["lobby", "ДЩИИН", "дщиин", "lоbby", "screen lobby"])
def test_a_latin_name_is_found_however_it_was_typed(text: str) -> None:
    assert found(text) == ["x9"]


def test_what_is_nowhere_is_not_found() -> None:
    assert found("самара") == found("cfvfhf") == []


def test_the_order_of_names_keeps_the_alphabets_apart() -> None:
    assert fold_for_order("Анна") > fold_for_order("Zoe")
    assert fold_for_search("Анна") == fold_for_search("Aннa")


@given(st.text(min_size=1, max_size=12))
def test_every_text_finds_the_device_of_this_name(name: str) -> None:
    state = DeviceState("p", "s", "d", Facts(name), Status.ONLINE, 1.0, False, None)
    index, _ = build(None, [state])
    assert select(Selections(index), Scope(None), DeviceQuery(DeviceFilter(name))).total == 1
