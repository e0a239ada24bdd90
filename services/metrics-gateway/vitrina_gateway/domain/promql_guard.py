"""The caller's sources enforced in every selector of a query. Pure.

Each selector must prove itself to see own series alone: of the job of the exporters, and of a granted source. What is
added are regular expressions, never equalities, because `absent()` answers with the labels of equalities, and its
answer must be that of a Prometheus that holds the caller's series and nothing else.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from vitrina_gateway.domain.device_queries import JOB
from vitrina_gateway.domain.promql import Matcher, Matchers, rewrite, rewrite_selector

_NOTHING: Final = Matcher("__name__", "=~", "[^\\s\\S]")
"""No text fits this."""


@dataclass(frozen=True)
class Guard:
    """What a caller may ask: `sources` None for every source; `everything` also what is of no source."""

    sources: frozenset[str] | None
    everything: bool = False

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
        if self.everything:
            return "everything"
        return "*" if self.sources is None else "\n".join(sorted(self.sources))

    def _pinned(self, matchers: Matchers) -> Matchers:
        if self.everything:
            return matchers
        pins = [_pin(matchers, "job", lambda job: job == JOB, JOB), self._source(matchers)]
        return [*matchers, *(pin for pin in pins if pin is not None)]

    def _source(self, matchers: Matchers) -> Matcher | None:
        sources = self.sources
        if sources is None:
            return _pin(matchers, "source", lambda source: source != "", ".+")
        if not sources:
            return _NOTHING
        return _pin(matchers, "source", sources.__contains__, "|".join(re.escape(each) for each in sorted(sources)))


def _pin(matchers: Matchers, label: str, allowed: Callable[[str], bool], pattern: str) -> Matcher | None:
    """What must be added so that the label has an allowed value; None when an equality says so already."""
    equal = [each.value for each in matchers if each.name == label and each.op == "="]
    if not equal:
        return Matcher(label, "=~", pattern)
    return None if all(allowed(value) for value in equal) else _NOTHING
