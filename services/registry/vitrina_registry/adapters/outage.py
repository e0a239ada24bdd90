"""A database that does not answer is told as such, wherever it is asked."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from vitrina_contracts.manifest import Text
from vitrina_kit.database import is_outage

from vitrina_registry.domain.errors import UnavailableError

_UNAVAILABLE: Final = Text(en="The database does not answer; try again.", ru="База данных не отвечает; повторите.")


@contextmanager
def outage_told() -> Iterator[None]:
    """Raises UnavailableError when the database is the reason that the block failed."""
    try:
        yield
    except Exception as error:
        if is_outage(error):
            raise unavailable() from error
        raise


def unavailable() -> UnavailableError:
    return UnavailableError(_UNAVAILABLE)
