"""The rights that routes declare are those of rights.yaml, and each caller gets as far as it says."""

import inspect
import json
import time
from collections.abc import Callable, Iterator, Mapping
from typing import Any
from unittest.mock import Mock

import httpx
import pytest
import structlog
from fastapi import APIRouter, FastAPI, Request, Response
from fastapi.routing import iter_route_contexts
from joserfc import jwt
from joserfc.jwk import KeySet, OctKey, OKPKey
from joserfc.util import urlsafe_b64encode
from vitrina_auth.app import create_auth_api
from vitrina_contracts.tokens import ALGORITHM, ISSUER, PASSWORD_CHANGE, SECOND_FACTOR_SETUP, TOKEN_TYPE, Audience
from vitrina_gateway.api.told_alerts import create_alert_router
from vitrina_gateway.app import create_gateway_api
from vitrina_kit.health import Health
from vitrina_kit.http_app import create_api, create_internal_app
from vitrina_kit.testing.rights import MATRIX
from vitrina_kit.token_check import TokenVerifier, install_token_check
from vitrina_orchestrator.api.checks import check_routes
from vitrina_orchestrator.api.discovery import discovery_routes
from vitrina_orchestrator.api.logs import log_routes
from vitrina_orchestrator.api.scraping import scrape_routes
from vitrina_registry.api import declared_metrics
from vitrina_registry.api.internal import create_internal_router
from vitrina_registry.app import create_registry_api

APIS = {"auth": create_auth_api, "registry": create_registry_api, "gateway": create_gateway_api}
AUDIENCES = {"auth": Audience.AUTH, "registry": Audience.REGISTRY, "gateway": Audience.GATEWAY}
KEY = OKPKey.generate_key("Ed25519", {"kid": "k1", "use": "sig", "alg": ALGORITHM})
FOREIGN = OKPKey.generate_key("Ed25519", {"kid": "k1", "use": "sig", "alg": ALGORITHM})
TOKEN_OF = "token of "
SERVICES = ("orchestrator", "gateway", "alerting", "alertmanager", "its callers")

LETS_IN = {
    "unfinished": {"admin", "manager", "service", "unfinished", "without second factor"},
    "signed in": {"admin", "manager", "service"},
    "manager": {"admin", "manager"},
    "admin": {"admin"},
}
PEOPLE = ("admin", "manager", "service", "unfinished", "without second factor")


def with_nothing_behind(create: Callable[..., APIRouter]) -> APIRouter:
    """Routes whose tokens are ours, each service's its own, and whose other parts are not there."""
    names = inspect.signature(create).parameters
    return create(**{name: token_named(name) if name.endswith("token") else Mock() for name in names})


def token_named(parameter: str) -> str:
    """`gateway_token` is that of the gateway; plain `token` what every caller of the service has."""
    return TOKEN_OF + (parameter.removesuffix("token").strip("_") or "its callers")


def internal_apps() -> dict[str, FastAPI]:
    bare = create_internal_app(Health())
    registry = create_api("registry inside", "1")
    registry.include_router(with_nothing_behind(create_internal_router))
    registry.include_router(declared_metrics.router)
    gateway = create_api("gateway inside", "1")
    gateway.include_router(with_nothing_behind(create_alert_router))
    orchestrator = create_api("orchestrator inside", "1")
    for create in (discovery_routes, log_routes, scrape_routes, check_routes):
        orchestrator.include_router(with_nothing_behind(create))
    inside = {"registry inside": registry, "gateway inside": gateway, "orchestrator inside": orchestrator}
    return {"every internal listener": bare, **inside}


def declared(app: FastAPI) -> dict[str, str | None]:
    """The right in each handler's own signature or decorator; None where there is none."""
    found: dict[str, str | None] = {}
    for route in iter_route_contexts(app.routes):
        rights = [getattr(dependency.call, "right", None) for dependency in route.dependant.dependencies]
        for method in route.methods - {"HEAD"}:
            found[f"{method} {route.path}"] = next(filter(None, rights), None)
    return found


