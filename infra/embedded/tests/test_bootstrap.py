"""The script that makes `.venv` says what is wrong in one sentence, and does nothing when there is nothing to do."""

import importlib.util
import json
from pathlib import Path
from types import ModuleType

import pytest
from vitrina_embedded.downloads import _new_enough
from vitrina_embedded.home import ROOT


@pytest.fixture
def bootstrap() -> ModuleType:
    spec = importlib.util.spec_from_file_location("bootstrap", ROOT / "infra" / "scripts" / "bootstrap.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize(
    ("said", "sentence"),
    [
        ("OSError: [Errno 28] No space left on device", "The disk is full"),
        ("error: client error (Connect): dns error", "check the network"),
        ("THESE PACKAGES DO NOT MATCH THE HASHES", "not the one that the lock names"),
    ],
)
def test_what_goes_wrong_is_said_in_one_sentence(
    bootstrap: ModuleType, capsys: pytest.CaptureFixture[str], said: str, sentence: str
) -> None:
    with pytest.raises(SystemExit) as ended:
        bootstrap.fail("install it", said)
    assert ended.value.code == 1
    assert sentence in capsys.readouterr().err.splitlines()[0]


@pytest.mark.parametrize("lock", ["requirements.lock", "requirements-dev.lock"])
def test_with_everything_for_development_installed_nothing_is_done(
    bootstrap: ModuleType, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, lock: str
) -> None:
    stamp = tmp_path / "stamp.json"
    superset = "requirements-dev.lock"
    stamp.write_text(json.dumps({"lock": superset, "digest": bootstrap.digest(superset)}))
    monkeypatch.setattr(bootstrap, "STAMP", stamp)
    monkeypatch.setattr(bootstrap, "make_venv", lambda: pytest.fail("installed again"))
    bootstrap.main(lock)


def test_an_old_python_is_told_its_age(
    bootstrap: ModuleType, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(bootstrap.sys, "version_info", (3, 9, 2))
    with pytest.raises(SystemExit):
        bootstrap.main("requirements.lock")
    assert capsys.readouterr().err.startswith("Vitrina needs Python 3.11 or newer and found 3.9.2: install")


@pytest.mark.parametrize(
    ("version", "fits"), [("2.42.0+ds", True), ("3.5.0", True), ("2.41.9", False), ("none", False)]
)
def test_a_program_on_path_counts_when_it_is_new_enough(tmp_path: Path, version: str, *, fits: bool) -> None:
    program = tmp_path / "prometheus"
    program.write_text(f"#!/bin/sh\necho 'prometheus, version {version} (branch: HEAD)'\n")
    program.chmod(0o755)
    assert _new_enough(program, (2, 42)) is fits
