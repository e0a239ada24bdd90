"""Settings of the gateway; seconds unless the name says otherwise."""

from pathlib import Path

from pydantic import Field
from vitrina_kit.settings import BusSettings, Listed, ServiceSettings, TokenSettings
from vitrina_kit.way_out_settings import WayOutSettings


class GatewaySettings(WayOutSettings, ServiceSettings, BusSettings, TokenSettings):
    prometheus_url: str
    alertmanager_url: str = "http://127.0.0.1:9093"
    registry_internal_url: str
    registry_token_file: Path
    alertmanager_caller_token_file: Path | None = None
    """What Alertmanager shows to have its alerts made into events; without it nobody may."""
    checkpoint_file: Path
    scrape_interval: float = Field(default=15, gt=0)
    fresh_seconds: float = Field(default=300, gt=0)
    tick_seconds: float = Field(default=2, gt=0)
    sources_seconds: float = Field(default=3, gt=0)
    """How often the registry is asked for its sources."""
    stream_clients: int = Field(default=5000, gt=0)
    cache_bytes: int = Field(default=64 << 20, ge=1 << 20)
    """Of answers of Prometheus; as much again may be held of plots that move on."""
    nats_subscribers: Listed[str] = frozenset()
    """Users of NATS from outside that read the changes of devices, separated by commas."""
    removed_grace_seconds: float = Field(default=86400, gt=0)
    """How long the end of a removed device's chain can be read on NATS."""
