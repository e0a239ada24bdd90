"""Settings of the orchestrator; `.env.example` explains them to people."""

from pathlib import Path
from typing import Annotated, Final, Literal

from pydantic import Field
from vitrina_contracts.endpoints import parse_networks
from vitrina_kit.settings import BusSettings, ServiceSettings
from vitrina_kit.way_out_settings import WayOutSettings

from vitrina_orchestrator.domain.containers import ContainerSettings, Limits
from vitrina_orchestrator.domain.desired import Polling
from vitrina_orchestrator.domain.third_party_policy import THIRD_PARTY_IMAGES, THIRD_PARTY_PROGRAMS

_MEBIBYTE: Final = 1024 * 1024
_NANO: Final = 1_000_000_000
_LOG_BYTES: Final = 5 * _MEBIBYTE


class OrchestratorSettings(WayOutSettings, ServiceSettings, BusSettings):
    runtime: Literal["auto", "docker", "process", "swarm"] = "auto"
    runtime_dir: Path
    registry_internal_url: str
    """Several registries comma separated: another one is asked while one does not answer."""
    registry_token_file: Path
    """What this service shows to the registry."""
    orchestrator_token_file: Path
    """What others must show to this service."""
    poll_interval: float = Field(60, gt=0)
    fresh_seconds: float = Field(300, gt=0)
    request_budget: float = Field(20, gt=0)
    prometheus_admin_url: str | None = None
    """Where Prometheus' admin API answers; without it no series are removed."""
    series_cleanup_rest: float = Field(3600, gt=0)
    """Seconds between two cleanings of tombstones, and between two searches for orphans."""
    resync_interval: float = Field(10, gt=0)
    """Seconds between two looks at everything, whatever the events say."""
    docker_host: str = "unix:///var/run/docker.sock"
    engine_patience: Annotated[float | None, Field(gt=0)] = None
    """Seconds of the engine's silence after which this service ends, to be started again with a new socket."""
    installation: Annotated[str, Field(pattern=r"^([a-z0-9]+(-[a-z0-9]+)*)?$", max_length=60)] = ""
    """Tells containers of several installations on one engine apart."""
    image_prefix: Annotated[str, Field(pattern=r"^([a-z0-9][a-z0-9._:/-]*/)?$")] = ""
    """A registry to pull missing images from, as `registry.example.org/`; without it nothing is pulled."""
    image_tag: Annotated[str, Field(pattern=r"^[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}$")] = "0.1.0"
    third_party_images: Annotated[str, Field(pattern=r"^[a-z0-9./:_, -]*$")] = ",".join(THIRD_PARTY_IMAGES)
    """Repositories of images that manifests of third-party exporters may name, comma separated."""
    third_party_programs: Annotated[str, Field(pattern=r"^[A-Za-z0-9._, -]*$")] = ",".join(THIRD_PARTY_PROGRAMS)
    """Programs that they may name where exporters run as processes."""
    tools_dir: Path | None = None
    """Where such programs are looked for before PATH."""
    scrape_network: str = ""
    egress_network: str = ""
    swarm_constraints: Annotated[str, Field(pattern=r"^[A-Za-z0-9._=!, -]*$")] = ""
    """On the nodes of a Swarm that may run exporters, comma separated."""
    exporter_memory_mb: int = Field(256, ge=16)
    exporter_cpus: float = Field(1, gt=0)
    exporter_pids: int = Field(128, ge=8)
    run_id: str | None = None
    """Marks every process of this installation; passed on to exporters, so that `make down` finds them all."""

    @property
    def containers(self) -> ContainerSettings:
        """Names of networks follow the installation's, which follows the run's, unless they are given."""
        installation = self.installation or "-".join(filter(None, ["vitrina", self.run_id]))
        return ContainerSettings(
            installation=installation,
            image_prefix=self.image_prefix,
            image_tag=self.image_tag,
            scrape_network=self.scrape_network or f"{installation}-scrape",
            egress_network=self.egress_network or f"{installation}-egress",
            limits=Limits(
                memory_bytes=self.exporter_memory_mb * _MEBIBYTE,
                nano_cpus=int(self.exporter_cpus * _NANO),
                pids=self.exporter_pids,
                log_bytes=_LOG_BYTES,
            ),
            log_level=self.log_level,
            third_party_images=_listed(self.third_party_images),
        )

    @property
    def exporter_constraints(self) -> tuple[str, ...]:
        return _listed(self.swarm_constraints)

    @property
    def allowed_programs(self) -> tuple[str, ...]:
        return _listed(self.third_party_programs)

    @property
    def polling(self) -> Polling:
        networks = tuple(str(network) for network in parse_networks(self.private_endpoints))
        return Polling(self.poll_interval, self.fresh_seconds, self.request_budget, networks, self.way_out)


def _listed(text: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in text.split(",") if part.strip())


def settings_from_environment() -> OrchestratorSettings:
    """Raises `ValidationError`."""
    return OrchestratorSettings.model_validate({})
