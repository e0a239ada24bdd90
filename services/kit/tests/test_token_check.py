"""Access tokens that somebody forged, bent or kept too long: every one gets 401, never 500 and never in."""

import hmac
import json
from base64 import urlsafe_b64encode
from collections.abc import AsyncIterator, Callable
from time import monotonic, time
from typing import Any

import httpx
import pytest
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from fastapi import FastAPI
from vitrina_contracts.problems import ProblemType
from vitrina_contracts.tokens import Audience
from vitrina_kit import token_check
from vitrina_kit.http_app import create_api
from vitrina_kit.problem_handlers import Problem
from vitrina_kit.token_check import Admin, Caller, Manager, TokenVerifier, install_token_check

KEY = Ed25519PrivateKey.generate()
FOREIGN = Ed25519PrivateKey.generate()
EC_KEY = ec.generate_private_key(ec.SECP256R1())
ED25519_ORDER = 2**252 + 27742317777372353535851937790883648493

Signer = Callable[[bytes], bytes]
Json = dict[str, Any]


def encoded(data: bytes) -> str:
    return urlsafe_b64encode(data).rstrip(b"=").decode()


def public_bytes(key: Ed25519PrivateKey) -> bytes:
    return key.public_key().public_bytes(serialization.Encoding.Raw, serialization.PublicFormat.Raw)


def jwk(key: Ed25519PrivateKey, kid: str) -> Json:
    return {"kty": "OKP", "crv": "Ed25519", "x": encoded(public_bytes(key)), "kid": kid, "use": "sig", "alg": "EdDSA"}


SHARED_SECRET = b"a symmetric key that has no business in our set"
KEY_SET: Json = {
    "keys": [
        jwk(KEY, "k1"),
        {"kty": "oct", "k": encoded(SHARED_SECRET), "kid": "oct", "alg": "HS256"},
    ]
}
PEM = KEY.public_key().public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
HEADER: Json = {"alg": "EdDSA", "typ": "at+jwt", "kid": "k1"}
GONE: Any = object()


def claims(**changes: Any) -> Json:
    now = int(time())
    good: Json = {
        "iss": "vitrina",
        "aud": ["vitrina-auth", "vitrina-registry"],
        "sub": "ada",
        "jti": "1",
        "iat": now,
        "exp": now + 600,
        "role": "admin",
        "scope": "",
        "client_id": "vitrina-web",
        "sources": ["*"],
    }
    return {key: value for key, value in (good | changes).items() if value is not GONE}


def compact(header: Json | str, content: Json | str, sign: Signer = KEY.sign) -> str:
    parts = [part if isinstance(part, str) else json.dumps(part) for part in (header, content)]
    signed = ".".join(encoded(part.encode()) for part in parts)
    return f"{signed}.{encoded(sign(signed.encode()))}"


def with_header(sign: Signer = KEY.sign, **changes: Any) -> str:
    header = {key: value for key, value in (HEADER | changes).items() if value is not GONE}
    return compact(header, claims(), sign)


def with_claims(**changes: Any) -> str:
    return compact(HEADER, claims(**changes))


def hs256(secret: bytes) -> Signer:
    return lambda signed: hmac.digest(secret, signed, "sha256")


def es256(signed: bytes) -> bytes:
    r, s = decode_dss_signature(EC_KEY.sign(signed, ec.ECDSA(hashes.SHA256())))
    return r.to_bytes(32, "big") + s.to_bytes(32, "big")


def unsigned(_: bytes) -> bytes:
    return b""


def malleable(signed: bytes) -> bytes:
    """The same signature with S + L, which a careless verifier takes."""
    signature = KEY.sign(signed)
    s = int.from_bytes(signature[32:], "little") + ED25519_ORDER
    return signature[:32] + s.to_bytes(32, "little")


def good() -> str:
    return compact(HEADER, claims())


def pieces() -> list[str]:
    return good().split(".")


def with_other_content() -> str:
    header, _, signature = pieces()
    return f"{header}.{encoded(json.dumps(claims(sub='eve')).encode())}.{signature}"


def with_foreign_jwk() -> str:
    return with_header(FOREIGN.sign, jwk=jwk(FOREIGN, "k1"))


