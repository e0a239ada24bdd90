"""Receives Alertmanager's webhooks and remembers them; serves a page of metrics that a test writes."""

import json
import threading
import time
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass(frozen=True)
class Notification:
    """One call of a webhook. `alerts` are all alerts of the group, with the status that it tells of each."""

    path: str
    status: str
    alerts: tuple[tuple[str, str, tuple[tuple[str, str], ...]], ...]
    """Name, status (firing or resolved) and labels."""
    at: float = field(compare=False)
    """Monotonic seconds."""

    def names(self, status: str = "firing") -> list[str]:
        return sorted(name for name, told, _ in self.alerts if told == status)


class Receiver:
    """`page` is what GET answers, as a target of Prometheus."""

    def __init__(self) -> None:
        self.page = ""
        self.notifications: list[Notification] = []
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                receiver.notifications.append(_read(self.path, json.loads(body)))
                self._answer(b"")

            def do_GET(self) -> None:
                self._answer(receiver.page.encode())

            def _answer(self, body: bytes) -> None:
                self.send_response(200)
                self.send_header("Content-Type", "text/plain; version=0.0.4")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_: object) -> None:
                """Says nothing: the base class writes every request to stderr."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)
        self._thread.start()

    @property
    def address(self) -> str:
        return f"127.0.0.1:{self._server.server_address[1]}"

    def told(self, path: str = "/people") -> list[Notification]:
        return [each for each in list(self.notifications) if each.path == path]

    def about(self, **labels: str) -> list[tuple[str, str]]:
        """Name and status of every alert with these labels that people were told of, in order."""
        wanted = set(labels.items())
        return [(name, status) for each in self.told() for name, status, found in each.alerts if wanted <= set(found)]

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join(5)


def _read(path: str, payload: Any) -> Notification:
    alerts = tuple(
        (alert["labels"]["alertname"], alert["status"], tuple(sorted(alert["labels"].items())))
        for alert in payload["alerts"]
    )
    return Notification(path, payload["status"], alerts, time.monotonic())
