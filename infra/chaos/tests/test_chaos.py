"""Killed at random while it is changed at random, the installation ends as declared: nothing lost, nothing left."""

import os
import time
from pathlib import Path

import pytest
from vitrina_chaos.installation import Installation, installation, until
from vitrina_chaos.play import Told, play, watching
from vitrina_chaos.script import script
from vitrina_chaos.verdict import Verdict, judge
from vitrina_kit.testing.nats import NatsServer, nats_server  # noqa: F401 - a fixture
from vitrina_registry.testing.actors import Actors

SEED = int(os.environ.get("VITRINA_SEED", "20261125"))
"""`VITRINA_SEED=n make test-long` plays another script; a failure names its seed."""
QUIET_WITHIN_SECONDS = 60


async def converge(folder: Path, server: NatsServer, seed: int, kills: int, changes_each: int) -> None:
    actors = Actors()
    with actors.serving_keys() as jwks_url:
        async with installation(folder, jwks_url, server) as made, watching(made) as watched:
            told = await play(made, actors.admin, script(seed, kills, changes_each))
            ended = time.monotonic()
            verdict = await _settled(made, told)
            seconds = time.monotonic() - ended
            crashes = made.crashes()
    print(f"seed {seed}: {kills} kills, answers {told.answers}, quiet after {seconds:.1f} s, {watched.samples} samples")
    assert crashes == [], f"seed {seed}"
    assert (verdict.broken, verdict.unsettled) == ([], []), f"seed {seed}"
    assert watched.doubled == [], f"seed {seed}"
    assert watched.samples > kills
    assert sum(count for status, count in told.answers.items() if status < 300) >= kills, told.answers
    assert all(status < 500 for status in told.answers), told.answers


async def _settled(made: Installation, told: Told) -> Verdict:
    """The last verdict: a good one, or the one when the time was up."""
    last = Verdict(unsettled=["nobody could be asked"])

    async def good() -> bool:
        nonlocal last
        try:
            last = await judge(made, told)
        except (OSError, TimeoutError):
            return False
        return bool(last.broken) or not last.unsettled

    try:
        await until(good, QUIET_WITHIN_SECONDS)
    except TimeoutError:
        return last
    return last


@pytest.mark.timeout(300)
async def test_after_six_kills_all_is_as_declared(tmp_path: Path, nats_server: NatsServer) -> None:  # noqa: F811 - the fixture
    await converge(tmp_path, nats_server, SEED, kills=6, changes_each=3)


@pytest.mark.long
@pytest.mark.timeout(1800)
async def test_after_sixty_kills_all_is_as_declared(tmp_path: Path, nats_server: NatsServer) -> None:  # noqa: F811 - the fixture
    await converge(tmp_path, nats_server, SEED + 1, kills=60, changes_each=3)
