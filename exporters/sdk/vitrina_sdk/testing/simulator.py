"""Simulator of a vendor: a real HTTP server with the vendor's API, a truth, and faults on demand under `/control`.

    python -m vitrina_<platform>.simulator --host 127.0.0.1 --port 0 --devices 1000 --seed 1

prints `{"listening": PORT}` once it answers. Plain ASGI on uvicorn, so that a hundred requests a second cost next to
nothing.

GET /control/devices                 [{id, name, status}], the truth; status is the vendor's word
POST /control/devices/{id}           {"status"?, "name"?} changes it; DELETE removes the device
POST /control/faults                 {"kind", "share"?, "tenant"?, "retry_after"?, "seconds"?}; GET, DELETE: list, end
GET /control/requests                {"count", "max_per_second"} since the start

Each path of the vendor also answers below `/as/<tenant>`, and a fault with that tenant hits only those requests.
"""

import argparse
import asyncio
import functools
import gzip
import itertools
import json
import signal
import sys
import time
from collections import deque
from collections.abc import Callable, Generator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final, NamedTuple, Protocol

import msgspec
import uvicorn
import uvloop

from vitrina_sdk.server import Receive, Scope, Send
from vitrina_sdk.testing.faults import Fault, Faults
from vitrina_sdk.testing.fleet import Fleet, SimulatedDevice
from vitrina_sdk.testing.incident import KINDS, befall, flap

JSON: Final = b"application/json"
_REMEMBERED_REQUESTS: Final = 100_000
_PIECE: Final = b" " * 65_536
_BIG: Final = 3_200 * len(_PIECE)


class Request(NamedTuple):
    method: str
    path: str
    query: str
    headers: Mapping[bytes, bytes]
    body: bytes


class Answer(NamedTuple):
    status: int
    body: bytes
    headers: tuple[tuple[bytes, bytes], ...] = ()
    content_type: bytes = JSON


class VendorApi(Protocol):
    """A vendor's part of a simulator."""

    fleet: Fleet
    faults: frozenset[str]
    """Kinds of faults of its content."""

    def answer(self, request: Request, faults: frozenset[str]) -> Answer:
        """What the vendor says; `faults` are those of its own that hit this request."""
        ...

    def control(self, request: Request) -> Answer | None:
        """Further paths under `/control`; null for those it does not have."""
        ...


class Simulator:
    """The ASGI application."""

    def __init__(self, vendor: VendorApi, seed: int) -> None:
        self._vendor = vendor
        self._faults = Faults(vendor.faults, seed)
        self._times: deque[float] = deque(maxlen=_REMEMBERED_REQUESTS)
        self._count = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return
        body = await _body(receive) if scope["method"] != "GET" else b""
        request = Request(
            scope["method"], scope["path"], scope["query_string"].decode("latin-1"), dict(scope["headers"]), body
        )
        if request.path.startswith("/control/"):
            await _send(send, self._control(request))
            return
        tenant = ""
        if request.path.startswith("/as/"):
            _, _, tenant, path = request.path.split("/", 3)
            request = request._replace(path=f"/{path}")
        self._count += 1
        self._times.append(time.monotonic())
        await self._answer(request, tenant, receive, send)

    async def _answer(self, request: Request, tenant: str, receive: Receive, send: Send) -> None:
        hitting = self._faults.hitting(tenant)
        for fault in hitting:
            if fault.kind == "latency":
                await asyncio.sleep(fault.seconds)
            elif fault.kind in _REPLACED:
                await _send(send, _REPLACED[fault.kind](fault))
                return
            elif fault.kind in _BROKEN:
                answer = self._vendor.answer(request, frozenset())
                await _BROKEN[fault.kind](answer, receive, send)
                return
        of_content = self._vendor.faults.intersection(fault.kind for fault in hitting)
        await _send(send, self._vendor.answer(request, of_content))

    def _control(self, request: Request) -> Answer:
        try:
            return self._vendor.control(request) or self._common_control(request)
        except (msgspec.DecodeError, msgspec.ValidationError, ValueError) as error:
            return _json(422, {"error": str(error)})
        except KeyError:
            return _json(404, {"error": "No such device"})

    def _common_control(self, request: Request) -> Answer:
        match request.path.split("/")[2:]:
            case ["devices"]:
                return _json(200, [_truth(device) for device in self._vendor.fleet.devices])
            case ["devices", device_id]:
                return self._control_device(request, self._vendor.fleet.by_id[device_id])
            case ["faults"]:
                return self._control_faults(request)
            case ["requests"]:
                return _json(200, {"count": self._count, "max_per_second": _busiest_second(self._times)})
        return _json(404, {"error": "No such control"})

    def _control_device(self, request: Request, device: SimulatedDevice) -> Answer:
        if request.method == "DELETE":
            self._vendor.fleet.remove(device)
        elif request.method == "POST":
            self._change(device, msgspec.json.decode(request.body, type=dict[str, str]))
        return _json(200, _truth(device))

    def _control_faults(self, request: Request) -> Answer:
        if request.method == "DELETE":
            self._faults.clear()
        elif request.method == "POST":
            self._faults.add(msgspec.json.decode(request.body, type=Fault))
        return _json(200, self._faults.listed())

    def _change(self, device: SimulatedDevice, wanted: dict[str, str]) -> None:
        if "status" in wanted:
            self._vendor.fleet.set_status(device, wanted["status"])
        if "name" in wanted:
            self._vendor.fleet.rename(device, wanted["name"])


