"""`make test`: installs what tests need, then checks and tests everything; says each step by name.

A step that fails does not keep the later ones from running. pytest comes last and its summary closes the output: CI
reads there how many tests ran.
"""

import argparse
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from vitrina_embedded import downloads, web_build
from vitrina_embedded.home import ROOT, Home
from vitrina_embedded.refusal import Refusal
from vitrina_embedded.supervision import last_lines
from vitrina_orchestrator.testing import private_engine

BIN = Path(sys.executable).parent
TESTED = ("infra", "exporters", "services", "cli")
"""In this order: the longest files first, or one process is left with them while the others have nothing to do."""
SIDE_BY_SIDE = ("--dist", "loadfile", "--no-loadscope-reorder")
"""A file stays in one process, so that its fixtures are made once."""
SOME_FAILED = 1
"""Pytest's exit status for that; others mean that it could not run."""
GROUPS = (
    ("parts and their boundaries, side by side", "not e2e and not docker", ("-n", "4", *SIDE_BY_SIDE)),
    ("containers, each file with an engine of its own", "docker and not e2e", ("-n", "2", *SIDE_BY_SIDE)),
    ("whole systems, one for each of two sets of files", "e2e", ("-n", "2", *SIDE_BY_SIDE)),
)
"""Name, marks and options of the sets of tests that run one after the other.

More processes than cores would keep busy, because most of these tests wait for a server.
"""
BROWSERS = ("chromium", "chromium-browser", "google-chrome")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--long", action="store_true", help="the slow scenarios and full seeds, too")
    parser.add_argument("--lint-only", action="store_true", help="no tests")
    options = parser.parse_args()
    steps = lint_steps() if options.lint_only else [*install_steps(), *lint_steps(), *web_test_steps()]
    failed = [name for name, step in steps if not succeeds(name, step)]
    if failed:
        print(f"\nFailed: {', '.join(failed)}", flush=True)
    if options.lint_only:
        return 1 if failed else 0
    tested = pytest(long=options.long)
    return tested or (1 if failed else 0)


Step = Callable[[], None]


def install_steps() -> list[tuple[str, Step]]:
    return [
        ("Prometheus and Alertmanager", ensure_monitoring),
        ("Chromium", ensure_browser),
        ("Container engine (for tests alone, which start and end it)", ensure_engine),
    ]


def lint_steps() -> list[tuple[str, Step]]:
    python = str(BIN / "python")
    return [
        ("Lint of Python (ruff check)", command(str(BIN / "ruff"), "check", "--quiet", ".")),
        ("Formatting of Python (ruff format)", command(str(BIN / "ruff"), "format", "--check", "--quiet", ".")),
        ("Types of Python (mypy)", command(str(BIN / "mypy"), "--no-error-summary")),
        ("Layers (import-linter)", command(str(BIN / "lint-imports"))),
        ("Node's packages of the web UI (npm ci)", ensure_node_packages),
        ("Lint of the web UI (Biome)", npm("run", "--silent", "lint")),
        ("Types of the web UI (tsc)", npm("exec", "--", "tsc", "--noEmit")),
        ("Generated files are what the code says", command(python, "infra/scripts/generate_contracts.py", "--check")),
    ]


def web_test_steps() -> list[tuple[str, Step]]:
    return [("Unit tests of the web UI", npm("run", "--silent", "test"))]


def succeeds(name: str, step: Step) -> bool:
    print(f"{name} ...", end="", flush=True)
    started = time.monotonic()
    try:
        step()
    except subprocess.CalledProcessError as error:
        print(f" failed\n{error.stdout}{error.stderr or ''}", flush=True)
    except Refusal as refusal:
        print(f" failed\n{refusal}\n{last_lines(refusal.log, 40) if refusal.log else ''}", flush=True)
    else:
        print(f" {time.monotonic() - started:.1f} s", flush=True)
        return True
    return False


def command(*arguments: str) -> Step:
    def run() -> None:
        subprocess.run(arguments, cwd=ROOT, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=True)

    return run


def npm(*arguments: str) -> Step:
    def run() -> None:
        subprocess.run(
            [str(downloads.from_environment("npm")), *arguments],
            cwd=web_build.WEB,
            env=web_build.node_environment(),
            text=True,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            check=True,
        )

    return run


def ensure_node_packages() -> None:
    home = Home(ROOT / ".vitrina")
    home.prepare()
    log = home.log("npm-ci")
    with log.open("w", encoding="utf-8") as output:
        web_build.install_packages(output.fileno(), log)


def ensure_monitoring() -> None:
    if downloads.find_monitoring() is None:
        print(f" fetching Debian's packages into {downloads.TOOLS.relative_to(ROOT)}", end="", flush=True)
        downloads.fetch_monitoring()


def ensure_browser() -> None:
    if any(shutil.which(name) for name in BROWSERS):
        return
    if os.getuid() != 0 or shutil.which("apt-get") is None:
        raise Refusal("The end-to-end tests need Chromium: have root install it (on Debian: apt-get install chromium).")
    print(" installing Debian's chromium and fonts-dejavu-core", end="", flush=True)
    install_packages("chromium", "fonts-dejavu-core")


def install_packages(*names: str) -> None:
    command("apt-get", "update", "-qq")()
    environment = "DEBIAN_FRONTEND=noninteractive"
    command("env", environment, "apt-get", "install", "-y", "-qq", "--no-install-recommends", *names)()


def ensure_engine() -> None:
    """Where none can run, the tests that need one are skipped, and say why."""
    if why := private_engine.why_impossible():
        print(f" not here: {why}; exporters as containers are not tested", end="", flush=True)
        return
    if shutil.which("debootstrap") is None or not private_engine.is_installed():
        print(" installing Debian's docker.io, iproute2 and debootstrap", end="", flush=True)
        had_engine = shutil.which("dockerd") is not None
        install_packages(*private_engine.PACKAGES, "debootstrap")
        if not had_engine and shutil.which("systemctl") is not None:
            # The package starts an engine for good; these tests start and end their own.
            service = ("disable", "--now", "docker.socket", "docker.service")
            subprocess.run(["systemctl", *service], capture_output=True, check=False)


def pytest(*, long: bool) -> int:
    """Every test, those that need least first.

    What failed runs once more, by itself and with the machine quiet: these tests hold real servers, kills and
    deadlines, and share two cores. A test that is right only at its second try is named, so that it gets mended;
    one that is wrong fails both.
    """
    statuses = [run_group(name, marks, options, long=long) for name, marks, options in GROUPS]
    return max(statuses)


def run_group(name: str, marks: str, options: Sequence[str], *, long: bool) -> int:
    selection = ("-m", marks if long else f"({marks}) and not long")
    print(f"\nTests of Python (pytest): {name}", flush=True)
    status = run_pytest(*selection, *options)
    if status != SOME_FAILED:
        return status
    print("\nThe tests that failed, once more; what passes now is unsteady and wants mending", flush=True)
    return run_pytest(*selection, "--last-failed", "-v")


def run_pytest(*options: str) -> int:
    """Without the caller's settings of Vitrina, and with the fetched programs on PATH."""
    clean = {name: value for name, value in os.environ.items() if not name.startswith("VITRINA_")}
    path = f"{BIN}:{downloads.TOOLS / 'usr' / 'bin'}:{os.environ.get('PATH', '')}"
    command = [str(BIN / "python"), "-m", "pytest", "-q", *options, *TESTED]
    return subprocess.run(command, cwd=ROOT, env={**clean, "PATH": path}, check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
