"""The configuration that the orchestrator writes, read again when it changes. A broken one leaves the last good."""

import hashlib
from pathlib import Path
from typing import Final, TypeVar

import structlog
from pydantic import BaseModel, ValidationError
from vitrina_contracts.endpoints import parse_networks
from vitrina_contracts.source_file import CURRENT_FILE, CurrentConfig, ExporterConfig

_log = structlog.get_logger()
RELOAD_SECONDS: Final = 0.5
Model = TypeVar("Model", bound=BaseModel)


class BrokenConfigError(Exception):
    """The configuration cannot be used. `str()` says why, without values."""


class ConfigFile:
    """Looks at `current` when asked. `loaded` is the last good configuration, `error` why the newest is not it."""

    def __init__(self, folder: Path, platform: str) -> None:
        self._folder = folder
        self._platform = platform
        self._seen: bytes | None = None
        self.loaded: ExporterConfig | None = None
        self.error: str | None = None

    def look(self) -> bool:
        """Reads anew if `current` changed or the last read failed. Returns whether `loaded` is a new one."""
        try:
            current = self._read(CURRENT_FILE)
            if current == self._seen and self.error is None:
                return False
            config = self._load(current)
        except BrokenConfigError as error:
            if str(error) != self.error:
                _log.error("config_broken", error=str(error), keeps_revision=self.loaded and self.loaded.revision)
            self.error = str(error)
            return False
        self._seen, self.error = current, None
        if config == self.loaded:
            return False
        _log.info("config_loaded", revision=config.revision, sources=len(config.sources))
        self.loaded = config
        return True

    def _load(self, current: bytes) -> ExporterConfig:
        pointer = _parse(CurrentConfig, current, CURRENT_FILE)
        if Path(pointer.file).name != pointer.file:
            raise BrokenConfigError(f"{CURRENT_FILE} names a file outside its folder")
        content = self._read(pointer.file)
        if hashlib.sha256(content).hexdigest() != pointer.sha256:
            raise BrokenConfigError(f"{pointer.file} is not what {CURRENT_FILE} promises: the digest differs")
        config = _parse(ExporterConfig, content, pointer.file)
        self._check(config)
        return config

    def _check(self, config: ExporterConfig) -> None:
        if config.platform != self._platform:
            raise BrokenConfigError(
                f"The configuration is for {config.platform}, this is the exporter of {self._platform}"
            )
        names = [source.name for source in config.sources]
        if len(set(names)) != len(names):
            raise BrokenConfigError("Two sources have the same name")
        try:
            parse_networks(",".join(config.private_endpoints))
        except ValueError as error:
            raise BrokenConfigError("private_endpoints holds something that is no CIDR") from error

    def _read(self, name: str) -> bytes:
        try:
            return (self._folder / name).read_bytes()
        except FileNotFoundError as error:
            raise BrokenConfigError(f"There is no {name}") from error
        except OSError as error:
            raise BrokenConfigError(f"{name} cannot be read ({type(error).__name__})") from error


def field_errors(error: ValidationError) -> str:
    """Pydantic's findings without the values: those may be credentials."""
    found = error.errors(include_input=False, include_url=False, include_context=False)
    return "; ".join(f"{'.'.join(str(part) for part in item['loc']) or 'value'}: {item['msg']}" for item in found[:5])


def _parse(model: type[Model], content: bytes, name: str) -> Model:
    try:
        return model.model_validate_json(content)
    except ValidationError as error:
        raise BrokenConfigError(f"{name} cannot be read: {field_errors(error)}") from error
