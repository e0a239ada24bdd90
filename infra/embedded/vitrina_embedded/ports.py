"""Ports of the parts behind the edge: free ones on loopback, chosen at the first start and kept while they stay free.

They lie below the range from which the kernel takes ports for outgoing connections: otherwise such a connection could
take the port of a part in the moment of its restart.
"""

import errno
import json
import random
import socket
from collections.abc import Collection, Mapping
from typing import Final

import psutil

from vitrina_embedded.home import Home, read_json, write_private
from vitrina_embedded.refusal import Refusal

NAMES: Final = (
    "postgres",
    "nats",
    "nats_monitor",
    "prometheus",
    "alertmanager",
    "auth_api",
    "auth_internal",
    "registry_api",
    "registry_internal",
    "orchestrator_api",
    "orchestrator_internal",
    "gateway_api",
    "gateway_internal",
    "addreality_simulator",
    "cubicmedia_simulator",
)
LOOPBACK: Final = "127.0.0.1"
_RANGE: Final = range(20000, 32000)


def choose_ports(home: Home, *, reserved: Collection[int]) -> Mapping[str, int]:
    """A port for every name: the one of the last start when nobody has taken it meanwhile."""
    kept = read_json(home.ports_file)
    ports: dict[str, int] = {}
    for name in NAMES:
        port = kept.get(name)
        taken = {*reserved, *ports.values()}
        ports[name] = (
            port if isinstance(port, int) and port not in taken and is_free(LOOPBACK, port) else new_port(taken)
        )
    write_private(home.ports_file, json.dumps(ports, indent=2) + "\n")
    return ports


def new_port(taken: Collection[int]) -> int:
    """A free one besides these.

    Raises:
        Refusal: there is none.
    """
    for port in random.sample(_RANGE, len(_RANGE)):
        if port not in taken and is_free(LOOPBACK, port):
            return port
    raise Refusal(
        f"Every port from {_RANGE.start} to {_RANGE.stop} of 127.0.0.1 is taken: stop something and try again."
    )


def is_free(host: str, port: int) -> bool:
    return _bind_error(host, port) is None


def check_public_port(host: str, port: int) -> None:
    """Raises:
    Refusal: people cannot be served there; says who has the port, or why not.
    """
    number = _bind_error(host, port)
    if number is None:
        return
    if number == errno.EADDRINUSE:
        other = port + 1 if port < 65535 else 8080  # noqa: PLR2004 - the highest port
        raise Refusal(f"Port {port} is taken{_owner(port)}: stop that, or run `VITRINA_PORT={other} make up`.")
    if number in {errno.EACCES, errno.EPERM}:
        raise Refusal(f"Port {port} is for root only: run `VITRINA_PORT=8080 make up`, or put a proxy in front.")
    raise Refusal(f"This machine has no address {host}: set VITRINA_BIND to one of its own, like 127.0.0.1 or 0.0.0.0.")


def _bind_error(host: str, port: int) -> int | None:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # what only lingers after a close is free
        try:
            probe.bind((host, port))
        except OSError as error:
            return error.errno or errno.EADDRNOTAVAIL
    return None


def _owner(port: int) -> str:
    """Who listens there, as far as this user may know."""
    try:
        for connection in psutil.net_connections("tcp"):
            if (
                connection.status == psutil.CONN_LISTEN
                and getattr(connection.laddr, "port", None) == port
                and connection.pid
            ):
                return f" by {psutil.Process(connection.pid).name()} (process {connection.pid})"
    except psutil.Error:
        pass
    return ""
