"""What the routes are given: the gateway's parts, and the caller's scope."""

from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Request
from vitrina_contracts.problems import FieldError
from vitrina_kit.problem_handlers import ErrorMapping, invalid, not_found, unavailable
from vitrina_kit.token_check import Caller

from vitrina_gateway.domain.errors import DeviceNotFoundError, InvalidParameterError, NotReadyError
from vitrina_gateway.domain.scope import Scope, scope_of
from vitrina_gateway.use_cases.feed import Feed, TooManyListenersError
from vitrina_gateway.use_cases.fleet import Fleet


@dataclass(frozen=True)
class Parts:
    fleet: Fleet
    feed: Feed


def _parts(request: Request) -> Parts:
    parts: Parts = request.app.state.parts
    return parts


def _scope(caller: Caller) -> Scope:
    return scope_of(caller)


TheParts = Annotated[Parts, Depends(_parts)]
CallerScope = Annotated[Scope, Depends(_scope)]

ERRORS: ErrorMapping = {
    NotReadyError: lambda _: unavailable("The list of devices is not known yet.", retry_after=2),
    DeviceNotFoundError: lambda _: not_found("There is no such device."),
    InvalidParameterError: lambda error: invalid(
        f"Check {error.parameter}: {error.message}.", [FieldError(field=error.parameter, message=error.message)]
    ),
    TooManyListenersError: lambda _: unavailable("Too many live streams are open.", retry_after=30),
}
