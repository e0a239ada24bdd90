"""Alertmanager's configuration: the template of `infra/alertmanager`, with this installation's receivers and times.

The result holds addresses that may be secret (a heartbeat's, a webhook's): keep it private.
"""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any, Final

from vitrina_contracts.delivery import Delivery

from vitrina_embedded.alerting.delivery_routes import own_intervals, own_receivers, own_routes
from vitrina_embedded.templates import INFRA, fill_in

_TEMPLATE: Final = INFRA / "alertmanager" / "alertmanager.yml"


@dataclass(frozen=True)
class Receivers:
    """Addresses, or null for none. `heartbeat` is called as long as everything works; `people` gets every alert."""

    people: str | None = None
    heartbeat: str | None = None
    events: "EventsWay | None" = None
    """Gets every alert, too."""


@dataclass(frozen=True)
class EventsWay:
    """The gateway's route that makes events of alerts, and the file with what Alertmanager has to show there."""

    url: str
    token_file: str


@dataclass(frozen=True)
class RouteTimes:
    """Seconds. Of a group of alerts: until the first notification, until one about a change, until it is repeated."""

    group_wait: int = 30
    group_interval: int = 120
    repeat: int = 3600
    device_group_wait: int = 90
    device_group_interval: int = 300
    device_repeat: int = 86_400
    heartbeat_interval: int = 50


def render_routes(receivers: Receivers, delivery: Delivery, times: RouteTimes | None = None) -> str:
    seconds = asdict(times or RouteTimes())
    return fill_in(
        _TEMPLATE,
        **seconds,
        own_routes=_lines("    - ", own_routes(delivery, seconds)),
        own_receivers=_lines("  - ", own_receivers(delivery)),
        own_intervals=json.dumps(own_intervals(delivery)),
        people=json.dumps([*_webhooks(receivers.people, send_resolved=True), *_events(receivers.events)]),
        heartbeat=json.dumps(_webhooks(receivers.heartbeat, send_resolved=False)),
    )


def _lines(beginning: str, items: Sequence[Any]) -> str:
    return "\n".join(beginning + json.dumps(item, ensure_ascii=False) for item in items)


def _webhooks(url: str | None, *, send_resolved: bool) -> list[dict[str, Any]]:
    """To be written as JSON, which is YAML too and needs no quoting of its own."""
    return [{"url": url, "send_resolved": send_resolved}] if url else []


def _events(way: EventsWay | None) -> list[dict[str, Any]]:
    if way is None:
        return []
    authorization = {"type": "Bearer", "credentials_file": way.token_file}
    return [{"url": way.url, "send_resolved": True, "http_config": {"authorization": authorization}}]
