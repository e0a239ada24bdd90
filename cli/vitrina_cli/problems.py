"""Refusals of the API in words: RFC 9457 problem details, with the fields that do not fit."""

import httpx
from pydantic import ValidationError
from vitrina_contracts.problems import ProblemDetails, ProblemType

from vitrina_cli.failure import Exit, Failure

_STATUSES = {
    401: Exit.NOT_SIGNED_IN,
    403: Exit.NOT_ALLOWED,
    404: Exit.NOT_FOUND,
    409: Exit.CONFLICT,
    412: Exit.CONFLICT,
    428: Exit.CONFLICT,
    413: Exit.INVALID,
    422: Exit.INVALID,
    429: Exit.UNREACHABLE,
    502: Exit.UNREACHABLE,
    503: Exit.UNREACHABLE,
    504: Exit.UNREACHABLE,
}
_NEXT_STEPS = {
    ProblemType.UNAUTHENTICATED: "Run `vitrina login`, or set VITRINA_TOKEN_FILE to a file with an API token.",
    ProblemType.TOKEN_EXPIRED: "Run `vitrina login`.",
    ProblemType.PASSWORD_CHANGE_REQUIRED: "Run `vitrina account password` first.",
    ProblemType.SECOND_FACTOR_REQUIRED: "Run `vitrina account second-factor set-up` first.",
}


def problem_of(answer: httpx.Response) -> ProblemDetails | None:
    try:
        return ProblemDetails.model_validate_json(answer.content)
    except ValidationError:
        return None


def failure_of(answer: httpx.Response) -> Failure:
    """What a refusal says, one line for each field, and the next step where we know it."""
    status = _STATUSES.get(answer.status_code, Exit.FAILED)
    problem = problem_of(answer)
    if problem is None:
        return Failure(f"{answer.request.url.host} answered {answer.status_code}, and not as Vitrina does.", status)
    lines = [f"{problem.title} ({problem.status}): {problem.detail}"]
    lines += [f"  {error.field}: {error.message}" for error in problem.errors]
    if problem.type in _NEXT_STEPS:
        lines.append(_NEXT_STEPS[problem.type])
    if problem.instance and status in {Exit.FAILED, Exit.UNREACHABLE}:
        lines.append(f"In the logs it is the request {problem.instance}.")
    return Failure("\n".join(lines), status)
