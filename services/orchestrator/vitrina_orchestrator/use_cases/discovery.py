"""What Prometheus shall scrape: instances that run right now, always all of them, and what they shall probe."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field

from vitrina_orchestrator.domain.errors import RegistryUnreadError
from vitrina_orchestrator.domain.probing import Probing, host_of, parameters
from vitrina_orchestrator.use_cases.ports import Addresses, Runtime

ProbingOf = Callable[[str], Probing | None]
"""By the exporter's name; null before its desired state has been read."""


@dataclass(frozen=True)
class Target:
    address: str
    instance: str
    """Its name."""
    exporter: str
    shard: int
    platform: str
    metrics_path: str


@dataclass(frozen=True)
class ProbeTarget(Target):
    source: str
    device_id: str
    parameters: dict[str, str] = field(default_factory=dict)


async def running_targets(runtime: Runtime) -> list[Target]:
    """In the order of their names. Raises what the runtime raises: a list in part would end the rest's series."""
    return [target for target, _ in await _running(runtime)]


async def probe_targets(runtime: Runtime, probing_of: ProbingOf, addresses: Addresses) -> list[ProbeTarget]:
    """Every target of every multi-target exporter that runs.

    Raises:
        RegistryUnreadError: whom one of them shall probe has not been read since the start.
    """
    asked = [(target, _known(target.exporter, probing_of)) for target, probes in await _running(runtime) if probes]
    found = [
        _probe_target(target, probing, source, url, addresses)
        for target, probing in asked
        for source, url in probing.of_shard(target.shard)
    ]
    return await asyncio.gather(*found)


async def _running(runtime: Runtime) -> list[tuple[Target, bool]]:
    """Targets, and whether each is a multi-target exporter."""
    return [
        (
            Target(
                address=instance.address,
                instance=instance.name,
                exporter=instance.exporter,
                shard=instance.shard,
                platform=instance.spec.platform,
                metrics_path=instance.spec.metrics_path,
            ),
            instance.spec.program is not None and instance.spec.program.probes,
        )
        for instance in await runtime.list()
        if instance.running and instance.address is not None and instance.spec is not None
    ]


def _known(exporter: str, probing_of: ProbingOf) -> Probing:
    probing = probing_of(exporter)
    if probing is None:
        raise RegistryUnreadError(f"whom {exporter} shall probe has not been read yet")
    return probing


async def _probe_target(target: Target, probing: Probing, source: str, url: str, addresses: Addresses) -> ProbeTarget:
    host = host_of(url)
    address = await addresses.find(host) if host is not None else None
    return ProbeTarget(
        address=target.address,
        instance=target.instance,
        exporter=target.exporter,
        shard=target.shard,
        platform=target.platform,
        metrics_path=probing.probe.path,
        source=source,
        device_id=url,
        parameters=parameters(probing.probe, url, address),
    )
