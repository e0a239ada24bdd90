"""What an ID token proves: nothing, unless a key of the provider's own set signed it, for us, for this very sign-in."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from vitrina_auth.domain.single_sign_on import NotLetIn, Reason

ALGORITHMS: Final = (
    *("RS256", "RS384", "RS512", "PS256", "PS384", "PS512"),
    *("ES256", "ES384", "ES512", "Ed25519", "EdDSA"),
)
"""Asymmetric ones alone: with HS256 whoever knows our secret could sign."""
_LEEWAY_SECONDS: Final = 60


@dataclass(frozen=True, slots=True)
class Expected:
    issuer: str
    client_id: str
    nonce: str = field(repr=False)


def proven_claims(id_token: object, key_set: Mapping[str, Any], expected: Expected) -> dict[str, Any]:
    """The claims of a token that holds.

    Raises:
        NotLetIn: it does not; says why.
    """
    rules = jwt.JWTClaimsRegistry(
        leeway=_LEEWAY_SECONDS,
        iss={"essential": True, "value": expected.issuer},
        aud={"essential": True, "value": expected.client_id},
        sub={"essential": True},
        exp={"essential": True},
        iat={"essential": True},
        nonce={"essential": True, "value": expected.nonce},
    )
    try:
        signing = [key for key in key_set["keys"] if key.get("use", "sig") == "sig"]
        token = jwt.decode(str(id_token), KeySet.import_key_set({"keys": signing}), algorithms=list(ALGORITHMS))
        rules.validate(token.claims)
    except (JoseError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise NotLetIn(Reason.REFUSED, f"its ID token does not hold: {type(error).__name__}: {error}") from error
    if token.claims.get("azp", expected.client_id) != expected.client_id:
        raise NotLetIn(Reason.REFUSED, "its ID token is for another client")
    return dict(token.claims)
