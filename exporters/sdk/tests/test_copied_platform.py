"""exporters/README.md says how to add a platform; here its own commands are run on a copy, and the copy is tried."""

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml
from vitrina_contracts.manifest import Manifest

EXPORTERS = Path(__file__).parents[2]
_BLOCK = re.compile(r"## Add a platform.*?```sh\n(.*?)```", re.DOTALL)
_OF_THE_VENV = ".venv/bin/"


def commands() -> list[str]:
    """What the README wants typed."""
    block = _BLOCK.search((EXPORTERS / "README.md").read_text(encoding="utf-8"))
    assert block is not None
    return block[1].splitlines()


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """A folder in which the README's first commands were typed; the others would change this clone's environment."""
    ignored = shutil.ignore_patterns("__pycache__", "*.egg-info", ".*")
    shutil.copytree(EXPORTERS / "example", tmp_path / "exporters" / "example", ignore=ignored)
    for command in commands():
        if not command.startswith(_OF_THE_VENV):
            subprocess.run(["bash", "-euc", command], cwd=tmp_path, check=True)
    return tmp_path


def tried(repository: Path, *options: str) -> "subprocess.CompletedProcess[str]":
    """The README's last command, with the copy importable without being installed."""
    *_, last = commands()
    program, *arguments = last.split()
    assert program == f"{_OF_THE_VENV}python"
    return subprocess.run(
        [sys.executable, *arguments, "-p", "no:cacheprovider", *options],
        cwd=repository,
        env={**os.environ, "PYTHONPATH": str(repository / "exporters" / "acme")},
        capture_output=True,
        text=True,
        check=False,
    )


def test_the_commands_leave_nothing_of_the_example_and_touch_nothing_else(repository: Path) -> None:
    copy = repository / "exporters" / "acme"
    assert {path.name for path in (repository / "exporters").iterdir()} == {"example", "acme"}
    files = [path for path in copy.rglob("*") if path.is_file()]
    assert [path for path in files if "example" in f"{path.relative_to(copy)} {path.read_text()}".lower()] == []
    manifest = Manifest.model_validate(yaml.safe_load((copy / "manifest.yaml").read_text()))
    assert (manifest.type, manifest.module, manifest.image) == ("acme", "vitrina_acme", "vitrina/exporter-acme")
    assert manifest.offered
    for language in ("en", "ru"):
        words = json.loads((copy / "strings" / f"{language}.json").read_text())
        assert set(words["fields"]) == set(manifest.source_schema["properties"])


def test_a_copy_is_green_before_a_line_of_it_is_written(repository: Path) -> None:
    done = tried(repository, "-q", "-m", "not long", "-k", "mapping or mass_change or word_that_is_not_known")
    assert done.returncode == 0, done.stdout[-3000:]
    assert re.search(r"\b8 passed", done.stdout), done.stdout[-300:]


@pytest.mark.long
@pytest.mark.timeout(900)
def test_a_copy_passes_the_whole_conformance_suite(repository: Path) -> None:
    done = tried(repository, "-q")
    assert done.returncode == 0, done.stdout[-3000:]


def test_the_conformance_test_of_a_platform_is_three_lines_and_the_first_commands_are_the_steps() -> None:
    text = (EXPORTERS / "example" / "tests" / "test_conformance.py").read_text()
    body = [line for line in text.splitlines() if line.startswith("    ")]
    assert len(body) == 3
    assert commands()[-1] == ".venv/bin/python -m pytest exporters/acme"
