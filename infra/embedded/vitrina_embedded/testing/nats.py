"""The NATS of an installation, alone, and who talks to it there."""

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

import nats
from nats.aio.client import Client
from vitrina_contracts.subjects import StreamSpec
from vitrina_kit.bus import Bus
from vitrina_kit.settings import BusSettings

from vitrina_embedded import configuration
from vitrina_embedded.downloads import from_environment
from vitrina_embedded.installation import Installation
from vitrina_embedded.secret_files import bus_password, read_secret

SUBSCRIBERS: Final = ("wall", "crm")
"""Systems outside, for which an installation of the tests has users."""


@contextmanager
def running_nats(installation: Installation) -> Iterator[None]:
    configuration.write_configuration(installation)
    installation.home.folder("nats").mkdir(parents=True, exist_ok=True)
    command = [str(from_environment("nats-server")), "--config", str(configuration.nats_file(installation))]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        yield
    finally:
        process.kill()
        process.wait()


def bus(installation: Installation, user: str, *streams: StreamSpec) -> Bus:
    """As a service has it."""
    settings = BusSettings(
        nats_url=f"nats://{installation.address('nats')}",
        nats_user=user,
        nats_password_file=installation.secrets[bus_password(user)],
    )
    return Bus(settings, user, streams)


async def connected(installation: Installation, user: str) -> Client:
    """As somebody outside has it; NATS answers already."""
    return await nats.connect(
        f"nats://{installation.address('nats')}",
        user=user,
        password=read_secret(installation.secrets[bus_password(user)]),
        inbox_prefix=f"_INBOX_{user}",
    )
