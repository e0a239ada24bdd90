"""ID tokens that prove nothing, each for one reason."""

import time
from typing import Any

import pytest
from joserfc import jwt
from joserfc.jwk import OctKey, RSAKey
from vitrina_auth.adapters.id_token import Expected, proven_claims
from vitrina_auth.domain.single_sign_on import NotLetIn, Reason

ISSUER = "https://login.example.org"
EXPECTED = Expected(ISSUER, "vitrina", "n1")
KEY = RSAKey.generate_key(2048, {"kid": "k1", "use": "sig"})
FOREIGN = RSAKey.generate_key(2048, {"kid": "k1", "use": "sig"})
KEY_SET = {"keys": [KEY.as_dict(private=False)]}
SECRET = OctKey.import_key("the client's secret, which the provider and we know")


def claims(**changed: Any) -> dict[str, Any]:
    now = int(time.time())
    whole = {"iss": ISSUER, "aud": "vitrina", "sub": "vera-1", "nonce": "n1", "iat": now, "exp": now + 300}
    return {name: value for name, value in (whole | changed).items() if value is not None}


def signed(key: Any = KEY, algorithm: str = "RS256", /, **changed: Any) -> str:
    return jwt.encode({"alg": algorithm, "kid": "k1"}, claims(**changed), key, algorithms=[algorithm])


def test_a_token_for_us_and_this_sign_in_proves_its_claims() -> None:
    assert proven_claims(signed(), KEY_SET, EXPECTED)["sub"] == "vera-1"
    several = signed(aud=["vitrina", "other"], azp="vitrina")
    assert proven_claims(several, KEY_SET, EXPECTED)["sub"] == "vera-1"


@pytest.mark.parametrize(
    "token",
    [
        signed(FOREIGN),
        signed(SECRET, "HS256"),
        jwt.encode({"alg": "none"}, claims(), SECRET, algorithms=["none"]),
        signed(iss="https://evil.example.org"),
        signed(aud="other"),
        signed(aud=["vitrina", "other"], azp="other"),
        signed(nonce="n2"),
        signed(exp=int(time.time()) - 120),
        signed(iat=int(time.time()) + 3600),
        *(signed(KEY, "RS256", **{name: None}) for name in ("iss", "aud", "sub", "nonce", "exp", "iat")),
        signed()[:-4],
        "",
        None,
    ],
)
def test_anything_else_is_refused(token: object) -> None:
    with pytest.raises(NotLetIn) as caught:
        proven_claims(token, KEY_SET, EXPECTED)
    assert caught.value.reason is Reason.REFUSED


@pytest.mark.parametrize("key_set", [{}, {"keys": []}, {"keys": None}, {"keys": [SECRET.as_dict()]}])
def test_without_a_usable_key_nothing_is_proven(key_set: dict[str, Any]) -> None:
    with pytest.raises(NotLetIn):
        proven_claims(signed(SECRET, "HS256") if key_set.get("keys") else signed(), key_set, EXPECTED)
