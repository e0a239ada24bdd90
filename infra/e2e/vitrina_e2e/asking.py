"""Somebody with a question, in a browser, whose steps are counted: a click, a key, or a word typed."""

import time

from playwright.sync_api import Locator, expect

from vitrina_e2e.pages import Tab

MOST_TABS = 60


class Asking:
    """Somebody at the overview with a question, whose steps are counted."""

    def __init__(self, tab: Tab, language: str) -> None:
        self.tab = tab
        self.page = tab.page
        self.language = language
        self.steps = 0
        self._began = time.monotonic()

    def click(self, what: Locator) -> None:
        self.steps += 1
        what.click()

    def press(self, key: str) -> None:
        self.steps += 1
        self.page.keyboard.press(key)

    def find(self, text: str, entry: str) -> None:
        """By the palette: opens it, types, goes down to the entry, takes it."""
        self.press("Control+KeyK")
        expect(self.page.get_by_role("combobox")).to_be_focused()
        self.steps += 1
        self.page.keyboard.type(text)
        wanted = self.page.locator(f'[data-entry="{entry}"]')
        expect(wanted).to_be_visible()
        while wanted.get_attribute("aria-selected") != "true":
            self.press("ArrowDown")
        self.press("Enter")

    def reach(self, what: Locator) -> None:
        """By the Tab key, as somebody without a mouse."""
        for _ in range(MOST_TABS):
            if what.evaluate("element => element === document.activeElement"):
                return
            self.press("Tab")
        raise AssertionError(f"{what} is not reached by {MOST_TABS} Tabs")

    def type(self, text: str) -> None:
        self.steps += 1
        self.page.keyboard.type(text)

    def write(self, into: Locator, text: str, *, by: str) -> None:
        """Into a field that is there, by keyboard or mouse."""
        if by == "keyboard":
            self.reach(into)
        else:
            self.steps += 1
            into.click(position={"x": 12, "y": 12})  # a field for a time has parts: its first one
        self.type(text)

    def choose(self, what: Locator, *, by: str) -> None:
        """A button or a link."""
        if by == "keyboard":
            self.reach(what)
            self.press("Enter")
        else:
            self.click(what)

    def answered(self, within_steps: int) -> None:
        print(f"{self.steps} steps, {time.monotonic() - self._began:.1f} s with the browser's own")
        assert self.steps <= within_steps
