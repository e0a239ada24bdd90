"""What routes ask for in their signatures."""

from typing import Annotated
from uuid import UUID

from fastapi import Depends, Request
from vitrina_contracts.tokens import Claims
from vitrina_kit.if_match import IfMatchHeader, parse_if_match
from vitrina_kit.problem_handlers import unauthenticated
from vitrina_kit.token_check import Admin, Caller, UnfinishedCaller, declares

from vitrina_auth.domain.user import User
from vitrina_auth.use_cases.actors import Actor, require_admin
from vitrina_auth.use_cases.ports import Parts as UseCaseParts
from vitrina_auth.use_cases.users import read_user


def _parts(request: Request) -> UseCaseParts:
    parts: UseCaseParts = request.app.state.parts
    return parts


Parts = Annotated[UseCaseParts, Depends(_parts)]


def _address(request: Request) -> str:
    """The client's address; behind the edge uvicorn has taken it from the edge's header."""
    return request.client.host if request.client else "unknown"


Address = Annotated[str, Depends(_address)]


def _actor(claims: Claims, address: str) -> Actor:
    """Only sessions reach accounts; tokens of clients and API tokens have another audience."""
    try:
        return Actor(claims.sub, address, UUID(claims.sid))
    except (ValueError, TypeError):
        raise unauthenticated("This needs a person who signed in.") from None


@declares("signed in")
def _caller(caller: Caller, address: Address) -> Actor:
    return _actor(caller, address)


CallerActor = Annotated[Actor, Depends(_caller)]
"""Anybody who is signed in."""


@declares("unfinished")
def _unfinished(caller: UnfinishedCaller, address: Address) -> Actor:
    return _actor(caller, address)


UnfinishedActor = Annotated[Actor, Depends(_unfinished)]
"""Anybody who is signed in, also one who must change the password or set up a second factor first."""


@declares("admin")
async def _admin(admin: Admin, address: Address, parts: Parts) -> Actor:
    actor = _actor(admin, address)
    await require_admin(parts, actor)
    return actor


AdminActor = Annotated[Actor, Depends(_admin)]
"""An admin by the token, and still one by the database."""


async def _target(actor: AdminActor, parts: Parts, username: str) -> User:
    return await read_user(parts, actor, username)


Target = Annotated[User, Depends(_target)]
"""The user of the path; a dependency, so that 404 comes before what is wrong with the body."""


def _seen_revisions(target: Target, header: IfMatchHeader) -> frozenset[str] | None:
    if header is None:
        return None
    if_match = parse_if_match(header)
    if_match.require(target.revision)
    return if_match.revisions


SeenRevisions = Annotated[frozenset[str] | None, Depends(_seen_revisions)]
"""Revisions in If-Match, which may be left out: the last writer wins then."""
