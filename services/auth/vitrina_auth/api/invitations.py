"""Accept an invitation. The secret comes in the body: the link of the UI carries it behind `#`, so no log sees it."""

from fastapi import Response
from vitrina_kit.http_app import create_router
from vitrina_kit.token_check import Public

from vitrina_auth.api.deps import Address, Parts
from vitrina_auth.api.refresh_cookie import SameOrigin
from vitrina_auth.api.user_schemas import AcceptBody, Accepted
from vitrina_auth.use_cases.invitations import accept

router = create_router("/api/auth/invitations", tags=["session"])


@router.post("/accept", dependencies=[Public, SameOrigin])
async def accept_invitation(parts: Parts, address: Address, body: AcceptBody, response: Response) -> Accepted:
    """Sets the first password; sign in with it afterwards."""
    response.headers["Cache-Control"] = "no-store"
    return Accepted(username=await accept(parts, body.token, body.password, address))