ALGORITHMS: dict[str, Callable[[], str]] = {
    "alg none": lambda: with_header(unsigned, alg="none"),
    "alg None": lambda: with_header(unsigned, alg="None"),
    "alg nOnE": lambda: with_header(unsigned, alg="nOnE"),
    "alg none with our signature": lambda: with_header(alg="none"),
    "alg empty": lambda: with_header(alg=""),
    "alg missing": lambda: with_header(alg=GONE),
    "alg null": lambda: with_header(alg=None),
    "alg a list": lambda: with_header(alg=["EdDSA"]),
    "alg in another case": lambda: with_header(alg="eddsa"),
    "HS256 with our public key": lambda: with_header(hs256(public_bytes(KEY)), alg="HS256"),
    "HS256 with our public key in PEM": lambda: with_header(hs256(PEM), alg="HS256"),
    "HS256 with our public key as JWK": lambda: with_header(hs256(json.dumps(jwk(KEY, "k1")).encode()), alg="HS256"),
    "HS256 with nothing": lambda: with_header(hs256(b""), alg="HS256"),
    "HS256 with a symmetric key of the set": lambda: with_header(hs256(SHARED_SECRET), alg="HS256", kid="oct"),
    "EdDSA claimed for a symmetric key of the set": lambda: with_header(hs256(SHARED_SECRET), kid="oct"),
    "ES256 with a foreign key": lambda: with_header(es256, alg="ES256"),
    "RS256 claimed": lambda: with_header(alg="RS256"),
    "a foreign Ed25519 key": lambda: with_header(FOREIGN.sign),
}
KEYS: dict[str, Callable[[], str]] = {
    "kid missing": lambda: with_header(kid=GONE),
    "kid null": lambda: with_header(kid=None),
    "kid a number": lambda: with_header(kid=1),
    "kid a list": lambda: with_header(kid=["k1"]),
    "kid unknown": lambda: with_header(kid="k2"),
    "kid a path": lambda: with_header(hs256(b""), kid="../../../../dev/null"),
    "kid an SQL": lambda: with_header(FOREIGN.sign, kid="k1' UNION SELECT 'k1"),
    "kid an URL": lambda: with_header(FOREIGN.sign, kid="https://evil.example/key"),
    "key in the header": with_foreign_jwk,
    "key in the header, without kid": lambda: with_header(FOREIGN.sign, kid=GONE, jwk=jwk(FOREIGN, "k1")),
    "key set elsewhere": lambda: with_header(FOREIGN.sign, jku="https://evil.example/jwks.json"),
    "certificate elsewhere": lambda: with_header(FOREIGN.sign, x5u="https://evil.example/cert.pem"),
    "certificate in the header": lambda: with_header(FOREIGN.sign, x5c=["MIIB"]),
}
HEADERS: dict[str, Callable[[], str]] = {
    "typ JWT": lambda: with_header(typ="JWT"),
    "typ missing": lambda: with_header(typ=GONE),
    "typ of an id token": lambda: with_header(typ="id_token"),
    "typ a list": lambda: with_header(typ=["at+jwt"]),
    "crit unknown": lambda: with_header(crit=["vitrina"], vitrina=True),
    "crit known": lambda: with_header(crit=["exp"], exp=1),
    "crit empty": lambda: with_header(crit=[]),
    "crit no list": lambda: with_header(crit="b64"),
    "content not encoded": lambda: with_header(crit=["b64"], b64=False),
    "header not JSON": lambda: compact("{", claims()),
    "header a list": lambda: compact('["EdDSA"]', claims()),
    "header nested too deep": lambda: compact("[" * 3000, claims()),
}
CLAIMS: dict[str, Callable[[], str]] = {
    "another issuer": lambda: with_claims(iss="evil"),
    "no issuer": lambda: with_claims(iss=GONE),
    "another audience": lambda: with_claims(aud="vitrina-refresh"),
    "other audiences": lambda: with_claims(aud=["vitrina-gateway", "vitrina-auth"]),
    "an audience that begins like ours": lambda: with_claims(aud="vitrina-registry-2"),
    "no audience in the list": lambda: with_claims(aud=[]),
    "no audience": lambda: with_claims(aud=GONE),
    "expired": lambda: with_claims(exp=int(time()) - 60),
    "no expiry": lambda: with_claims(exp=GONE),
    "expiry null": lambda: with_claims(exp=None),
    "expiry endless": lambda: compact(HEADER, json.dumps(claims()).replace('"exp"', '"exp": Infinity, "old"')),
    "expiry a word": lambda: with_claims(exp="never"),
    "issued in the future": lambda: with_claims(iat=int(time()) + 3600),
    "no time of issue": lambda: with_claims(iat=GONE),
    "no subject": lambda: with_claims(sub=GONE),
    "subject a number": lambda: with_claims(sub=1),
    "no id": lambda: with_claims(jti=GONE),
    "no client": lambda: with_claims(client_id=GONE),
    "no role": lambda: with_claims(role=GONE),
    "a role that is none": lambda: with_claims(role="root"),
    "a list of roles": lambda: with_claims(role=["admin"]),
    "no sources": lambda: with_claims(sources=GONE),
    "sources a word": lambda: with_claims(sources="*"),
    "claims a list": lambda: compact(HEADER, "[]"),
    "claims not JSON": lambda: compact(HEADER, "vitrina"),
    "claims null": lambda: compact(HEADER, "null"),
}
SHAPES: dict[str, Callable[[], str]] = {
    "other content under our signature": with_other_content,
    "signature missing": lambda: ".".join([*pieces()[:2], ""]),
    "signature cut": lambda: good()[:-4],
    "signature longer": lambda: good() + "AAAA",
    "signature of zeros": lambda: with_header(lambda _: b"\0" * 64),
    "signature bent": lambda: with_header(malleable),
    "signature of the content alone": lambda: with_header(lambda signed: KEY.sign(signed.partition(b".")[2])),
    "two parts": lambda: ".".join(pieces()[:2]),
    "four parts": lambda: good() + ".AAAA",
    "five parts": lambda: good() + ".AAAA.AAAA",
    "dots": lambda: "..",
    "a word": lambda: "token",
    "JSON instead of the compact form": lambda: json.dumps({"payload": pieces()[1], "signatures": []}),
    "too long": lambda: with_claims(sources=["s" * 60] * 300),
    "not base64": lambda: "***." + ".".join(pieces()[1:]),
}
FORGERIES = ALGORITHMS | KEYS | HEADERS | CLAIMS | SHAPES


