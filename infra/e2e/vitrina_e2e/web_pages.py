"""Every page of the web UI, for tests that look at all of them."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from urllib.parse import quote

from playwright.sync_api import Locator, Page, expect
from vitrina_contracts.device import DeviceKey

from vitrina_e2e.pages import Tab

Ready = Callable[[Page], Locator]


@dataclass(frozen=True)
class WebPage:
    """`ready`: what is there once the page shows data and not its skeleton."""

    name: str
    path: str
    ready: Ready
    for_admins: bool = False

    def open(self, tab: Tab) -> None:
        tab.open(self.path)
        expect(self.ready(tab.page)).to_be_visible()


def web_pages(device: DeviceKey) -> tuple[WebPage, ...]:
    """`device`: the one whose page is among them."""
    return (
        WebPage("overview", "/overview", lambda page: page.locator("a[data-status=online]").first),
        WebPage("devices", "/devices", lambda page: page.locator("tr[data-device]").first),
        WebPage("drawer", f"/devices?device={quote('/'.join(device))}", _dialog_strip),
        WebPage("device", device_path(device), lambda page: page.locator("main [role=img]").first),
        WebPage("exporters", "/exporters", lambda page: page.locator("[data-source]").first),
        WebPage("exporters-table", "/exporters?as=table", lambda page: page.locator("tr[data-exporter]").first),
        WebPage("exporter", f"/exporters/{device[0]}", lambda page: page.locator("[data-source-health]").first),
        WebPage("sources", f"/exporters/{device[0]}?tab=sources", lambda page: page.locator("[data-source]").first),
        WebPage(
            "exporter-devices",
            f"/exporters/{device[0]}?tab=devices",
            lambda page: page.locator("main section li").first,
        ),
        WebPage("log", f"/exporters/{device[0]}?tab=logs", lambda page: page.get_by_role("log"), for_admins=True),
        WebPage("history", f"/exporters/{device[0]}?tab=history", _first_revision, for_admins=True),
        WebPage("new-source", f"/exporters/{device[0]}/sources/new", _form, for_admins=True),
        WebPage("edit-source", f"/exporters/{device[0]}/sources/{device[1]}", _form, for_admins=True),
        WebPage("alerts", "/alerts", lambda page: page.locator("main p a").first),
        WebPage("windows", "/alerts?show=windows", lambda page: page.get_by_role("heading", level=1)),
        WebPage("notifications", "/notifications", lambda page: page.locator("main section h2").first, for_admins=True),
        WebPage("users", "/users", lambda page: page.locator("tr[data-user]").first, for_admins=True),
        WebPage("clients", "/clients", lambda page: page.get_by_role("heading", level=1), for_admins=True),
        WebPage("availability", "/availability", lambda page: page.locator("main h2, main tbody tr").first),
        WebPage("storage", "/storage", lambda page: page.locator("main h2").first, for_admins=True),
        WebPage("audit", "/audit", lambda page: page.locator("tbody tr").first, for_admins=True),
        WebPage("audit-people", "/audit?kind=people", lambda page: page.locator("tbody tr").first, for_admins=True),
        WebPage("settings", "/settings", lambda page: page.locator("input[name=grafana]")),
    )


def device_path(device: DeviceKey) -> str:
    platform, source, device_id = device
    return f"/devices/{platform}/{source}/{quote(device_id)}"


def _dialog_strip(page: Page) -> Locator:
    return page.get_by_role("dialog").locator("[role=img]").first


def _first_revision(page: Page) -> Locator:
    return page.locator("[data-revision]").first


def _form(page: Page) -> Locator:
    return page.locator("main form")


def looks() -> Iterator[Mapping[str, str]]:
    """Options of a browser's context for both languages and both themes."""
    for locale in ("en-US", "ru-RU"):
        for scheme in ("light", "dark"):
            yield {"locale": locale, "color_scheme": scheme}
