"""What Prometheus shall scrape: exporters that run right now, always all of them."""

from dataclasses import dataclass

from vitrina_orchestrator.use_cases.ports import Runtime


@dataclass(frozen=True)
class Target:
    address: str
    exporter: str
    platform: str
    metrics_path: str


async def running_targets(runtime: Runtime) -> list[Target]:
    """In the order of their names. Raises what the runtime raises: a list in part would end the rest's series."""
    return [
        Target(instance.address, instance.exporter, instance.spec.platform, instance.spec.metrics_path)
        for instance in await runtime.list()
        if instance.running and instance.address is not None and instance.spec is not None
    ]
