"""The docker runtime on a real engine: what every runtime must do, and what only containers can suffer."""

import io
import json
import tempfile
from collections.abc import Iterator
from contextlib import AbstractAsyncContextManager
from pathlib import Path
from typing import Any

import pytest
from vitrina_orchestrator.adapters.docker_runtime import DockerRuntime
from vitrina_orchestrator.domain.containers import ContainerSettings, Limits
from vitrina_orchestrator.domain.observed import Instance
from vitrina_orchestrator.testing.private_engine import PrivateEngine
from vitrina_orchestrator.testing.runtime_contract import RuntimeContract
from vitrina_orchestrator.testing.stub_image import STUB, image_tar, import_changes
from vitrina_orchestrator.use_cases.ports import Runtime

pytestmark = [pytest.mark.docker, pytest.mark.long]

SETTINGS = ContainerSettings(
    installation="vitrina-test",
    image_prefix="",
    image_tag="test",
    scrape_network="vitrina-test-scrape",
    egress_network="vitrina-test-egress",
    limits=Limits(memory_bytes=64 * 1024 * 1024, nano_cpus=1_000_000_000, pids=64, log_bytes=100_000),
)


@pytest.fixture(scope="module")
def engine() -> Iterator[PrivateEngine]:
    with tempfile.TemporaryDirectory(prefix="vitrina-engine-", ignore_cleanup_errors=True) as folder:
        engine = PrivateEngine(Path(folder))
        engine.install()
        try:
            engine.start()
            import_image(engine, "vitrina/exporter-stub:test", STUB.read_text())
            yield engine
        finally:
            engine.stop()


def import_image(engine: PrivateEngine, reference: str, script: str) -> None:
    with tempfile.TemporaryFile() as file:
        file.write(image_tar(script))
        file.seek(0)
        engine.docker("import", *import_changes(), "-", reference, stdin=file)


class DockerWorld(RuntimeContract):
    @pytest.fixture(autouse=True)
    def _world(self, engine: PrivateEngine, tmp_path: Path) -> Iterator[None]:
        self.engine, self.folder = engine, tmp_path
        yield
        for container in engine.docker("ps", "--all", "--quiet").split():
            engine.docker("rm", "--force", container)
        for volume in engine.docker("volume", "ls", "--quiet").split():
            engine.docker("volume", "rm", volume)

    def open(self) -> AbstractAsyncContextManager[Runtime]:
        return DockerRuntime(self.engine.host, self.folder, SETTINGS)

    async def kill(self, instance: Instance) -> None:
        self.engine.docker("kill", str(instance.id))

    def inspected(self, name: str) -> Any:
        return json.load(io.StringIO(self.engine.docker("inspect", name)))[0]


class TestDockerRuntime(DockerWorld):
    pass
