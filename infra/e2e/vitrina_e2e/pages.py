"""The pages as a person uses them: by labels and roles, in English unless another language was chosen."""

import re
from typing import Final

from playwright.sync_api import Locator, Page, expect
from vitrina_contracts.device import DeviceKey

WORDS: Final = {
    "en": {"devices": "Devices", "online": "Online", "offline": "Offline", "unknown": "Unknown"},
    "ru": {"devices": "Устройства", "online": "В сети", "offline": "Не в сети", "unknown": "Неизвестно"},  # noqa: RUF001 - Russian
}
LOCALES: Final = {"en": "en-US", "ru": "ru-RU"}
"""Of a browser, by the language that it asks for."""

_TROUBLE: Final = 500


class Tab:
    """One person's tab of a browser. What went wrong in it is printed: pytest shows that with a test that fails."""

    def __init__(self, page: Page, url: str) -> None:
        self.page = page
        self.url = url
        page.on("pageerror", lambda error: print(f"error in the page: {error}"))
        page.on(
            "requestfailed", lambda request: print(f"not answered: {request.method} {request.url} {request.failure}")
        )
        page.on(
            "response", lambda answer: print(f"{answer.status} {answer.url}") if answer.status >= _TROUBLE else None
        )

    def open(self, path: str) -> None:
        self.page.goto(f"{self.url}{path}")

    def sign_in(self, username: str, password: str, *, at: str = "/") -> None:
        self.open(at)
        self.give_credentials(username, password)
        expect(self.page.get_by_role("navigation")).to_be_visible()

    def give_credentials(self, username: str, password: str) -> None:
        self.page.locator("input[name=username]").fill(username)
        self.page.locator("input[name=password]").fill(password)
        self.page.locator("button[type=submit]").click()

    def choose_language(self, language: str) -> None:
        self.page.get_by_role("button", name=re.compile(rf"^{language.upper()}\b")).click()

    @property
    def heading(self) -> Locator:
        return self.page.get_by_role("heading", level=1)

    def mark(self) -> None:
        """Leaves something in the document that a reload would take away."""
        self.page.evaluate("window.markedByTest = true")

    @property
    def is_marked(self) -> bool:
        return self.page.evaluate("window.markedByTest") is True


class DevicesPage:
    def __init__(self, tab: Tab) -> None:
        self._tab = tab
        self._page = tab.page
        self.search: Locator = self._page.locator("input[name=search]")
        self.table: Locator = self._page.get_by_role("table")
        self.rows: Locator = self.table.locator("tr[data-device]")
        self.total: Locator = self._page.locator("output")

    def open(self, query: str = "") -> None:
        self._tab.open(f"/devices{query}")
        expect(self.rows.first).to_be_visible()

    def row(self, key: DeviceKey) -> Locator:
        """Only rows in sight are in the document: search first."""
        return self.table.locator(f'tr[data-device="{"/".join(key)}"]')

    def statuses(self) -> list[str]:
        """Of the rows in sight."""
        return [str(row.get_attribute("data-status")) for row in self.rows.all()]

    def facet(self, status: str) -> Locator:
        """The filter button of a status, with its count."""
        return self._page.locator(f"button[data-status={status}]")


class ExportersPage:
    def __init__(self, tab: Tab) -> None:
        self._tab = tab
        self._page = tab.page

    def open(self) -> None:
        self._tab.open("/exporters")
        expect(self._page.locator("[data-exporter]").first).to_be_visible()

    @property
    def names(self) -> list[str]:
        return [str(card.get_attribute("data-exporter")) for card in self._page.locator("[data-exporter]").all()]

    def card(self, exporter: str) -> Locator:
        return self._page.locator(f'[data-exporter="{exporter}"]')

    def source(self, name: str) -> Locator:
        return self._page.locator(f'[data-source="{name}"]')

    def press(self, exporter: str, button: str) -> None:
        self.card(exporter).get_by_role("button", name=button, exact=True).click()

    def add_source(self, exporter: str) -> "SourceForm":
        self.card(exporter).get_by_role("link", name="Add source").click()
        return SourceForm(self._page)

    def delete_source(self, name: str) -> None:
        """Presses the bin, types the name, confirms."""
        self._page.get_by_role("button", name=f"Delete source {name}").click()
        dialog = self._page.get_by_role("dialog")
        dialog.get_by_role("textbox").fill(name)
        dialog.get_by_role("button", name="Delete the source").click()


class SourceForm:
    def __init__(self, page: Page) -> None:
        self._page = page
        self.faults: Locator = page.get_by_role("alert").get_by_role("listitem")

    def fill(self, **fields: str) -> None:
        """By the names of the fields, such as `api_url`; a list has an entry a line."""
        for name, text in fields.items():
            self._page.locator(f"[name={name}]").fill(text)

    def save(self) -> None:
        self._page.get_by_role("button", name="Add the source").click()

    def expect_saved(self) -> None:
        expect(self._page).to_have_url(re.compile(r"/exporters$"))
