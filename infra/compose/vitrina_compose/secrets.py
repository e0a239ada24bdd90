"""Makes the secrets once, and hands each part its secrets and its configuration."""

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated

from pydantic import Field
from pydantic_settings import SettingsConfigDict
from vitrina_embedded.alerting.delivery import kept_beside
from vitrina_embedded.alerting.handed import ALERTING_FILE, Handed, render_handed
from vitrina_embedded.alerting.routes import Receivers, render_routes
from vitrina_embedded.alerting.rules import FILE_PREFIX
from vitrina_embedded.alerting.settings import AlertSettings
from vitrina_embedded.configuration import nats_configuration, prometheus_configuration, rules
from vitrina_embedded.home import write_private
from vitrina_embedded.secret_files import ADMIN_PASSWORD, ALERTS_TOKEN, ensure_secrets, read_secret

from vitrina_compose.places import DATA, HANDED_OUT, HOME, MOUNTED, OPERATORS_OWN, SECRETS_OF, WRITTEN, owner

_OWNER_READS = 0o400


class SetupSettings(AlertSettings):
    model_config = SettingsConfigDict(env_prefix="VITRINA_", env_ignore_empty=True)

    scrape_interval: Annotated[int, Field(ge=1, le=3600)] = 15
    bind: str = "127.0.0.1"
    port: int = 8080

    @property
    def url(self) -> str:
        host = "localhost" if self.bind in {"127.0.0.1", "0.0.0.0"} else self.bind
        return f"http://{host}:{self.port}"


def hand_out() -> str:
    """Returns what a person must know to sign in.

    Raises:
        Refusal: data from before needs a secret that is gone.
    """
    settings = SetupSettings()
    first = not (HOME.secrets / ADMIN_PASSWORD).exists()
    secrets = ensure_secrets(HOME, None, wipe="docker compose down --volumes")
    for part, names in SECRETS_OF.items():
        files = {name: read_secret(secrets[name]) + "\n" for name in names}
        _write(part, {**files, **_configuration(part, secrets, settings)})
    own_data()
    _own(HOME.postgres, owner("postgres"), 0o700)
    return _say(settings, read_secret(secrets[ADMIN_PASSWORD]) if first else None)


def own_data() -> None:
    """Gives each data volume that is mounted to the part that keeps its data there."""
    for folder in DATA.iterdir():
        _own(folder, owner(folder.name), 0o700)


def _configuration(part: str, secrets: Mapping[str, Path], settings: SetupSettings) -> dict[str, str]:
    if part in OPERATORS_OWN:
        # Never quite empty: an engine of a Swarm takes no empty secret.
        path = OPERATORS_OWN[part]
        given = path.read_text(encoding="utf-8") if path.exists() else ""
        return {path.name: given.strip() + "\n"}
    if part == "nats":
        nats = nats_configuration(secrets, host="0.0.0.0", port=4222, monitor_port=8222, store_dir="/data")
        return {"nats-server.conf": nats}
    if part == "prometheus":
        prometheus = prometheus_configuration(
            settings.scrape_interval,
            orchestrator_token_file=MOUNTED / "calls-orchestrator",
            alertmanager="alertmanager:9093",
            prometheus="prometheus-inside:9090",
            registry="registry:8001",
            orchestrator="orchestrator:8001",
            gateway="gateway:8001",
            auth="auth:8001",
        )
        return {"prometheus.yml": prometheus, **rules(settings, settings.scrape_interval, settings.url)}
    if part == "alertmanager":
        kept = kept_beside(HANDED_OUT / part / "alertmanager.yml")
        return {"alertmanager.yml": render_routes(_receivers(settings), settings.delivery(kept))}
    if part == "alerting":
        return {ALERTING_FILE: render_handed(Handed(_receivers(settings), settings.own_delivery()))}
    return {}


def _receivers(settings: SetupSettings) -> Receivers:
    return settings.receivers("gateway:8001", MOUNTED / ALERTS_TOKEN)


def _write(part: str, files: Mapping[str, str]) -> None:
    folder = HANDED_OUT / part
    for path in folder.glob(f"{FILE_PREFIX}*"):  # of limits that no source has any more
        path.unlink()
    for name, text in files.items():
        write_private(folder / name, text)
        _own(folder / name, owner(part), _OWNER_READS)
    _own(folder, owner(part), 0o700 if part in WRITTEN else 0o500)


def _own(path: Path, user: int, mode: int) -> None:
    os.chown(path, user, user)
    path.chmod(mode)


def _say(settings: SetupSettings, password: str | None) -> str:
    shown = f"{password}   (the first one: change it after signing in)" if password else "the one of the first start"
    return f"""
Vitrina is set up.

  Address   {settings.url}
  Login     admin
  Password  {shown}
"""
