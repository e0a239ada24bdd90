"""Whose a device is, when sources share an account."""

import pytest
from vitrina_contracts.manifest import Manifest
from vitrina_contracts.selection import DeviceSelection, Division

ACCOUNT = Division(
    {
        "moscow": DeviceSelection(ids=("17",), names=("ЖДЯ-*", "Office ?")),
        "ural": DeviceSelection(ids=("18",), names=("*[2]",)),
        "others": DeviceSelection(rest=True),
    }
)
SELECTING = {"ids": "array", "names": "array", "rest": "boolean"}


@pytest.mark.parametrize(
    ("device_id", "name", "owner"),
    [
        ("17", "anything", "moscow"),
        ("1", "ждя-1", "moscow"),
        ("18", "ЖДЯ-2", "ural"),
        ("1", "office 5", "moscow"),
        ("1", "office 55", "others"),
        ("1", "Window [2]", "ural"),
        ("1", "Window 2", "others"),
        ("1", "Ж\nДЯ-1", "others"),
        ("office 7", None, "moscow"),
        ("1", None, "others"),
    ],
)
def test_an_id_counts_before_a_name_and_a_name_before_the_rest(device_id: str, name: str | None, owner: str) -> None:
    assert ACCOUNT.owner(device_id, name) == owner


def test_two_ways_to_write_a_letter_are_one_name() -> None:
    division = Division({"north": DeviceSelection(names=("Й*",))})
    assert division.owner("1", "И\u0306ж") == "north"


def test_without_a_rest_a_device_may_be_nobodys() -> None:
    assert Division({"north": DeviceSelection(ids=("1",))}).owner("2", "north") is None


def test_a_pattern_of_many_stars_is_not_slow() -> None:
    division = Division({"north": DeviceSelection(names=("*a" * 50,))})
    assert division.owner("1", "a" * 49 + "b" * 100_000) is None


@pytest.mark.parametrize(
    "types",
    [{"ids": "array"}, SELECTING | {"rest": "array"}, {"ids": "array", "names": "array", "others": "boolean"}],
)
def test_a_manifest_selects_in_all_three_ways_or_not_at_all(types: dict[str, str]) -> None:
    assert _manifest(SELECTING).selection_fields() == {"ids": "its_ids", "names": "its_names", "rest": "its_rest"}
    assert _manifest({}).selection_fields() == {}
    with pytest.raises(ValueError, match="x-selection"):
        _manifest(types)


def _manifest(types: dict[str, str]) -> Manifest:
    properties = {f"its_{kind}": {"type": shape, "x-selection": kind} for kind, shape in types.items()}
    return Manifest.model_validate(
        {
            "type": "acme",
            "title": {"en": "A", "ru": "А"},  # noqa: RUF001 - Russian
            "description": {"en": "A", "ru": "А"},  # noqa: RUF001 - Russian
            "image": "acme",
            "module": "acme",
            "source_schema": {"properties": properties},
            "metrics": [],
        }
    )
