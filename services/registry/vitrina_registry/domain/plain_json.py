"""JSON that every part can carry: PostgreSQL stores no NUL, UTF-8 has no lone surrogates, JSON no NaN."""

import math
from collections.abc import Iterator
from typing import Any, Final

from vitrina_contracts.manifest import Text

from vitrina_registry.domain.errors import FieldFault

DEEPEST: Final = 16
_LARGEST_INTEGER: Final = 2**53

_TEXT: Final = Text(en="holds a character that cannot be stored", ru="содержит символ, который нельзя сохранить")
_NUMBER: Final = Text(en="is not a number that can be stored", ru="не является числом, которое можно сохранить")
_DEPTH: Final = Text(en=f"is nested more than {DEEPEST} levels deep", ru=f"вложено глубже {DEEPEST} уровней")


def json_faults(value: Any, path: str, depth: int = 0) -> Iterator[FieldFault]:
    """Names each place under `path` that cannot be stored; never quotes a value."""
    if depth > DEEPEST:
        yield FieldFault(path, _DEPTH)
    elif isinstance(value, dict):
        for key, item in value.items():
            if _storable(key):
                yield from json_faults(item, f"{path}.{key}", depth + 1)
            else:
                yield FieldFault(path, _TEXT)
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from json_faults(item, f"{path}[{index}]", depth + 1)
    elif isinstance(value, str):
        if not _storable(value):
            yield FieldFault(path, _TEXT)
    elif isinstance(value, int | float) and not (math.isfinite(value) and abs(value) <= _LARGEST_INTEGER):
        yield FieldFault(path, _NUMBER)


def _storable(text: str) -> bool:
    return "\0" not in text and not any("\ud800" <= character <= "\udfff" for character in text)
