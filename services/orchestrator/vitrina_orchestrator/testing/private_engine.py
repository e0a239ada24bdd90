"""A Docker engine of the tests' own, which they may kill: own containerd, folders and socket.

Needs root. Where no engine is installed, it comes from Debian's packages. Nothing of an engine that this machine has is
touched; firewall rules are made only when asked for, and taken back at the end.
"""
# ruff: noqa: S603, S607 - all commands are written here

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import pytest

from vitrina_orchestrator.testing.address_pool import AddressPool, take_pool, without_left_overs

_PATIENCE_SECONDS: Final = 60.0
_CALL_SECONDS: Final = 60
_OWN_ROOT: Final = Path(__file__).with_name("own_root.py")
"""Also this engine's mounts are nobody else's then."""
PACKAGES: Final = ("docker.io", "tini", "iptables", "iproute2")
_PROGRAMS: Final = ("dockerd", "ip")
"""Of these packages, those that show whether they are here."""
_REAL_DISK: Final = Path("/var/lib/docker")
"""Where layers can be kept when the folder itself is a layer: an overlay cannot lie on an overlay."""

_NO_RULES: Final = """*filter
:INPUT ACCEPT [0:0]
:FORWARD ACCEPT [0:0]
:OUTPUT ACCEPT [0:0]
COMMIT
*nat
:PREROUTING ACCEPT [0:0]
:INPUT ACCEPT [0:0]
:OUTPUT ACCEPT [0:0]
:POSTROUTING ACCEPT [0:0]
COMMIT
"""
"""What was before, where nothing was: tables that are not named would keep what the engine has put there."""


def why_impossible() -> str | None:
    """Why no engine can be started here, in words; null when one can."""
    if os.getuid() != 0:
        return "only root can start a container engine of the tests' own: run `make test` as root"
    if shutil.which("dockerd") is None and shutil.which("apt-get") is None:
        return "there is no dockerd here, and no apt-get to install Debian's docker.io with"
    return None


def is_installed() -> bool:
    return all(shutil.which(program) is not None for program in _PROGRAMS)


def skip_where_impossible() -> None:
    if why := why_impossible():
        pytest.skip(why)


def layers_below(folder: Path, name: str) -> Path:
    """A folder for an engine's data: in `folder`, or elsewhere if that is on an overlay itself."""
    folder.mkdir(parents=True, exist_ok=True)
    kind = subprocess.run(["stat", "-f", "-c", "%T", str(folder)], capture_output=True, text=True, check=True).stdout
    return (_REAL_DISK if kind.strip() == "overlayfs" else folder.resolve()) / name


@contextmanager
def private_engine(keep: Path | None = None, **options: Any) -> "Iterator[PrivateEngine]":
    """Runs inside the block. Its images outlive it in a folder of the name `keep`, if there is one."""
    with tempfile.TemporaryDirectory(prefix="vitrina-engine-", ignore_cleanup_errors=True) as name:
        folder = Path(name)
        data = layers_below(keep.parent if keep else folder, keep.name if keep else folder.name)
        pool = take_pool()
        engine = PrivateEngine(folder, pool, data, **options)
        engine.install()
        try:
            engine.start()
            engine.clear()  # what tests before these have left, ended by force
            yield engine
        finally:
            engine.stop()
            pool.release()
            if keep is None:
                shutil.rmtree(data, ignore_errors=True)


