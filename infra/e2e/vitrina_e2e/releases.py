"""Another version of Vitrina in a folder of its own, as an unpacked release."""

import os
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from vitrina_embedded import downloads
from vitrina_embedded.home import ROOT
from vitrina_embedded.web_build import DIST

VERSION = "9.0.0"
_SECONDS = 300
_MIGRATION = '''"""What a test adds."""

from alembic import op

revision = "9999"
down_revision = "{down}"


def upgrade() -> None:
    """Raises whatever the test wants."""
    op.execute("CREATE TABLE registry.of_the_new_version (id integer)")
    {body}
'''


@dataclass(frozen=True)
class NewRelease:
    """`settings` are variables of the environment."""

    root: Path
    settings: Mapping[str, str] = field(default_factory=dict)

    def upgrade(self, *options: str, kill_at: str | None = None) -> tuple[int, str]:
        """Exit status and all that was said; killed with -9 as soon as it says `kill_at`."""
        process = subprocess.Popen(
            [str(self.root / ".venv" / "bin" / "python"), "-m", "vitrina_cli", "upgrade", str(ROOT), *options],
            cwd=self.root,
            env={**os.environ, **self.settings, "PATH": f"{_tools()}:{os.environ['PATH']}"},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        assert process.stdout is not None
        said = b""
        while piece := os.read(process.stdout.fileno(), 4096):
            said += piece
            if kill_at is not None and kill_at.encode() in said:
                os.killpg(process.pid, signal.SIGKILL)
        return process.wait(timeout=_SECONDS), said.decode()

    def migration(self, body: str = "") -> None:
        """Gives the registry one more."""
        versions = self.root / "services" / "registry" / "migrations" / "versions"
        newest = max(path for path in versions.glob("0*.py"))
        found = re.search(r"^revision\b.*?=\s*[\"']([^\"']+)", newest.read_text("utf-8"), re.MULTILINE)
        assert found is not None
        (versions / "9999_of_a_test.py").write_text(_MIGRATION.format(down=found.group(1), body=body), "utf-8")

    def settle_settings(self) -> str:
        return (self.root / ".env").read_text("utf-8")


def make_release(folder: Path, settings: Mapping[str, str]) -> NewRelease:
    """Of this very tree, but for the version, with an environment of its own (some twenty seconds)."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    for name in listed.stdout.splitlines():
        if (ROOT / name).is_file():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / name, folder / name)
    shutil.copytree(DIST, folder / "web" / "dist")  # built from the same sources
    root = folder / "pyproject.toml"
    text = root.read_text("utf-8")
    root.write_text(re.sub(r'^version = "[\d.]+"', f'version = "{VERSION}"', text, flags=re.MULTILINE), "utf-8")
    bootstrap = [sys.executable, "infra/scripts/bootstrap.py", "requirements.lock"]
    subprocess.run(bootstrap, cwd=folder, check=True, timeout=_SECONDS)
    return NewRelease(folder, settings)


def _tools() -> Path:
    """Where Prometheus and Alertmanager are, so that the release does not fetch its own."""
    return downloads.TOOLS / "usr" / "bin"
