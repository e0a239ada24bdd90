"""Names, passwords, and the last admin."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from vitrina_auth.domain.errors import InvalidField, LastAdmin
from vitrina_auth.domain.grants import grant
from vitrina_auth.domain.password import check_new_password
from vitrina_auth.domain.user import User, can_be_username, require_another_admin
from vitrina_contracts.tokens import Role

NOW = datetime(2026, 1, 1, tzinfo=UTC)
ADMIN = User(
    id=1,
    username="ada",
    password_hash="$argon2id$secret",
    grants=grant(Role.ADMIN, None),
    disabled=False,
    must_change_password=False,
    revision=1,
    created_at=NOW,
    updated_at=NOW,
)


@pytest.mark.parametrize("name", ["admin", "a", "Ivan.Petrov@example.org", "0-9_x", "a" * 63])
def test_usual_names_are_names(name: str) -> None:
    assert can_be_username(name)


@pytest.mark.parametrize("name", ["", ".a", "a\n", "a\0", "иван", "a" * 64, "a b", "a/b", "-"])
def test_other_texts_are_no_names(name: str) -> None:
    assert not can_be_username(name)


@pytest.mark.parametrize("password", ["", "seven77", "x" * 257, "Username1"])
def test_a_password_that_is_short_endless_or_the_name_is_refused(password: str) -> None:
    with pytest.raises(InvalidField):
        check_new_password(password, "username1")


def test_a_password_of_eight_characters_is_enough() -> None:
    check_new_password("eight8x8", "ada")


@pytest.mark.parametrize("after", [None, replace(ADMIN, disabled=True), replace(ADMIN, grants=grant(Role.MANAGER, []))])
def test_the_only_admin_stays_an_admin(after: User | None) -> None:
    with pytest.raises(LastAdmin):
        require_another_admin(ADMIN, after, enabled_admins=1)
    require_another_admin(ADMIN, after, enabled_admins=2)


def test_removing_somebody_who_is_no_admin_is_no_matter() -> None:
    require_another_admin(replace(ADMIN, disabled=True), None, enabled_admins=1)


def test_a_user_does_not_show_the_password_hash() -> None:
    assert "argon2" not in repr(ADMIN)
