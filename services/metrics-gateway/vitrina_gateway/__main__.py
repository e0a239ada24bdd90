"""`python -m vitrina_gateway`: serves until SIGTERM."""

import asyncio
import gc

from vitrina_kit.logging import configure_logging
from vitrina_kit.serving import Listener, run, serve

from vitrina_gateway.app import Gateway, running
from vitrina_gateway.settings import GatewaySettings


async def main() -> None:
    settings = GatewaySettings()
    configure_logging("metrics-gateway", settings.log_level)
    gc.freeze()  # what was imported lives as long as the process: the collector need not walk it
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
    run(main())
