"""Settings of an exporter process, from the environment. Nothing secret is among them: credentials come by file."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Settings:
    host: str
    port: int
    config_dir: Path
    state_dir: Path | None
    log_level: str

    @classmethod
    def from_environment(cls, environment: Mapping[str, str]) -> "Settings":
        """Raises `ValueError` for a port that is no number."""
        state_dir = environment.get("VITRINA_STATE_DIR")
        return cls(
            host=environment.get("VITRINA_EXPORTER_HOST", "0.0.0.0"),
            port=int(environment.get("VITRINA_EXPORTER_PORT", "9000")),
            config_dir=Path(environment.get("VITRINA_CONFIG_DIR", "/etc/vitrina")),
            state_dir=Path(state_dir) if state_dir else None,
            log_level=environment.get("VITRINA_LOG_LEVEL", "info"),
        )
