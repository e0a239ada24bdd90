"""Names: an instance is named as its exporter, so that whoever makes it meets whoever made it before."""

import re
from typing import Final

_EXPORTER_NAME: Final = re.compile(r"[a-z][a-z0-9-]{0,62}")


def is_exporter_name(text: str) -> bool:
    """Whether a name found in the runtime can be an exporter's; others are never touched."""
    return _EXPORTER_NAME.fullmatch(text) is not None
