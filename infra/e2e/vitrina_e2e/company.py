"""A company's network around a system: its proxy, which remembers whom it was asked for, and vendors behind TLS."""

import asyncio
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from threading import Event, Thread

from vitrina_embedded.downloads import from_environment
from vitrina_sdk.testing.certificates import Issued
from vitrina_sdk.testing.proxy import Proxy

_STARTED_WITHIN = 10


@contextmanager
def running_proxy() -> Iterator[Proxy]:
    """In a loop of its own: these tests are no coroutines."""
    proxy, started, loop = Proxy("vitrina:canary-password"), Event(), asyncio.new_event_loop()
    stop = asyncio.Event()

    async def serve() -> None:
        async with proxy:
            started.set()
            await stop.wait()

    thread = Thread(target=loop.run_until_complete, args=(serve(),), daemon=True)
    thread.start()
    assert started.wait(_STARTED_WITHIN)
    try:
        yield proxy
    finally:
        loop.call_soon_threadsafe(stop.set)
        thread.join(_STARTED_WITHIN)


@contextmanager
def behind_tls(issued: Issued, upstreams: Mapping[int, str], folder: Path) -> Iterator[None]:
    """Ports of localhost at which these upstreams are served with this certificate."""
    sites = [
        f"https://localhost:{port} {{\n tls {issued.certificate} {issued.key}\n reverse_proxy {upstream}\n}}"
        for port, upstream in upstreams.items()
    ]
    file = folder / "Caddyfile"
    file.write_text("{\n admin off\n auto_https off\n persist_config off\n}\n" + "\n".join(sites) + "\n")
    command = [str(from_environment("caddy")), "run", "--config", str(file), "--adapter", "caddyfile"]
    environment = {"HOME": str(folder), "XDG_DATA_HOME": str(folder), "XDG_CONFIG_HOME": str(folder)}
    process = subprocess.Popen(command, env=environment, stderr=subprocess.DEVNULL)
    try:
        yield
    finally:
        process.terminate()
        process.wait(timeout=20)
