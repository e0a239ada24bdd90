"""Liveness and readiness: what a supervisor, a load balancer and a person ask first."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Final

Check = Callable[[], Awaitable[str | None]]
"""Returns None when all is well, else one sentence."""

_DEADLINE_SECONDS: Final = 2.0


class Health:
    """Named checks. A failing check marked `required=False` is reported but does not make the service unready."""

    def __init__(self) -> None:
        self._checks: dict[str, tuple[Check, bool]] = {}

    def add(self, name: str, check: Check, *, required: bool = True) -> None:
        self._checks[name] = (check, required)

    async def report(self) -> tuple[bool, dict[str, str]]:
        """Whether the service is ready, and each check's sentence ("ok" when well)."""
        sentences = await asyncio.gather(*(_sentence(check) for check, _ in self._checks.values()))
        report = dict(zip(self._checks, sentences, strict=True))
        ready = all(report[name] == "ok" for name, (_, required) in self._checks.items() if required)
        return ready, report


async def _sentence(check: Check) -> str:
    try:
        async with asyncio.timeout(_DEADLINE_SECONDS):
            return await check() or "ok"
    except TimeoutError:
        return f"no answer within {_DEADLINE_SECONDS:g} s"
    except Exception as error:  # noqa: BLE001 - a check that breaks is a check that fails
        return f"{type(error).__name__}"
