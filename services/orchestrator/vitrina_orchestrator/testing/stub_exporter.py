"""An exporter of the standard library alone: obeys the contracts of configuration, `/status` and signals.

Sources steer it: `config.fail` makes the source fail with that reason, `config.exit` ends the process with that code.
"""

import hashlib
import json
import os
import signal
import sys
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

CONFIG_DIR = Path(os.environ["VITRINA_CONFIG_DIR"])


def say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def present_config() -> dict[str, Any] | None:
    try:
        current = json.loads((CONFIG_DIR / "current").read_bytes())
        content = (CONFIG_DIR / current["file"]).read_bytes()
    except FileNotFoundError:
        return None
    if hashlib.sha256(content).hexdigest() != current["sha256"]:
        return None
    config: dict[str, Any] = json.loads(content)
    return config


def status() -> dict[str, Any]:
    config = present_config()
    sources = config["sources"] if config else []
    return {
        "exporter": config["exporter"] if config else "unknown",
        "platform": config["platform"] if config else "unknown",
        "version": "1",
        "config_revision": config["revision"] if config else None,
        "sources": [
            {"name": source["name"], "up": "fail" not in source["config"], "reason": source["config"].get("fail")}
            for source in sources
        ],
    }


class Handler(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        body = json.dumps(status()).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_arguments: object) -> None:
        return


def obey() -> None:
    """A configuration may ask for the end."""
    while True:
        for source in (present_config() or {"sources": []})["sources"]:
            if "exit" in source["config"]:
                say("cannot go on: asked to end")
                os._exit(source["config"]["exit"])
        time.sleep(0.02)


def main() -> None:
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    address = os.environ["VITRINA_EXPORTER_HOST"], int(os.environ["VITRINA_EXPORTER_PORT"])
    say(f"stub exporter listens on {address[1]}")
    threading.Thread(target=obey, daemon=True).start()  # only now: its last words have to be the last
    ThreadingHTTPServer(address, Handler).serve_forever()


if __name__ == "__main__":
    main()
