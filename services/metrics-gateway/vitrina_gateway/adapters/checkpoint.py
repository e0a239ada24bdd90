"""The last good list in a local file, so that a restarted gateway answers at once, also while Prometheus is down."""

import os
from pathlib import Path
from typing import Final

import msgspec
import structlog

from vitrina_gateway.use_cases.ports import Checkpoint

log = structlog.get_logger(__name__)

_encoder: Final = msgspec.json.Encoder()
_decoder: Final = msgspec.json.Decoder(Checkpoint)


class CheckpointFile:
    """Implements the port `CheckpointStore`: a new file is written beside the old one and takes its name."""

    def __init__(self, path: Path, version: int) -> None:
        self._path = path
        self._version = version

    def load(self) -> Checkpoint | None:
        try:
            checkpoint = _decoder.decode(self._path.read_bytes())
        except FileNotFoundError:
            return None
        except (OSError, msgspec.DecodeError) as error:
            log.warning("checkpoint_not_read", path=str(self._path), error=str(error))
            return None
        return checkpoint if checkpoint.version == self._version else None

    def save(self, checkpoint: Checkpoint) -> None:
        self._path.parent.mkdir(parents=True, exist_ok=True)
        temporary = self._path.with_name(self._path.name + ".new")
        with temporary.open("wb") as file:
            file.write(_encoder.encode(checkpoint))
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(self._path)
