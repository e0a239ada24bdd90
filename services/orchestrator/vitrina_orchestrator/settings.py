"""Settings of the orchestrator; `.env.example` explains them to people."""

from pathlib import Path
from typing import Literal

from pydantic import Field, field_validator
from vitrina_contracts.endpoints import parse_networks
from vitrina_kit.settings import BusSettings, ServiceSettings

from vitrina_orchestrator.domain.desired import Polling


class OrchestratorSettings(ServiceSettings, BusSettings):
    runtime: Literal["auto", "docker", "process"] = "auto"
    runtime_dir: Path
    registry_internal_url: str
    registry_token_file: Path
    """What this service shows to the registry."""
    orchestrator_token_file: Path
    """What others must show to this service."""
    poll_interval: float = Field(60, gt=0)
    fresh_seconds: float = Field(300, gt=0)
    request_budget: float = Field(20, gt=0)
    private_endpoints: str = ""
    resync_interval: float = Field(10, gt=0)
    """Seconds between two looks at everything, whatever the events say."""
    run_id: str | None = None
    """Marks every process of this installation; passed on to exporters, so that `make down` finds them all."""

    @field_validator("private_endpoints")
    @classmethod
    def _are_networks(cls, text: str) -> str:
        parse_networks(text)
        return text

    @property
    def polling(self) -> Polling:
        networks = tuple(str(network) for network in parse_networks(self.private_endpoints))
        return Polling(self.poll_interval, self.fresh_seconds, self.request_budget, networks)


def settings_from_environment() -> OrchestratorSettings:
    """Raises `ValidationError`."""
    return OrchestratorSettings.model_validate({})
