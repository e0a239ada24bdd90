import hashlib
import json
from pathlib import Path
from typing import Any

import pytest
from vitrina_sdk.config_file import ConfigFile

SECRET = "canary-token"


def a_config(revision: int = 1, **changed: Any) -> bytes:
    source = {"name": "north", "config": {"api_token": SECRET}, "request_budget": 20}
    config = {"exporter": "acme", "platform": "acme", "revision": revision, "poll_interval_seconds": 60}
    return json.dumps({**config, "fresh_seconds": 300, "sources": [source], **changed}).encode()


def write(folder: Path, content: bytes, *, digest: str | None = None, name: str = "config-1.json") -> None:
    (folder / name).write_bytes(content)
    pointer = {"file": name, "sha256": digest or hashlib.sha256(content).hexdigest()}
    (folder / "current").write_text(json.dumps(pointer))


def test_a_new_revision_is_taken_and_an_unchanged_one_is_not_new(tmp_path: Path) -> None:
    file = ConfigFile(tmp_path, "acme")
    assert not file.look()
    assert file.error == "There is no current"
    write(tmp_path, a_config(1))
    assert file.look()
    assert not file.look()
    write(tmp_path, a_config(2), name="config-2.json")
    assert file.look()
    assert file.loaded is not None
    assert file.loaded.revision == 2
    assert file.error is None


@pytest.mark.parametrize(
    "broken",
    [
        b"",
        b"{",
        b"\xff\xfe",
        a_config(revision="two"),
        a_config(platform="another"),
        a_config(private_endpoints=["nonsense"]),
        a_config(sources=[{"name": "a b", "config": {}, "request_budget": 1}]),
        a_config(sources=[{"name": "a", "config": {}, "request_budget": 1}] * 2),
        a_config(sources=[{"name": "a", "config": SECRET, "request_budget": 0}]),
    ],
)
def test_a_broken_file_keeps_the_last_good_one_and_says_why_without_values(tmp_path: Path, broken: bytes) -> None:
    file = ConfigFile(tmp_path, "acme")
    write(tmp_path, a_config(1))
    file.look()
    good = file.loaded
    write(tmp_path, broken, name="config-2.json")
    assert not file.look()
    assert file.loaded == good
    assert file.error
    assert SECRET not in file.error
    write(tmp_path, a_config(3), name="config-3.json")
    assert file.look()
    assert file.error is None


def test_a_half_written_file_is_read_again(tmp_path: Path) -> None:
    file = ConfigFile(tmp_path, "acme")
    write(tmp_path, a_config()[:20], digest=hashlib.sha256(a_config()).hexdigest())
    assert not file.look()
    assert "digest differs" in (file.error or "")
    (tmp_path / "config-1.json").write_bytes(a_config())
    assert file.look()


def test_the_pointer_cannot_lead_out_of_the_folder(tmp_path: Path) -> None:
    folder = tmp_path / "config"
    folder.mkdir()
    (tmp_path / "elsewhere.json").write_bytes(a_config())
    pointer = {"file": "../elsewhere.json", "sha256": hashlib.sha256(a_config()).hexdigest()}
    (folder / "current").write_text(json.dumps(pointer))
    file = ConfigFile(folder, "acme")
    assert not file.look()
    assert "outside" in (file.error or "")


def test_the_credentials_are_not_in_the_printed_configuration(tmp_path: Path) -> None:
    file = ConfigFile(tmp_path, "acme")
    write(tmp_path, a_config())
    file.look()
    assert SECRET not in repr(file.loaded)
