"""Who the company's sign-in says somebody is, and what that is worth here: pure rules over its claims."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from vitrina_contracts.tokens import Role

from vitrina_auth.domain.errors import InvalidField
from vitrina_auth.domain.grants import Grants, grant
from vitrina_auth.domain.user import ProviderAccount, can_be_username


class Reason(StrEnum):
    """Why somebody whom the provider sent is not let in; the sign-in page has a sentence for each."""

    CANCELLED = "cancelled"
    EXPIRED = "expired"
    """Not begun in this browser, or too long ago."""
    UNAVAILABLE = "unavailable"
    """The provider, or our database, does not answer."""
    REFUSED = "refused"
    """What the provider answered proves nothing."""
    NO_ROLE = "no_role"
    BAD_NAME = "bad_name"
    NAME_TAKEN = "name_taken"
    """Another user, who signs in with a password or through another provider, has this name."""
    DISABLED = "disabled"
    LAST_ADMIN = "last_admin"
    """The claims would leave no enabled admin."""


class NotLetIn(Exception):  # noqa: N818 - a refusal is named for what was refused
    def __init__(self, reason: Reason, detail: str = "") -> None:
        super().__init__(f"{reason}: {detail}" if detail else reason.value)
        self.reason = reason
        self.detail = detail


@dataclass(frozen=True, slots=True, kw_only=True)
class Newcomer:
    """Somebody whom the provider vouches for, with the rights that follow from the claims."""

    account: ProviderAccount
    username: str
    grants: Grants


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimRules:
    """Names of claims and what their values stand for.

    `sources_of` maps a value of the sources' claim to names of sources; when it is empty the values are the names.
    """

    username_claim: str
    roles_claim: str
    admins: frozenset[str]
    managers: frozenset[str]
    sources_claim: str
    sources_of: Mapping[str, Sequence[str]]

    def newcomer(self, issuer: str, claims: Mapping[str, Any]) -> Newcomer:
        """Raises `NotLetIn` for somebody without a role, or whose name cannot be one here."""
        username = claims.get(self.username_claim)
        if not isinstance(username, str) or not can_be_username(username):
            raise NotLetIn(Reason.BAD_NAME, f"the claim {self.username_claim} is {username!r}")
        subject = str(claims["sub"])
        if "\0" in subject:
            raise NotLetIn(Reason.REFUSED, "its name for the person holds a NUL")
        account = ProviderAccount(issuer=issuer, subject=subject)
        return Newcomer(account=account, username=username, grants=self._grants(claims))

    def wanted_claims(self) -> frozenset[str]:
        return frozenset({self.username_claim, self.roles_claim, self.sources_claim})

    def _grants(self, claims: Mapping[str, Any]) -> Grants:
        roles = set(_texts(claims.get(self.roles_claim)))
        if roles & self.admins:
            return grant(Role.ADMIN, None)
        if not roles & self.managers:
            raise NotLetIn(Reason.NO_ROLE, f"the claim {self.roles_claim} names none of the roles' values")
        values = _texts(claims.get(self.sources_claim))
        named = [name for value in values for name in self.sources_of.get(value, ())] if self.sources_of else values
        try:
            return grant(Role.MANAGER, sorted(set(named)))
        except InvalidField as error:
            raise NotLetIn(Reason.NO_ROLE, f"the claim {self.sources_claim}: {error}") from error


def _texts(claim: object) -> list[str]:
    """A claim is a list of texts, one text, or texts with spaces between, as scopes are."""
    if isinstance(claim, str):
        return claim.split()
    return [item for item in claim if isinstance(item, str)] if isinstance(claim, list) else []


def parse_sources(text: str) -> dict[str, tuple[str, ...]]:
    """`group=source+source,group=*` as a mapping.

    Raises:
        ValueError: a part is no such pair.
    """
    found: dict[str, tuple[str, ...]] = {}
    for part in filter(None, (part.strip() for part in text.split(","))):
        value, equals, names = part.rpartition("=")
        sources = tuple(name.strip() for name in names.split("+") if name.strip())
        if not equals or not value.strip() or not sources:
            raise ValueError(f"{part!r} is no pair like region-volga=volga-malls+volga-cinemas")
        try:
            grant(Role.MANAGER, sources)
        except InvalidField as error:
            raise ValueError(f"{part!r}: {error.message}") from error
        found[value.strip()] = sources
    return found
