"""supervisord: starts the processes, restarts what dies, rotates their logs. We talk to it over its private socket.

Every program runs under setpriv with a parent-death signal: when supervisord itself is killed, the kernel ends its
children, so that nothing runs on unsupervised.
"""

import contextlib
import os
import shlex
import subprocess
import sys
import time
import xmlrpc.client
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil
from supervisor.xmlrpc import SupervisorTransport  # type: ignore[import-untyped]  # ships no type hints

from vitrina_embedded.home import RUN_ID_VARIABLE, Home, write_private
from vitrina_embedded.refusal import Refusal

_PASSED_ON = ("PATH", "HOME", "USER", "LANG", "LC_ALL", "TZ", "TMPDIR", "SSL_CERT_FILE", "SSL_CERT_DIR")
"""The caller's environment may hold anything, passwords too: the processes get only these."""

_START_SECONDS = 10
_STOP_SECONDS = 40
_STOPPED_LAST = frozenset({"postgres", "nats"})
"""What the others still write to as they stop."""


@dataclass(frozen=True)
class Program:
    """One process. `health` is an URL that answers 2xx when it works; `privileges` are further options of setpriv.

    `certificate` is the one that it shows there, when that is https.
    """

    name: str
    title: str
    command: list[str]
    environment: Mapping[str, str]
    health: str | None = None
    stop_signal: str = "TERM"
    stop_seconds: int = 10
    directory: Path | None = None
    privileges: tuple[str, ...] = ()
    certificate: Path | None = None


def render(home: Home, programs: Iterable[Program]) -> str:
    """The configuration of supervisord; nothing starts by itself, `make up` says what and when."""
    header: dict[str, dict[str, Any]] = {
        "unix_http_server": {"file": home.socket(), "chmod": "0600"},
        "supervisord": {
            "logfile": home.log("supervisord"),
            "logfile_maxbytes": "2MB",
            "logfile_backups": 1,
            "loglevel": "info",
            "pidfile": home.run / "supervisord.pid",
            "nodaemon": "true",
            "silent": "true",
            "umask": "077",
            "identifier": "vitrina",
            "directory": home.path,
            **({"user": "root"} if os.getuid() == 0 else {}),
        },
        "rpcinterface:supervisor": {
            "supervisor.rpcinterface_factory": "supervisor.rpcinterface:make_main_rpcinterface",
        },
    }
    sections = {**header, **{f"program:{program.name}": _section(home, program) for program in programs}}
    return "\n".join(f"[{name}]\n" + "".join(_line(*item) for item in body.items()) for name, body in sections.items())


def _section(home: Home, program: Program) -> dict[str, Any]:
    wrapper = ["setpriv", f"--pdeathsig={program.stop_signal}", *program.privileges]
    environment = {**program.environment, RUN_ID_VARIABLE: home.run_id}
    return {
        "command": shlex.join([*wrapper, *program.command]),
        "environment": ",".join(f'{name}="{_checked(name, value)}"' for name, value in environment.items()),
        "directory": program.directory or home.path,
        "autostart": "false",
        "autorestart": "true",
        "startsecs": 1,
        "startretries": 1_000_000_000,
        "stopsignal": program.stop_signal,
        "stopwaitsecs": program.stop_seconds,
        "redirect_stderr": "true",
        "stdout_logfile": home.log(program.name),
        "stdout_logfile_maxbytes": "5MB",
        "stdout_logfile_backups": 2,
    }


def _line(key: str, value: object) -> str:
    return f"{key} = {str(value).replace('%', '%%')}\n"


def _checked(name: str, value: str) -> str:
    if '"' in value or "\n" in value:
        raise Refusal(f"{name} holds a quote or a line break: change it in the environment or in .env.")
    return value


class Supervisor:
    """A running supervisord of this installation."""

    def __init__(self, home: Home) -> None:
        self._home = home

    @property
    def _rpc(self) -> Any:
        """A connection for one call: after a failed one supervisor's transport cannot be used again."""
        transport = SupervisorTransport(None, None, serverurl=f"unix://{self._home.socket()}")
        return xmlrpc.client.ServerProxy("http://127.0.0.1", transport=transport).supervisor

    def is_running(self) -> bool:
        try:
            return bool(self._rpc.getState()["statename"] == "RUNNING")
        except (OSError, xmlrpc.client.Error):
            return False

    def launch(self, programs: Iterable[Program]) -> None:
        """Raises:
        Refusal: it does not come up.
        """
        configuration = self._home.run / "supervisord.conf"
        write_private(configuration, render(self._home, programs))
        self._home.socket().unlink(missing_ok=True)
        log = self._home.log("supervisord-start")
        passed_on = {name: os.environ[name] for name in _PASSED_ON if name in os.environ}
        with log.open("w", encoding="utf-8") as output:
            process = subprocess.Popen(
                [sys.executable, "-m", "supervisor.supervisord", "--configuration", str(configuration)],
                env={**passed_on, RUN_ID_VARIABLE: self._home.run_id},
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                start_new_session=True,  # Ctrl-C in the terminal of `make up` must not reach it
            )
        deadline = time.monotonic() + _START_SECONDS
        while not self.is_running():
            if process.poll() is not None or time.monotonic() > deadline:
                raise Refusal("The supervisor did not start: look into its log, then run `make up` again.", log=log)
            time.sleep(0.02)

    def start(self, names: Iterable[str]) -> None:
        for name in names:
            self._rpc.startProcess(name, False)

    def stop_one(self, name: str) -> None:
        """Returns when it has ended; also when it did not run."""
        with contextlib.suppress(xmlrpc.client.Fault):
            self._rpc.stopProcess(name)

    def start_again(self, name: str) -> None:
        """Also when it runs."""
        with contextlib.suppress(xmlrpc.client.Fault):
            self._rpc.startProcess(name, False)

    def pids(self) -> Mapping[str, int]:
        """Process id of every program; 0 while it does not run."""
        return {info["name"]: int(info["pid"]) for info in self._rpc.getAllProcessInfo()}

    def stop(self) -> None:
        """Ends every process and supervisord itself; whatever does not obey is a leftover."""
        process = self._pid()
        try:
            self._stop_at_once({name for name, pid in self.pids().items() if pid} - _STOPPED_LAST)
            self._rpc.shutdown()
        except (OSError, xmlrpc.client.Error):
            return
        if process is not None:
            psutil.wait_procs([process], timeout=_STOP_SECONDS)

    def _stop_at_once(self, names: Collection[str]) -> None:
        """Side by side; supervisord's own shutdown takes one after the other."""
        for name in names:
            with contextlib.suppress(xmlrpc.client.Fault):  # it died meanwhile
                self._rpc.stopProcess(name, False)
        deadline = time.monotonic() + _STOP_SECONDS
        while any(self.pids()[name] for name in names) and time.monotonic() < deadline:
            time.sleep(0.05)

    def _pid(self) -> psutil.Process | None:
        try:
            return psutil.Process(int(self._rpc.getPID()))
        except (OSError, xmlrpc.client.Error, psutil.Error):
            return None


def last_lines(log: Path, count: int = 12) -> str:
    try:
        text = log.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""
    return "\n".join(text.splitlines()[-count:])
