"""People who go on using the system while it is changed under them."""

import itertools
import threading
import time
from typing import Self

import httpx


class Load:
    """Somebody who reads and somebody who writes, request after request, each on a connection of its own."""

    def __init__(self, url: str, token: str, device: str) -> None:
        self._headers = {"Authorization": token, "Connection": "close"}
        self._url, self._facts = url, f"/api/registry/v1/facts/addreality/demo-addreality/{device}"
        self._stopped = threading.Event()
        self._threads = [threading.Thread(target=each) for each in (self._read, self._write)]
        self.failed: list[str] = []
        self.answered = 0
        self.slowest = 0.0
        self.written = 0

    def __enter__(self) -> Self:
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_error: object) -> None:
        self._stopped.set()
        for thread in self._threads:
            thread.join()

    def noted(self) -> int:
        """The note of the device, as the registry has it."""
        answer = httpx.get(self._url + self._facts, headers=self._headers, timeout=15, trust_env=False)
        return int(answer.raise_for_status().json()["note"])

    def _read(self) -> None:
        while not self._stopped.is_set():
            self._ask("GET", "/api/v1/overview")

    def _write(self) -> None:
        for number in itertools.count(1):
            if self._stopped.is_set():
                return
            if self._ask("PUT", self._facts, {"note": str(number)}):
                self.written = number

    def _ask(self, method: str, path: str, body: object = None) -> bool:
        began = time.monotonic()
        try:
            answer = httpx.request(
                method, self._url + path, json=body, headers=self._headers, timeout=120, trust_env=False
            )
            failure = None if answer.is_success else f"{answer.status_code} {answer.text[:200]}"
        except httpx.HTTPError as error:
            failure = repr(error)
        if failure:
            self.failed.append(f"{method} {path} after {time.monotonic() - began:.1f} s: {failure}")
            return False
        self.answered, self.slowest = self.answered + 1, max(self.slowest, time.monotonic() - began)
        return True
