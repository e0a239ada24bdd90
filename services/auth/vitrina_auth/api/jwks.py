"""The public keys with which everybody verifies access tokens."""

from typing import Final

from fastapi import Response
from vitrina_kit.http_app import create_router
from vitrina_kit.token_check import Public

from vitrina_auth.api.deps import Parts
from vitrina_auth.api.schemas import KeySetAnswer

router = create_router("/api/auth", tags=["keys"])

PATH: Final = "/.well-known/jwks.json"
_MAX_AGE_SECONDS: Final = 300
"""Far below the time for which a key is published before it signs."""


@router.get(PATH, dependencies=[Public])
async def read_key_set(parts: Parts, response: Response) -> KeySetAnswer:
    """Public: the keys that sign now, signed lately, or will sign next."""
    response.headers["Cache-Control"] = f"public, max-age={_MAX_AGE_SECONDS}"
    return KeySetAnswer.model_validate(parts.signer.key_set())
