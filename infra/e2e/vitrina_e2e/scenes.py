"""What opens above a page of the web UI, for tests that look at everything; by the words of both languages."""

import re
from collections.abc import Callable
from dataclasses import dataclass

from playwright.sync_api import Locator, Page, expect

from vitrina_e2e.pages import Tab


@dataclass(frozen=True)
class Scene:
    """`act`: from the page, once it shows data, to what is looked for; answers with what is there then."""

    name: str
    path: str
    act: Callable[[Page], Locator]
    on_phones: bool = True

    def open(self, tab: Tab) -> None:
        tab.open(self.path)
        expect(self.act(tab.page)).to_be_visible()


def scenes(source: str, user: str) -> tuple[Scene, ...]:
    """`source`: one whose devices are a list that people give; `user`: somebody who is not the admin."""
    devices = f"/devices?source={source}"
    return (
        Scene("devices-chosen", devices, _chosen, on_phones=False),
        Scene("devices-facts", devices, lambda page: _of_chosen(page, "Facts…|Сведения…"), on_phones=False),
        Scene("devices-silence", devices, lambda page: _of_chosen(page, "Silence…|Заглушить…"), on_phones=False),
        Scene("devices-work", devices, lambda page: _of_chosen(page, "Take care…|Взять в работу…"), on_phones=False),
        Scene("devices-upload", devices, _facts_upload, on_phones=False),
        Scene("devices-in-work", "/devices?work=acknowledged,in_repair,closed", lambda page: page.locator("main")),
        Scene("devices-none", "/devices?search=nothing+like+this", lambda page: page.locator("main h2")),
        Scene(
            "add-devices", "/exporters", lambda page: _dialog(page, f"(Add devices to|Добавить устройства в) {source}$")
        ),
        Scene("delete-source", "/exporters", lambda page: _dialog(page, f"(Delete source|Удалить источник) {source}$")),
        Scene("silences", "/alerts?show=silences", lambda page: page.locator("main li, main h2").first),
        Scene("new-user", "/users", lambda page: _dialog(page, "^(New user|Новый пользователь)$")),
        Scene(
            "reset-password", "/users", lambda page: _dialog(page, f"(Reset the password of|Сбросить пароль:) {user}$")
        ),
        Scene("second-factor", "/settings", lambda page: _dialog(page, "^(Set up|Включить)$")),
        Scene("shortcuts", "/overview", lambda page: _by_key(page, "Shift+Slash", page.get_by_role("dialog"))),
        Scene("palette", "/overview", lambda page: _by_key(page, "Control+KeyK", page.get_by_role("combobox"))),
        Scene("no-page", "/nowhere", lambda page: page.locator("main h2")),
        Scene("no-device", "/devices/none/none/none", lambda page: page.locator("main h2")),
    )


def silence_of_alert() -> Scene:
    """Where an alert is firing."""
    return Scene("silence-alert", "/alerts", lambda page: _dialog(page, "^(Silence|Заглушить)$"))


def _press(page: Page, words: str) -> None:
    page.get_by_role("button", name=re.compile(words)).first.click()


def _dialog(page: Page, words: str) -> Locator:
    _press(page, words)
    return page.get_by_role("dialog")


def _chosen(page: Page) -> Locator:
    page.locator("thead input[type=checkbox]").check()
    return page.get_by_role("region", name=re.compile("Selected devices|Выбранные устройства"))


def _of_chosen(page: Page, words: str) -> Locator:
    expect(_chosen(page)).to_be_visible()
    return _dialog(page, words)


def _facts_upload(page: Page) -> Locator:
    _press(page, "^(Facts|Сведения)$")
    return _dialog(page, "Upload|Загрузить")


def _by_key(page: Page, key: str, shown: Locator) -> Locator:
    expect(page.locator("h1")).to_be_visible()
    page.keyboard.press(key)
    return shown
