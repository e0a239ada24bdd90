"""Images and settings of the tests on a Swarm; nodes without a registry run what was imported on each of them."""

import tempfile
from typing import Final

from vitrina_orchestrator.domain.containers import ContainerSettings, Limits
from vitrina_orchestrator.testing.private_engine import PrivateEngine
from vitrina_orchestrator.testing.stub_image import STUB, image_tar, import_changes

STUB_IMAGE: Final = "vitrina/exporter-stub:test"
CRASHING: Final = 'print("cannot import its own module")\nraise SystemExit(3)\n'
CRASHING_WITH_CONFIG: Final = STUB.read_text().replace(
    "def main() -> None:", "def main() -> None:\n    if present_config():\n        sys.exit('cannot read this')"
)
SETTINGS: Final = ContainerSettings(
    installation="vitrina-test",
    image_prefix="",
    image_tag="test",
    scrape_network="vitrina-test-scrape",
    egress_network="vitrina-test-egress",
    limits=Limits(memory_bytes=64 * 1024 * 1024, nano_cpus=1_000_000_000, pids=64, log_bytes=100_000),
)


def import_images(engine: PrivateEngine) -> None:
    scripts = {"stub": STUB.read_text(), "crashing": CRASHING, "broken": CRASHING_WITH_CONFIG}
    for name, script in scripts.items():
        with tempfile.TemporaryFile() as file:
            file.write(image_tar(script))
            file.seek(0)
            engine.docker("import", *import_changes(), "-", f"vitrina/exporter-{name}:test", stdin=file)
