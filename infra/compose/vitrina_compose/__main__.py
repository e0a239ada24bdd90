"""`python -m vitrina_compose secrets|volumes|database|demo|backup`: the one-shots of compose.yaml and stack.yaml.

Each may run again at any time.

`alerting` runs on: the part beside Alertmanager, whose templates this image holds.
"""

import asyncio
import os
import sys

import asyncpg  # type: ignore[import-untyped]  # ships no type hints
from pydantic import ValidationError
from vitrina_embedded.alerting.__main__ import main as keep_alerting
from vitrina_embedded.database import prepare
from vitrina_embedded.demo_sources import Demo, ensure_sources
from vitrina_embedded.refusal import Refusal

from vitrina_compose import backup
from vitrina_compose.places import HOME, secret_paths
from vitrina_compose.secrets import hand_out, own_data

_DATABASE_SECONDS = 60


def main(arguments: list[str]) -> int:
    """Exit status: 0, or 1 with a sentence on stderr."""
    try:
        match arguments:
            case ["secrets"]:
                print(hand_out())
            case ["volumes"]:
                own_data()
            case ["database"]:
                _database()
            case ["demo"]:
                _demo()
            case ["alerting"]:
                return keep_alerting()
            case ["backup", *step]:
                _backup(step)
            case _:
                print("usage: python -m vitrina_compose secrets|volumes|database|demo|backup|alerting", file=sys.stderr)
                return 2
    except Refusal as refusal:
        print(refusal, file=sys.stderr)
        return 1
    except ValidationError as error:
        wrong = (f"VITRINA_{str(item['loc'][0]).upper()} ({item['msg']})" for item in error.errors(include_input=False))
        print(f"A setting does not fit: {', '.join(wrong)}", file=sys.stderr)
        return 1
    return 0


def _database() -> None:
    try:
        asyncio.run(prepare("postgres", 5432, secret_paths(), seconds=_DATABASE_SECONDS))
    except asyncpg.InvalidPasswordError as error:
        raise Refusal(
            "PostgreSQL does not know the password in the volume `secrets`: put back the volume that belongs to this "
            "data, or run `docker compose down --volumes` to start anew."
        ) from error
    except (OSError, asyncpg.CannotConnectNowError) as error:
        raise Refusal(
            f"PostgreSQL does not let us in ({type(error).__name__}): look into `docker compose logs postgres`."
        ) from error
    print("The database is ready.")


def _backup(step: list[str]) -> None:
    match step:
        case ["stage"]:
            backup.stage()
        case ["seal"] | ["seal", "--history"]:
            with backup.standard_output() as target:
                backup.seal(sys.stdin.buffer, target, history=step[-1] == "--history")
        case ["put"]:
            about = backup.put(sys.stdin.buffer)
            print(f"Unpacked: made {about.made_at:%Y-%m-%d %H:%M}Z by Vitrina {about.version}.")
        case ["load"]:
            backup.load()
            print("The database is restored.")
        case _:
            raise Refusal("usage: backup stage | seal [--history] | put | load")


def _demo() -> None:
    demo = Demo(
        edge="http://edge:8080",
        simulators=dict(pair.split("=", 1) for pair in os.environ["VITRINA_DEMO_SIMULATORS"].split(",")),
        secrets=secret_paths(),
        state_file=HOME.secrets / ".demo.json",
    )
    for note in ensure_sources(demo):
        print(note)
    print("The demo's sources are there.")


sys.exit(main(sys.argv[1:]))
