"""What Prometheus shall scrape: instances that run right now, always all of them."""

from dataclasses import dataclass

from vitrina_orchestrator.use_cases.ports import Runtime


@dataclass(frozen=True)
class Target:
    address: str
    instance: str
    """Its name."""
    exporter: str
    shard: int
    platform: str
    metrics_path: str


async def running_targets(runtime: Runtime) -> list[Target]:
    """In the order of their names. Raises what the runtime raises: a list in part would end the rest's series."""
    return [
        Target(
            address=instance.address,
            instance=instance.name,
            exporter=instance.exporter,
            shard=instance.shard,
            platform=instance.spec.platform,
            metrics_path=instance.spec.metrics_path,
        )
        for instance in await runtime.list()
        if instance.running and instance.address is not None and instance.spec is not None
    ]
