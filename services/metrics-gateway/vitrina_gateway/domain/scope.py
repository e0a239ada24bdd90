"""Whose devices a caller may know of. Every answer about devices passes through a `Scope`, without exception."""

from dataclasses import dataclass

from vitrina_contracts.tokens import ALL_SOURCES, Claims


@dataclass(frozen=True)
class Scope:
    """`sources` is None for all of them."""

    sources: frozenset[str] | None

    def sees(self, source: str) -> bool:
        return self.sources is None or source in self.sources


def scope_of(claims: Claims) -> Scope:
    return Scope(None if ALL_SOURCES in claims.sources else frozenset(claims.sources))
