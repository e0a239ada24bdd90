"""How a client says who it is: HTTP Basic, or two fields of the form (RFC 6749, 2.3.1)."""

import base64
from typing import Annotated
from urllib.parse import unquote_plus

from fastapi import Depends, Form, Request

from vitrina_auth.domain.errors import WrongClient


def _client_credentials(
    request: Request,
    client_id: Annotated[str | None, Form(max_length=256)] = None,
    client_secret: Annotated[str | None, Form(max_length=256)] = None,
) -> tuple[str, str]:
    scheme, _, encoded = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "basic":
        return client_id or "", client_secret or ""
    try:
        name, colon, secret = base64.b64decode(encoded, validate=True).decode().rpartition(":")
    except ValueError:
        raise WrongClient from None
    if not colon:
        raise WrongClient
    return unquote_plus(name), unquote_plus(secret)


ClientCredentials = Annotated[tuple[str, str], Depends(_client_credentials)]
"""Id and secret as sent, empty when they were not."""
