"""A real registry that dies by SIGKILL in its relay: `python -m vitrina_registry.testing.dying_registry before 3`.

`before` NATS hears of the third event, or `after` NATS has confirmed it and before it is marked as published.
"""

import os
import signal
import sys
from typing import Any

from vitrina_kit.bus import Bus

from vitrina_registry.commands import main

publish = Bus.publish


def die_at(seam: str, number: int) -> None:
    """Only confirmed events count: the first tries may come before the stream exists."""
    confirmed = 0

    async def deadly_publish(bus: Bus, *arguments: Any, **options: Any) -> int:
        nonlocal confirmed
        if seam == "before" and confirmed == number - 1:
            os.kill(os.getpid(), signal.SIGKILL)
        sequence = await publish(bus, *arguments, **options)
        confirmed += 1
        if confirmed == number:
            os.kill(os.getpid(), signal.SIGKILL)
        return sequence

    setattr(Bus, "publish", deadly_publish)  # noqa: B010 - the seam; a plain assignment does not type


if __name__ == "__main__":
    _, seam, number = sys.argv
    die_at(seam, int(number))
    sys.argv = [sys.argv[0], "serve"]
    main()
