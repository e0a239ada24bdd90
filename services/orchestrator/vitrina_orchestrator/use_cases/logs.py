"""What an exporter wrote to its output."""

from collections.abc import AsyncIterator
from contextlib import aclosing
from typing import Final

import structlog

from vitrina_orchestrator.domain.errors import NoInstanceError, OrchestratorError
from vitrina_orchestrator.domain.naming import instance_name
from vitrina_orchestrator.use_cases.ports import Runtime

log = structlog.get_logger(__name__)

LONGEST_LINE: Final = 16_384
"""Characters; what is longer is cut, for whoever reads holds whole lines."""


async def read_logs(runtime: Runtime, exporter: str, shard: int, tail: int, *, follow: bool) -> AsyncIterator[str]:
    """Lines with their ends. The exporter is looked for before the first line is promised.

    Raises:
        NoInstanceError: the runtime has nothing of this shard.
    """
    name = instance_name(exporter, shard)
    if await runtime.find(name) is None:
        raise NoInstanceError(f"There is no instance {name}.")

    async def lines() -> AsyncIterator[str]:
        try:
            async with aclosing(runtime.logs(name, tail, follow=follow)) as told:
                async for line in told:
                    yield f"{line[:LONGEST_LINE]}\n"
        except OrchestratorError as error:
            log.warning("log_not_told_to_its_end", instance=name, reason=str(error))

    return lines()
