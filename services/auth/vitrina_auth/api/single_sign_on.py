"""Sign in through the company's provider: there, and back with a code."""

from dataclasses import dataclass
from typing import Annotated, Final

import structlog
from fastapi import Depends, Header, Query, Request, Response
from fastapi.responses import RedirectResponse
from pydantic import BaseModel, Field
from vitrina_kit.http_app import create_router
from vitrina_kit.problem_handlers import not_found, unavailable
from vitrina_kit.token_check import Public

from vitrina_auth.api.deps import Address, Parts
from vitrina_auth.api.flow_cookie import FlowCookie
from vitrina_auth.api.refresh_cookie import Cookie, SameOrigin
from vitrina_auth.api.schemas import Body
from vitrina_auth.domain.errors import StoreUnavailable
from vitrina_auth.domain.sign_on_flow import Flow, new_flow
from vitrina_auth.domain.single_sign_on import ClaimRules, NotLetIn, Reason
from vitrina_auth.use_cases.single_sign_on import Arrival, Provider, sign_in_through

log = structlog.get_logger(__name__)
router = create_router("/api/auth", tags=["session"])

CALLBACK: Final = "/api/auth/oidc/callback"
_OUR_PAGE: Final = r"^/([^/\\\s][^\\\s]*)?$"


@dataclass(frozen=True, slots=True, kw_only=True)
class SignOn:
    """What these routes need when a provider is set up."""

    name: str
    provider: Provider
    rules: ClaimRules
    flows: FlowCookie


class ProviderView(BaseModel):
    name: Annotated[str, Field(description="What people call it; may be empty.")]


class SignInOptions(BaseModel):
    """How people may sign in besides a password."""

    single_sign_on: ProviderView | None


class StartBody(Body):
    return_to: Annotated[str, Field(pattern=_OUR_PAGE, max_length=1000, description="A page of our own.")] = "/"


class StartView(BaseModel):
    url: Annotated[str, Field(description="Of the provider; the browser goes there.")]


def _configured(request: Request) -> SignOn | None:
    sign_on: SignOn | None = request.app.state.sign_on
    return sign_on


Configured = Annotated[SignOn | None, Depends(_configured)]


def _sign_on(sign_on: Configured) -> SignOn:
    if sign_on is None:
        raise not_found("No provider is set up here; sign in with a password.")
    return sign_on


Provided = Annotated[SignOn, Depends(_sign_on)]


@router.get("/sign-in-options", dependencies=[Public])
async def read_options(sign_on: Configured) -> SignInOptions:
    """What the sign-in page offers."""
    return SignInOptions(single_sign_on=ProviderView(name=sign_on.name) if sign_on else None)


@router.post("/oidc/start", dependencies=[Public, SameOrigin])
async def start(sign_on: Provided, body: StartBody, response: Response) -> StartView:
    """OpenID Connect, authorization code with PKCE: the address of the provider for this browser."""
    flow = new_flow(body.return_to)
    try:
        url = await sign_on.provider.address_for(flow)
    except NotLetIn as refusal:
        log.warning("provider_not_usable", reason=refusal.reason, why=refusal.detail)
        raise unavailable("The company's sign-in does not answer right now; try again, or use a password.") from refusal
    sign_on.flows.set(response, flow)
    response.headers["Cache-Control"] = "no-store"
    return StartView(url=url)


@dataclass(frozen=True, slots=True)
class Returned:
    """What the provider's redirect brings."""

    code: Annotated[str, Query(max_length=4096)] = ""
    state: Annotated[str, Query(max_length=256)] = ""
    error: Annotated[str, Query(max_length=256)] = ""
    iss: Annotated[str | None, Query(max_length=1024, description="RFC 9207: who sends the browser.")] = None


@router.get("/oidc/callback", dependencies=[Public], response_class=RedirectResponse, status_code=303)
async def callback(
    *,
    request: Request,
    returned: Annotated[Returned, Depends()],
    sign_on: Provided,
    parts: Parts,
    address: Address,
    cookie: Cookie,
    user_agent: Annotated[str, Header(include_in_schema=False)] = "",
) -> Response:
    """The provider sends the browser here; it goes on to the page where it began, signed in, or told why not."""
    try:
        flow = _begun(sign_on, sign_on.flows.read(request), returned)
        arrival = Arrival(returned.code, address, user_agent)
        signed_in = await sign_in_through(parts, sign_on.provider, sign_on.rules, flow, arrival)
    except (NotLetIn, StoreUnavailable) as refusal:
        return _turned_away(sign_on, refusal)
    response = RedirectResponse(flow.return_to, 303, headers={"Cache-Control": "no-store"})
    cookie.set(response, signed_in, parts.clock())
    sign_on.flows.clear(response)
    return response


def _begun(sign_on: SignOn, flow: Flow | None, returned: Returned) -> Flow:
    if returned.iss not in {None, sign_on.provider.issuer}:
        raise NotLetIn(Reason.REFUSED, "another provider sends the browser")
    if flow is None or not flow.began_with(returned.state):
        raise NotLetIn(Reason.EXPIRED)
    if returned.error or not returned.code:
        is_choice = returned.error == "access_denied"
        raise NotLetIn(Reason.CANCELLED if is_choice else Reason.REFUSED, f"it answers {returned.error!r}")
    return flow


def _turned_away(sign_on: SignOn, refusal: NotLetIn | StoreUnavailable) -> Response:
    reason = refusal.reason if isinstance(refusal, NotLetIn) else Reason.UNAVAILABLE
    log.warning("not_let_in", reason=reason, why=str(refusal))
    response = RedirectResponse(f"/?sign-in={reason}", 303, headers={"Cache-Control": "no-store"})
    sign_on.flows.clear(response)
    return response
