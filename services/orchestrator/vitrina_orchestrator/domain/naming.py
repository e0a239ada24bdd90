"""Names: an instance is named as its exporter and shard, so that whoever makes it meets whoever made it before.

The first shard has its exporter's name; the others add a dot, which no exporter's name can hold, and their number.
"""

import re
from typing import Final

_EXPORTER_NAME: Final = re.compile(r"[a-z][a-z0-9-]{0,62}")
_INSTANCE_NAME: Final = re.compile(rf"({_EXPORTER_NAME.pattern})(?:\.([1-9][0-9]?))?")


def is_exporter_name(text: str) -> bool:
    """Whether a name found in the runtime can be an exporter's; others are never touched."""
    return _EXPORTER_NAME.fullmatch(text) is not None


def instance_name(exporter: str, shard: int) -> str:
    return f"{exporter}.{shard}" if shard else exporter


def is_instance_name(text: str) -> bool:
    """Whether a name found in the runtime can be one that `instance_name` makes."""
    return _INSTANCE_NAME.fullmatch(text) is not None


def instance_parts(name: str) -> tuple[str, int]:
    """Exporter and shard of an instance's name.

    Raises:
        ValueError: it is none.
    """
    match = _INSTANCE_NAME.fullmatch(name)
    if match is None:
        raise ValueError(f"{name!r} is no instance's name")
    return match[1], int(match[2] or 0)
