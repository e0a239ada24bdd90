"""Pure: when a configuration is to blame for deaths, so that the former one serves again, and for how long.

A configuration is proven once the exporter has confirmed it and lived on for a while. Until then the last proven one
is kept beside it, and is the oldest that is there: with the proof all others go.
"""

from dataclasses import dataclass
from typing import Final

from vitrina_orchestrator.domain.desired import Wanted
from vitrina_orchestrator.domain.observed import Instance, WrittenConfig
from vitrina_orchestrator.domain.phase import death_of

PROOF_SECONDS: Final = 10.0
"""Who has lived with a configuration for so long is well with it."""
_BLAMED_DEATHS: Final = range(1, 3)
"""Early deaths in a row. More of them have happened with the former configuration, too: it is not to blame."""
_NOT_ITS_OWN: Final = frozenset({None, -9, -15, 137, 143})
"""Ends by SIGKILL or SIGTERM, as processes and as containers tell them, are somebody's doing; one that nobody saw (of a
process that another orchestrator had started) may have been."""
_FIRST_PAUSE_SECONDS: Final = 300.0
_LONGEST_PAUSE_SECONDS: Final = 3600.0


@dataclass(frozen=True)
class Refusal:
    """A configuration that is not to be handed out again for now."""

    digest: str
    serving_revision: int
    """Of the configuration that serves instead."""
    reason: str
    """In words, for people."""
    times: int
    until: float
    """Monotonic time, seconds."""

    def is_about(self, digest: str, now: float) -> bool:
        return digest == self.digest and now < self.until

    def explains(self, config: WrittenConfig | None) -> bool:
        """Whether what lies ready now does so because of this refusal."""
        return config is not None and config.revision == self.serving_revision and config.digest != self.digest


def former_to_serve(wanted: Wanted, instance: Instance) -> int | None:
    """Revision of the proven configuration to go back to; null when the present one is proven or not to blame."""
    config = instance.config
    if config is None or config.digest != wanted.config_digest or not config.older_revisions:
        return None
    by_itself = instance.out_of_memory or instance.exit_code not in _NOT_ITS_OWN
    if instance.early_deaths not in _BLAMED_DEATHS or not by_itself:
        return None
    return min(config.older_revisions)


def lives_with_former(instance: Instance | None) -> bool:
    """Whether going back helped: who dies of the former configuration as well does not die of its configuration."""
    return instance is not None and (instance.running or instance.early_deaths < _BLAMED_DEATHS.stop)


def refused(wanted: Wanted, instance: Instance, serving_revision: int, former: Refusal | None, now: float) -> Refusal:
    """`former`: an earlier refusal of this shard, if any. Each further try of one configuration waits longer."""
    digest = wanted.config_digest
    times = former.times + 1 if former is not None and former.digest == digest else 1
    pause = min(_LONGEST_PAUSE_SECONDS, _FIRST_PAUSE_SECONDS * 2.0 ** (times - 1))
    words = f": {instance.last_words}" if instance.last_words else ""
    reason = (
        f"did not survive the configuration of revision {wanted.revision} ({death_of(instance)}{words}); "
        f"revision {serving_revision} serves again, another try follows after {pause / 60:g} min or a change"
    )
    return Refusal(digest, serving_revision, reason, times, now + pause)
