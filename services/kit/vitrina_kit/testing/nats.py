"""A real nats-server with JetStream for a test session."""

import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from vitrina_kit.settings import BusSettings
from vitrina_kit.testing.ports import free_port
from vitrina_kit.testing.tools import nats_server_binary

_CONFIG = """
host: 127.0.0.1
port: {port}
jetstream {{ store_dir: "{store}", sync_interval: always }}
"""


@dataclass
class NatsServer:
    """Can be killed and started again on the same port and store."""

    folder: Path
    port: int = field(default_factory=free_port)
    process: "subprocess.Popen[bytes] | None" = None

    @property
    def url(self) -> str:
        return f"nats://127.0.0.1:{self.port}"

    @property
    def settings(self) -> BusSettings:
        return BusSettings(nats_url=self.url, nats_user=None, nats_password_file=None)

    def start(self) -> None:
        config = self.folder / "nats.conf"
        config.write_text(_CONFIG.format(port=self.port, store=self.folder / "jetstream"))
        self.process = subprocess.Popen(  # noqa: S603 - our own binary and file
            [nats_server_binary(), "-c", str(config)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        _await_port(self.port)

    def kill(self) -> None:
        """As a power cut would: SIGKILL."""
        assert self.process is not None
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()

    def wipe(self) -> None:
        """Kills the server and deletes its store."""
        self.kill()
        shutil.rmtree(self.folder / "jetstream", ignore_errors=True)


def _await_port(port: int, deadline_seconds: float = 10) -> None:
    deadline = time.monotonic() + deadline_seconds
    while time.monotonic() < deadline:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.02)  # a port offers nothing to wait on
    msg = f"nothing listens on port {port}"
    raise TimeoutError(msg)


@pytest.fixture
def nats_server() -> Iterator[NatsServer]:
    """One server a test: tests of NATS kill it, wipe it and count what it holds."""
    with tempfile.TemporaryDirectory(prefix="vitrina-nats-") as folder:
        server = NatsServer(Path(folder))
        server.start()
        yield server
        if server.process is not None and server.process.poll() is None:
            server.kill()
