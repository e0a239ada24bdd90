"""Answers that a caller may keep, to be confirmed with a 304 while the same snapshot stands."""

import zlib
from collections.abc import Callable
from typing import Final

from fastapi import Request, Response

from vitrina_gateway.domain.scope import Scope
from vitrina_gateway.use_cases.fleet import Fleet

PRIVATE: Final = {"Cache-Control": "private, no-cache", "Vary": "Authorization"}


def conditional(request: Request, fleet: Fleet, scope: Scope, answer: Callable[[], bytes]) -> Response:
    """JSON with its ETag, or 304 without the answer being made. Raises `NotReadyError` and what `answer` raises."""
    etag = _etag(fleet, scope, request)
    headers = {**PRIVATE, "ETag": etag}
    if request.headers.get("if-none-match") == etag:
        return Response(status_code=304, headers=headers)
    return Response(answer(), media_type="application/json", headers=headers)


def _etag(fleet: Fleet, scope: Scope, request: Request) -> str:
    """The same for the same question about the same tick; known before any answer is made."""
    snapshot = fleet.present()
    sources = "*" if scope.sources is None else ",".join(sorted(scope.sources))
    question = zlib.crc32(f"{sources} {request.url.path}?{request.url.query}".encode())
    return f'"{snapshot.evaluated_at:.0f}-{snapshot.number}-{question:08x}"'
