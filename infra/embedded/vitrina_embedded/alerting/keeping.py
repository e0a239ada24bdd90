"""Beside Alertmanager: what the registry says about who is told comes into effect, and what became of it is reported.

It decides nothing. What it is told it tries once; a refusal leaves what was in effect, until there is something new.
"""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Final, Protocol

import structlog
from pydantic import SecretStr, ValidationError
from vitrina_contracts.alerting import AlertingOrders, AlertingReport, AskedTest, Outcome, ToldTest, Window
from vitrina_contracts.delivery import Delivery, Receiver

from vitrina_embedded.alerting.alertmanager import Alertmanager, Tried
from vitrina_embedded.alerting.applying import AlertmanagerAwayError, RunningRoutes
from vitrina_embedded.alerting.delivery import keep_delivery
from vitrina_embedded.alerting.routes import Receivers, RouteTimes
from vitrina_embedded.alerting.windows import changes
from vitrina_embedded.refusal import Refusal

log = structlog.get_logger(__name__)

_REPORT_EACH_SECONDS: Final = 60.0
_WINDOWS_EACH_SECONDS: Final = 30.0
_FAILING_SECONDS: Final = 300.0
"""A way that failed is called failing for so long."""
_TEST_SECONDS: Final = 20.0
_UNREADABLE: Final = "The registry has no key that opens the receivers' secrets; send them again."


class Registry(Protocol):
    """Both methods raise `httpx.HTTPError` or ValueError when it does not answer, or not as agreed."""

    def orders(self) -> AlertingOrders: ...

    def report(self, report: AlertingReport) -> None: ...


@dataclass
class _Seen:
    failed: float
    grew_at: float | None = None


@dataclass
class Keeper:
    """`kept`: where what is in effect is kept for the next start. `from_file`: the file wins, nothing is applied."""

    registry: Registry
    alertmanager: Alertmanager
    routes: RunningRoutes
    receivers: Receivers
    kept: Path
    delivery: Delivery
    """In effect."""
    from_file: bool = False
    times: RouteTimes | None = None
    clock: Callable[[], float] = time.monotonic
    _revision: int = field(default=0, init=False)
    _started: bool = field(default=False, init=False)
    _refusal: str | None = field(default=None, init=False)
    _failed: dict[str, _Seen] = field(default_factory=dict, init=False)
    _reported: tuple[AlertingReport, float] | None = field(default=None, init=False)
    _windows: tuple[list[Window], float] | None = field(default=None, init=False)
    """Those that silences were made for last, and when."""

    def step(self) -> None:
        """One look. Raises what `Registry` and `Alertmanager` raise; the next look begins anew."""
        if not self._started:
            self._begin()
        orders = self.registry.orders()
        self._follow(orders)
        told = [ToldTest(**vars(asked), outcome=self._send(asked)) for asked in orders.tests]
        self._keep_windows(orders)
        self._report(told)

    def _begin(self) -> None:
        """What this program renders may be newer than the file; a first file lets Alertmanager start."""
        try:
            self.routes.apply(self.receivers, self.delivery, self.times)
        except AlertmanagerAwayError:
            raise
        except Refusal as refusal:
            self._refusal = str(refusal)
        self._started = True

    def _follow(self, orders: AlertingOrders) -> None:
        if self.from_file or orders.revision == self._revision:
            return
        try:
            told = orders.delivery
            wanted = None if told is None else Delivery.model_validate(told, extra="ignore")
        except ValidationError as error:
            raise ValueError(f"not as agreed: {error.error_count()} faults") from None
        self._refusal = _UNREADABLE if wanted is None else self._applied(wanted)
        self._revision = orders.revision
        log.info("alert_routes", revision=orders.revision, refusal=self._refusal)

    def _applied(self, wanted: Delivery) -> str | None:
        """Why it is not in effect; None when it is. Raises AlertmanagerAwayError."""
        try:
            self.routes.apply(self.receivers, wanted, self.times)
        except AlertmanagerAwayError:
            raise
        except Refusal as refusal:
            return str(refusal)
        self.delivery = wanted
        keep_delivery(self.kept, wanted)
        return None

    def _send(self, asked: AskedTest) -> Outcome:
        receiver = next((each for each in self.delivery.receivers if each.name == asked.receiver), None)
        if receiver is None or self.from_file:
            return Outcome.FAILED
        before = self.alertmanager.tried()
        try:
            self.routes.send_test([receiver.name])
        except Refusal:
            return Outcome.FAILED
        ends = self.clock() + _TEST_SECONDS
        while self.clock() < ends:
            outcome = _outcome(before, self.alertmanager.tried(), _ways(receiver))
            if outcome is not None:
                return outcome
            time.sleep(0.25)
        return Outcome.SENT

    def _keep_windows(self, orders: AlertingOrders) -> None:
        now = self.clock()
        if self._windows is not None:
            kept, at = self._windows
            if kept == orders.windows and now - at < _WINDOWS_EACH_SECONDS:
                return
        todo = changes(orders.windows, self.alertmanager.window_silences(), datetime.now(UTC))
        for silence_id in todo.expire:
            self.alertmanager.expire(silence_id)
        for silence in todo.make:
            if not self.alertmanager.make(silence):
                log.warning("window_refused", window=silence.author)
        self._windows = (orders.windows, now)

    def _report(self, told: list[ToldTest]) -> None:
        report = AlertingReport(
            revision=self._revision,
            refusal=self._refusal,
            from_file=self.from_file,
            failing=self._failing(),
            tests=told,
        )
        now = self.clock()
        if self._reported is not None and not told:
            last, at = self._reported
            if last == report and now - at < _REPORT_EACH_SECONDS:
                return
        self.registry.report(report)
        self._reported = (report.model_copy(update={"tests": []}), now)

    def _failing(self) -> list[str]:
        now = self.clock()
        for way, tried in self.alertmanager.tried().items():
            seen = self._failed.setdefault(way, _Seen(tried.failed))
            if tried.failed > seen.failed:
                seen.grew_at = now
            seen.failed = tried.failed
        return sorted(
            way
            for way, seen in self._failed.items()
            if seen.grew_at is not None and now - seen.grew_at < _FAILING_SECONDS
        )


def _ways(receiver: Receiver[SecretStr]) -> list[str]:
    return [way for way in ("email", "telegram", "webhook") if getattr(receiver, way) is not None]


def _outcome(before: Mapping[str, Tried], now: Mapping[str, Tried], ways: list[str]) -> Outcome | None:
    """None: not all ways have been tried yet. Other messages meanwhile count as well: Alertmanager tells no more."""
    none = Tried()
    if any(now.get(way, none).failed > before.get(way, none).failed for way in ways):
        return Outcome.FAILED
    tried = all(now.get(way, none).requests > before.get(way, none).requests for way in ways)
    return Outcome.DELIVERED if tried else None
