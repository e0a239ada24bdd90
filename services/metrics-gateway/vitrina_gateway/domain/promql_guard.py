"""The caller's sources enforced in every selector of a query. Pure.

Each selector must prove itself to see own series alone: of the exporters or of whom they probe, and of a granted
source. What is added are regular expressions, never equalities, because `absent()` answers with the labels of
equalities, and its answer must be that of a Prometheus that holds the caller's series and nothing else.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from vitrina_gateway.domain.device_queries import JOB, PROBES
from vitrina_gateway.domain.promql import Matcher, Matchers, rewrite, rewrite_selector

_JOBS: Final = (JOB, PROBES)
"""In both Prometheus gives each series its source."""
_NOTHING: Final = Matcher("__name__", "=~", "[^\\s\\S]")
"""No text fits this."""


@dataclass(frozen=True)
class Guard:
    """What a caller may ask: `sources` None for every source; `everything` also what is of no source."""

    sources: frozenset[str] | None
    everything: bool = False
    hidden: frozenset[str] = frozenset()
    """Sources that were deleted and whose series are being removed: as if they were gone, for everybody."""

    @property
    def unbounded(self) -> bool:
        """Whether all that Prometheus holds may be told."""
        return self.everything and not self.hidden

    def query(self, text: str, points: int = 1) -> str:
        """Raises `QueryRefusedError`."""
        return rewrite(text, self._pinned, points)

    def selector(self, text: str) -> str:
        """Raises `QueryRefusedError`."""
        return rewrite_selector(text, self._pinned)

    def all_series(self) -> str:
        """Selects every series that the caller may see."""
        return self.selector('{__name__!=""}')

    def key(self) -> str:
        """The same for callers who may ask the same."""
        hidden = "".join(f"\n-{source}" for source in sorted(self.hidden))
        if self.everything:
            return f"everything{hidden}"
        return f"*{hidden}" if self.sources is None else "\n".join(sorted(self.sources - self.hidden))

    def _pinned(self, matchers: Matchers) -> Matchers:
        if self.everything:
            return [*matchers, *self._without_hidden()]
        pins = [_pin(matchers, "job", _JOBS.__contains__, "|".join(_JOBS)), self._source(matchers)]
        without = self._without_hidden() if self.sources is None else []
        return [*matchers, *(pin for pin in pins if pin is not None), *without]

    def _without_hidden(self) -> list[Matcher]:
        return [Matcher("source", "!~", _any_of(self.hidden))] if self.hidden else []

    def _source(self, matchers: Matchers) -> Matcher | None:
        if self.sources is None:
            return _pin(matchers, "source", lambda source: source != "", ".+")
        sources = self.sources - self.hidden
        if not sources:
            return _NOTHING
        return _pin(matchers, "source", sources.__contains__, _any_of(sources))


def _any_of(sources: frozenset[str]) -> str:
    return "|".join(re.escape(each) for each in sorted(sources))


def _pin(matchers: Matchers, label: str, allowed: Callable[[str], bool], pattern: str) -> Matcher | None:
    """What must be added so that the label has an allowed value; None when an equality says so already."""
    equal = [each.value for each in matchers if each.name == label and each.op == "="]
    if not equal:
        return Matcher(label, "=~", pattern)
    return None if all(allowed(value) for value in equal) else _NOTHING