def run_simulator(make_vendor: Callable[[int, int, Path | None], VendorApi], arguments: list[str]) -> None:
    """Serves `make_vendor(devices, seed, token_file)` until SIGTERM or SIGINT."""
    parser = argparse.ArgumentParser(description="Simulator of a vendor's API")
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, required=True, help="0 takes a free one")
    parser.add_argument("--devices", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--token-file", type=Path, help="the only token that is accepted; without it any is")
    parser.add_argument("--flip-per-minute", type=float, default=3.0, help="0 turns it off")
    parser.add_argument("--incident", choices=KINDS, action="append", default=[], help="what has befallen the fleet")
    parser.add_argument(
        "--incident-began", type=float, default=time.time(), help="Unix seconds; the demo's first start"
    )
    given = parser.parse_args(arguments)
    vendor = make_vendor(given.devices, given.seed, given.token_file)
    if given.incident:
        befall(vendor.fleet, given.incident, given.incident_began)
    uvloop.run(_serve(Simulator(vendor, given.seed), vendor.fleet, given))


async def _serve(app: Simulator, fleet: Fleet, given: argparse.Namespace) -> None:
    config = uvicorn.Config(
        app,
        host=given.host,
        port=given.port,
        access_log=False,
        log_level="critical",
        lifespan="off",
        server_header=False,
        date_header=False,
        timeout_graceful_shutdown=1,
    )
    server = _Server(config)
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, server.ask_to_end)
    changing = [fleet.flip(given.flip_per_minute)] if given.flip_per_minute > 0 else []
    changing += [flap(fleet)] if "flapper" in given.incident else []
    tasks = [asyncio.create_task(change) for change in changing]
    await server.serve()
    for task in tasks:
        task.cancel()


class _Server(uvicorn.Server):
    """Says where it listens, once it does; a signal is an ordinary end."""

    async def startup(self, sockets: list[Any] | None = None) -> None:
        await super().startup(sockets)
        if self.started:
            port = self.servers[0].sockets[0].getsockname()[1]
            sys.stdout.write(json.dumps({"listening": port}) + "\n")
            sys.stdout.flush()

    def ask_to_end(self) -> None:
        self.should_exit = True

    @contextmanager
    def capture_signals(self) -> Generator[None, None, None]:
        yield


def _truth(device: SimulatedDevice) -> dict[str, str]:
    return {"id": device.id, "name": device.name, "status": device.status}


def _busiest_second(times: deque[float]) -> int:
    """The most requests within any one second."""
    most, first = 0, 0
    listed = list(times)
    for last, moment in enumerate(listed):
        while moment - listed[first] >= 1:
            first += 1
        most = max(most, last - first + 1)
    return most


def _json(status: int, value: Any) -> Answer:
    return Answer(status, msgspec.json.encode(value))


async def _body(receive: Receive) -> bytes:
    pieces = []
    while True:
        message = await receive()
        pieces.append(message.get("body", b""))
        if not message.get("more_body"):
            return b"".join(pieces)


