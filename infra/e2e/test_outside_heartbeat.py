"""Somebody outside, who waits for a sign of life, notices the death of Prometheus, Alertmanager, the whole host."""

import contextlib
import time
from collections.abc import Callable, Iterator

import psutil
import pytest
from vitrina_e2e.system import System
from vitrina_e2e.waiting import until
from vitrina_embedded.testing.receiver import Receiver

pytestmark = [pytest.mark.e2e, pytest.mark.long, pytest.mark.timeout(1500)]

PATIENCE_SECONDS = 120.0
"""The watcher's, as `.env.example` says it should be."""
NOTICED_SECONDS = 180.0
BEAT_SECONDS = 60.0


class Watcher:
    """A service like hc-ping.com: raises the alarm when it has not been called for longer than its patience."""

    def __init__(self) -> None:
        self._calls = Receiver()
        self.url = f"http://{self._calls.address}/heartbeat"

    @property
    def beats(self) -> int:
        return len(self._calls.told("/heartbeat"))

    @property
    def alarmed(self) -> bool:
        return time.monotonic() - self._calls.told("/heartbeat")[-1].at > PATIENCE_SECONDS

    def close(self) -> None:
        self._calls.close()


@pytest.fixture
def watcher() -> Iterator[Watcher]:
    outside = Watcher()
    yield outside
    outside.close()


def test_a_death_is_noticed_outside_within_three_minutes(
    make_system: Callable[[dict[str, str]], System], watcher: Watcher
) -> None:
    system = make_system({"HEARTBEAT_URL": watcher.url, "DEMO_DEVICES": "50", "DEMO_INCIDENT": "0"})
    system.up()
    until(lambda: watcher.beats > 0, seconds=2 * BEAT_SECONDS, what="the heart beats")

    taken = {}
    for victim in ("prometheus", "alertmanager"):
        _beats_steadily(watcher)
        died = time.monotonic()
        _kill([psutil.Process(system.supervisor.pids()[victim])])
        system.supervisor.stop_one(victim)  # it would be back in a second, and that nobody has to notice
        taken[victim] = _noticed(watcher) - died
        system.supervisor.start_again(victim)
        until(lambda: not watcher.alarmed, seconds=2 * BEAT_SECONDS, what="the heart beats again")
    _beats_steadily(watcher)
    died = time.monotonic()
    _kill(system.processes())
    taken["host"] = _noticed(watcher) - died

    print(*(f"{victim}: noticed after {seconds:.0f} s" for victim, seconds in taken.items()), sep="\n")
    assert max(taken.values()) <= NOTICED_SECONDS


def _beats_steadily(watcher: Watcher) -> None:
    """Two beats come, and no alarm between them."""
    before = watcher.beats
    until(lambda: watcher.alarmed or watcher.beats >= before + 2, seconds=4 * BEAT_SECONDS, what="the heart beats")
    assert not watcher.alarmed


def _noticed(watcher: Watcher) -> float:
    """When the alarm is raised, by `time.monotonic()`."""
    until(lambda: watcher.alarmed, seconds=2 * NOTICED_SECONDS, what="the silence is noticed")
    return time.monotonic()


def _kill(processes: list[psutil.Process]) -> None:
    """At once, as when a host dies: nothing is said, written or begun again."""
    for process in processes:
        with contextlib.suppress(psutil.NoSuchProcess):
            process.suspend()  # nobody starts anew what another's death would have it start
    for process in processes:
        with contextlib.suppress(psutil.NoSuchProcess):
            process.kill()