class KeyServer:
    """Stands for auth's key route: answers what the test wants, and counts."""

    def __init__(self) -> None:
        self.keys: Json | None = KEY_SET
        self.fetches = 0

    def __call__(self, _request: httpx.Request) -> httpx.Response:
        self.fetches += 1
        return httpx.Response(503) if self.keys is None else httpx.Response(200, json=self.keys)


@pytest.fixture
def key_server() -> KeyServer:
    return KeyServer()


@pytest.fixture
async def verifier(key_server: KeyServer) -> AsyncIterator[TokenVerifier]:
    client = httpx.AsyncClient(transport=httpx.MockTransport(key_server))
    verifier = TokenVerifier("http://auth/jwks.json", Audience.REGISTRY, client)
    yield verifier
    await verifier.close()


def service(verifier: TokenVerifier) -> FastAPI:
    app = create_api("a service", "1")
    install_token_check(app, verifier)

    @app.get("/anybody")
    async def anybody(caller: Caller) -> str:
        return caller.sub

    @app.get("/people")
    async def people(caller: Manager) -> str:
        return caller.sub

    @app.get("/admins")
    async def admins(caller: Admin) -> str:
        return caller.sub

    return app


@pytest.fixture
async def client(verifier: TokenVerifier) -> AsyncIterator[httpx.AsyncClient]:
    transport = httpx.ASGITransport(service(verifier))
    async with httpx.AsyncClient(transport=transport, base_url="http://service") as client:
        yield client


def bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


async def refused(verifier: TokenVerifier, token: str) -> Problem:
    with pytest.raises(Problem) as caught:
        await verifier.verify(token)
    return caught.value


class Time:
    """The clocks that the verifier reads, moved by the test."""

    def __init__(self) -> None:
        self.passed = 0.0

    def time(self) -> float:
        return time() + self.passed

    def monotonic(self) -> float:
        return monotonic() + self.passed


@pytest.fixture
def moved(monkeypatch: pytest.MonkeyPatch) -> Time:
    clocks = Time()
    monkeypatch.setattr(token_check, "time", clocks)
    return clocks


async def test_a_token_of_auth_is_accepted(client: httpx.AsyncClient) -> None:
    answer = await client.get("/admins", headers=bearer(good()))
    assert answer.json() == "ada"
    assert (await client.get("/admins", headers={"Authorization": f"bearer {good()}"})).status_code == 200


@pytest.mark.parametrize("forge", FORGERIES.values(), ids=FORGERIES.keys())
async def test_a_forged_token_is_refused(client: httpx.AsyncClient, forge: Callable[[], str]) -> None:
    assert (await client.get("/anybody", headers=bearer(good()))).status_code == 200
    answer = await client.get("/anybody", headers=bearer(forge()))
    assert answer.status_code == 401
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.headers["www-authenticate"] == "Bearer"


