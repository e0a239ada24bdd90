"""The little that the use cases need of the world, in their own words."""

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol
from uuid import UUID

from vitrina_contracts.tokens import Claims, Role
from vitrina_kit.audit_chain import Verification
from vitrina_kit.clock import Clock

from vitrina_auth.domain.api_token import ApiToken
from vitrina_auth.domain.audit import AuditEntry, StoredEntry
from vitrina_auth.domain.back_off import Attempts
from vitrina_auth.domain.client import Client
from vitrina_auth.domain.key import RotationPolicy, SigningKey
from vitrina_auth.domain.session import EndReason, RefreshToken, Session
from vitrina_auth.domain.user import NewUser, ProviderAccount, User


class Users(Protocol):
    async def find(self, username: str) -> User | None: ...

    async def find_by_id(self, user_id: int) -> User | None: ...

    async def find_by_provider(self, account: ProviderAccount) -> User | None: ...

    async def lock(self, user_id: int) -> User | None:
        """The user as it is now; until this unit ends nobody else changes it or its sessions."""
        ...

    async def page(self, after: str, limit: int) -> Sequence[User]:
        """Users with names after the given one, in order of names."""
        ...

    async def count(self) -> int: ...

    async def count_enabled_admins(self) -> int: ...

    async def add(self, user: NewUser) -> User:
        """Raises `UserExists` also when the name differs in case only."""
        ...

    async def save(self, user: User) -> None: ...

    async def remove(self, user: User) -> None:
        """The user's sessions go along."""
        ...

    async def lock_rights(self) -> None:
        """Holds off every other change of users until this unit ends: rules about all of them stay true."""
        ...


class Sessions(Protocol):
    async def open(self, session: Session, token: RefreshToken) -> None: ...

    async def owner_of(self, digest: bytes) -> int | None:
        """Id of the user to whom the token was given: lock the user before anything else is read."""
        ...

    async def find(self, digest: bytes) -> tuple[Session, RefreshToken] | None: ...

    async def successor_of(self, token: RefreshToken) -> RefreshToken | None: ...

    async def rotate(self, used: RefreshToken, successor: RefreshToken) -> None: ...

    async def end(self, session_id: UUID, reason: EndReason, now: datetime) -> None: ...

    async def end_all_of(
        self, user_id: int, reason: EndReason, now: datetime, *, keep: UUID | None = None
    ) -> Sequence[UUID]:
        """Ids of those that were open and now are not."""
        ...

    async def is_open(self, session_id: UUID) -> bool: ...

    async def open_ones_of(self, user_id: int, now: datetime) -> Sequence[Session]:
        """Those that can still be continued, the latest used first."""
        ...

    async def remove_expired(self, before: datetime) -> int:
        """Removes sessions that expired before the instant; returns how many."""
        ...


class ApiTokens(Protocol):
    async def add(self, token: ApiToken) -> None:
        """Raises `NameTaken` when the user has one of this name."""
        ...

    async def of(self, user_id: int) -> Sequence[ApiToken]:
        """In order of names."""
        ...

    async def find(self, digest: bytes) -> ApiToken | None: ...

    async def used(self, token_id: UUID, now: datetime) -> None: ...

    async def remove(self, token_ids: Sequence[UUID]) -> None: ...

    async def remove_expired(self, before: datetime) -> int: ...


class RecoveryCodes(Protocol):
    async def replace(self, user_id: int, digests: Sequence[bytes]) -> None: ...

    async def use(self, user_id: int, digest: bytes) -> bool:
        """Whether there was such a code; now there is not."""
        ...


class Invitations(Protocol):
    async def replace(self, user_id: int, digest: bytes, expires_at: datetime) -> None: ...

    async def owner_of(self, digest: bytes, now: datetime) -> int | None:
        """Id of the user who was invited with it; None when it has expired."""
        ...

    async def use(self, user_id: int, digest: bytes) -> bool:
        """Whether there was such an invitation; now there is not."""
        ...


class AttemptCounts(Protocol):
    async def of(self, keys: Sequence[str]) -> Mapping[str, Attempts]: ...

    async def failed(self, key: str, now: datetime) -> None:
        """One more; failures that are forgotten by now do not count."""
        ...

    async def clear(self, key: str) -> None: ...

    async def remove_older(self, than: datetime) -> int: ...


class Clients(Protocol):
    async def add(self, client: Client) -> None:
        """Raises `NameTaken`."""
        ...

    async def all(self) -> Sequence[Client]:
        """In order of names."""
        ...

    async def find(self, client_id: str) -> Client | None: ...

    async def save_secret(self, client: Client) -> None: ...

    async def used(self, client_id: str, now: datetime) -> None: ...

    async def remove(self, client_id: str) -> None: ...


