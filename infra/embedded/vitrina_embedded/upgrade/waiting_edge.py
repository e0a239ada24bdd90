"""The edge that people meet while nothing is behind it: it keeps their requests until one version is in force.

It is this version's Caddy on the same port as the other one (Caddy listens with SO_REUSEPORT). Behind it are gates:
ports on which nobody listens until a version is in force, so that no write reaches a version that is taken back.
"""

import asyncio
import contextlib
import json
import os
import subprocess
import time
from collections.abc import Awaitable, Callable, Mapping
from typing import Final

import psutil

from vitrina_embedded import processes
from vitrina_embedded.home import Home, read_json, write_private
from vitrina_embedded.installation import Installation
from vitrina_embedded.ports import LOOPBACK, new_port
from vitrina_embedded.refusal import Refusal

_UPSTREAMS: Final = ("auth", "registry", "gateway")
_PATIENCE: Final = "180s"
_GRACE_SECONDS: Final = 15
_START_SECONDS: Final = 15


def open_waiting_edge(installation: Installation) -> None:
    """Returns when it listens.

    Raises:
        Refusal: it does not come up.
    """
    home = installation.home
    gates: dict[str, int] = {}
    for name in _UPSTREAMS:
        gates[name] = new_port({*installation.ports.values(), *gates.values()})
    edge = processes.edge(installation)
    environment = {
        **edge.environment,
        **{f"VITRINA_{name.upper()}_UPSTREAM": f"{LOOPBACK}:{gate}" for name, gate in gates.items()},
        "VITRINA_EDGE_PATIENCE": _PATIENCE,
        "VITRINA_EDGE_GRACE": f"{_GRACE_SECONDS}s",
        "PATH": os.environ.get("PATH", "/usr/bin:/bin"),
    }
    log = home.log("waiting-edge")
    with log.open("w", encoding="utf-8") as output:
        process = subprocess.Popen(
            edge.command,
            env=environment,
            cwd=home.path,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            start_new_session=True,
        )
    said = {"pid": process.pid, "began": psutil.Process(process.pid).create_time(), "gates": gates}
    write_private(home.run / "waiting-edge.json", json.dumps(said) + "\n")
    deadline = time.monotonic() + _START_SECONDS
    while not _listens(process.pid, installation.settings.port):
        if process.poll() is not None or time.monotonic() > deadline:
            end_waiting_edge(home)
            raise Refusal("The edge of the new version does not start: look into its log.", log=log)
        time.sleep(0.05)


def edge_waits(home: Home) -> bool:
    """Whether the port for people is taken by it."""
    return _process(home) is not None


def close_waiting_edge(home: Home) -> None:
    """Lets through what it has kept, to the version in force; ends when all of that is answered."""
    process = _process(home)
    if process is None:
        return
    ports = read_json(home.ports_file)
    gates = read_json(home.run / "waiting-edge.json")["gates"]
    asyncio.run(_let_through({gate: int(ports[f"{name}_api"]) for name, gate in gates.items()}, process))
    end_waiting_edge(home)


def end_waiting_edge(home: Home) -> None:
    """At once, whatever it keeps."""
    process = _process(home)
    if process is not None:
        with contextlib.suppress(psutil.Error):
            process.kill()
            process.wait(timeout=5)
    (home.run / "waiting-edge.json").unlink(missing_ok=True)


def _process(home: Home) -> psutil.Process | None:
    said = read_json(home.run / "waiting-edge.json")
    try:
        process = psutil.Process(int(said["pid"]))
        alive = process.create_time() == said["began"] and process.status() != psutil.STATUS_ZOMBIE
    except (KeyError, psutil.Error):
        return None
    return process if alive else None


def _listens(pid: int, port: int) -> bool:
    with contextlib.suppress(psutil.Error):
        listening = psutil.Process(pid).net_connections("tcp")
        return any(each.status == psutil.CONN_LISTEN and each.laddr.port == port for each in listening)
    return False


async def _let_through(gates: Mapping[int, int], process: psutil.Process) -> None:
    """Each gate leads to its port until the edge has answered what it kept, and ended."""
    for gate, port in gates.items():
        await asyncio.start_server(_forwarding_to(port), LOOPBACK, gate)
    process.terminate()
    await asyncio.to_thread(psutil.wait_procs, [process], _GRACE_SECONDS + 5)


def _forwarding_to(port: int) -> Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]:
    async def forward(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(OSError):  # closed before it was answered: the edge asks once more
            answers, questions = await asyncio.open_connection(LOOPBACK, port)
            await asyncio.gather(_pass_on(reader, questions), _pass_on(answers, writer))
        writer.close()

    return forward


async def _pass_on(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with contextlib.closing(writer):
        while piece := await reader.read(65536):
            writer.write(piece)
            await writer.drain()
