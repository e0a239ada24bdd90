"""A port nobody listens on, for a server that may be stopped and come back to it."""

import secrets
import socket
from contextlib import suppress
from typing import Final

_RANGE: Final = range(10_000, 18_000)
"""Below those that a kernel gives to outgoing connections by itself: one of them might take the port meanwhile."""


def free_port() -> int:
    while True:
        port = secrets.choice(_RANGE)
        with socket.socket() as probe, suppress(OSError):
            probe.bind(("127.0.0.1", port))
            return port
