"""An engine, and on it the system of compose.yaml with its demo."""

import shutil
from collections.abc import Iterator

import pytest
from vitrina_compose_testing.commands import ROOT, run, succeeds, wait_until
from vitrina_compose_testing.compose_program import compose_program
from vitrina_compose_testing.system import DEVICES, System
from vitrina_kit.testing.ports import free_port
from vitrina_orchestrator.testing.private_engine import PrivateEngine, private_engine, skip_where_impossible


@pytest.fixture(scope="session")
def engine() -> Iterator[PrivateEngine]:
    """The tests' own, for they restart it; keeps its images for the next time. Its firewall would upset another's."""
    skip_where_impossible()
    alone = shutil.which("docker") is None or not succeeds("docker", "info")
    keep = ROOT / ".vitrina" / "tools" / "vitrina-test-engine"
    with private_engine(keep, firewall=alone) as engine, pytest.MonkeyPatch.context() as patch:
        patch.setenv("DOCKER_HOST", engine.host)
        yield engine


@pytest.fixture(scope="session")
def system(engine: PrivateEngine) -> System:
    """Up, every device of the demo with a known status."""
    run("nice", "infra/debian/build", seconds=1800)
    system = System(compose_program(), free_port(), engine.host, egress_prefix=f"{engine.pool.prefix}.214")
    system.up()
    wait_until(lambda: system.known_devices() == 2 * DEVICES, 90, "every device of the demo with a status")
    return system  # the engine takes it away
