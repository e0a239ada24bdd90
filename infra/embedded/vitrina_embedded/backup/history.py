"""Prometheus' own copy of its data, made of links, and taken away again."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import httpx

from vitrina_embedded.refusal import Refusal

_SECONDS: Final = 300


@contextmanager
def snapshot(prometheus: str, data: Path) -> Iterator[Path]:
    """The folder with it; `prometheus` is where its admin API answers.

    Raises:
        Refusal: it makes none.
    """
    try:
        answer = httpx.post(f"{prometheus}/api/v1/admin/tsdb/snapshot", timeout=_SECONDS, trust_env=False)
        name = str(answer.raise_for_status().json()["data"]["name"])
    except (httpx.HTTPError, ValueError, KeyError) as error:
        raise Refusal(
            "Prometheus makes no snapshot of its data: look into its log, or make the backup without --history."
        ) from error
    folder = data / "snapshots" / name
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)