class Revocations(Protocol):
    async def add(self, sids: Sequence[str], now: datetime) -> None: ...

    async def unpublished(self, limit: int) -> Sequence[str]:
        """The oldest first, locked, those held by another relay left out."""
        ...

    async def since(self, instant: datetime) -> Sequence[str]: ...

    async def published(self, sids: Sequence[str], now: datetime) -> None: ...

    async def remove_older(self, than: datetime) -> int: ...


class Keys(Protocol):
    async def lock(self) -> None:
        """Holds off other rotations until this unit ends."""
        ...

    async def all(self) -> Sequence[SigningKey]: ...

    async def add(self, key: SigningKey) -> None: ...

    async def remove(self, kids: Sequence[str]) -> None: ...


class Audit(Protocol):
    async def add(self, entry: AuditEntry) -> None: ...

    async def page(self, before: int | None, limit: int, subject: str | None) -> Sequence[StoredEntry]:
        """The newest first, with numbers below `before`; of one subject or actor when it is given."""
        ...

    async def remove_older(self, than: datetime) -> int:
        """Others that add entries wait from here on: last in a transaction."""
        ...

    async def verify(self) -> Verification:
        """Walks the chain of hashes; first in its unit."""
        ...

    async def lines(self, after: int, limit: int) -> tuple[Sequence[str], int]:
        """Entries with numbers above `after` as lines of JSON, the oldest first, and the last number."""
        ...


class UnitOfWork(Protocol):
    """One transaction; what is not committed is rolled back when the block ends."""

    @property
    def users(self) -> Users: ...

    @property
    def sessions(self) -> Sessions: ...

    @property
    def api_tokens(self) -> ApiTokens: ...

    @property
    def recovery_codes(self) -> RecoveryCodes: ...

    @property
    def invitations(self) -> Invitations: ...

    @property
    def attempts(self) -> AttemptCounts: ...

    @property
    def clients(self) -> Clients: ...

    @property
    def revocations(self) -> Revocations: ...

    @property
    def keys(self) -> Keys: ...

    @property
    def audit(self) -> Audit: ...

    async def commit(self) -> None: ...


OpenUnit = Callable[[], AbstractAsyncContextManager[UnitOfWork]]


class HashingSlot(Protocol):
    """One of the few places in which a password may be hashed at a time."""

    async def hash(self, password: str) -> str: ...

    async def verify(self, password: str, password_hash: str | None) -> bool:
        """False, after the same work, when there is no hash to compare with."""
        ...

    def is_outdated(self, password_hash: str) -> bool:
        """Whether the hash was made with weaker parameters than today's."""
        ...


class PasswordHasher(Protocol):
    def slot(self) -> AbstractAsyncContextManager[HashingSlot]:
        """Waits for a place. Raises `TooBusy` when the queue is full."""
        ...


@dataclass(frozen=True, slots=True)
class QrCode:
    """`path` is the SVG path of the dark modules in a square of `size` modules, the quiet zone included."""

    size: int
    path: str = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class NewSecondFactor:
    """`secret`, `uri` and its `qr_code` are for the user's device, `sealed` is what is stored."""

    secret: str = field(repr=False)
    uri: str = field(repr=False)
    qr_code: QrCode
    sealed: bytes = field(repr=False)


class SecondFactors(Protocol):
    def make(self, username: str) -> NewSecondFactor: ...

    def step_of(self, sealed: bytes, code: str, now: datetime) -> int | None:
        """The time step to which the code belongs; None when it fits none of the present ones."""
        ...


class KeyMaker(Protocol):
    def make(self, created_at: datetime, signs_from: datetime) -> SigningKey: ...

    def can_sign_with(self, key: SigningKey) -> bool:
        """Whether the private part can be decrypted."""
        ...


class TokenSigner(Protocol):
    def install(self, keys: Sequence[SigningKey]) -> None:
        """Replaces the keys in memory by these."""
        ...

    def sign(self, claims: Claims) -> str:
        """Raises `NoSigningKey` before the first key was installed."""
        ...

    def key_set(self) -> dict[str, list[dict[str, str]]]:
        """The public keys as a JWK set. Raises `NoSigningKey` before the first was installed."""
        ...


@dataclass(frozen=True, slots=True)
class Parts:
    """What `app.py` joins for the use cases."""

    open_unit: OpenUnit
    hasher: PasswordHasher
    key_maker: KeyMaker
    signer: TokenSigner
    clock: Clock
    rotation: RotationPolicy
    second_factors: SecondFactors
    second_factor_roles: frozenset[Role]
    """Who must have one."""
