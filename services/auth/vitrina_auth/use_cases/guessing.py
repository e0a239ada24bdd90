"""What wrong passwords cost; counted in the database, so for all processes, and after a restart, too."""

from vitrina_auth.domain.back_off import limits_of, seconds_to_wait
from vitrina_auth.domain.errors import TooManyAttempts
from vitrina_auth.use_cases.ports import Parts, UnitOfWork


async def refuse_while_waiting(parts: Parts, username: str, address: str) -> None:
    """Raises `TooManyAttempts` while a wait of the account or the address is running."""
    limits = limits_of(username, address)
    async with parts.open_unit() as unit:
        attempts = await unit.attempts.of([limit.key for limit in limits])
    wait = max(seconds_to_wait(limit, attempts.get(limit.key), parts.clock()) for limit in limits)
    if wait > 0:
        raise TooManyAttempts(wait)


async def count_failure(parts: Parts, unit: UnitOfWork, username: str, address: str) -> None:
    """Part of the caller's transaction."""
    for limit in limits_of(username, address):
        await unit.attempts.failed(limit.key, parts.clock())


async def forget_failures(unit: UnitOfWork, username: str, address: str) -> None:
    """After a success the account begins anew; the address does not, or one known account would open all others."""
    account, _ = limits_of(username, address)
    await unit.attempts.clear(account.key)
