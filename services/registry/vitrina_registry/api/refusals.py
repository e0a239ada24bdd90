"""Refusals of the domain as problem details, in the caller's language."""

from collections.abc import Callable
from typing import Final

import structlog
from fastapi import FastAPI, Request
from fastapi.responses import Response
from vitrina_contracts.manifest import Text
from vitrina_contracts.problems import FieldError, ProblemType
from vitrina_kit.problem_handlers import (
    Problem,
    conflict,
    invalid,
    not_found,
    problem_response,
    too_many_requests,
    unavailable,
)

from vitrina_registry.domain.errors import (
    ConflictError,
    EndpointRefusedError,
    InvalidError,
    NotFoundError,
    RefusedError,
    TooManyError,
    UnavailableError,
)

log = structlog.get_logger(__name__)

_Make = Callable[[str, list[FieldError], RefusedError], Problem]

_PROBLEMS: Final[dict[type[RefusedError], _Make]] = {
    NotFoundError: lambda detail, _errors, _error: not_found(detail),
    ConflictError: lambda detail, errors, _error: conflict(detail, errors),
    InvalidError: lambda detail, errors, _error: invalid(detail, errors),
    EndpointRefusedError: lambda detail, errors, _error: invalid(detail, errors, ProblemType.ENDPOINT_REFUSED),
    TooManyError: lambda detail, _errors, error: too_many_requests(detail, getattr(error, "retry_after", 1)),
    UnavailableError: lambda detail, _errors, _error: unavailable(detail),
}


def install_refusals(app: FastAPI) -> None:
    for kind in _PROBLEMS:
        app.add_exception_handler(kind, _on_refused)


async def _on_refused(request: Request, error: Exception) -> Response:
    assert isinstance(error, RefusedError)  # noqa: S101 - registered for its subclasses alone
    if isinstance(error, UnavailableError):
        log.warning("unavailable", detail=str(error), cause=type(error.__cause__).__name__)
    russian = prefers_russian(request.headers.get("accept-language", ""))
    errors = [FieldError(field=fault.field, message=_in(fault.message, russian=russian)) for fault in error.faults]
    return problem_response(request, _PROBLEMS[type(error)](_in(error.detail, russian=russian), errors, error))


def prefers_russian(accept_language: str) -> bool:
    """Whether `ru` has a higher weight than `en` in this header; at equal weights the first wins."""
    weights: dict[str, float] = {}
    for part in accept_language.split(","):
        tag, _, parameters = part.partition(";")
        language = tag.strip().lower().partition("-")[0]
        weights.setdefault(language, _weight(parameters))
    spoken = [
        language for language in sorted(weights, key=weights.__getitem__, reverse=True) if language in ("en", "ru")
    ]
    return spoken[:1] == ["ru"] and weights["ru"] > 0


def _weight(parameters: str) -> float:
    try:
        return float(parameters.strip().removeprefix("q=") or 1)
    except ValueError:
        return 0.0


def _in(text: Text, *, russian: bool) -> str:
    return text.ru if russian else text.en
