"""A company's network around a system: its proxy, which remembers whom it was asked for, vendors behind TLS, sign-in.

What lies beyond the proxy is to be reached by it alone: a vendor at a port where nobody listens here, the company's
sign-in at a host that nobody finds here.
"""

import asyncio
import ssl
import subprocess
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from threading import Event, Thread
from typing import Any

import httpx
from vitrina_auth.testing.identity_provider import RunningProvider, identity_provider, walk
from vitrina_embedded.downloads import from_environment
from vitrina_embedded.ports import LOOPBACK
from vitrina_kit.testing.ports import free_port
from vitrina_sdk.testing.certificates import Authority, Issued
from vitrina_sdk.testing.proxy import Proxy

_STARTED_WITHIN = 10


@dataclass(frozen=True)
class Company:
    """`vendor` and `sign_in` are host:port, as the proxy is asked for them."""

    authority: Authority
    proxy: Proxy
    vendor: str
    provider: RunningProvider

    @property
    def sign_in(self) -> str:
        return self.provider.issuer.removeprefix("https://")


@contextmanager
def company_around(url: str, vendor_url: str, folder: Path) -> Iterator[Company]:
    """Of the system at this address, and the vendor that answers at `vendor_url`, which only the proxy leads to."""
    authority, port, vendor = Authority(folder), free_port(), f"localhost:{free_port()}"
    issued = authority.issue("sign-in.test")
    tls = {"cert": str(issued.certificate), "key": str(issued.key)}
    with (
        _behind_tls(authority.issue("localhost"), port, vendor_url, folder),
        identity_provider(folder, f"{url}/api/auth/oidc/callback", host="sign-in.test", tls=tls) as provider,
    ):
        sign_in = provider.issuer.removeprefix("https://")
        routes = {vendor: (LOOPBACK, port), sign_in: (LOOPBACK, provider.port)}
        with _running(Proxy("vitrina:canary-password", routes)) as proxy:
            yield Company(authority, proxy, vendor, provider)


@contextmanager
def _running(proxy: Proxy) -> Iterator[Proxy]:
    """In a loop of its own: these tests are no coroutines."""
    started, loop = Event(), asyncio.new_event_loop()
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
def _behind_tls(issued: Issued, port: int, upstream: str, folder: Path) -> Iterator[None]:
    """Serves the upstream at this port of localhost."""
    site = f"https://localhost:{port} {{\n tls {issued.certificate} {issued.key}\n reverse_proxy {upstream}\n}}"
    file = folder / "Caddyfile"
    file.write_text(f"{{\n admin off\n auto_https off\n persist_config off\n}}\n{site}\n")
    command = [str(from_environment("caddy")), "run", "--config", str(file), "--adapter", "caddyfile"]
    environment = {"HOME": str(folder), "XDG_DATA_HOME": str(folder), "XDG_CONFIG_HOME": str(folder)}
    process = subprocess.Popen(command, env=environment, stderr=subprocess.DEVNULL)
    try:
        yield
    finally:
        process.terminate()
        process.wait(timeout=20)


def signed_on(url: str, login: str, trust: ssl.SSLContext, proxy_url: str) -> Any:
    """The account of a person who signs in at the provider, which the browser, too, reaches by the proxy."""
    with ThreadPoolExecutor(1) as thread:  # Playwright's loop may occupy this one
        return thread.submit(asyncio.run, _signed_on(url, login, trust, proxy_url)).result()


async def _signed_on(url: str, login: str, trust: ssl.SSLContext, proxy_url: str) -> Any:
    async with (
        httpx.AsyncClient(base_url=f"{url}/api/auth", verify=trust, trust_env=False) as person,
        httpx.AsyncClient(verify=trust, proxy=proxy_url, trust_env=False) as browser,
    ):
        begun = (await person.post("/oidc/start", json={})).raise_for_status().json()
        back = await person.get(await walk(browser, begun["url"], login, url))
        assert "sign-in=" not in back.headers["location"], back.headers["location"]
        token = (await person.post("/refresh")).raise_for_status().json()["access_token"]
        me = await person.get("/me", headers={"Authorization": f"Bearer {token}"})
        return me.raise_for_status().json()
