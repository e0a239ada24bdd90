"""Refusals as RFC 9457 problem details: the exception that carries one, and the handlers that send it."""

import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

import structlog
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import Response
from starlette.exceptions import HTTPException
from vitrina_contracts.problems import MEDIA_TYPE, FieldError, ProblemDetails, ProblemType

log = structlog.get_logger(__name__)


class Problem(Exception):  # noqa: N818 - the standard's word for it
    """A refusal with everything that the caller is told."""

    def __init__(
        self,
        kind: ProblemType,
        status: int,
        title: str,
        detail: str,
        *,
        errors: Sequence[FieldError] = (),
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(detail)
        self.details = ProblemDetails(type=kind, title=title, status=status, detail=detail, errors=list(errors))
        self.headers = dict(headers or {})


def unauthenticated(detail: str, kind: ProblemType = ProblemType.UNAUTHENTICATED) -> Problem:
    return Problem(kind, 401, "Sign in first", detail, headers={"WWW-Authenticate": "Bearer"})


def forbidden(detail: str) -> Problem:
    return Problem(ProblemType.FORBIDDEN, 403, "Not allowed", detail)


def not_found(detail: str) -> Problem:
    return Problem(ProblemType.NOT_FOUND, 404, "Not found", detail)


def conflict(detail: str, errors: Sequence[FieldError] = ()) -> Problem:
    return Problem(ProblemType.CONFLICT, 409, "Conflict", detail, errors=errors)


def precondition_failed(detail: str) -> Problem:
    return Problem(ProblemType.PRECONDITION_FAILED, 412, "Changed meanwhile", detail)


def precondition_required() -> Problem:
    detail = "Send the ETag that you read as If-Match, or If-Match: * to overwrite whatever is there."
    return Problem(ProblemType.PRECONDITION_REQUIRED, 428, "If-Match is missing", detail)


def invalid(detail: str, errors: Sequence[FieldError] = (), kind: ProblemType = ProblemType.INVALID) -> Problem:
    return Problem(kind, 422, "The input does not fit", detail, errors=errors)


def too_many_requests(detail: str, retry_after: int) -> Problem:
    headers = {"Retry-After": str(retry_after)}
    return Problem(ProblemType.TOO_MANY_REQUESTS, 429, "Too many requests", detail, headers=headers)


def unavailable(detail: str, retry_after: int = 2) -> Problem:
    headers = {"Retry-After": str(retry_after)}
    return Problem(ProblemType.UNAVAILABLE, 503, "Not available right now", detail, headers=headers)


ErrorMapping = Mapping[type[Exception], Callable[[Any], Problem]]
"""Which problem a domain error becomes."""


def install_problem_handlers(app: FastAPI, mapping: ErrorMapping | None = None) -> None:
    """Makes every refusal of this app a problem document, those of the framework included."""
    app.add_exception_handler(Problem, _on_problem)
    app.add_exception_handler(RequestValidationError, _on_invalid)
    app.add_exception_handler(HTTPException, _on_http_exception)
    app.add_exception_handler(Exception, _on_crash)
    for error, to_problem in (mapping or {}).items():
        app.add_exception_handler(error, _mapped(to_problem))


def problem_response(request: Request, problem: Problem) -> Response:
    details = problem.details.model_copy(update={"instance": getattr(request.state, "request_id", None)})
    # Not pydantic's own JSON: a message may name a field that is no Unicode, which only `json` can write down.
    body = json.dumps(details.model_dump(exclude_none=True))
    return Response(body, details.status, media_type=MEDIA_TYPE, headers=problem.headers)


def field_errors(errors: Sequence[Any]) -> list[FieldError]:
    """Pydantic's list of errors, with paths as people write them (`config.macs[3]`) and no input echoed."""
    return [FieldError(field=_path(error["loc"]), message=_message(error)) for error in errors]


async def _on_problem(request: Request, problem: Exception) -> Response:
    assert isinstance(problem, Problem)  # noqa: S101 - registered for this class alone
    return problem_response(request, problem)


async def _on_invalid(request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)  # noqa: S101 - registered for this class alone
    errors = field_errors(error.errors())
    named = ", ".join(item.field for item in errors[:3])
    return problem_response(request, invalid(f"Check {named}: {errors[0].message}.", errors))


_TITLES: Final[dict[int, tuple[ProblemType, str, str]]] = {
    404: (ProblemType.NOT_FOUND, "Not found", "There is nothing at this address."),
    405: (ProblemType.METHOD_NOT_ALLOWED, "Method not allowed", "This address does not take this method."),
    413: (ProblemType.TOO_LARGE, "Too large", "Check body: it is larger than this address takes."),
}
_ERRORS: Final[dict[int, list[FieldError]]] = {
    413: [FieldError(field="body", message="is larger than this address takes")],
}


async def _on_http_exception(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)  # noqa: S101 - registered for this class alone
    fallback = (ProblemType.INVALID, "The request does not fit", str(error.detail))
    kind, title, detail = _TITLES.get(error.status_code, fallback)
    errors = _ERRORS.get(error.status_code, [])
    problem = Problem(kind, error.status_code, title, detail, errors=errors, headers=error.headers)
    return problem_response(request, problem)


async def _on_crash(request: Request, error: Exception) -> Response:
    log.error("request_crashed", path=request.url.path, exc_info=error)
    detail = "This is our fault; the logs tell more by `instance`."
    # Starlette answers crashes outside every middleware, so the one that adds this header has not seen the answer.
    headers = {"X-Request-Id": getattr(request.state, "request_id", "")}
    return problem_response(request, Problem(ProblemType.INTERNAL, 500, "Something broke", detail, headers=headers))


def _mapped(to_problem: Callable[[Any], Problem]) -> Callable[[Request, Exception], Any]:
    async def handle(request: Request, error: Exception) -> Response:
        return problem_response(request, to_problem(error))

    return handle


_PLACES: Final = ("body", "query", "path", "header", "cookie")


def _path(location: Sequence[str | int]) -> str:
    parts = location[1:] if location and location[0] in _PLACES else location
    text = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in parts)
    return text.lstrip(".") or "body"


def _message(error: Mapping[str, Any]) -> str:
    if error["type"] == "extra_forbidden":
        return "this field is not known here"
    if error["type"] == "json_invalid":
        return "the body is not valid JSON"
    return str(error["msg"])
