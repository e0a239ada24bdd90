"""The expected matrix of rights, and how an answer is read when it is held against it."""

import io
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Final

import httpx
import yaml

MATRIX: Final[Mapping[str, Mapping[str, str]]] = yaml.safe_load(
    (Path(__file__).parents[3] / "contracts" / "rights.yaml").read_text(encoding="utf-8")
)
"""By service and route, as `GET /path`: who is let in."""


def reading_routes(service: str, right: str) -> list[str]:
    """Paths of the service that are read with this right."""
    routes = [route for route, needed in MATRIX[service].items() if needed == right]
    return [route.removeprefix("GET ") for route in routes if route.startswith("GET ")]


def text_of(answer: httpx.Response) -> str:
    """What a person would read; of a workbook all its parts."""
    if not answer.content.startswith(b"PK"):
        return answer.text
    with zipfile.ZipFile(io.BytesIO(answer.content)) as parts:
        return "".join(parts.read(name).decode() for name in parts.namelist())
