"""Killed at random while it is changed at random, the installation ends as declared: nothing lost, nothing left."""

import os
import time
from pathlib import Path

import pytest
from vitrina_chaos.installation import Installation, installation, until
from vitrina_chaos.places import ENGINE
from vitrina_chaos.play import Told, play, watching
from vitrina_chaos.script import VICTIMS, script
from vitrina_chaos.verdict import Verdict, judge
from vitrina_kit.testing.nats import NatsServer, nats_server  # noqa: F401 - a fixture
from vitrina_orchestrator.testing.private_engine import PrivateEngine, private_engine, skip_where_impossible
from vitrina_orchestrator.testing.stub_image import import_stub
from vitrina_registry.testing.actors import Actors

SEED = int(os.environ.get("VITRINA_SEED", "20261125"))
"""`VITRINA_SEED=n make test-long` plays another script; a failure names its seed."""
QUIET_WITHIN_SECONDS = 60
CHANGES_EACH = 3
"""Before each kill."""


async def converge(
    folder: Path, server: NatsServer, seed: int, *, kills: int, engine: PrivateEngine | None = None
) -> None:
    actors, told = Actors(), Told()
    steps = script(seed, kills, CHANGES_EACH, VICTIMS if engine is None else (*VICTIMS, ENGINE))
    with actors.serving_keys() as jwks_url:
        async with (
            installation(folder, jwks_url, server, engine) as made,
            watching(made) as watched,
            told.pace.heard(server.url),
        ):
            await play(made, actors.admin, steps, told)
            ended = time.monotonic()
            verdict = await _settled(made, told)
            seconds = time.monotonic() - ended
            crashes = made.crashes()
    print(f"seed {seed}: {kills} kills, answers {told.answers}, {watched.samples} samples; {told.pace.figures()}")
    print(f"quiet after {seconds:.1f} s; {watched.events} events of an engine")
    assert crashes == [], f"seed {seed}"
    assert (verdict.broken, verdict.unsettled) == ([], []), f"seed {seed}"
    assert watched.doubled == [], f"seed {seed}"
    assert watched.samples > kills
    assert engine is None or watched.events > 0
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
    await converge(tmp_path, nats_server, SEED, kills=6)


@pytest.mark.long
@pytest.mark.timeout(1800)
async def test_after_sixty_kills_all_is_as_declared(tmp_path: Path, nats_server: NatsServer) -> None:  # noqa: F811 - the fixture
    await converge(tmp_path, nats_server, SEED + 1, kills=60)


@pytest.mark.docker
@pytest.mark.long
@pytest.mark.timeout(1800)
async def test_after_twenty_kills_with_those_of_an_engine_all_is_as_declared(
    tmp_path: Path,
    nats_server: NatsServer,  # noqa: F811 - the fixture
) -> None:
    skip_where_impossible()
    with private_engine() as engine:
        import_stub(engine, "vitrina/exporter-stub:test")
        await converge(tmp_path, nats_server, SEED + 2, kills=20, engine=engine)
