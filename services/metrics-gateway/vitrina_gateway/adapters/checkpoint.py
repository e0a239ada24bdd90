"""The last good list in a local file, so that a restarted gateway answers at once, also while Prometheus is down."""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import msgspec
import structlog

from vitrina_gateway.domain.device import sharing
from vitrina_gateway.use_cases.ports import Checkpoint

log = structlog.get_logger(__name__)

_encoder: Final = msgspec.json.Encoder()
_decoder: Final = msgspec.json.Decoder(Checkpoint)


_NO_DEVICES: Final = b'"devices":[]'
"""Quotes in texts are escaped, so it stands for the empty list alone."""
_AT_ONCE: Final = 2000
"""Devices: the whole list as bytes would take 50 MB each time."""


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
        if checkpoint.version != self._version:
            return None
        return msgspec.structs.replace(checkpoint, devices=[sharing(device) for device in checkpoint.devices])

    def save(self, checkpoint: Checkpoint) -> None:
        self._path.parent.mkdir(parents=True, exist_ok=True)
        temporary = self._path.with_name(self._path.name + ".new")
        with temporary.open("wb") as file:
            file.writelines(_parts(checkpoint))
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(self._path)


def _parts(checkpoint: Checkpoint) -> Iterator[bytes]:
    """The checkpoint as JSON."""
    devices = checkpoint.devices
    head, tail = _encoder.encode(msgspec.structs.replace(checkpoint, devices=[])).split(_NO_DEVICES, 1)
    yield head + b'"devices":['
    for start in range(0, len(devices), _AT_ONCE):
        yield (b"," if start else b"") + _encoder.encode(devices[start : start + _AT_ONCE])[1:-1]
    yield b"]" + tail
