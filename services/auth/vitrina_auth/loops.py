"""What auth does by the clock."""

import asyncio
from datetime import timedelta
from typing import Final

import structlog
from vitrina_kit.bus import BusUnavailableError
from vitrina_kit.settings import read_secret

from vitrina_auth.settings import AuthSettings
from vitrina_auth.use_cases.first_admin import ensure_first_admin
from vitrina_auth.use_cases.keys import rotate_keys
from vitrina_auth.use_cases.ports import Parts
from vitrina_auth.use_cases.relaying import Publish, relay_revocations
from vitrina_auth.use_cases.sessions import remove_old

log = structlog.get_logger(__name__)

KEYS_EVERY_SECONDS: Final = 30.0
"""How soon keys that another process made are known here; far below the time for which they are published ahead."""
RELAY_EVERY_SECONDS: Final = 0.5
"""How soon a revocation is told to the others."""
REMOVE_EVERY_SECONDS: Final = 3600.0


async def keep_keys_fresh(parts: Parts, every_seconds: float = KEYS_EVERY_SECONDS) -> None:
    while True:
        await rotate_keys(parts)
        await asyncio.sleep(every_seconds)


async def remove_old_rows(parts: Parts, keep_audit: timedelta, every_seconds: float = REMOVE_EVERY_SECONDS) -> None:
    while True:
        await remove_old(parts, keep_audit)
        await asyncio.sleep(every_seconds)


async def relay(parts: Parts, publish: Publish, every_seconds: float = RELAY_EVERY_SECONDS) -> None:
    """What cannot be published now is tried again: NATS being away is nothing new to the log."""
    while True:
        try:
            while await relay_revocations(parts, publish):
                pass
        except BusUnavailableError:
            log.debug("revocations_wait")
        await asyncio.sleep(every_seconds)


async def make_first_admin(parts: Parts, settings: AuthSettings, done: asyncio.Event) -> None:
    """Sets `done` when somebody can sign in."""
    file, generated = settings.admin_password_file, settings.admin_password_generated
    if file is None:
        log.warning("no_first_admin", why="VITRINA_ADMIN_PASSWORD_FILE is not set")
    elif await ensure_first_admin(parts, read_secret(file), must_change_password=generated):
        log.info("first_admin_created", username="admin")
    done.set()