@dataclass
class PrivateEngine:
    folder: Path
    pool: AddressPool
    data: Path | None = None
    """Images and containers; below `folder` unless they are to outlive it."""
    firewall: bool = False
    """Whether its networks are kept apart and led outside. No other engine's rules may be here then; in a network
    namespace of its own there are none."""
    live_restore: bool = False
    network: str = ""
    """The network namespace that it runs in, by its name; this machine's own when empty."""
    containerd: "subprocess.Popen[bytes] | None" = None
    dockerd: "subprocess.Popen[bytes] | None" = None
    _former_rules: str | None = None

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
        if is_installed():
            return
        quiet = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
        for command in (("update", "-qq"), ("install", "-y", "-qq", "--no-install-recommends", *PACKAGES)):
            subprocess.run(["apt-get", *command], env=quiet, check=True, capture_output=True, timeout=600)

    def start(self) -> None:
        """Answers when this returns."""
        if self.dockerd is None and not self.network:
            self.pool.take_away_left_overs()
        if self.firewall and not self.network and self._former_rules is None:
            rules = subprocess.run(["iptables-save"], capture_output=True, text=True, check=True).stdout
            self._former_rules = without_left_overs(rules)
            self._restore_rules()
        if self.containerd is None:
            self.containerd = self._run("containerd", "--config", str(self._containerd_config()))
            self._until((self.folder / "containerd.sock").is_socket, "containerd")
        self.dockerd = self._run(
            "dockerd",
            f"--host={self.host}",
            f"--containerd={self.folder}/containerd.sock",
            f"--data-root={self.data or self.folder / 'data'}",
            f"--exec-root={self.folder}/exec",
            f"--pidfile={self.folder}/dockerd.pid",
            f"--default-address-pool=base={self.pool.network},size=24",
            f"--live-restore={str(self.live_restore).lower()}",
            "--bridge=none",
            f"--iptables={str(self.firewall).lower()}",
            "--ip6tables=false",
            "--log-level=warn",
        )
        self._until(self.answers, "dockerd")

    def kill(self) -> None:
        """As a crash would: containers live on, or not, as the engine likes."""
        assert self.dockerd is not None
        self.dockerd.kill()
        self.dockerd.wait()
        (self.folder / "dockerd.pid").unlink(missing_ok=True)

    def die(self) -> None:
        """With everything that runs on it, as its machine would."""
        processes = self.docker("ps", "--quiet", "--no-trunc").split()
        pids = [self.docker("inspect", "--format={{.State.Pid}}", container) for container in processes]
        self.kill()
        for pid in pids:
            os.kill(int(pid), signal.SIGKILL)

    def restart(self) -> None:
        """As an upgrade would."""
        assert self.dockerd is not None
        self.dockerd.terminate()
        self.dockerd.wait(90)
        self.start()

    def set_live_restore(self, *, live_restore: bool) -> None:
        """Restarts it if it ran otherwise."""
        if live_restore != self.live_restore:
            self.live_restore = live_restore
            self.restart()

    def stop(self) -> None:
        """Ends it with all that runs on it."""
        try:
            if self.dockerd is not None:
                if self.dockerd.poll() is not None:
                    self.start()
                self.clear()
        finally:
            for process in (self.dockerd, self.containerd):
                if process is not None and process.poll() is None:
                    process.send_signal(signal.SIGTERM)
                    process.wait(30)
            self._take_back()

    def _take_back(self) -> None:
        """What an engine leaves on a machine."""
        # With live-restore its folder stays mounted on itself, and could then not be deleted.
        subprocess.run(["umount", str(self.data or self.folder / "data")], capture_output=True, check=False)
        if self._former_rules is not None:
            self._restore_rules()

    def _restore_rules(self) -> None:
        rules = f"{_NO_RULES}{self._former_rules}"
        subprocess.run(["iptables-restore"], input=rules, text=True, capture_output=True, check=False)

    def clear(self) -> None:
        """Nothing but images is left."""
        while containers := self.docker("ps", "--all", "--quiet").split():  # an orchestrator may yet make another
            self._try("rm", "--force", *containers)
        for network in self.docker("network", "ls", "--quiet", "--filter", "type=custom").split():
            self._try("network", "rm", network)
        for volume in self.docker("volume", "ls", "--quiet").split():
            self.docker("volume", "rm", volume)

    def _try(self, *arguments: str) -> None:
        """What is gone by itself meanwhile is no fault."""
        command = ["docker", "--host", self.host, *arguments]
        subprocess.run(command, capture_output=True, check=False, timeout=_CALL_SECONDS)

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
            first = str(self.containerd.pid) if self.containerd is not None else "0"
            inside = ["nsenter", f"--net=/run/netns/{self.network}"] if self.network else []
            whole = [*inside, sys.executable, str(_OWN_ROOT), first, *command]
            return subprocess.Popen(whole, stdout=output, stderr=output, pass_fds=(self.pool.claim.fileno(),))

    def answers(self) -> bool:
        command = ["docker", "--host", self.host, "version"]
        return subprocess.run(command, capture_output=True, check=False, timeout=_CALL_SECONDS).returncode == 0

    def _until(self, condition: Callable[[], bool], what: str) -> None:
        deadline = time.monotonic() + _PATIENCE_SECONDS
        while not condition():
            said = (self.folder / f"{what}.log").read_text()[-2000:]
            assert time.monotonic() < deadline, f"{what} does not answer: {said}"
            time.sleep(0.1)
