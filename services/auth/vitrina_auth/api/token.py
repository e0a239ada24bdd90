"""Sign in, stay signed in, sign out."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Annotated, Final, Literal

from fastapi import Form, Header, Response
from prometheus_client import Counter
from vitrina_contracts.tokens import LIFETIME_SECONDS
from vitrina_kit.http_app import create_router
from vitrina_kit.token_check import Public

from vitrina_auth.api.client_credentials import ClientCredentials
from vitrina_auth.api.deps import Address, Parts
from vitrina_auth.api.refresh_cookie import Cookie, RefreshCookie, RefreshSecret, SameOrigin
from vitrina_auth.api.schemas import LONGEST_TYPED_PASSWORD, TokenAnswer
from vitrina_auth.domain.errors import (
    AuthError,
    InvalidField,
    SecondFactorMissing,
    SessionOver,
    TooBusy,
    TooManyAttempts,
    WrongCredentials,
)
from vitrina_auth.use_cases.login import Credentials, sign_in
from vitrina_auth.use_cases.machines import exchange_api_token, sign_in_client
from vitrina_auth.use_cases.sessions import refresh, sign_out
from vitrina_auth.use_cases.tokens import SignedIn

router = create_router("/api/auth", tags=["session"])

SIGN_INS: Final = Counter("vitrina_auth_sign_ins_total", "Attempts to sign in, by outcome.", ["outcome"])
REFRESHES: Final = Counter("vitrina_auth_refreshes_total", "Uses of a refresh token, by outcome.", ["outcome"])
_OUTCOMES: Final[dict[type[AuthError], str]] = {
    WrongCredentials: "wrong_credentials",
    SessionOver: "session_over",
    TooManyAttempts: "backing_off",
    SecondFactorMissing: "second_factor_missing",
    TooBusy: "too_busy",
}


Grant = Literal["password", "client_credentials"]


@router.post("/token", dependencies=[Public, SameOrigin])
async def create_token(
    *,
    grant_type: Annotated[Grant, Form()] = "password",
    username: Annotated[str | None, Form(max_length=256)] = None,
    password: Annotated[str | None, Form(max_length=LONGEST_TYPED_PASSWORD)] = None,
    code: Annotated[str | None, Form(max_length=32, description="Of the second factor, where there is one.")] = None,
    client: ClientCredentials,
    parts: Parts,
    address: Address,
    cookie: Cookie,
    response: Response,
    user_agent: Annotated[str, Header(include_in_schema=False)] = "",
) -> TokenAnswer:
    """OAuth 2: an access token for ten minutes.

    A person sends `username` and `password`, and also gets a refresh token as an HttpOnly cookie. A client sends
    `grant_type=client_credentials` with `client_id` and `client_secret`, in the form or as HTTP Basic.
    """
    if grant_type == "client_credentials":
        return _machine(response, await sign_in_client(parts, *client, address))
    if username is None or password is None:
        raise InvalidField("username" if username is None else "password", "Field required")
    with _counted(SIGN_INS):
        signed_in = await sign_in(parts, Credentials(username, password, address, user_agent, code))
    return _answer(response, cookie, parts, signed_in)


@router.post("/exchange", dependencies=[Public])
async def exchange(parts: Parts, token: Annotated[str, Form(max_length=256)], response: Response) -> TokenAnswer:
    """An access token for a personal API token: services ask when one is sent to them."""
    return _machine(response, await exchange_api_token(parts, token))


@router.post("/refresh", dependencies=[Public, SameOrigin])
async def refresh_token(
    parts: Parts, secret: RefreshSecret, address: Address, cookie: Cookie, response: Response
) -> TokenAnswer:
    """A new access token, with the present rights, and a new refresh cookie for the one sent."""
    with _counted(REFRESHES):
        if secret is None:
            raise SessionOver
        signed_in = await refresh(parts, secret, address)
    return _answer(response, cookie, parts, signed_in)


@router.post("/logout", status_code=204, dependencies=[Public, SameOrigin])
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


def _machine(response: Response, access_token: str) -> TokenAnswer:
    response.headers["Cache-Control"] = "no-store"
    return TokenAnswer(access_token=access_token, expires_in=LIFETIME_SECONDS)


@contextmanager
def _counted(counter: Counter) -> Iterator[None]:
    try:
        yield
    except AuthError as error:
        counter.labels(_OUTCOMES.get(type(error), "unavailable")).inc()
        raise
    counter.labels("ok").inc()
