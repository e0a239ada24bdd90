"""A simulator that says what a real vendor once said: a recording of `vitrina probe`, played back.

python -m vitrina_sdk.testing.replay RECORDING --port 0
"""

import sys
from pathlib import Path
from typing import Self
from urllib.parse import parse_qsl

import msgspec

from vitrina_sdk.probe.exchange import Exchange, Recording
from vitrina_sdk.testing.fleet import make_fleet
from vitrina_sdk.testing.simulator import Answer, Request, run_simulator

_NOT_RECORDED = Answer(404, b'{"error":"this was not asked when the recording was made"}')


class RecordedVendor:
    """Implements `VendorApi`. A question asked several times gets its answers in turn, the last one for ever."""

    faults: frozenset[str] = frozenset()

    def __init__(self, recording: Recording) -> None:
        self.fleet = make_fleet(0, seed=1, macs=False)
        self._answers: dict[bytes, list[Exchange]] = {}
        for exchange in recording.exchanges:
            key = _key(exchange.method, exchange.path, exchange.query, exchange.asked)
            self._answers.setdefault(key, []).append(exchange)

    @classmethod
    def load(cls, path: Path) -> Self:
        """Raises `msgspec.DecodeError` for a file that is no recording."""
        return cls(msgspec.json.decode(path.read_bytes(), type=Recording))

    def answer(self, request: Request, _faults: frozenset[str]) -> Answer:
        asked = msgspec.json.decode(request.body) if request.body else None
        known = self._answers.get(_key(request.method, request.path, parse_qsl(request.query), asked))
        if known is None:
            return _NOT_RECORDED
        exchange = known.pop(0) if len(known) > 1 else known[0]
        headers = tuple((name.encode(), value.encode()) for name, value in exchange.rate_headers.items())
        return Answer(exchange.status, msgspec.json.encode(exchange.answered), headers)

    def control(self, _request: Request) -> Answer | None:
        return None


def _key(method: str, path: str, query: list[tuple[str, str]], asked: object) -> bytes:
    return msgspec.json.encode([method, path, query, asked], order="deterministic")


if __name__ == "__main__":
    recorded = RecordedVendor.load(Path(sys.argv[1]))
    run_simulator(lambda *_: recorded, [*sys.argv[2:], "--flip-per-minute", "0"])
