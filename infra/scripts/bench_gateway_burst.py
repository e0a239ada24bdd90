"""`make bench`: 5,000 devices change at once; until NATS has stored each transition, with `sync_interval: always`."""

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

AT_ONCE = 5_000
ROUNDS = 5
ALLOWED_SECONDS = 5
START = 1_790_000_000.0


def state(number: int, status: Status, at: float) -> DeviceState:
    facts = Facts(f"Screen {number}")
    return DeviceState("acme", f"source{number % 20}", f"d{number}", facts, status, at, False, None, None, at)


async def measure(bus: Bus) -> list[float]:
    """Seconds of each round; in each every device has another status than in the last."""
    transitions = Transitions(StatusPublisher(bus))
    transitions.reset({})
    found = []
    for number in range(ROUNDS):
        at = START + number
        status = Status.OFFLINE if number % 2 else Status.ONLINE
        index, _ = build(None, [state(device, status, at) for device in range(AT_ONCE)])
        transitions.evaluated(Present(index, (), at), changed=True)
        started = time.monotonic()
        if not await transitions.store_due():
            sys.exit("NATS did not store all of them")
        found.append(time.monotonic() - started)
    return found


async def with_nats() -> list[float]:
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
    found = asyncio.run(with_nats())
    seconds = statistics.median(found)
    fits = seconds <= ALLOWED_SECONDS
    name = f"{AT_ONCE:,} transitions at once stored, median (worst)"
    verdict = "" if fits else "   TOO MUCH"
    print(f"  {name:<48}{seconds:>8.2f} ({max(found):.2f}) s at most {ALLOWED_SECONDS}{verdict}")
    return 0 if fits else 1


if __name__ == "__main__":
    sys.exit(main())