def all_apps() -> dict[str, FastAPI]:
    return {name: create() for name, create in APIS.items()} | internal_apps()


@pytest.mark.parametrize("service", all_apps())
def test_every_route_declares_the_right_that_the_matrix_expects(service: str) -> None:
    expected = {
        route: "service token" if right.startswith(TOKEN_OF) else right for route, right in MATRIX[service].items()
    }
    assert declared(all_apps()[service]) == expected


def claims(service: str, **changes: Any) -> dict[str, Any]:
    now = int(time.time())
    return {
        "iss": ISSUER,
        "aud": [AUDIENCES[service]],
        "sub": "somebody",
        "jti": "1",
        "iat": now,
        "exp": now + 600,
        "role": "admin",
        "scope": "",
        "client_id": "tests",
        "sid": "0b0e7a3e-7d0c-4c1e-9a44-6a3b9b7f3f10",
        "sources": ["north"],
    } | changes


def signed(content: Mapping[str, Any], key: Any = KEY, **header: Any) -> str:
    """As auth signs, but for what is changed; `header` may lie."""
    full = {"alg": ALGORITHM, "typ": TOKEN_TYPE, "kid": "k1"} | header
    algorithm = full["alg"] if full["alg"] == "HS256" else ALGORITHM
    extra = {name: full.pop(name) for name in ("crit", "b64") if name in full}
    token = jwt.encode(full, dict(content), key, algorithms=[algorithm])
    if not extra:
        return token
    return _with_header(full | extra, token)


def _with_header(header: Mapping[str, Any], token: str) -> str:
    """The header with members that the library would refuse to sign, over the real key."""
    signing_input = urlsafe_b64encode(json.dumps(header).encode()) + b"." + token.split(".")[1].encode()
    signature = KEY.private_key.sign(signing_input)
    return (signing_input + b"." + urlsafe_b64encode(signature)).decode()


def unsigned(content: Mapping[str, Any]) -> str:
    parts = ({"alg": "none", "typ": TOKEN_TYPE, "kid": "k1"}, dict(content))
    return ".".join(urlsafe_b64encode(json.dumps(part).encode()).decode() for part in parts) + "."


def strangers(service: str) -> Iterator[tuple[str, str | None]]:
    """Who is nobody: name of the trick and the token."""
    good = claims(service)
    public_key = OctKey.import_key(json.dumps(KEY.as_dict(private=False)))
    others = [audience for name, audience in AUDIENCES.items() if name != service]
    yield "nothing", None
    yield "expired", signed(claims(service, iat=good["iat"] - 1000, exp=good["iat"] - 400))
    yield "for other services", signed(claims(service, aud=others))
    yield "of another issuer", signed(claims(service, iss="evil"))
    yield "of another type", signed(good, typ="JWT")
    yield "with a critical extension", signed(good, crit=["b64"], b64=True)
    yield "unsigned", unsigned(good)
    yield (
        "HS256 with our public key",
        signed(good, public_key, alg="HS256"),
    )
    yield "of a foreign key with our kid", signed(good, FOREIGN)
    yield "of an unknown kid", signed(good, FOREIGN, kid="k2")
    yield "kid as a path", signed(good, FOREIGN, kid="../../dev/null")
    yield "of a foreign key that it brings along", signed(good, FOREIGN, jwk=FOREIGN.as_dict(private=False))


def people(service: str) -> dict[str, str]:
    return {
        "admin": signed(claims(service)),
        "manager": signed(claims(service, role="manager")),
        "service": signed(claims(service, role="service")),
        "unfinished": signed(claims(service, scope=PASSWORD_CHANGE)),
        "without second factor": signed(claims(service, scope=SECOND_FACTOR_SETUP)),
    }


