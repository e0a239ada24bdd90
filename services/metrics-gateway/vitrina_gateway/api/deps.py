"""What the routes are given: the gateway's parts, and the caller's scope."""

from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Request
from vitrina_contracts.problems import FieldError
from vitrina_kit.problem_handlers import ErrorMapping, forbidden, invalid, not_found, unavailable
from vitrina_kit.token_check import Caller, declares
from vitrina_kit.workbook import MOST_ROWS, NoRoomError, TooManyRowsError, Workbooks

from vitrina_gateway.domain.errors import DeviceNotFoundError, InvalidParameterError, NotReadyError
from vitrina_gateway.domain.scope import Scope, scope_of
from vitrina_gateway.use_cases.alerts import Alerts, ForeignSilenceError, SilenceNotFoundError
from vitrina_gateway.use_cases.feed import Feed, TooManyListenersError
from vitrina_gateway.use_cases.fleet import Fleet
from vitrina_gateway.use_cases.guarded_query import GuardedQueries
from vitrina_gateway.use_cases.history import DevicePast
from vitrina_gateway.use_cases.ports import (
    AlertingError,
    Chains,
    MonitoringError,
    RawPrometheus,
    RecordUnavailableError,
)
from vitrina_gateway.use_cases.webhooks import Webhooks


@dataclass(frozen=True)
class Parts:
    fleet: Fleet
    feed: Feed
    past: DevicePast
    chains: Chains
    queries: GuardedQueries
    alerts: Alerts
    prometheus: RawPrometheus
    webhooks: Webhooks
    workbooks: Workbooks


def _parts(request: Request) -> Parts:
    parts: Parts = request.app.state.parts
    return parts


@declares("signed in")
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
    MonitoringError: lambda _: unavailable("Prometheus does not answer, so the past cannot be shown.", retry_after=5),
    RecordUnavailableError: lambda _: unavailable("NATS does not answer, so stored changes cannot be shown.", 5),
    AlertingError: lambda _: unavailable("Alertmanager does not answer, so alerts cannot be shown.", retry_after=5),
    SilenceNotFoundError: lambda _: not_found("There is no such silence."),
    ForeignSilenceError: lambda _: forbidden("Name one of your sources: a matcher `source` equal to it."),
    TooManyRowsError: lambda _: invalid(f"A sheet holds {MOST_ROWS:,} devices: narrow the filter, or take the CSV."),
    NoRoomError: lambda _: unavailable("The disk for workbooks is full: take the CSV.", retry_after=60),
    TooManyListenersError: lambda _: unavailable("Too many live streams are open.", retry_after=30),
}
