"""How long the system takes for what a page asked of it, apart from the browser: the same requests are sent again.

A page asks for several things at once, and a question takes several steps: an answer takes the slowest request of each
step, one step after the other.
"""

import time
from collections.abc import Callable, Sequence
from typing import Final

import httpx
from playwright.sync_api import Request

TIMES: Final = 20
ROUNDS: Final = 3
"""The first round within the limit counts: the machine does other things, too."""
REPEATED_HEADERS: Final = ("content-type", "if-match")
_PERCENTILE: Final = 0.95
_IN_PARTS: Final = ("text/event-stream", "text/csv")
_LIVE: Final = "/api/v1/stream"


def path_of(request: Request) -> str | None:
    """With its query; None for what is no question to the API, and for the live stream, which nobody waits for."""
    path = httpx.URL(request.url).raw_path.decode()
    return path if path.startswith("/api/") and not path.startswith(_LIVE) else None


def expect_answers_within(limit_ms: float, client: httpx.Client, steps: Sequence[Sequence[str]]) -> None:
    """`steps`: of each step of a question the paths that it asked for."""
    expect_within(limit_ms, lambda: sum(max(_read_ms(client, path) for path in paths) for paths in steps))


def expect_within(limit_ms: float, take_ms: Callable[[], float], times: int = TIMES) -> None:
    """`take_ms` does it once and returns milliseconds: 95 % of them are within the limit in one round of three."""
    p95s: list[float] = []
    while len(p95s) < ROUNDS and (not p95s or p95s[-1] > limit_ms):
        took = sorted(take_ms() for _ in range(times))
        p95s.append(took[int(len(took) * _PERCENTILE) - 1])
    print(f"the system's part: p95 {p95s[-1]:.0f} ms of {limit_ms:.0f}")
    assert p95s[-1] <= limit_ms, f"p95 of each round in ms: {p95s}"


def sent_ms(client: httpx.Client, request: Request) -> float:
    """Sends what a page sent, again."""
    headers = {name: value for name in REPEATED_HEADERS if (value := request.headers.get(name)) is not None}
    began = time.monotonic()
    client.request(request.method, request.url, headers=headers, content=request.post_data_buffer).raise_for_status()
    return (time.monotonic() - began) * 1000


def _read_ms(client: httpx.Client, path: str) -> float:
    """Until all of it is there; of what comes in parts, the first."""
    began = time.monotonic()
    with client.stream("GET", path) as answer:
        answer.raise_for_status()
        if answer.headers["content-type"].startswith(_IN_PARTS):
            next(answer.iter_bytes())
        else:
            answer.read()
    return (time.monotonic() - began) * 1000
