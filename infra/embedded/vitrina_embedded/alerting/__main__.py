"""`python -m vitrina_embedded.alerting`: the part beside Alertmanager. Runs until it is ended; may be at any time."""

import sys
import time
from pathlib import Path
from typing import Annotated

import httpx
import structlog
from pydantic import Field, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict
from vitrina_kit.logging import configure_logging

from vitrina_embedded.alerting.alertmanager import Alertmanager
from vitrina_embedded.alerting.applying import AlertmanagerAwayError, RunningRoutes
from vitrina_embedded.alerting.delivery import kept_beside, kept_delivery
from vitrina_embedded.alerting.handed import read_handed
from vitrina_embedded.alerting.keeping import Keeper
from vitrina_embedded.alerting.registry_client import RegistryClient
from vitrina_embedded.secret_files import read_secret

log = structlog.get_logger(__name__)


class KeeperSettings(BaseSettings):
    model_config = SettingsConfigDict(env_prefix="VITRINA_", env_ignore_empty=True, extra="ignore")

    alertmanager_url: str
    alertmanager_file: Path
    """Its configuration; what is in effect is kept beside it."""
    alerting_file: Path
    """What the set-up has handed over: see `handed.py`."""
    amtool: Path | None = None
    registry_internal_url: str
    registry_token_file: Path
    look_seconds: Annotated[float, Field(gt=0)] = 2
    log_level: str = "info"


def create_keeper(settings: KeeperSettings) -> Keeper:
    """Raises OSError or ValueError: what the set-up has to hand over is not there."""
    handed, kept = read_handed(settings.alerting_file), kept_beside(settings.alertmanager_file)
    return Keeper(
        registry=RegistryClient(settings.registry_internal_url, read_secret(settings.registry_token_file)),
        alertmanager=Alertmanager(settings.alertmanager_url),
        routes=RunningRoutes(settings.alertmanager_file, settings.alertmanager_url, settings.amtool),
        receivers=handed.receivers,
        kept=kept,
        delivery=kept_delivery(kept) if handed.delivery is None else handed.delivery,
        from_file=handed.delivery is not None,
    )


def keep(settings: KeeperSettings) -> None:
    """Endless."""
    keeper = create_keeper(settings)
    reason = None
    while True:
        try:
            keeper.step()
            reason = None
        except (httpx.HTTPError, AlertmanagerAwayError, ValueError) as error:
            if type(error).__name__ != reason:  # once, not every two seconds
                reason = type(error).__name__
                log.warning("alerting_waits", reason=reason)
        time.sleep(settings.look_seconds)


def main() -> int:
    try:
        settings = KeeperSettings()
    except ValidationError as error:
        faults = (f"VITRINA_{str(item['loc'][0]).upper()}: {item['msg']}" for item in error.errors(include_input=False))
        print(f"Alerting cannot start: {'; '.join(faults)}.", file=sys.stderr)
        return 2
    configure_logging("alerting", settings.log_level)
    try:
        keep(settings)
    except (OSError, ValueError) as error:
        print(f"Alerting cannot start: run the set-up again ({type(error).__name__}).", file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main())
