"""A gallery of what can be in the way, with the sentence that the person gets."""

import os
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest
from vitrina_embedded import up as up_module
from vitrina_embedded.exclusion import alone
from vitrina_embedded.home import Home
from vitrina_embedded.installation import Installation
from vitrina_embedded.ports import check_public_port, choose_ports
from vitrina_embedded.refusal import Refusal
from vitrina_embedded.secret_files import ensure_secrets
from vitrina_embedded.settings import Settings, load_settings


@pytest.fixture
def taken_port() -> Iterator[int]:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        yield listener.getsockname()[1]


def test_a_taken_port_is_named_with_its_owner_and_a_way_out(taken_port: int) -> None:
    with pytest.raises(Refusal) as refused:
        check_public_port("127.0.0.1", taken_port)
    sentence = str(refused.value)
    assert f"Port {taken_port} is taken by " in sentence
    assert f"(process {os.getpid()})" in sentence
    assert f"`VITRINA_PORT={taken_port + 1} make up`" in sentence


def test_an_address_of_another_machine_is_named() -> None:
    with pytest.raises(Refusal, match="no address 192\\.0\\.2\\.1: set VITRINA_BIND"):
        check_public_port("192.0.2.1", 8080)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("VITRINA_PORT", "eighty"),
        ("VITRINA_BIND", "localhost"),
        ("VITRINA_SCRAPE_INTERVAL", "0"),
        ("VITRINA_PRIVATE_ENDPOINTS", "10.0.0.0/99"),
        ("VITRINA_RUNTIME", "podman"),
        ("VITRINA_DOCKER_HOST", "/var/run/docker.sock"),
        ("VITRINA_IMAGE_PREFIX", "registry.example.org"),
        ("VITRINA_PROMETHEUS_RETENTION", "for ever"),
    ],
)
def test_a_setting_that_does_not_fit_is_named(monkeypatch: pytest.MonkeyPatch, name: str, value: str) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(Refusal, match=f"The setting {name} does not fit"):
        load_settings()


def test_an_empty_setting_is_the_default(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VITRINA_POLL_INTERVAL", "")
    monkeypatch.setenv("VITRINA_DEMO", "0")
    assert load_settings().effective_poll_interval == 60


def test_a_full_disk_is_said_before_anything_starts(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(up_module, "ROOM_NEEDED_MB", 10**12)
    with pytest.raises(Refusal, match="free some space, or set VITRINA_HOME"):
        up_module.up(Settings(home=home.path, port=1))
    assert not (home.run / "supervisord.conf").exists()


def test_a_second_make_up_at_the_same_time_is_told_of_the_first(home: Home) -> None:
    with alone(home), pytest.raises(Refusal, match=f"at work here \\(process {os.getpid()}\\)"), alone(home):
        pytest.fail("two at once")


def test_a_lost_key_is_said_instead_of_made_anew(installation: Installation) -> None:
    installation.home.postgres.mkdir()
    (installation.home.postgres / "PG_VERSION").write_text("18")
    installation.secrets["registry-secret-key"].unlink()
    with pytest.raises(Refusal, match="registry-secret-key is gone"):
        ensure_secrets(installation.home, None)


def test_a_folder_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("")
    with pytest.raises(Refusal, match="VITRINA_HOME"):
        Home(blocked / "home").prepare()


def test_a_port_taken_meanwhile_is_chosen_anew_and_the_others_stay(home: Home) -> None:
    before = choose_ports(home, reserved=set())
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", before["nats"]))
        listener.listen()
        after = choose_ports(home, reserved={before["postgres"]})
    changed = {name for name in before if before[name] != after[name]}
    assert changed == {"nats", "postgres"}
    assert len(set(after.values())) == len(after)


def test_the_socket_of_a_deep_folder_lies_elsewhere(tmp_path: Path) -> None:
    deep = Home(tmp_path / ("d" * 90) / "home")
    assert len(str(deep.socket())) <= 90
    assert deep.run_id in str(deep.socket())
