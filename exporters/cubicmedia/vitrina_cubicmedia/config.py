"""Configuration of a CubicMedia source; `manifest.yaml` says the same to the form."""

import re
from typing import Annotated, Final

from pydantic import AfterValidator, BaseModel, Field

_SEPARATORS: Final = re.compile(r"[:-]")
_MAC: Final = re.compile(r"[0-9A-Fa-f]{12}|[0-9A-Fa-f]{2}(?::[0-9A-Fa-f]{2}){5}|[0-9A-Fa-f]{2}(?:-[0-9A-Fa-f]{2}){5}")


def normalised(mac: str) -> str:
    """`AA:BB:CC:DD:EE:FF` for any of the three spellings that customers use. Raises `ValueError` for anything else."""
    if not _MAC.fullmatch(mac):
        raise ValueError("not a MAC address")
    digits = _SEPARATORS.sub("", mac).upper()
    return ":".join(digits[at : at + 2] for at in range(0, 12, 2))


def _readable(mac: str) -> str:
    normalised(mac)
    return mac


class CubicMediaConfig(BaseModel):
    api_url: Annotated[str, Field(pattern=r"^https?://", description="The MAC is appended to it.")]
    macs: Annotated[list[Annotated[str, AfterValidator(_readable)]], Field(min_length=1)]
    """In the customer's spelling: the vendor is asked with it."""
    offline_values: list[str] = ["offline"]
    """The vendor's words that mean offline."""
