"""`python -m vitrina_gateway`: serves until SIGTERM."""

import gc

from vitrina_kit.logging import configure_logging
from vitrina_kit.serving import Listener, run, serve

from vitrina_gateway.app import running
from vitrina_gateway.settings import GatewaySettings


async def main() -> None:
    settings = GatewaySettings()
    configure_logging("metrics-gateway", settings.log_level)
    gc.freeze()  # what was imported lives as long as the process: the collector need not walk it
    async with running(settings) as gateway:
        await serve(
            Listener(gateway.api, settings.host, settings.api_port),
            Listener(gateway.internal, settings.host, settings.internal_port),
        )


if __name__ == "__main__":
    run(main())
