"""The caller's own account."""

from fastapi import Response
from vitrina_kit.http_app import create_router

from vitrina_auth.api.deps import CallerActor, Parts
from vitrina_auth.api.refresh_cookie import RefreshSecret
from vitrina_auth.api.schemas import Me, PasswordBody
from vitrina_auth.use_cases.own_password import PasswordChange, change_own_password
from vitrina_auth.use_cases.users import read_self

router = create_router("/api/auth/me", tags=["me"])


@router.get("")
async def read_me(actor: CallerActor, parts: Parts) -> Me:
    """Who I am, with the rights as they are now."""
    return Me.of(await read_self(parts, actor.username))


@router.post("/password", status_code=204)
async def change_my_password(actor: CallerActor, parts: Parts, secret: RefreshSecret, body: PasswordBody) -> Response:
    """Sets a new password; every session but this one ends."""
    change = PasswordChange(current=body.current_password, new=body.new_password)
    await change_own_password(parts, actor, change, secret)
    return Response(status_code=204)
