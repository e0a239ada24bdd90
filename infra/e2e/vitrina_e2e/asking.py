"""Somebody with a question, in a browser, whose steps are counted: a click, a key, or a word typed."""

import time
from collections import defaultdict
from typing import Final

import httpx
from playwright.sync_api import Locator, Request, expect

from vitrina_e2e.answer_times import expect_answers_within, expect_within, path_of, sent_ms
from vitrina_e2e.pages import Tab
from vitrina_e2e.people import Person

MOST_TABS: Final = 60
_SECONDS: Final = 30


class Asking:
    """Somebody at a page with a question. `person`: the same one, for the API."""

    def __init__(self, tab: Tab, language: str, person: Person) -> None:
        self.tab = tab
        self.page = tab.page
        self.language = language
        self.steps = 0
        self._person = person
        self._began = time.monotonic()
        self._questions: dict[int, list[str]] = defaultdict(list)
        self._acts: list[Request] = []
        self.page.on("request", self._hear)

    def _hear(self, request: Request) -> None:
        path = path_of(request)
        if path is None:
            return
        if request.method == "GET":
            self._questions[self.steps].append(path)
        else:
            self._acts.append(request)

    # --- steps ---

    def click(self, what: Locator) -> None:
        self.steps += 1
        what.click()

    def press(self, key: str) -> None:
        self.steps += 1
        self.page.keyboard.press(key)

    def find(self, text: str, entry: str) -> None:
        """By the palette: opens it, types, goes down to the entry, takes it."""
        self.press("Control+KeyK")
        expect(self.page.get_by_role("combobox", expanded=True)).to_be_focused()
        self.type(text)
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
        """Into a field that is there, over what stands in it, by keyboard or mouse."""
        if by == "keyboard":
            self.reach(into)
        else:
            self.steps += 1
            has_parts = into.get_attribute("type") == "time"  # the first one
            into.click(position={"x": 12, "y": 12} if has_parts else None, click_count=3)
        self.type(text)

    def choose(self, what: Locator, *, by: str) -> None:
        """A button or a link."""
        if by == "keyboard":
            self.reach(what)
            self.press("Enter")
        else:
            self.click(what)

    def select(self, field: Locator, value: str, *, by: str) -> None:
        """Of a field with choices."""
        if by == "keyboard":
            self.reach(field)
            while field.input_value() != value:
                self.press("ArrowDown")
        else:
            self.steps += 2  # opens it, takes one
            field.select_option(value)

    # --- what it took ---

    def answered(self, within_steps: int, within_ms: float) -> None:
        """`within_ms`: the system's part, 95 times of 100."""
        print(f"{self.steps} steps, {time.monotonic() - self._began:.1f} s with the browser's own")
        assert self.steps <= within_steps
        steps = [paths for _, paths in sorted(self._questions.items())]
        assert steps != [], "the page asked the system for nothing"
        with self._client() as client:
            expect_answers_within(within_ms, client, steps)

    def acted(self, path: str, within_ms: float, times: int) -> None:
        """What was sent to `path` is answered within that time, also when it is sent again."""
        (sent,) = (each for each in self._acts if httpx.URL(each.url).path == path)
        with self._client() as client:
            expect_within(within_ms, lambda: sent_ms(client, sent), times)

    def _client(self) -> httpx.Client:
        headers = self._person.authorization()
        return httpx.Client(base_url=self.tab.url, headers=headers, timeout=_SECONDS, trust_env=False)
