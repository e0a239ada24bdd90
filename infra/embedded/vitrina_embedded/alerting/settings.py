"""What an installation may set about alerts; both ways to run read the same variables."""

from pathlib import Path
from typing import Annotated, Final

from pydantic import Field, SecretStr, field_validator
from pydantic_settings import BaseSettings
from vitrina_contracts.delivery import Delivery
from vitrina_contracts.names import SourceName

from vitrina_embedded.alerting.delivery import is_kept_in_file, kept_delivery, read_delivery
from vitrina_embedded.alerting.routes import EventsWay, Receivers
from vitrina_embedded.alerting.rules import AlertLimits

LimitSeconds = Annotated[int, Field(ge=60, le=7 * 86_400)]

_SLOW_SHARE: Final = 0.7
"""Of the time that a scrape may take: beyond it somebody should look."""


class AlertSettings(BaseSettings):
    """To be inherited by a way's own settings, which bring the prefix of the variables."""

    offline_after: LimitSeconds = 1200
    offline_after_by_source: Annotated[dict[SourceName, LimitSeconds], Field(validate_default=True)] = {}
    heartbeat_url: SecretStr | None = None
    alert_webhook_url: SecretStr | None = None
    alert_routes_file: Path | None = None
    """Receivers and routes of the installation's own, instead of those that the API is told: see `delivery.py`."""

    @field_validator("heartbeat_url", "alert_webhook_url")
    @classmethod
    def _http(cls, url: SecretStr | None) -> SecretStr | None:
        if url is not None and not url.get_secret_value().startswith(("http://", "https://")):
            message = "it has to begin with http:// or https://"
            raise ValueError(message)
        return url

    def limits(self, scrape_timeout: float) -> AlertLimits:
        return AlertLimits(
            offline_after=self.offline_after,
            offline_after_by_source=self.offline_after_by_source,
            scrape_slow=round(_SLOW_SHARE * scrape_timeout, 1),
        )

    def receivers(self, gateway: str, token_file: Path) -> Receivers:
        """`gateway`: address of its internal listener; `token_file`: where Alertmanager finds its token for it."""
        events = EventsWay(f"http://{gateway}/internal/v1/alerts", str(token_file))
        return Receivers(_shown(self.alert_webhook_url), _shown(self.heartbeat_url), events)

    def delivery(self, kept: Path) -> Delivery:
        """Of the file; without one, of `kept`: what the API was told last.

        Raises:
            Refusal: the file does not fit.
        """
        own = self.own_delivery()
        return kept_delivery(kept) if own is None else own

    def own_delivery(self) -> Delivery | None:
        """Of the file, which wins: what the API is told then has no effect. Raises Refusal: it does not fit."""
        return read_delivery(self.alert_routes_file) if is_kept_in_file(self.alert_routes_file) else None


def _shown(url: SecretStr | None) -> str | None:
    return url.get_secret_value() if url is not None else None
