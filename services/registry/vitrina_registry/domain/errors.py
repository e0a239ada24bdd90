"""Why a change or a question is refused, in the languages of the UI; `api/refusals.py` makes problem details of it."""

from collections.abc import Sequence
from dataclasses import dataclass

from vitrina_contracts.manifest import Text


@dataclass(frozen=True)
class FieldFault:
    """One field that does not fit: its path as people write it (`config.macs[3]`), and what would fit."""

    field: str
    message: Text


class RefusedError(Exception):
    def __init__(self, detail: Text, faults: Sequence[FieldFault] = ()) -> None:
        super().__init__(detail.en)
        self.detail = detail
        self.faults = tuple(faults)


class NotFoundError(RefusedError):
    """It does not exist, or the caller may not know that it does."""


class ConflictError(RefusedError):
    """The name is taken."""


class InvalidError(RefusedError):
    """A field does not fit."""


class EndpointRefusedError(RefusedError):
    """A vendor URL leads where exporters of this installation may not go."""


class UnavailableError(RefusedError):
    """Something that this needs (database, orchestrator, a key) is not there; try again."""


class TooManyError(RefusedError):
    """Asked too often."""

    def __init__(self, detail: Text, retry_after: int) -> None:
        super().__init__(detail)
        self.retry_after = retry_after
        """Seconds."""


class UnreadableSecretError(Exception):
    """No key at hand opens this ciphertext, or it was made for another source or field."""


def invalid(faults: Sequence[FieldFault]) -> InvalidError:
    """An `InvalidError` whose detail names the first faults."""
    names = ", ".join(fault.field for fault in faults[:3])
    first = faults[0].message
    return InvalidError(Text(en=f"Check {names}: {first.en}", ru=f"Проверьте {names}: {first.ru}"), faults)


def no_exporter(name: str) -> NotFoundError:
    return NotFoundError(Text(en=f"There is no exporter {name!r}.", ru=f"Экспортёра {name!r} нет."))


def no_source(name: str) -> NotFoundError:
    return NotFoundError(Text(en=f"There is no source {name!r} here.", ru=f"Источника {name!r} здесь нет."))
