"""The caller's own sessions."""

from uuid import UUID

from fastapi import Response
from vitrina_kit.http_app import create_router

from vitrina_auth.api.deps import CallerActor, Parts
from vitrina_auth.api.refresh_cookie import Cookie
from vitrina_auth.api.schemas import SessionList, SessionView
from vitrina_auth.use_cases.sessions import end_own, list_own, sign_out_everywhere

router = create_router("/api/auth", tags=["session"])


@router.get("/me/sessions")
async def list_my_sessions(actor: CallerActor, parts: Parts) -> SessionList:
    """Where I am signed in, the latest used first."""
    sessions = await list_own(parts, actor)
    return SessionList(items=[SessionView.of(session, actor.session) for session in sessions])


@router.delete("/me/sessions/{session_id}", status_code=204)
async def end_my_session(actor: CallerActor, parts: Parts, session_id: UUID) -> Response:
    """Signs out there: the session cannot be continued, and its access token is refused within seconds."""
    await end_own(parts, actor, session_id)
    return Response(status_code=204)


@router.post("/logout-everywhere", status_code=204)
async def logout_everywhere(actor: CallerActor, parts: Parts, cookie: Cookie) -> Response:
    """Ends all my sessions, this one included."""
    await sign_out_everywhere(parts, actor)
    response = Response(status_code=204)
    cookie.clear(response)
    return response
