"""`python -m vitrina_gateway`: serves until SIGTERM."""

import asyncio
import gc
import sys
from typing import Final

from vitrina_kit.configured import configured
from vitrina_kit.serving import Listener, run, serve

from vitrina_gateway.app import Gateway, running
from vitrina_gateway.settings import GatewaySettings

_TURN_SECONDS: Final = 0.001
"""How long the thread of a tick may keep a question waiting; Python's own 5 ms are several answers."""


def main() -> None:
    settings = configured("metrics-gateway", GatewaySettings)
    sys.setswitchinterval(_TURN_SECONDS)
    gc.freeze()  # what was imported lives as long as the process: the collector need not walk it
    try:
        run(_serve(settings))
    except (OSError, ValueError) as error:
        sys.exit(f"metrics-gateway cannot start: {error}")


async def _serve(settings: GatewaySettings) -> None:
    stop = asyncio.Event()
    async with running(settings) as gateway:
        closing = asyncio.create_task(_close_streams(gateway, stop))
        await serve(
            Listener(gateway.api, settings.host, settings.api_port),
            Listener(gateway.internal, settings.host, settings.internal_port),
            stop=stop,
        )
        closing.cancel()


async def _close_streams(gateway: Gateway, stop: asyncio.Event) -> None:
    """Live streams would hold the server until its grace has passed."""
    await stop.wait()
    gateway.feed.close_all()


if __name__ == "__main__":
    main()
