"""What the set-up hands to the part beside Alertmanager, in one private file: addresses, and the installation's file.

`delivery` is what the installation's own file says; null without one, and then the API says who is told.
"""

import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final

from vitrina_contracts.delivery import Delivery

from vitrina_embedded.alerting.delivery import clear_delivery
from vitrina_embedded.alerting.routes import EventsWay, Receivers

ALERTING_FILE: Final = "alerting.json"


@dataclass(frozen=True)
class Handed:
    receivers: Receivers
    delivery: Delivery | None


def render_handed(handed: Handed) -> str:
    delivery = clear_delivery(handed.delivery) if handed.delivery is not None else None
    return json.dumps({"receivers": asdict(handed.receivers), "delivery": delivery})


def read_handed(path: Path) -> Handed:
    """Raises OSError or ValueError: the set-up has not run, or was another version's."""
    told = json.loads(path.read_text(encoding="utf-8"))
    addresses = told["receivers"]
    events = EventsWay(**addresses["events"]) if addresses["events"] is not None else None
    receivers = Receivers(addresses["people"], addresses["heartbeat"], events)
    return Handed(receivers, Delivery.model_validate(told["delivery"]) if told["delivery"] is not None else None)
