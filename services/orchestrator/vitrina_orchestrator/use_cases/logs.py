"""What an exporter wrote to its output."""

from collections.abc import AsyncIterator

from vitrina_orchestrator.domain.errors import NoInstanceError
from vitrina_orchestrator.domain.naming import instance_name
from vitrina_orchestrator.use_cases.ports import Runtime


async def read_logs(runtime: Runtime, exporter: str, shard: int, tail: int, *, follow: bool) -> AsyncIterator[str]:
    """Lines with their ends. The exporter is looked for before the first line is promised.

    Raises:
        NoInstanceError: the runtime has nothing of this shard.
    """
    name = instance_name(exporter, shard)
    if await runtime.find(name) is None:
        raise NoInstanceError(f"There is no instance {name}.")

    async def lines() -> AsyncIterator[str]:
        async for line in runtime.logs(name, tail, follow=follow):
            yield f"{line}\n"

    return lines()
