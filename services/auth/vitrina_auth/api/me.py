"""The caller's own account."""

from fastapi import Response
from vitrina_kit.http_app import create_router

from vitrina_auth.api.deps import Parts, UnfinishedActor
from vitrina_auth.api.schemas import Me, PasswordBody
from vitrina_auth.use_cases.actors import read_self
from vitrina_auth.use_cases.own_password import PasswordChange, change_own_password

router = create_router("/api/auth/me", tags=["me"])


@router.get("")
async def read_me(actor: UnfinishedActor, parts: Parts) -> Me:
    """Who I am, with the rights as they are now."""
    return Me.of(await read_self(parts, actor))


@router.post("/password", status_code=204)
async def change_my_password(actor: UnfinishedActor, parts: Parts, body: PasswordBody) -> Response:
    """Sets a new password; every session but this one ends. Refresh the token afterwards: it may say more then."""
    change = PasswordChange(current=body.current_password, new=body.new_password)
    await change_own_password(parts, actor, change)
    return Response(status_code=204)
