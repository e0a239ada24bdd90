"""Pages of a list: an opaque cursor that is bound to the list and filter it came from."""

import base64
import json
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Annotated, Any, Final

from fastapi import Depends, Query
from vitrina_contracts.problems import FieldError

from vitrina_kit.problem_handlers import Problem, invalid

MOST_ITEMS: Final = 1000
_DIGEST_LENGTH: Final = 16


def write_cursor(key: Any, *bound_to: object) -> str:
    """A cursor for the item after which the next page begins.

    Args:
        key: the item's place in the order; anything that JSON can hold.
        bound_to: name and filter of the list; the cursor fits nowhere else.
    """
    return base64.urlsafe_b64encode(json.dumps([_digest(bound_to), key]).encode()).decode().rstrip("=")


def read_cursor(cursor: str, kind: type[Any], *bound_to: object) -> Any:
    """The key that `write_cursor` was given; `kind` is its type.

    Raises:
        Problem: 422; the cursor is damaged or comes from another list or filter.
    """
    try:
        padded = cursor + "=" * (-len(cursor) % 4)
        digest, key = json.loads(base64.b64decode(padded, altchars=b"-_", validate=True))
    except (ValueError, TypeError):
        raise _refused("this is no cursor of ours") from None
    if digest != _digest(bound_to) or type(key) is not kind:
        raise _refused("this cursor belongs to another list or filter; begin again without it")
    return key


@dataclass(frozen=True)
class Page:
    """What part of a list is asked for."""

    limit: int
    cursor: str | None

    def after(self, kind: type[Any], *bound_to: object) -> Any:
        """The key to begin after; None on the first page. Raises as `read_cursor`."""
        return None if self.cursor is None else read_cursor(self.cursor, kind, *bound_to)


def next_cursor(keys: Sequence[Any], limit: int, *bound_to: object) -> str | None:
    """The cursor after the last of `limit` keys, when there are more than that; None on the last page."""
    return write_cursor(keys[limit - 1], *bound_to) if len(keys) > limit else None


def _page(
    limit: Annotated[int, Query(ge=1, le=MOST_ITEMS, description="Items a page.")] = 200,
    cursor: Annotated[str | None, Query(max_length=2000, description="`next_cursor` of the page before.")] = None,
) -> Page:
    return Page(limit, cursor or None)


PageQuery = Annotated[Page, Depends(_page)]


def _digest(bound_to: Sequence[object]) -> str:
    return sha256(json.dumps([str(part) for part in bound_to]).encode()).hexdigest()[:_DIGEST_LENGTH]


def _refused(message: str) -> Problem:
    return invalid(f"Check cursor: {message}.", [FieldError(field="cursor", message=message)])