@pytest.mark.parametrize(
    "headers",
    [{}, {"Authorization": "Bearer"}, {"Authorization": "Bearer "}, {"Cookie": "access_token=x"}],
    ids=["nothing", "no token", "an empty token", "a cookie"],
)
async def test_without_a_token_nobody_gets_in(client: httpx.AsyncClient, headers: dict[str, str]) -> None:
    assert (await client.get("/anybody", headers=headers)).status_code == 401


async def test_a_token_in_the_wrong_place_does_not_count(client: httpx.AsyncClient) -> None:
    assert (await client.get("/anybody", headers={"Authorization": f"Basic {good()}"})).status_code == 401
    assert (await client.get("/anybody", params={"access_token": good()})).status_code == 401


@pytest.mark.parametrize(
    ("role", "statuses"), [("admin", [200, 200, 200]), ("manager", [200, 200, 403]), ("service", [200, 403, 403])]
)
async def test_each_role_gets_as_far_as_its_right(client: httpx.AsyncClient, role: str, statuses: list[int]) -> None:
    token = bearer(with_claims(role=role, sources=[]))
    answers = [await client.get(path, headers=token) for path in ("/anybody", "/people", "/admins")]
    assert [answer.status_code for answer in answers] == statuses


async def test_an_accepted_token_ends_at_its_expiry_and_the_answer_says_so(
    verifier: TokenVerifier, moved: Time
) -> None:
    token = good()
    await verifier.verify(token)
    moved.passed = 590
    await verifier.verify(token)
    moved.passed = 610
    assert (await refused(verifier, token)).details.type is ProblemType.TOKEN_EXPIRED


async def test_while_auth_is_down_known_keys_go_on_verifying(
    verifier: TokenVerifier, key_server: KeyServer, moved: Time
) -> None:
    await verifier.verify(good())
    key_server.keys = None
    moved.passed = 3600
    now = int(time())
    assert (await verifier.verify(with_claims(jti="2", iat=now + 3600, exp=now + 4200))).sub == "ada"


async def test_before_any_key_was_fetched_the_answer_is_to_try_again(
    verifier: TokenVerifier, key_server: KeyServer
) -> None:
    key_server.keys = None
    assert (await refused(verifier, good())).details.status == 503
    key_server.keys = KEY_SET
    assert (await verifier.verify(good())).sub == "ada"


async def test_a_flood_of_unknown_keys_asks_auth_once_in_ten_seconds(
    verifier: TokenVerifier, key_server: KeyServer, moved: Time
) -> None:
    await verifier.verify(good())
    for number in range(50):
        await refused(verifier, with_header(FOREIGN.sign, kid=f"random{number}"))
    assert key_server.fetches == 1
    moved.passed = 11
    for number in range(50):
        await refused(verifier, with_header(FOREIGN.sign, kid=f"random{number}"))
    assert key_server.fetches == 2


async def test_a_new_key_is_found_by_its_id_and_the_old_one_goes_when_it_is_withdrawn(
    verifier: TokenVerifier, key_server: KeyServer, moved: Time
) -> None:
    await verifier.verify(good())
    key_server.keys = {"keys": [jwk(FOREIGN, "k2")]}
    moved.passed = 11
    assert (await verifier.verify(with_header(FOREIGN.sign, kid="k2"))).sub == "ada"
    assert (await refused(verifier, with_claims(jti="new"))).details.status == 401


async def test_what_is_kept_of_verified_tokens_is_bounded(
    verifier: TokenVerifier, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(token_check, "_CACHE_SIZE", 3)
    tokens = [with_claims(jti=str(number)) for number in range(10)]
    for token in tokens:
        await verifier.verify(token)
    assert [token for token in tokens if verifier.remembers(token)] == tokens[-3:]


async def test_a_token_is_remembered_until_it_is_over_or_revoked(monkeypatch: pytest.MonkeyPatch) -> None:
    transport = httpx.MockTransport(lambda _request: httpx.Response(200, json=KEY_SET))
    verifier = TokenVerifier("http://auth/jwks", Audience.REGISTRY, httpx.AsyncClient(transport=transport))
    token, other = with_claims(sid="one"), with_claims(sid="two")
    assert not verifier.remembers(token)
    for each in (token, other):
        await verifier.verify(each)
    assert verifier.remembers(token)
    verifier.revocations.add("one")
    assert (verifier.remembers(token), verifier.remembers(other)) == (False, True)
    monkeypatch.setattr(token_check.time, "time", lambda: monotonic() + 4e9)
    assert not verifier.remembers(other)
