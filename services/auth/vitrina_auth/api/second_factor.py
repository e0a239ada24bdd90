"""The caller's own second factor."""

from fastapi import Response
from vitrina_kit.http_app import create_router

from vitrina_auth.api.deps import Parts, UnfinishedActor
from vitrina_auth.api.schemas import CodeBody, CurrentPasswordBody, RecoveryCodes, SecondFactorSetup
from vitrina_auth.use_cases.second_factor import begin_setup, confirm_setup, remove_own

router = create_router("/api/auth/me/second-factor", tags=["me"])


@router.post("")
async def set_up(
    actor: UnfinishedActor, parts: Parts, body: CurrentPasswordBody, response: Response
) -> SecondFactorSetup:
    """A secret for an authenticator app, also as the URI of its QR code; it counts once it is confirmed."""
    response.headers["Cache-Control"] = "no-store"
    return SecondFactorSetup.of(await begin_setup(parts, actor, body.current_password))


@router.post("/confirm")
async def confirm(actor: UnfinishedActor, parts: Parts, body: CodeBody, response: Response) -> RecoveryCodes:
    """The app's first code. The recovery codes are told this once. Refresh the token afterwards."""
    response.headers["Cache-Control"] = "no-store"
    return RecoveryCodes(recovery_codes=await confirm_setup(parts, actor, body.code))


@router.post("/remove", status_code=204)
async def remove(actor: UnfinishedActor, parts: Parts, body: CurrentPasswordBody) -> Response:
    await remove_own(parts, actor, body.current_password)
    return Response(status_code=204)
