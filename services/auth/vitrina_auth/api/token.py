"""Sign in, stay signed in, sign out."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Annotated, Final

from fastapi import Form, Header, Response
from prometheus_client import Counter
from vitrina_kit.http_app import create_router

from vitrina_auth.api.deps import Address, Parts
from vitrina_auth.api.refresh_cookie import Cookie, RefreshCookie, RefreshSecret, SameOrigin
from vitrina_auth.api.schemas import LONGEST_TYPED_PASSWORD, TokenAnswer
from vitrina_auth.domain.errors import AuthError, SessionOver, TooBusy, TooManyAttempts, WrongCredentials
from vitrina_auth.use_cases.login import Credentials, sign_in
from vitrina_auth.use_cases.sessions import refresh, sign_out
from vitrina_auth.use_cases.tokens import SignedIn

router = create_router("/api/auth", tags=["session"])

SIGN_INS: Final = Counter("vitrina_auth_sign_ins_total", "Attempts to sign in, by outcome.", ["outcome"])
REFRESHES: Final = Counter("vitrina_auth_refreshes_total", "Uses of a refresh token, by outcome.", ["outcome"])
_OUTCOMES: Final[dict[type[AuthError], str]] = {
    WrongCredentials: "wrong_credentials",
    SessionOver: "session_over",
    TooManyAttempts: "backing_off",
    TooBusy: "too_busy",
}


@router.post("/token", dependencies=[SameOrigin])
async def create_token(
    *,
    username: Annotated[str, Form(max_length=256)],
    password: Annotated[str, Form(max_length=LONGEST_TYPED_PASSWORD)],
    parts: Parts,
    address: Address,
    cookie: Cookie,
    response: Response,
    user_agent: Annotated[str, Header(include_in_schema=False)] = "",
) -> TokenAnswer:
    """OAuth 2 password form: an access token for ten minutes, and a refresh token as an HttpOnly cookie."""
    with _counted(SIGN_INS):
        signed_in = await sign_in(parts, Credentials(username, password, address, user_agent))
    return _answer(response, cookie, parts, signed_in)


@router.post("/refresh", dependencies=[SameOrigin])
async def refresh_token(
    parts: Parts, secret: RefreshSecret, address: Address, cookie: Cookie, response: Response
) -> TokenAnswer:
    """A new access token, with the present rights, and a new refresh cookie for the one sent."""
    with _counted(REFRESHES):
        if secret is None:
            raise SessionOver
        signed_in = await refresh(parts, secret, address)
    return _answer(response, cookie, parts, signed_in)


@router.post("/logout", status_code=204, dependencies=[SameOrigin])
async def logout(parts: Parts, secret: RefreshSecret, address: Address, cookie: Cookie) -> Response:
    """Ends the session of the cookie; without one there is nothing to end, which is fine too."""
    if secret is not None:
        await sign_out(parts, secret, address)
    response = Response(status_code=204)
    cookie.clear(response)
    return response


def _answer(response: Response, cookie: RefreshCookie, parts: Parts, signed_in: SignedIn) -> TokenAnswer:
    cookie.set(response, signed_in, parts.clock())
    response.headers["Cache-Control"] = "no-store"
    return TokenAnswer(access_token=signed_in.access_token, expires_in=signed_in.expires_in)


@contextmanager
def _counted(counter: Counter) -> Iterator[None]:
    try:
        yield
    except AuthError as error:
        counter.labels(_OUTCOMES.get(type(error), "unavailable")).inc()
        raise
    counter.labels("ok").inc()
