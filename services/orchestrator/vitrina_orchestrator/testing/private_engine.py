"""A Docker engine of the tests' own, which they may kill: own containerd, folders and socket, no firewall rules.

Needs root. Where no engine is installed, it comes from Debian's packages.
"""
# ruff: noqa: S603, S607 - all commands are written here

import os
import shutil
import signal
import subprocess
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

_PATIENCE_SECONDS: Final = 60.0
_POOL: Final = "base=10.213.0.0/16,size=24"
_CALL_SECONDS: Final = 60


@dataclass
class PrivateEngine:
    folder: Path
    live_restore: bool = False
    containerd: "subprocess.Popen[bytes] | None" = None
    dockerd: "subprocess.Popen[bytes] | None" = None

    @property
    def host(self) -> str:
        return f"unix://{self.folder}/docker.sock"

    def docker(self, *arguments: str, stdin: Any = None) -> str:
        """Output of the client."""
        command = ["docker", "--host", self.host, *arguments]
        done = subprocess.run(command, stdin=stdin, capture_output=True, text=True, check=False, timeout=_CALL_SECONDS)
        assert done.returncode == 0, done.stderr
        return done.stdout.strip()

    def is_running(self, container: str) -> bool:
        """False also for a container that is paused, or is not."""
        words = ("ps", "--quiet", "--filter", "status=running", "--filter", f"name=^{container}$")
        return bool(self.docker(*words))

    def install(self) -> None:
        if shutil.which("dockerd") is not None:
            return
        quiet = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
        for command in (("update", "-qq"), ("install", "-y", "-qq", "--no-install-recommends", "docker.io", "tini")):
            subprocess.run(["apt-get", *command], env=quiet, check=True, capture_output=True, timeout=600)

    def start(self) -> None:
        """Answers when this returns."""
        if self.containerd is None:
            self.containerd = self._run("containerd", "--config", str(self._containerd_config()))
            self._until((self.folder / "containerd.sock").is_socket, "containerd")
        self.dockerd = self._run(
            "dockerd",
            f"--host={self.host}",
            f"--containerd={self.folder}/containerd.sock",
            f"--data-root={self.folder}/data",
            f"--exec-root={self.folder}/exec",
            f"--pidfile={self.folder}/dockerd.pid",
            f"--default-address-pool={_POOL}",
            f"--live-restore={str(self.live_restore).lower()}",
            "--bridge=none",
            "--iptables=false",
            "--ip6tables=false",
            "--log-level=warn",
        )
        self._until(self._answers, "dockerd")

    def kill(self) -> None:
        """As a crash would: containers live on, or not, as the engine likes."""
        assert self.dockerd is not None
        self.dockerd.kill()
        self.dockerd.wait()
        (self.folder / "dockerd.pid").unlink(missing_ok=True)

    def restart(self, *, live_restore: bool) -> None:
        """By hand, with another setting."""
        assert self.dockerd is not None
        if live_restore != self.live_restore:
            self.dockerd.terminate()
            self.dockerd.wait(30)
            self.live_restore = live_restore
            self.start()

    def stop(self) -> None:
        """Ends it with all that runs on it."""
        if self.dockerd is not None:
            if self.dockerd.poll() is not None:
                self.start()
            for container in self.docker("ps", "--all", "--quiet").split():
                self.docker("rm", "--force", container)
            for network in self.docker("network", "ls", "--quiet", "--filter", "type=custom").split():
                self.docker("network", "rm", network)
        for process in (self.dockerd, self.containerd):
            if process is not None and process.poll() is None:
                process.send_signal(signal.SIGTERM)
                process.wait(30)
        # With live-restore it leaves its folder mounted on itself, which could then not be deleted.
        subprocess.run(["umount", str(self.folder / "data")], capture_output=True, check=False)

    def _containerd_config(self) -> Path:
        path = self.folder / "containerd.toml"
        path.write_text(
            "version = 2\n"
            'disabled_plugins = ["io.containerd.grpc.v1.cri"]\n'
            f'root = "{self.folder}/containerd-root"\n'
            f'state = "{self.folder}/containerd-state"\n'
            f'[grpc]\naddress = "{self.folder}/containerd.sock"\n'
        )
        return path

    def _run(self, *command: str) -> "subprocess.Popen[bytes]":
        with (self.folder / f"{command[0]}.log").open("ab") as output:
            return subprocess.Popen(command, stdout=output, stderr=output)

    def _answers(self) -> bool:
        command = ["docker", "--host", self.host, "version"]
        return subprocess.run(command, capture_output=True, check=False, timeout=_CALL_SECONDS).returncode == 0

    def _until(self, condition: Callable[[], bool], what: str) -> None:
        deadline = time.monotonic() + _PATIENCE_SECONDS
        while not condition():
            assert time.monotonic() < deadline, (
                f"{what} does not answer: {(self.folder / f'{what}.log').read_text()[-2000:]}"
            )
            time.sleep(0.1)
