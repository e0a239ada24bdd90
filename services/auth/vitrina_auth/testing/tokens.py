"""What an access token says, read without checking it."""

import json
from base64 import urlsafe_b64decode
from typing import Any


def part_of(token: str, number: int) -> dict[str, Any]:
    part = token.split(".")[number]
    decoded: dict[str, Any] = json.loads(urlsafe_b64decode(part + "=" * (-len(part) % 4)))
    return decoded


def claims_of(token: str) -> dict[str, Any]:
    return part_of(token, 1)
