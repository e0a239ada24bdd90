"""The demo of `make up`: its simulators are processes of this installation; its first start brings a day of past along.

What makes the past is imported when it is needed: it needs the SDK's made-up fleets, which no other start does.
"""

import csv
import io

from vitrina_embedded import demo_sources
from vitrina_embedded.demo_began import incident_began
from vitrina_embedded.demo_sources import Demo
from vitrina_embedded.installation import Installation
from vitrina_embedded.processes import PLATFORMS, edge
from vitrina_embedded.secret_files import bus_password, read_secret
from vitrina_embedded.service_processes import GATEWAY


def ensure_sources(installation: Installation, *, device_facts: str = "") -> list[str]:
    """Returns notes for the person. `device_facts`: CSV, for sources that are made now."""
    return demo_sources.ensure_sources(
        Demo(
            edge=(edge(installation).health or "").rstrip("/"),
            simulators={platform: installation.simulator(platform) for platform in PLATFORMS},
            secrets=installation.secrets,
            state_file=installation.home.state_file,
            certificate=installation.settings.tls_cert,
            device_facts=device_facts,
            has_expired=incident_began(installation.home) is not None,
        )
    )


class DemoPast:
    """A day of past, given before its first start: to Prometheus, to the sources, to the record."""

    def __init__(self, installation: Installation) -> None:
        from vitrina_embedded.demo_past.screens import screens  # noqa: PLC0415 - see above

        self._installation = installation
        self._began = incident_began(installation.home) or 0.0
        self._screens = list(screens(installation.settings.demo_devices, self._began))

    def measure(self) -> None:
        """Before Prometheus starts."""
        from vitrina_embedded.demo_past.measured import write_measured  # noqa: PLC0415 - see above

        folder = self._installation.home.folder("prometheus")
        write_measured(folder, self._screens, self._began, self._installation.settings.scrape_interval)

    def connect(self) -> list[str]:
        """Before the gateway starts, which ends the chains of devices whose sources it does not know. Returns notes."""
        from vitrina_embedded.demo_past.record import Account, write_record  # noqa: PLC0415 - see above

        notes = ensure_sources(self._installation, device_facts=self._facts())
        password = read_secret(self._installation.secrets[bus_password(GATEWAY)])
        account = Account(f"nats://{self._installation.address('nats')}", GATEWAY, password)
        write_record(account, self._screens, self._began)
        return notes

    def _facts(self) -> str:
        out = io.StringIO()
        rows = csv.writer(out)
        rows.writerow(("platform", "source", "device_id", "city", "site"))
        rows.writerows((*screen.key, screen.city, screen.site) for screen in self._screens)
        return out.getvalue()
