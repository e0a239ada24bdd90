"""The addresses of a test engine's networks: its own among all that run, and free of what a killed engine left there.

A bridge or a rule that outlives its engine leads the next one's addresses astray: its containers reach nobody then.
"""
# ruff: noqa: S603, S607 - all commands are written here

import errno
import json
import re
import socket
import subprocess
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network
from typing import Any, Final

_SECOND_NUMBERS: Final = range(240, 255)
"""Of 10.x.0.0/16: as many engines may run at once."""
_A_BRIDGE: Final = re.compile(r"\bbr-[0-9a-f]{12}\b")
"""Docker's name for one."""


@dataclass(frozen=True)
class AddressPool:
    network: IPv4Network
    claim: socket.socket
    """Of a name that this network has once. The engine inherits it: the pool is taken as long as any of it lives."""

    @property
    def prefix(self) -> str:
        """As `10.240`."""
        return str(self.network.network_address).removesuffix(".0.0")

    def release(self) -> None:
        self.claim.close()

    def take_away_left_overs(self) -> None:
        """Bridges of engines that are no more."""
        for link in _links():
            if any(IPv4Address(address["local"]) in self.network for address in link["addr_info"]):
                subprocess.run(["ip", "link", "delete", link["ifname"]], capture_output=True, check=True)


def without_left_overs(rules: str) -> str:
    """`rules` as `iptables-save` prints them, but those about bridges of engines that are no more."""
    here = {link["ifname"] for link in _links()}
    return "".join(line for line in rules.splitlines(keepends=True) if here.issuperset(_A_BRIDGE.findall(line)))


def _links() -> list[dict[str, Any]]:
    listed = subprocess.run(["ip", "-json", "-4", "address"], capture_output=True, text=True, check=True).stdout
    links: list[dict[str, Any]] = json.loads(listed)
    return links


def take_pool() -> AddressPool:
    for number in _SECOND_NUMBERS:
        claim = socket.socket(socket.AF_UNIX)
        try:
            claim.bind(f"\0vitrina-engine-10.{number}")
        except OSError as error:
            claim.close()
            if error.errno != errno.EADDRINUSE:
                raise
        else:
            return AddressPool(IPv4Network(f"10.{number}.0.0/16"), claim)
    raise RuntimeError(f"{len(_SECOND_NUMBERS)} test engines run already")
