"""What a silence or a maintenance window would fit now, counted by those who will judge it: the patterns are theirs."""

from dataclasses import dataclass
from typing import Final

import msgspec

from vitrina_gateway.domain.alert import SilenceMatcher, check_matchers
from vitrina_gateway.domain.errors import InvalidParameterError
from vitrina_gateway.domain.scope import Scope
from vitrina_gateway.use_cases.ports import Alerting, MonitoringError, RawPrometheus

_OF_PLACES: Final = frozenset({"site", "city"})
_OF_DEVICES: Final = frozenset({"platform", "source", "device_id"})
_BAD_REQUEST: Final = 400


@dataclass(frozen=True)
class Matches:
    """`devices`: those whose alerts it could silence; None when the matchers are not about devices."""

    alerts: int
    devices: int | None


class _Sample(msgspec.Struct):
    value: tuple[float, str]


class _Data(msgspec.Struct):
    result: list[_Sample]


class _Answer(msgspec.Struct):
    data: _Data


async def count_matches(
    alerting: Alerting, prometheus: RawPrometheus, scope: Scope, matchers: list[SilenceMatcher]
) -> Matches:
    """Of the caller's sources. Raises `InvalidParameterError`, `AlertingError` or `MonitoringError`."""
    check_matchers(matchers)
    alerts = [alert for alert in await alerting.alerts(matchers) if alert.is_for(scope)]
    query = devices_query(matchers, scope)
    return Matches(len(alerts), None if query is None else await _count(prometheus, query))


def devices_query(matchers: list[SilenceMatcher], scope: Scope) -> str | None:
    """PromQL. Labels that only alerts have say nothing about devices: without any other there is no answer."""
    by_place = any(each.name in _OF_PLACES for each in matchers)
    known = [each for each in matchers if each.name in _OF_DEVICES | _OF_PLACES]
    if not known:
        return None
    own = [_own_sources(scope.sources)] if scope.sources is not None else []
    selector = ",".join([*(each.text for each in known), *own])
    series = "signage_device_site_info" if by_place else "signage_device_info"
    return f"count(count by (platform, source, device_id) ({series}{{{selector}}}))"


def _own_sources(sources: frozenset[str]) -> str:
    """Names of sources have no character that a pattern or a string takes for more than itself, but for the dot."""
    names = "|".join(sorted(sources)).replace(".", "[.]")
    return f'source=~"{names}"'


async def _count(prometheus: RawPrometheus, query: str) -> int:
    answer = await prometheus.ask("query", [("query", query)])
    if answer.status == _BAD_REQUEST:
        raise InvalidParameterError("matchers", "Prometheus does not take them; is a pattern malformed?")
    if not answer.is_good:
        raise MonitoringError(f"refused or incomplete: HTTP {answer.status}")
    result = msgspec.json.decode(answer.body, type=_Answer).data.result
    return int(float(result[0].value[1])) if result else 0
