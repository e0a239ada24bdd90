"""Rights as an admin types them."""

import pytest
from vitrina_auth.domain.errors import InvalidField
from vitrina_auth.domain.grants import grant
from vitrina_contracts.tokens import Role


@pytest.mark.parametrize("typed", [None, [], ["*"]])
def test_an_admin_sees_every_source(typed: list[str] | None) -> None:
    assert grant(Role.ADMIN, typed).sources == ("*",)


def test_an_admin_with_named_sources_is_a_contradiction() -> None:
    with pytest.raises(InvalidField, match="every source"):
        grant(Role.ADMIN, ["north"])


def test_a_manager_without_a_list_is_refused_but_an_empty_list_is_a_right_to_nothing() -> None:
    with pytest.raises(InvalidField) as refused:
        grant(Role.MANAGER, None)
    assert refused.value.field == "sources"
    assert grant(Role.MANAGER, []).sources == ()


def test_a_name_twice_is_granted_once() -> None:
    assert grant(Role.MANAGER, ["north", "south", "north"]).sources == ("north", "south")


@pytest.mark.parametrize("name", ["", "*", "a b", "é", "north\n", "a" * 64, "-a"])
def test_a_text_that_cannot_name_a_source_is_refused_with_its_position(name: str) -> None:
    with pytest.raises(InvalidField) as refused:
        grant(Role.MANAGER, ["north", name])
    assert refused.value.field == "sources[1]"


def test_too_many_sources_are_refused() -> None:
    with pytest.raises(InvalidField):
        grant(Role.MANAGER, [f"s{number}" for number in range(1001)])