async def _start(send: Send, status: int, length: int | None, *headers: tuple[bytes, bytes]) -> None:
    size = ((b"content-length", b"%d" % length),) if length is not None else ()
    await send({"type": "http.response.start", "status": status, "headers": [*size, *headers]})


async def _send(send: Send, answer: Answer) -> None:
    await _start(send, answer.status, len(answer.body), (b"content-type", answer.content_type), *answer.headers)
    await send({"type": "http.response.body", "body": answer.body})


def _rate_limited(fault: Fault) -> Answer:
    headers = () if fault.retry_after is None else ((b"retry-after", b"%d" % fault.retry_after),)
    return Answer(429, b'{"error":"too many requests"}', headers)


@functools.cache
def _bomb() -> bytes:
    """128 MiB of spaces in some 130 kB."""
    return gzip.compress(b" " * (128 * 2**20), compresslevel=9)


_REPLACED: Final[dict[str, Callable[[Fault], Answer]]] = {
    "http_500": lambda _: Answer(500, b"Internal Server Error", content_type=b"text/plain"),
    "http_503": lambda _: Answer(503, b"Service Unavailable", content_type=b"text/plain"),
    "unauthorized": lambda _: Answer(401, b'{"error":"unauthorized"}'),
    "forbidden": lambda _: Answer(403, b'{"error":"forbidden"}'),
    "rate_limited": _rate_limited,
    "redirect": lambda _: Answer(302, b"", ((b"location", b"http://169.254.169.254/latest/meta-data/"),)),
    "garbage": lambda _: Answer(200, bytes(range(256)) * 4),
    "html": lambda _: Answer(200, b"<!doctype html><h1>Maintenance</h1>", content_type=b"text/html"),
    "non_utf8": lambda _: Answer(200, '{"data": "Казань"}'.encode("cp1251")),
    "no_body": lambda _: Answer(200, b""),
    "nan": lambda _: Answer(200, b'[{"status": NaN, "pagination": {"total": Infinity}, "data": [NaN]}]'),
    "deep": lambda _: Answer(200, b"[" * 200_000),
    "gzip_bomb": lambda _: Answer(200, _bomb(), ((b"content-encoding", b"gzip"),)),
}
"""Answers in place of the vendor's own."""


async def _truncate(answer: Answer, receive: Receive, send: Send) -> None:
    """Promises the whole body, sends half, closes."""
    await _start(send, answer.status, len(answer.body), (b"content-type", answer.content_type))
    await send({"type": "http.response.body", "body": answer.body[: len(answer.body) // 2], "more_body": True})
    _transport(receive).close()


async def _reset(_: Answer, receive: Receive, __: Send) -> None:
    _transport(receive).abort()


async def _hang(_: Answer, receive: Receive, __: Send) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


async def _drip(answer: Answer, _: Receive, send: Send) -> None:
    """One byte a second, valid so far."""
    await _start(send, answer.status, len(answer.body), (b"content-type", answer.content_type))
    for byte in answer.body:
        await send({"type": "http.response.body", "body": bytes((byte,)), "more_body": True})
        await asyncio.sleep(1)


async def _pour(_: Answer, receive: Receive, send: Send) -> None:
    """A body without end."""
    await _start(send, 200, None, (b"content-type", JSON))
    for _turn in itertools.count():
        if _transport(receive).is_closing():
            return
        await send({"type": "http.response.body", "body": _PIECE, "more_body": True})
        await asyncio.sleep(0)


async def _pour_much(_: Answer, receive: Receive, send: Send) -> None:
    """A body of 200 MB, announced as such."""
    await _start(send, 200, _BIG, (b"content-type", JSON))
    for _turn in range(_BIG // len(_PIECE)):
        if _transport(receive).is_closing():
            return
        await send({"type": "http.response.body", "body": _PIECE, "more_body": True})


def _transport(receive: Receive) -> asyncio.Transport:
    """ASGI has no word for breaking a connection; uvicorn's request object holds it."""
    transport: asyncio.Transport = receive.__self__.transport  # type: ignore[attr-defined] # bound method of uvicorn
    return transport


_BROKEN: Final = {
    "truncated": _truncate,
    "reset": _reset,
    "timeout": _hang,
    "slow_loris": _drip,
    "huge": _pour,
    "big": _pour_much,
}
"""Ways of sending an answer that no caller can use."""