def client_of(service: str) -> httpx.AsyncClient:
    """The API with nothing behind it: past the rights there is a crash or a refused body, never 401 or 403."""
    app = APIS[service]()
    key_set = KeySet([KEY]).as_dict(private=False)
    keys = httpx.MockTransport(lambda _: httpx.Response(200, json=key_set))
    install_token_check(app, TokenVerifier("http://auth/keys", AUDIENCES[service], httpx.AsyncClient(transport=keys)))
    for name in ("world", "parts", "refresh_cookie"):
        setattr(app.state, name, object())
    app.add_exception_handler(AttributeError, _nothing_behind)
    transport = httpx.ASGITransport(app, raise_app_exceptions=False)
    return httpx.AsyncClient(transport=transport, base_url="http://service")


async def _nothing_behind(_request: Request, _error: Exception) -> Response:
    return Response(status_code=500)


async def ask(client: httpx.AsyncClient, route: str, token: str | None) -> httpx.Response:
    method, path = route.split(" ")
    url = path.replace(":path", "").replace("{session_id}", "0b0e7a3e-7d0c-4c1e-9a44-6a3b9b7f3f10")
    for opening in ("{", "}"):
        url = url.replace(opening, "")
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    return await client.request(method, url, headers=headers)


def protected(service: str) -> list[str]:
    return [route for route, right in MATRIX[service].items() if right in LETS_IN]


@pytest.mark.parametrize("service", APIS)
async def test_nobody_we_do_not_know_gets_in_anywhere(service: str) -> None:
    async with client_of(service) as client:
        for trick, token in strangers(service):
            answers = {route: (await ask(client, route, token)).status_code for route in protected(service)}
            assert (trick, answers) == (trick, dict.fromkeys(answers, 401))


@pytest.fixture(autouse=True)
def unwritten_log() -> Iterator[None]:
    """Past the rights routes crash, as nothing is behind them: writing that out would take most of the time."""
    with structlog.testing.capture_logs():
        yield


@pytest.mark.parametrize("caller", PEOPLE)
@pytest.mark.parametrize("service", APIS)
async def test_everybody_gets_as_far_as_the_matrix_says_and_is_told_what_is_missing(service: str, caller: str) -> None:
    wrong = []
    token = people(service)[caller]
    async with client_of(service) as client:
        for route in protected(service):
            right = MATRIX[service][route]
            answer = await ask(client, route, token)
            if caller in LETS_IN[right]:
                fits = answer.status_code not in {401, 403}
            else:
                fits = answer.status_code == 403 and _names_what_is_missing(answer.text, right, caller)
            if not fits:
                wrong.append((route, answer.status_code, answer.text[:200]))
    assert not wrong


def _names_what_is_missing(text: str, right: str, caller: str) -> bool:
    if caller == "unfinished":
        return "Change your password first" in text
    if caller == "without second factor":
        return "Set up a second factor first" in text
    return f"the role {right}" in text


@pytest.mark.parametrize("service", APIS)
async def test_a_public_route_asks_nobody_who_they_are(service: str) -> None:
    public = [route for route, right in MATRIX[service].items() if right == "public"]
    async with client_of(service) as client:
        for route in public:
            assert (await ask(client, route, None)).status_code == (await ask(client, route, "no token")).status_code


def holders(right: str) -> set[str]:
    """Of a right like `token of orchestrator, gateway`: the tokens that it lets in."""
    return {TOKEN_OF + name for name in right.removeprefix(TOKEN_OF).split(", ")}


@pytest.mark.parametrize("service", ["registry inside", "gateway inside", "orchestrator inside"])
async def test_an_internal_route_lets_in_the_services_that_the_matrix_names_and_no_other(service: str) -> None:
    held = [TOKEN_OF + name for name in SERVICES]
    tried: list[str | None] = [None, "wrong", *held, *(token[:-1] for token in held), *(f"{token}x" for token in held)]
    app = internal_apps()[service]
    app.add_exception_handler(AttributeError, _nothing_behind)
    transport = httpx.ASGITransport(app, raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://inside") as client:
        for route, right in MATRIX[service].items():
            if not right.startswith(TOKEN_OF):
                continue
            let_in = {token for token in tried if (await ask(client, route, token)).status_code != 401}
            assert (route, let_in) == (route, holders(right))
