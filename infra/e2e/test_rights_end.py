"""Whoever is disabled or demoted is out within seconds: the live streams end, and so does what was signed before."""

import secrets
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from threading import Thread
from typing import Any, Self

import httpx
import pytest
from vitrina_e2e.people import REGISTRY, WHATEVER, Person
from vitrina_e2e.system import System
from vitrina_e2e.vendors import Vendor
from vitrina_e2e.waiting import until

pytestmark = [pytest.mark.e2e, pytest.mark.long]
WITHIN = 5
DEVICES, LOG = "/api/v1/stream", f"{REGISTRY}/exporters/addreality/logs/stream?tail=1"


class Listener:
    """Reads a live stream until the server ends it."""

    def __init__(self, url: str, headers: dict[str, str]) -> None:
        self.has_begun = False
        self.ended_at: float | None = None
        self._has_left = False
        self._client = httpx.Client(timeout=30, trust_env=False)
        self._asked: dict[str, Any] = {"url": url, "headers": headers}
        self._thread = Thread(target=self._listen, daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        until(lambda: self.has_begun, seconds=15, what="the stream begins")
        return self

    def __exit__(self, *_: object) -> None:
        self._has_left = True
        self._thread.join()
        self._client.close()

    def _listen(self) -> None:
        with self._client.stream("GET", **self._asked) as answer:
            for _ in answer.iter_raw():
                self.has_begun = True
                if self._has_left:  # a tick comes every two seconds, so this is noticed soon
                    return
        self.ended_at = time.monotonic()


@pytest.fixture
def make_user(admin: Person, people: Callable[[str, str | None], Person]) -> Iterator[Callable[..., Person]]:
    """Users as an admin makes them; gone afterwards."""
    names: list[str] = []

    def make(role: str, **rights: Any) -> Person:
        name, password = f"{role}-{secrets.token_hex(4)}", secrets.token_urlsafe(18)
        body = {"username": name, "password": password, "role": role, "must_change_password": False} | rights
        assert admin.ask("POST", "/api/auth/users", json=body).status_code == 201
        names.append(name)
        return people(name, password)

    yield make
    for name in names:
        assert admin.ask("DELETE", f"/api/auth/users/{name}", headers=WHATEVER).is_success


def test_streams_of_a_disabled_and_of_a_demoted_user_end_within_five_seconds(
    system: System, admin: Person, make_user: Callable[..., Person], vendors: dict[str, Vendor]
) -> None:
    source = vendors["addreality"].source
    disabled, demoted = make_user("manager", sources=[source]), make_user("admin")
    untouched = make_user("manager", sources=[source])
    made = disabled.ask("POST", "/api/auth/me/tokens", json={"name": "wall"}).raise_for_status()
    by_api_token = {"Authorization": f"Bearer {made.json()['value']}"}
    opened = [
        (DEVICES, disabled.authorization()),
        (DEVICES, by_api_token),
        (DEVICES, demoted.authorization()),
        (LOG, demoted.authorization()),
    ]
    with ExitStack() as streams:
        listeners = [streams.enter_context(Listener(f"{system.url}{path}", dict(headers))) for path, headers in opened]
        goes_on = streams.enter_context(Listener(f"{system.url}{DEVICES}", dict(untouched.authorization())))
        for person, change in ((disabled, {"disabled": True}), (demoted, {"role": "manager", "sources": []})):
            path = f"/api/auth/users/{person.username}"
            assert admin.ask("PATCH", path, json=change, headers=WHATEVER).is_success
        changed = time.monotonic()
        until(lambda: all(each.ended_at for each in listeners), seconds=15, what="the streams end")
        assert max(each.ended_at or 0 for each in listeners) - changed < WITHIN
        assert goes_on.ended_at is None
    for path, headers in opened:
        answer = httpx.get(f"{system.url}{path}", headers=headers, timeout=15, trust_env=False)
        assert answer.status_code == 401, (path, answer.text)
    assert untouched.overview()["totals"]["total"] == len(vendors["addreality"].truth())
