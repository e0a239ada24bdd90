"""A listener from outside, with the rights that `make up` gives to such: it reads the stream of devices, no more.

It has a thread with a loop of its own: Playwright occupies that of the main thread.
"""

import asyncio
import json
import threading
from collections.abc import Coroutine, Mapping
from pathlib import Path
from typing import Any, TypeVar

import nats
from nats.js import JetStreamContext
from nats.js.errors import NotFoundError
from vitrina_contracts.device import DeviceKey
from vitrina_contracts.subjects import DEVICES, device_status

Answer = TypeVar("Answer")

_SECONDS = 10


class BusListener:
    """Call `close` at the end."""

    def __init__(self, endpoint: Mapping[str, str]) -> None:
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()
        password = Path(endpoint["password_file"]).read_text(encoding="utf-8").strip()
        user = endpoint["user"]
        connecting = nats.connect(endpoint["url"], user=user, password=password, inbox_prefix=f"_INBOX_{user}")
        self._connection = self._wait(connecting)
        self._jetstream: JetStreamContext = self._connection.jetstream()

    def close(self) -> None:
        self._wait(self._connection.close())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(_SECONDS)
        self._loop.close()

    def stored(self, key: DeviceKey) -> int:
        """How many messages about this device the stream holds."""
        subject = device_status(key)
        info = self._wait(self._jetstream.stream_info(DEVICES.name, subjects_filter=subject))
        return (info.state.subjects or {}).get(subject, 0)

    def last(self, key: DeviceKey) -> Any:
        """Data of the newest event about this device."""
        message = self._wait(self._jetstream.get_last_msg(DEVICES.name, device_status(key), direct=True))
        return json.loads(message.data or b"")["data"]

    def chain(self, key: DeviceKey) -> list[tuple[str | None, str]]:
        """Previous and present status of every event about this device, oldest first."""
        return self._wait(self._chain(device_status(key)))

    async def _chain(self, subject: str) -> list[tuple[str | None, str]]:
        links: list[tuple[str | None, str]] = []
        sequence = 1
        while True:
            try:
                message = await self._jetstream.get_msg(DEVICES.name, sequence, subject, direct=True, next=True)
            except NotFoundError:
                return links
            event = json.loads(message.data or b"")["data"]
            links.append((event["previous"], event["device"]["status"]))
            sequence = (message.seq or 0) + 1

    def total(self) -> int:
        """Messages on the stream."""
        return int(self._wait(self._jetstream.stream_info(DEVICES.name)).state.messages)

    def _wait(self, work: Coroutine[Any, Any, Answer]) -> Answer:
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(_SECONDS)
