"""Clients, made and removed by admins."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from vitrina_contracts.tokens import Role

from vitrina_auth.domain.audit import Action
from vitrina_auth.domain.client import Client, can_be_client_id, new_client_id, new_client_secret
from vitrina_auth.domain.errors import UnknownThing
from vitrina_auth.domain.grants import grant
from vitrina_auth.domain.session import digest
from vitrina_auth.use_cases.actors import Actor, entry, present_admin
from vitrina_auth.use_cases.ports import Parts, UnitOfWork


@dataclass(frozen=True, slots=True, kw_only=True)
class ClientDraft:
    name: str
    role: Role
    sources: Sequence[str] | None
    scope: str


async def list_clients(parts: Parts, actor: Actor) -> Sequence[Client]:
    async with parts.open_unit() as unit:
        await present_admin(unit, actor)
        return await unit.clients.all()


async def create_client(parts: Parts, actor: Actor, draft: ClientDraft) -> tuple[Client, str]:
    """The client and its secret, which is told this once.

    Raises:
        NameTaken: there is a client of this name.
        InvalidField: role and sources do not fit together.
    """
    grants = grant(draft.role, draft.sources)
    secret = new_client_secret()
    async with parts.open_unit() as unit:
        admin = await present_admin(unit, actor)
        client = Client(
            client_id=new_client_id(),
            name=draft.name,
            grants=grants,
            scope=draft.scope,
            digest=digest(secret),
            generation=1,
            created_by=admin.username,
            created_at=parts.clock(),
        )
        await unit.clients.add(client)
        rights = {"role": grants.role.value, "sources": list(grants.sources), "scope": draft.scope}
        await unit.audit.add(entry(parts, actor, Action.CLIENT_CREATED, client.name, after=rights))
        await unit.commit()
    return client, secret


async def replace_secret(parts: Parts, actor: Actor, client_id: str) -> tuple[Client, str]:
    """A new secret; the old one and every access token that was got with it end.

    Raises:
        UnknownThing: there is no such client.
    """
    secret = new_client_secret()
    async with parts.open_unit() as unit:
        await present_admin(unit, actor)
        before = await _find(unit, client_id)
        after = replace(before, digest=digest(secret), generation=before.generation + 1)
        await unit.clients.save_secret(after)
        await unit.revocations.add([before.sid], parts.clock())
        await unit.audit.add(entry(parts, actor, Action.CLIENT_SECRET_REPLACED, before.name))
        await unit.commit()
    return after, secret


async def delete_client(parts: Parts, actor: Actor, client_id: str) -> None:
    """Raises `UnknownThing`."""
    async with parts.open_unit() as unit:
        await present_admin(unit, actor)
        client = await _find(unit, client_id)
        await unit.clients.remove(client_id)
        await unit.revocations.add([client.sid], parts.clock())
        await unit.audit.add(entry(parts, actor, Action.CLIENT_DELETED, client.name))
        await unit.commit()


async def _find(unit: UnitOfWork, client_id: str) -> Client:
    client = await unit.clients.find(client_id) if can_be_client_id(client_id) else None
    if client is None:
        raise UnknownThing("client")
    return client
