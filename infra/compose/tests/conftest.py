"""An engine, and on it the system of compose.yaml with its demo."""

import socket
from collections.abc import Iterator

import pytest
from vitrina_compose_testing.commands import run, wait_until
from vitrina_compose_testing.engine import Engine, compose_program
from vitrina_compose_testing.system import DEVICES, System


@pytest.fixture(scope="session")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    engine = Engine(tmp_path_factory.mktemp("engine") / "dockerd.log")
    engine.ensure()
    yield engine
    engine.stop()


@pytest.fixture(scope="session")
def system(engine: Engine) -> Iterator[System]:
    """Up, every device of the demo with a known status."""
    run("nice", "infra/debian/build", seconds=1800)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    system = System(compose_program(), port)
    system.remove()
    try:
        system.up()
        wait_until(lambda: system.known_devices() == 2 * DEVICES, 90, "every device of the demo with a status")
        yield system
    finally:
        system.remove()
