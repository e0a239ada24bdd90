"""The demo of `make up`: its simulators are processes of this installation."""

from vitrina_embedded import demo_sources
from vitrina_embedded.demo_sources import Demo
from vitrina_embedded.installation import Installation
from vitrina_embedded.processes import PLATFORMS, edge


def ensure_sources(installation: Installation) -> list[str]:
    """Returns notes for the person."""
    return demo_sources.ensure_sources(
        Demo(
            edge=(edge(installation).health or "").rstrip("/"),
            simulators={platform: installation.simulator(platform) for platform in PLATFORMS},
            secrets=installation.secrets,
            state_file=installation.home.state_file,
            certificate=installation.settings.tls_cert,
        )
    )
