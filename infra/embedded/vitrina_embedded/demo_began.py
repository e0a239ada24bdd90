"""When the demo's incident began: at the first start of a demo that has one, and never again."""

import json
import time
from typing import Final

from vitrina_embedded.home import Home, read_json, write_private
from vitrina_embedded.settings import Settings

MOST_DEVICES: Final = 2000
"""Of each vendor; the past of more would keep the first start waiting."""
_KEY: Final = "demo_incident_began"


def incident_began(home: Home) -> float | None:
    """Unix seconds; None for an installation without it."""
    began = read_json(home.state_file).get(_KEY)
    return None if began is None else float(began)


def begin_incident(settings: Settings, home: Home) -> bool:
    """Notes the present as its beginning if this data is new and the settings want it; whether they do."""
    state = read_json(home.state_file)
    is_new = "started" not in state and "demo_endpoints" not in state
    measured_here = settings.prometheus_url is None
    if not (
        is_new and measured_here and settings.demo and settings.demo_incident and settings.demo_devices <= MOST_DEVICES
    ):
        return False
    write_private(home.state_file, json.dumps({**state, _KEY: time.time()}, indent=2) + "\n")
    return True
