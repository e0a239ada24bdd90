"""Where NATS keeps its streams."""

from pathlib import Path
from typing import Final

_FORMER_ACCOUNT: Final = "$G"
_ACCOUNT: Final = "SERVICES"
"""Of `infra/nats/nats-server.conf`; each account has a folder of its own."""


def adopt_streams(store: Path) -> None:
    """Takes along the streams of an installation from before the services had an account, while NATS does not run."""
    former, present = store / "jetstream" / _FORMER_ACCOUNT, store / "jetstream" / _ACCOUNT
    if former.exists() and not present.exists():
        former.rename(present)
