"""What the provider's claims are worth here."""

from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError
from vitrina_auth.domain.single_sign_on import ClaimRules, NotLetIn, parse_sources
from vitrina_auth.sign_on_settings import SignOnSettings
from vitrina_contracts.tokens import Role

RULES = ClaimRules(
    username_claim="email",
    roles_claim="roles",
    admins=frozenset({"boss"}),
    managers=frozenset({"staff"}),
    sources_claim="screens",
    sources_of={},
)
WHOLE: dict[str, str] = {"public_url": "https://v.example.org", "oidc_issuer": "https://l.example.org"} | {
    "oidc_client_id": "v",
    "oidc_admins": "boss",
}


@pytest.mark.parametrize(
    ("claims", "role", "sources"),
    [
        ({"roles": ["boss", "staff"], "screens": ["a"]}, Role.ADMIN, ("*",)),
        ({"roles": "staff", "screens": "b a"}, Role.MANAGER, ("a", "b")),
        ({"roles": ["staff"], "screens": ["*"]}, Role.MANAGER, ("*",)),
        ({"roles": ["staff"]}, Role.MANAGER, ()),
    ],
)
def test_roles_and_sources_come_from_the_claims(claims: dict[str, Any], role: Role, sources: tuple[str, ...]) -> None:
    grants = RULES.newcomer("https://l", {"sub": "1", "email": "vera@example.org", **claims}).grants
    assert (grants.role, grants.sources) == (role, sources)


@pytest.mark.parametrize(
    "claims", [{}, {"roles": ["boss2"]}, {"roles": 7}, {"roles": {"boss": 1}}, {"roles": "staff", "screens": ["a/b"]}]
)
def test_no_role_or_a_source_that_cannot_be_one_lets_nobody_in(claims: dict[str, Any]) -> None:
    with pytest.raises(NotLetIn):
        RULES.newcomer("https://l", {"sub": "1", "email": "vera@example.org", **claims})


def test_sources_of_groups_are_written_as_pairs() -> None:
    assert parse_sources("cn=volga,dc=x=a") == {"cn": ("volga",), "dc=x": ("a",)}
    assert parse_sources("north=a+b, all=*") == {"north": ("a", "b"), "all": ("*",)}


@pytest.mark.parametrize(
    "changed",
    [
        {"oidc_issuer": "http://l.example.org"},
        {"oidc_issuer": "https://l.example.org/?x=1"},
        {"oidc_client_id": ""},
        {"public_url": ""},
        {"oidc_admins": ""},
        {"oidc_scopes": "profile"},
        {"oidc_sources": "north"},
        {"oidc_sources": "north=a b"},
    ],
)
def test_settings_that_cannot_work_are_refused_at_the_start(
    changed: dict[str, str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    for name, value in (WHOLE | changed).items():
        monkeypatch.setenv(f"VITRINA_{name.upper()}", value)
    with pytest.raises((ValidationError, ValueError)):
        SignOnSettings()
