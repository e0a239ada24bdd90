"""What happens, in which order: all of it follows from the seed, so that the seed replays it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from random import Random
from typing import Any, Final

EXPORTERS: Final = tuple(f"stub-{letter}" for letter in "abcd")
KIND: Final = "stub"
VICTIMS: Final = (
    "registry-0",
    "registry-1",
    "orchestrator-0",
    "orchestrator-1",
    "nats",
    "postgres",
    "exporter",
)
_LONGEST_DOWN_SECONDS: Final = 1.5


@dataclass(frozen=True)
class Change:
    """A request to one of the registries; `if_match` is always `*`: the last word counts."""

    registry: int
    method: str
    path: str
    body: Any
    exporter: str
    key: str | None
    """Idempotency key of a POST, which is sent again when no answer came."""

    @property
    def is_of_exporter(self) -> bool:
        """Whether it is answered with the exporter itself, and not with a source of it."""
        return "/sources" not in self.path


@dataclass(frozen=True)
class Kill:
    victim: str
    down_seconds: float


Step = Change | Kill


def script(seed: int, kills: int, changes_each: int, victims: Sequence[str] = VICTIMS) -> list[Step]:
    """`changes_each` changes before each kill; the first ones make exporters and a source of each."""
    random = Random(seed)  # noqa: S311 - the same again, not a secret
    steps: list[Step] = [made for name in EXPORTERS for made in _creations(random, name)]
    for _ in range(kills):
        steps += [_change(random) for _ in range(changes_each)]
        steps.append(Kill(random.choice(victims), round(random.uniform(0, _LONGEST_DOWN_SECONDS), 2)))
    return [*steps, *(_change(random) for _ in range(changes_each))]


def _creations(random: Random, name: str) -> list[Change]:
    source = {"name": f"{name}-0", "config": {"n": 0}}
    return [
        _post(random, "/exporters", {"type": KIND, "name": name}, name),
        _post(random, f"/exporters/{name}/sources", source, name),
    ]


def _change(random: Random) -> Change:
    name = random.choice(EXPORTERS)
    path = f"/exporters/{name}"
    source = f"{name}-{random.randrange(3)}"
    made = {"name": source, "config": {"n": random.randrange(1000)}}
    choices: tuple[tuple[int, Callable[[], Change]], ...] = (
        (2, lambda: _post(random, "/exporters", {"type": KIND, "name": name}, name)),
        (3, lambda: _plain(random, "PATCH", path, {"enabled": random.random() < 0.7}, name)),
        (2, lambda: _plain(random, "PATCH", path, {"shards": random.choice([1, 1, 2])}, name)),
        (2, lambda: _post(random, f"{path}/restart", None, name)),
        (4, lambda: _post(random, f"{path}/sources", made, name)),
        (6, lambda: _plain(random, "PATCH", f"{path}/sources/{source}", {"config": made["config"]}, name)),
        (2, lambda: _plain(random, "DELETE", f"{path}/sources/{source}", None, name)),
        (1, lambda: _plain(random, "DELETE", path, None, name)),
    )
    return random.choices([make for _, make in choices], [weight for weight, _ in choices])[0]()


def _post(random: Random, path: str, body: Any, exporter: str) -> Change:
    return Change(random.randrange(2), "POST", path, body, exporter, f"key-{random.getrandbits(64):016x}")


def _plain(random: Random, method: str, path: str, body: Any, exporter: str) -> Change:
    return Change(random.randrange(2), method, path, body, exporter, None)
