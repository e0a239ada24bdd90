"""Files for a Prometheus and an Alertmanager of others: whom to scrape, rules, routes. Nothing of theirs is written."""

from collections.abc import Mapping
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from vitrina_contracts.delivery import Delivery

from vitrina_embedded.alerting.routes import Receivers, render_routes
from vitrina_embedded.alerting.rules import FILE_PREFIX
from vitrina_embedded.configuration import rules, scrape_timeout
from vitrina_embedded.home import write_private
from vitrina_embedded.settings import Settings
from vitrina_embedded.templates import INFRA, fill_in

FUNCTIONS_OFF: Final = (
    "Series of deleted sources and devices stay, and VITRINA_PLATFORM_RETENTION_DAYS has no effect.",
    "A backup holds no history: your Prometheus is yours to back up.",
    "Alerts are shown and silenced in Vitrina only with VITRINA_ALERTMANAGER_URL; whom they reach is said over there.",
    "Alerts are no events on NATS, unless your Alertmanager calls the gateway (memory-bank/events.md).",
    "Multi-target exporters of others (blackbox) are not scraped, and Vitrina's own services do not watch themselves.",
    "The demo has no past.",
)
"""What Vitrina does only with the Prometheus that it runs itself."""

_INSIDE: Final = ("rules-vitrina.yml", "rules-monitoring.yml")
"""Rules about parts that are not scraped from outside."""


def outside_files(settings: Settings, url: str, token_file: Path, ca_file: Path | None = None) -> Mapping[str, str]:
    """Text of each file by its name. `url` is Vitrina's, `token_file` and `ca_file` are paths on their machine."""
    place = urlsplit(url)
    tls = f'tls_config: {{ ca_file: "{ca_file}" }}' if ca_file else ""
    scrape = fill_in(
        INFRA / "prometheus" / "outside-scrape.yml",
        url=url,
        scheme=place.scheme,
        host=place.netloc,
        token_file=token_file,
        scrape_interval=settings.scrape_interval,
        scrape_timeout=scrape_timeout(settings.scrape_interval),
        tls=f"\n    {tls}" if tls else "",
        tls_of_discovery=f"\n        {tls}" if tls else "",
    )
    rendered = rules(settings, settings.scrape_interval, url)
    routes = render_routes(Receivers(), settings.own_delivery() or Delivery())
    return {
        "vitrina-scrape.yml": scrape,
        **{f"vitrina-{name}": text for name, text in rendered.items() if name not in _INSIDE},
        "vitrina-alertmanager.yml": routes,
        "README.md": _readme(token_file),
    }


def write_outside_files(folder: Path, files: Mapping[str, str]) -> None:
    """Private, since routes may hold passwords; rules of limits that no source has any more go."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    for path in folder.glob(f"vitrina-{FILE_PREFIX}*"):
        path.unlink()
    for name, text in files.items():
        write_private(folder / name, text)


def _readme(token_file: Path) -> str:
    off = "\n".join(f"- {function}" for function in FUNCTIONS_OFF)
    return f"""# Vitrina in your Prometheus

1. Put an API token of an admin with the scope `read` (`vitrina tokens create`) into {token_file},
   readable by Prometheus alone.
2. In prometheus.yml: `scrape_config_files: [vitrina-scrape.yml]` (2.43 or newer; else copy its jobs into
   `scrape_configs`) and `rule_files: ["vitrina-rules-*.yml"]`.
3. In Alertmanager: routes and inhibitions of vitrina-alertmanager.yml, below a route of your own, with your receivers.
4. In Vitrina: `VITRINA_PROMETHEUS_URL` (and `VITRINA_ALERTMANAGER_URL`) with the addresses at which it finds yours,
   with compose `VITRINA_SERIES_CLEANUP=false`, and a new start.

These functions are off then:

{off}

Once a setting about alerts or the scrape interval has changed, write these files anew.
"""
