"""`make bench`: 5,000 devices change at once; until NATS has stored each transition, with `sync_interval: always`.

And 100,000 that are not stored at all, as after JetStream's store was wiped.
"""

import asyncio
import statistics
import sys
import tempfile
import time
from pathlib import Path

import structlog
from vitrina_contracts.device import Status
from vitrina_contracts.subjects import DEVICES
from vitrina_gateway.adapters.status_publisher import StatusPublisher
from vitrina_gateway.domain.device import DeviceState, Facts
from vitrina_gateway.domain.index import build
from vitrina_gateway.use_cases.transitions import Present, Transitions
from vitrina_kit.bus import Bus, connected_bus
from vitrina_kit.testing.nats import NatsServer

AT_ONCE, ROUNDS, ALLOWED_SECONDS = 5_000, 5, 5
ALL, ALLOWED_FOR_ALL_SECONDS = 100_000, 60
START = 1_790_000_000.0


def state(number: int, status: Status, at: float) -> DeviceState:
    facts = Facts(f"Screen {number}")
    return DeviceState("acme", f"source{number % 20}", f"d{number}", facts, status, at, False, None, None, at)


async def measure(bus: Bus) -> tuple[list[float], float]:
    """Seconds of each round, in each of which every device has another status than in the last; seconds of all."""
    transitions = Transitions(StatusPublisher(bus))
    transitions.reset({})
    rounds = [await stored(transitions, AT_ONCE, START + number, number) for number in range(ROUNDS)]
    return rounds, await stored(transitions, ALL, START + ROUNDS, ROUNDS)


async def stored(transitions: Transitions, devices: int, at: float, number: int) -> float:
    status = Status.OFFLINE if number % 2 else Status.ONLINE
    index, _ = build(None, [state(device, status, at) for device in range(devices)])
    transitions.evaluated(Present(index, (), at), changed=True)
    started = time.monotonic()
    if not await transitions.store_due():
        sys.exit("NATS did not store all of them")
    return time.monotonic() - started


async def with_nats() -> tuple[list[float], float]:
    with tempfile.TemporaryDirectory(prefix="vitrina-bench-") as folder:
        server = NatsServer(Path(folder))
        server.start()
        try:
            async with connected_bus(Bus(server.settings, "bench", [DEVICES])) as bus:
                return await measure(bus)
        finally:
            server.kill()


def main() -> int:
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(50))
    rounds, of_all = asyncio.run(with_nats())
    fits = [
        _told(f"{AT_ONCE:,} transitions at once stored, median", statistics.median(rounds), ALLOWED_SECONDS),
        _told(f"{ALL:,} devices stored anew", of_all, ALLOWED_FOR_ALL_SECONDS),
    ]
    return 0 if all(fits) else 1


def _told(name: str, seconds: float, allowed: float) -> bool:
    verdict = "" if seconds <= allowed else "   TOO MUCH"
    print(f"  {name:<48}{seconds:>8.2f} s at most {allowed}{verdict}")
    return seconds <= allowed


if __name__ == "__main__":
    sys.exit(main())
