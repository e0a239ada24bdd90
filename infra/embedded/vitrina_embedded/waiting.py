"""Waits until programs answer, and names the one that does not."""

import time
from collections.abc import Sequence

import httpx

from vitrina_embedded.home import Home
from vitrina_embedded.network import own_trust
from vitrina_embedded.refusal import Refusal
from vitrina_embedded.supervision import Program, Supervisor

_BETWEEN_ROUNDS = 0.1
_HOPELESS_STARTS = 4
"""A program that needs another start has died: by this many, what it waits for would be there."""


def wait_until_healthy(supervisor: Supervisor, programs: Sequence[Program], home: Home, *, seconds: float) -> None:
    """Raises:
    Refusal: one of them does not get healthy in time, or dies again and again; names it and its log.
    """
    deadline = time.monotonic() + seconds
    missing = [program for program in programs if program.health is not None]
    seen: dict[str, set[int]] = {program.name: set() for program in missing}
    with httpx.Client(timeout=2, trust_env=False) as client:
        while missing := [program for program in missing if not is_healthy(client, program)]:
            running = supervisor.pids()
            for program in missing:
                seen[program.name].add(running[program.name])
                if len(seen[program.name] - {0}) >= _HOPELESS_STARTS:
                    raise _refusal(program, "dies after each start", home)
            if time.monotonic() > deadline:
                raise _refusal(missing[0], f"did not get healthy within {seconds:g} seconds", home)
            time.sleep(_BETWEEN_ROUNDS)


def is_healthy(client: httpx.Client, program: Program) -> bool:
    """Whether it answers that it works."""
    try:
        if program.certificate is not None:
            trust = own_trust(program.certificate)
            return httpx.get(program.health or "", verify=trust, timeout=client.timeout, trust_env=False).is_success
        return client.get(program.health or "").is_success
    except httpx.HTTPError:
        return False


def _refusal(program: Program, what: str, home: Home) -> Refusal:
    sentence = f"{program.title[0].upper()}{program.title[1:]} {what}: look into its log, then run `make up` again."
    return Refusal(sentence, log=home.log(program.name))
