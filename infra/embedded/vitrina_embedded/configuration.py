"""Configuration of the foreign parts: the templates of `infra/`, filled in for this installation."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from vitrina_embedded.alerting.delivery import kept_beside
from vitrina_embedded.alerting.handed import ALERTING_FILE, Handed, render_handed
from vitrina_embedded.alerting.routes import render_routes
from vitrina_embedded.alerting.rules import FILE_PREFIX, Places, render_rules
from vitrina_embedded.alerting.settings import AlertSettings
from vitrina_embedded.home import write_private
from vitrina_embedded.installation import Installation
from vitrina_embedded.ports import LOOPBACK
from vitrina_embedded.secret_files import ALERTS_TOKEN, BUS_USERS, bus_password, read_secret
from vitrina_embedded.templates import INFRA, fill_in

SCRAPE_TIMEOUT_AT_MOST = 10


def write_configuration(installation: Installation) -> None:
    """Into the folder `run`, private, since some of it holds secrets."""
    write_private(nats_file(installation), render_nats(installation))
    write_private(prometheus_file(installation), render_prometheus(installation))
    settings = installation.settings
    if settings.https_proxy:
        write_private(proxy_file(installation), settings.https_proxy.get_secret_value() + "\n")
    write_rules(installation.home.run, rules(settings, settings.scrape_interval, settings.url))
    receivers = settings.receivers(installation.address("gateway_internal"), installation.secrets[ALERTS_TOKEN])
    alertmanager = alertmanager_file(installation)
    write_private(alertmanager, render_routes(receivers, settings.delivery(kept_beside(alertmanager))))
    write_private(alerting_file(installation), render_handed(Handed(receivers, settings.own_delivery())))


def proxy_file(installation: Installation) -> Path:
    """Its URL may hold a password."""
    return installation.home.run / "https-proxy"


def nats_file(installation: Installation) -> Path:
    return installation.home.run / "nats-server.conf"


def prometheus_file(installation: Installation) -> Path:
    return installation.home.run / "prometheus.yml"


def alertmanager_file(installation: Installation) -> Path:
    return installation.home.run / "alertmanager.yml"


def alerting_file(installation: Installation) -> Path:
    """What the part beside Alertmanager is handed."""
    return installation.home.run / ALERTING_FILE


def render_nats(installation: Installation) -> str:
    return nats_configuration(
        installation.secrets,
        installation.settings.nats_subscribers,
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


def nats_configuration(secrets: Mapping[str, Path], subscribers: Sequence[str] = (), **places: object) -> str:
    """With every user's password from its file; `places` fill in the other names of the template."""

    def password(user: str) -> str:
        return read_secret(secrets[bus_password(user)])

    template = INFRA / "nats" / "subscriber.conf"
    others = "".join(fill_in(template, name=name, password=password(name)) for name in subscribers)
    passwords = {f"{user}_password": password(user) for user in BUS_USERS}
    return fill_in(INFRA / "nats" / "nats-server.conf", **places, **passwords, subscribers=others)


def prometheus_configuration(scrape_interval: int, **places: object) -> str:
    """`places` fill in the other names of the template: addresses without a scheme, and the path of a token."""
    return fill_in(
        INFRA / "prometheus" / "prometheus.yml",
        scrape_interval=scrape_interval,
        scrape_timeout=scrape_timeout(scrape_interval),
        **places,
    )


def scrape_timeout(scrape_interval: int) -> int:
    return min(scrape_interval, SCRAPE_TIMEOUT_AT_MOST)


def rules(settings: AlertSettings, scrape_interval: int, public_url: str) -> Mapping[str, str]:
    """Name and text of Prometheus' files of rules."""
    return render_rules(settings.limits(scrape_timeout(scrape_interval)), Places(public_url))


def write_rules(folder: Path, files: Mapping[str, str]) -> None:
    """Beside Prometheus' configuration; those of limits that no source has any more go."""
    for path in folder.glob(f"{FILE_PREFIX}*"):
        if path.name not in files:
            path.unlink()
    for name, text in files.items():
        write_private(folder / name, text)
