"""An upgrade leaves the new version running, or the old one with its data; people wait a little, and lose nothing."""

import secrets
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from vitrina_e2e.load import Load
from vitrina_e2e.people import Person
from vitrina_e2e.releases import NewRelease, make_release
from vitrina_e2e.system import System
from vitrina_e2e.waiting import until

pytestmark = [pytest.mark.e2e, pytest.mark.long, pytest.mark.timeout(900)]

SETTINGS = {"POLL_INTERVAL": "2", "SCRAPE_INTERVAL": "2", "DEMO_DEVICES": "50", "DEMO_INCIDENT": "0"}
POINTS = ("Keep people's requests", "Copy its data", "Start PostgreSQL", "Bring the database", "Start Vitrina")
"""What the upgrade says as it begins each of its parts."""


@pytest.fixture(scope="module")
def old(make_system: Callable[..., System]) -> System:
    system = make_system(SETTINGS)
    system.up()
    return system


@pytest.fixture(scope="module")
def release(old: System, tmp_path_factory: pytest.TempPathFactory) -> NewRelease:
    own = {"HOME": str(old.home.path), "PORT": str(old.port), "RUNTIME": "process", **old.settings}
    settings = {f"VITRINA_{name}": value for name, value in own.items()}
    return make_release(tmp_path_factory.mktemp("release"), {**settings, "VITRINA_ADMIN_PASSWORD": old.password})


@pytest.fixture
def load(old: System) -> Iterator[Load]:
    admin = Person(old.url, "admin", old.password)
    device = until(lambda: admin.devices(source="demo-addreality"), seconds=60, what="devices")[0]["device_id"]
    yield Load(old.url, admin.authorization()["Authorization"], device)
    admin.close()


@pytest.mark.parametrize("point", POINTS)
def test_killed_halfway_the_old_version_runs_with_its_data(
    old: System, release: NewRelease, load: Load, point: str
) -> None:
    release.migration()
    with load:
        until(lambda: load.written, seconds=20, what="something is written")
        status, said = release.upgrade(kill_at=point)
        assert status == -9, said
        until(lambda: not (old.home.path / "upgrade.json").exists(), seconds=60, what="the data are back")
        until(old.home.ready_file.exists, seconds=120, what="the old version is up")
    print(f"killed at {point!r}: {load.answered} answered, slowest {load.slowest:.1f} s, failed: {load.failed[:3]}")
    assert load.failed[:3] == []
    assert load.noted() >= load.written > 0
    assert old.unhealthy() == []
    assert list(old.home.path.glob("before-upgrade-*")) == []


def test_a_version_that_cannot_migrate_gives_way_to_the_old_one(old: System, release: NewRelease, load: Load) -> None:
    release.migration('raise RuntimeError("this version is broken")')
    with load:
        until(lambda: load.written, seconds=20, what="something is written")
        status, said = release.upgrade()
    assert status == 1
    assert "runs, with its data" in said
    assert load.failed[:3] == []
    assert load.noted() >= load.written > 0
    assert old.unhealthy() == []


def test_under_load_no_request_fails_and_nothing_written_is_lost(
    old: System, release: NewRelease, load: Load, tmp_path: Path
) -> None:
    release.migration()
    (tmp_path / "passphrase").write_text(secrets.token_urlsafe(18))
    backup = ["--backup", str(tmp_path / "backup"), "--passphrase-file", str(tmp_path / "passphrase")]
    with load:
        until(lambda: load.written, seconds=20, what="something is written")
        status, said = release.upgrade(*backup)
        before = load.answered
        until(lambda: load.answered > before + 20, seconds=30, what="requests are answered by the new version")
    print(f"{said}\n{load.answered} answered, slowest {load.slowest:.1f} s, failed: {load.failed[:3]}")
    assert status == 0, said
    assert load.failed[:3] == []
    assert load.noted() >= load.written > 0
    assert len(list(old.home.path.glob("before-upgrade-*/postgres/PG_VERSION"))) == 1
    assert f"VITRINA_HOME={old.home.path}" in release.settle_settings()
    assert (tmp_path / "backup").stat().st_size > 0
    assert old.unhealthy() == []
    again = old.run("up")  # by habit, in the old folder
    assert again.status == 0
    assert "running already" in again.said
    old.down()
    refused = old.run("up")
    assert refused.status == 1
    assert "made by a newer version" in refused.said
