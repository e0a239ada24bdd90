"""Configurations as secrets of the engine: one a file, named after revision and content, never changed.

`current`, made last, completes a configuration. The service's specification says which one is the present.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

from vitrina_contracts.source_file import CURRENT_FILE, CurrentConfig, config_file_name

from vitrina_orchestrator.adapters.swarm_engine import SwarmEngine
from vitrina_orchestrator.domain.containers import INSTALLATION, ContainerSettings
from vitrina_orchestrator.domain.desired import InstanceSpec
from vitrina_orchestrator.domain.errors import StartRefusedError
from vitrina_orchestrator.domain.observed import WrittenConfig
from vitrina_orchestrator.domain.program import files_in
from vitrina_orchestrator.domain.swarm_service import (
    CONFIG_OF,
    DIGEST,
    FILE,
    LARGEST_SECRET,
    REVISION,
    SecretFile,
    secret_name,
)


@dataclass(frozen=True)
class SwarmConfig:
    revision: int
    digest: str
    files: tuple[SecretFile, ...]
    made: int
    """Grows with each configuration that is completed."""

    @property
    def ids(self) -> frozenset[str]:
        return frozenset(file.id for file in self.files)


class SwarmConfigs:
    def __init__(self, engine: SwarmEngine, settings: ContainerSettings) -> None:
        self._engine = engine
        self._settings = settings

    async def names(self) -> set[str]:
        """Instances that have any."""
        secrets = await self._engine.secrets({INSTALLATION: self._settings.installation, CONFIG_OF: None})
        return {secret["Spec"]["Labels"][CONFIG_OF] for secret in secrets}

    async def all_of(self, name: str) -> Sequence[SwarmConfig]:
        """Those that are complete, the newest last."""
        parts: dict[tuple[int, str], list[tuple[int, SecretFile]]] = {}
        for secret in await self._engine.secrets({INSTALLATION: self._settings.installation, CONFIG_OF: name}):
            labels = secret["Spec"]["Labels"]
            part = SecretFile(secret["ID"], secret["Spec"]["Name"], labels[FILE])
            parts.setdefault((int(labels[REVISION]), labels[DIGEST]), []).append((secret["Version"]["Index"], part))
        found = [
            SwarmConfig(revision, digest, tuple(part for _, part in sorted(files, key=lambda each: each[1].file)), made)
            for (revision, digest), files in parts.items()
            for made, part in files
            if part.file == CURRENT_FILE
        ]
        return sorted(found, key=lambda config: config.made)

    async def write(self, spec: InstanceSpec, revision: int, content: bytes) -> SwarmConfig:
        """Raises `StartRefusedError`: it is larger than a secret may be."""
        if len(content) > LARGEST_SECRET:
            raise StartRefusedError(f"its configuration has {len(content)} bytes; Swarm keeps {LARGEST_SECRET} at most")
        digest, name = hashlib.sha256(content).hexdigest(), config_file_name(revision)
        own = files_in(content) if spec.program is not None else {}
        current = CurrentConfig(file=name, sha256=digest).model_dump_json().encode()
        labels = {INSTALLATION: self._settings.installation, CONFIG_OF: spec.name, REVISION: str(revision)}
        for number, (file, text) in enumerate({**own, name: content, CURRENT_FILE: current}.items()):
            whole = secret_name(spec.name, revision, digest, number, self._settings)
            await self._engine.create_secret(whole, text, labels | {DIGEST: digest, FILE: file})
        return next(each for each in await self.all_of(spec.name) if (each.revision, each.digest) == (revision, digest))

    async def delete_all_but(self, name: str, kept: frozenset[str]) -> None:
        for secret in await self._engine.secrets({INSTALLATION: self._settings.installation, CONFIG_OF: name}):
            if secret["ID"] not in kept:
                await self._engine.delete_secret(secret["ID"])


def present_config(configs: Sequence[SwarmConfig], mounted: frozenset[str] | None) -> SwarmConfig | None:
    """The one that the service mounts; without a service, the newest."""
    if mounted is None:
        return configs[-1] if configs else None
    return next((config for config in configs if config.ids == mounted), None)


def written_config(configs: Sequence[SwarmConfig], present: SwarmConfig | None) -> WrittenConfig | None:
    if present is None:
        return None
    older = sorted(config.revision for config in configs if config is not present)
    return WrittenConfig(present.revision, present.digest, tuple(older))
