"""What a page costs before it shows: bytes of code, and requests of data."""

import gzip
from collections.abc import Callable
from urllib.parse import urlsplit

import httpx
import pytest
from playwright.sync_api import Request, expect
from vitrina_e2e.pages import Tab
from vitrina_e2e.system import System
from vitrina_e2e.vendors import Vendor
from vitrina_e2e.web_pages import WebPage, web_pages

pytestmark = pytest.mark.e2e
MOST_JS = 200_000
MOST_CSS = 25_000
MOST_REQUESTS = 4
LIVED_IN = {"overview", "devices", "device", "exporters", "exporter"}
SHELL = {"/api/auth/refresh", "/api/v1/stream"}
"""The session and the live stream: counted where people are all day, apart from the page's data elsewhere."""
REPEATED = {"/api/v1/overview"}
"""Read anew as soon as a live change is told: once counts, the rest is not what the page needs to show."""


class Loads:
    """Asks for pages with an empty cache and keeps what each asked for."""

    def __init__(self, tab: Tab) -> None:
        self._tab = tab
        self._asked: list[Request] = []
        tab.page.on("request", lambda request: self._asked.append(request))  # noqa: PLW0108 - Playwright wraps no builtin

    def of(self, page: WebPage) -> tuple[list[str], set[str]]:
        """Paths of the requests to the API, and addresses of the files, until the page showed its data."""
        self._asked.clear()
        page.open(self._tab)
        asked = list(self._asked)
        data = [urlsplit(each.url).path for each in asked if "/api/" in each.url]
        apart = set() if page.name in LIVED_IN else SHELL
        once = [
            path
            for place, path in enumerate(data)
            if path not in apart and (path not in REPEATED or path not in data[:place])
        ]
        return once, {each.url for each in asked if "/assets/" in each.url}


@pytest.fixture
def pages(vendors: dict[str, Vendor]) -> tuple[WebPage, ...]:
    vendor = vendors["addreality"]
    return web_pages((vendor.platform, vendor.source, vendor.some("offline")[0]))


@pytest.mark.parametrize("locale", [pytest.param("en-US", marks=pytest.mark.long), "ru-RU"])
def test_a_page_is_light_and_asks_for_little(
    locale: str, new_tab: Callable[..., Tab], system: System, pages: tuple[WebPage, ...]
) -> None:
    tab = new_tab(locale=locale)
    tab.sign_in("admin", system.password)
    expect(tab.heading).to_be_visible()
    loads = Loads(tab)
    sizes = Sizes()
    heavy: list[str] = []
    for page in pages:
        data, files = loads.of(page)
        js = sum(sizes.compressed(file) for file in files if file.endswith(".js"))
        css = sum(sizes.compressed(file) for file in files if file.endswith(".css"))
        print(f"{page.name}: {len(data)} requests, {js / 1000:.1f} kB JS, {css / 1000:.1f} kB CSS")
        if js > MOST_JS or css > MOST_CSS or len(data) > MOST_REQUESTS:
            heavy.append(f"{page.name}: {js} B JS, {css} B CSS, requests {data}")
    assert heavy == []


class Sizes:
    def __init__(self) -> None:
        self._known: dict[str, int] = {}

    def compressed(self, url: str) -> int:
        if url not in self._known:
            self._known[url] = len(gzip.compress(httpx.get(url, trust_env=False).raise_for_status().content))
        return self._known[url]


def test_nothing_comes_from_outside_and_no_script_is_in_the_page(admin_tab: Tab, system: System) -> None:
    hosts: set[str] = set()
    admin_tab.page.on("request", lambda request: hosts.add(urlsplit(request.url).netloc))
    answer = admin_tab.page.goto(f"{system.url}/devices")
    assert answer is not None
    policy = dict(part.strip().split(" ", 1) for part in answer.headers["content-security-policy"].split(";") if part)
    expect(admin_tab.page.locator("tr[data-device]").first).to_be_visible()
    assert hosts == {urlsplit(system.url).netloc}
    assert policy.get("script-src", policy["default-src"]) == "'self'"
