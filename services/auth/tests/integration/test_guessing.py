"""Guessing over HTTP: what is counted survives a restart and is shared by processes."""

import asyncio

import pytest
from vitrina_auth.app import create_auth
from vitrina_auth.domain.back_off import FREE_FAILURES, limits_of
from vitrina_auth.domain.errors import TooManyAttempts
from vitrina_auth.settings import AuthSettings
from vitrina_auth.testing.clock import MovableClock
from vitrina_auth.testing.people import ADMIN_PASSWORD, MakePerson, Rows
from vitrina_auth.use_cases.guessing import count_failure, refuse_while_waiting


async def test_another_process_knows_what_was_guessed_here(
    person: MakePerson, settings: AuthSettings, clock: MovableClock
) -> None:
    guesser = person("10.0.0.66")
    for _ in range(FREE_FAILURES):
        assert (await guesser.sign_in("admin", "wrong")).status_code == 401
    refused = await guesser.sign_in("admin", ADMIN_PASSWORD)
    assert refused.status_code == 429
    assert int(refused.headers["retry-after"]) >= 1
    other = create_auth(settings, clock)
    try:
        await refuse_while_waiting(other.parts, "admin", "10.0.0.67")
        with pytest.raises(TooManyAttempts):
            await refuse_while_waiting(other.parts, "admin", "10.0.0.66")
    finally:
        await other.close()
    clock.move(seconds=2)
    assert (await guesser.sign_in("admin", ADMIN_PASSWORD)).status_code == 200


async def test_an_address_that_tries_many_names_has_to_wait_and_others_do_not(
    auth: object, person: MakePerson, settings: AuthSettings, clock: MovableClock, rows: Rows
) -> None:
    other = create_auth(settings, clock)
    try:
        async with other.parts.open_unit() as unit:
            for number in range(60):
                await count_failure(other.parts, unit, f"name{number}", "10.0.0.66")
            await unit.commit()
    finally:
        await other.close()
    assert (await person("10.0.0.66").sign_in("admin", ADMIN_PASSWORD)).status_code == 429
    assert (await person("10.0.0.67").sign_in("admin", ADMIN_PASSWORD)).status_code == 200
    stored = str(await rows("SELECT key FROM auth.attempts"))
    assert limits_of("", "10.0.0.66")[1].key in stored
    assert "name1" not in stored


async def test_parallel_guesses_do_not_slip_past_the_count(person: MakePerson) -> None:
    answers = await asyncio.gather(*(person("10.0.0.66").sign_in("admin", f"guess {n}") for n in range(20)))
    checked = sum(answer.status_code == 401 for answer in answers)
    assert FREE_FAILURES <= checked <= FREE_FAILURES + 2
