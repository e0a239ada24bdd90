"""Argon2id in slots."""

import asyncio
from collections.abc import Iterator
from contextlib import AsyncExitStack

import pytest
from vitrina_auth.adapters.password_hasher import MOST_WAITING, PLACES, Argon2Hasher
from vitrina_auth.domain.errors import TooBusy


@pytest.fixture
def hasher() -> Iterator[Argon2Hasher]:
    made = Argon2Hasher(memory_kib=19456)
    yield made
    made.close()


async def test_a_password_is_verified_against_its_argon2id_hash(hasher: Argon2Hasher) -> None:
    async with hasher.slot() as slot:
        made = await slot.hash("correct horse")
        assert made.startswith("$argon2id$v=19$m=19456,t=2,p=1$")
        assert await slot.verify("correct horse", made)
        assert not await slot.verify("wrong horse", made)


async def test_nobody_has_no_password_not_even_the_one_compared_with(hasher: Argon2Hasher) -> None:
    async with hasher.slot() as slot:
        assert not await slot.verify("nobody has this password", None)


async def test_the_same_characters_composed_in_another_way_are_the_same_password(hasher: Argon2Hasher) -> None:
    async with hasher.slot() as slot:
        assert await slot.verify("cafe\u0301 123", await slot.hash("caf\u00e9 123"))


async def test_a_hash_with_weaker_parameters_is_outdated(hasher: Argon2Hasher) -> None:
    stronger = Argon2Hasher(memory_kib=32768)
    async with hasher.slot() as weak, stronger.slot() as strong:
        made = await weak.hash("correct horse")
        assert strong.is_outdated(made)
        assert not weak.is_outdated(made)
    stronger.close()


async def test_a_full_queue_refuses_at_once_and_empties_again(hasher: Argon2Hasher) -> None:
    async def wait_for_a_place() -> None:
        async with hasher.slot():
            pass

    async with AsyncExitStack() as held:
        for _ in range(PLACES):
            await held.enter_async_context(hasher.slot())
        waiting = [asyncio.create_task(wait_for_a_place()) for _ in range(MOST_WAITING)]
        await asyncio.sleep(0)
        with pytest.raises(TooBusy):
            await wait_for_a_place()
    await asyncio.gather(*waiting)
    await wait_for_a_place()
