"""Pure: a third-party exporter's program, as its manifest and its source's settings want it run."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, Self

from vitrina_contracts.third_party import ThirdParty

_FILES: Final = "files"


@dataclass(frozen=True)
class Program:
    """Nothing of it is secret. All sequences are tuples, so that two of the same compare equal."""

    command: tuple[str, ...]
    """Names of the same program; empty when it runs as a container only."""
    arguments: tuple[str, ...]
    environment: tuple[tuple[str, str], ...]
    files: str
    """Digest of the files that lie ready for it."""
    health_path: str
    probes: bool
    """Whether Prometheus asks it once for each target."""

    @classmethod
    def of(cls, wanted: ThirdParty) -> Self:
        return cls(
            command=tuple(wanted.process.command) if wanted.process is not None else (),
            arguments=tuple(wanted.arguments),
            environment=tuple(sorted(wanted.environment.items())),
            files=hashlib.sha256(json.dumps(wanted.files, sort_keys=True).encode()).hexdigest(),
            health_path=wanted.health_path,
            probes=wanted.probe is not None,
        )

    @classmethod
    def from_stored(cls, fields: Mapping[str, Any]) -> Self:
        """Of what JSON made of it. Raises `TypeError` or `ValueError` for anything else."""
        pairs = tuple((str(name), str(value)) for name, value in fields["environment"])
        known = {"environment": pairs} | {name: tuple(map(str, fields[name])) for name in ("command", "arguments")}
        return cls(**{**fields, **known})

    def argument_list(self, *, host: str, port: int, files: str) -> list[str]:
        """Arguments for a program that listens there and finds its files there."""
        places = {"{host}": host, "{port}": str(port), "{files}": files}
        return [_filled(argument, places) for argument in self.arguments]


def program_config(exporter: str, revision: int, wanted: ThirdParty) -> bytes:
    """What is written as the configuration of a third-party exporter: its files, and no source."""
    return json.dumps({"exporter": exporter, "revision": revision, _FILES: wanted.files}, sort_keys=True).encode()


def files_in(config: bytes) -> dict[str, bytes]:
    """Files of a configuration made by `program_config`."""
    files: dict[str, str] = json.loads(config)[_FILES]
    return {name: text.encode() for name, text in files.items()}


def _filled(argument: str, places: Mapping[str, str]) -> str:
    for placeholder, value in places.items():
        argument = argument.replace(placeholder, value)
    return argument
