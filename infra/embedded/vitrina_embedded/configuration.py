"""Configuration of the foreign parts: the templates of `infra/`, filled in for this installation."""

from collections.abc import Mapping
from pathlib import Path
from string import Template

from vitrina_embedded.home import ROOT, write_private
from vitrina_embedded.installation import Installation
from vitrina_embedded.ports import LOOPBACK
from vitrina_embedded.secret_files import BUS_USERS, bus_password, read_secret

INFRA = ROOT / "infra"
SCRAPE_TIMEOUT_AT_MOST = 10


def write_configuration(installation: Installation) -> None:
    """Into the folder `run`, private, since some of it holds secrets."""
    write_private(nats_file(installation), render_nats(installation))
    write_private(prometheus_file(installation), render_prometheus(installation))
    write_private(alertmanager_file(installation), (INFRA / "alertmanager" / "alertmanager.yml").read_text("utf-8"))


def nats_file(installation: Installation) -> Path:
    return installation.home.run / "nats-server.conf"


def prometheus_file(installation: Installation) -> Path:
    return installation.home.run / "prometheus.yml"


def alertmanager_file(installation: Installation) -> Path:
    return installation.home.run / "alertmanager.yml"


def render_nats(installation: Installation) -> str:
    return nats_configuration(
        installation.secrets,
        host=LOOPBACK,
        port=installation.ports["nats"],
        monitor_port=installation.ports["nats_monitor"],
        store_dir=installation.home.folder("nats"),
    )


def render_prometheus(installation: Installation) -> str:
    return prometheus_configuration(
        installation.settings.scrape_interval,
        orchestrator_token_file=installation.secrets["calls-orchestrator"],
        alertmanager=installation.address("alertmanager"),
        prometheus=installation.address("prometheus"),
        registry=installation.address("registry_internal"),
        orchestrator=installation.address("orchestrator_internal"),
        gateway=installation.address("gateway_internal"),
        auth=installation.address("auth_internal"),
    )


def nats_configuration(secrets: Mapping[str, Path], **places: object) -> str:
    """With every user's password from its file; `places` fill in the other names of the template."""
    passwords = {f"{user}_password": read_secret(secrets[bus_password(user)]) for user in BUS_USERS}
    return _template("nats/nats-server.conf").substitute(**places, **passwords)


def prometheus_configuration(scrape_interval: int, **places: object) -> str:
    """`places` fill in the other names of the template: addresses without a scheme, and the path of a token."""
    return _template("prometheus/prometheus.yml").substitute(
        scrape_interval=scrape_interval, scrape_timeout=min(scrape_interval, SCRAPE_TIMEOUT_AT_MOST), **places
    )


class _Template(Template):
    delimiter = "@"  # a dollar sign means something in the files themselves


def _template(name: str) -> Template:
    return _Template((INFRA / name).read_text(encoding="utf-8"))
