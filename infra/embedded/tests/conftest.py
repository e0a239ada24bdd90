"""An installation in a temporary folder, nothing of it running unless a test starts it."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from vitrina_embedded import downloads
from vitrina_embedded.down import stop_everything
from vitrina_embedded.home import Home
from vitrina_embedded.installation import Installation
from vitrina_embedded.ports import choose_ports
from vitrina_embedded.secret_files import ensure_secrets
from vitrina_embedded.settings import Settings


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Home]:
    home = Home(tmp_path / "home")
    home.prepare()
    yield home
    stop_everything(home)


@pytest.fixture(scope="session")
def monitoring() -> downloads.Monitoring:
    return downloads.find_monitoring() or downloads.fetch_monitoring()


@pytest.fixture
def make_installation(home: Home, monitoring: downloads.Monitoring) -> Callable[..., Installation]:
    def make(**settings: object) -> Installation:
        given = Settings.model_validate({"home": home.path, **settings})
        secrets = ensure_secrets(home, "admin's own", subscribers=given.nats_subscribers)
        ports = choose_ports(home, reserved={given.port})
        return Installation(given, home, ports, secrets, monitoring)

    return make


@pytest.fixture
def installation(make_installation: Callable[..., Installation]) -> Installation:
    return make_installation()
