"""What routes ask for in their signatures."""

from typing import Annotated

from fastapi import Depends, Request
from vitrina_kit.if_match import IfMatchHeader, parse_if_match
from vitrina_kit.token_check import Admin, Caller

from vitrina_auth.domain.user import User
from vitrina_auth.use_cases.ports import Parts as UseCaseParts
from vitrina_auth.use_cases.users import Actor, read_user, require_admin


def _parts(request: Request) -> UseCaseParts:
    parts: UseCaseParts = request.app.state.parts
    return parts


Parts = Annotated[UseCaseParts, Depends(_parts)]


def _address(request: Request) -> str:
    """The client's address; behind the edge uvicorn has taken it from the edge's header."""
    return request.client.host if request.client else "unknown"


Address = Annotated[str, Depends(_address)]


def _caller(caller: Caller, address: Address) -> Actor:
    return Actor(caller.sub, address)


CallerActor = Annotated[Actor, Depends(_caller)]
"""Anybody who is signed in."""


async def _admin(admin: Admin, address: Address, parts: Parts) -> Actor:
    actor = Actor(admin.sub, address)
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
