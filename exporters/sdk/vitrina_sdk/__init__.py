"""What an exporter of a signage platform needs. These are the names that a platform uses."""

from vitrina_sdk.errors import (
    BadPayload,
    ConfigurationError,
    IncompleteList,
    PollError,
)
from vitrina_sdk.exporter import Answer, AskedDevice, DevicePlatform, Listing, ListPlatform
from vitrina_sdk.http import VendorClient
from vitrina_sdk.reading import Reading, text_of, timestamp_of
from vitrina_sdk.run import run

__all__ = [
    "Answer",
    "AskedDevice",
    "BadPayload",
    "ConfigurationError",
    "DevicePlatform",
    "IncompleteList",
    "ListPlatform",
    "Listing",
    "PollError",
    "Reading",
    "VendorClient",
    "run",
    "text_of",
    "timestamp_of",
]
