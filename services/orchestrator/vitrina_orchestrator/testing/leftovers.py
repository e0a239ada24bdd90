"""Exporter processes outlive their orchestrator by design: a test counts them, and ends its own."""

from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import psutil


def living_exporters(runtime_dir: Path) -> Iterator[psutil.Process]:
    for process in psutil.process_iter():
        with suppress(psutil.Error):
            folder = process.environ().get("VITRINA_CONFIG_DIR", "")
            if folder.startswith(f"{runtime_dir}/") and process.status() != psutil.STATUS_ZOMBIE:
                yield process


def end_exporters(runtime_dir: Path) -> None:
    for process in list(living_exporters(runtime_dir)):
        process.kill()
        with suppress(psutil.TimeoutExpired):
            process.wait(5)
