"""Asks a service what schemathesis makes of its OpenAPI: no answer is 5xx, and each is as the document describes it.

Everything follows from the document and the seed. What it is asked beside that, because schemathesis does not make such
requests, stands in `fuzzing`.
"""

import asyncio
import json
import os
import sys
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from starlette.types import ASGIApp

from vitrina_kit.serving import Listener, serve
from vitrina_kit.testing.ports import free_port

_TOKEN: Final = "VITRINA_TEST_TOKEN"
_SETTINGS: Final = f"""
headers = {{ Authorization = "Bearer ${{{_TOKEN}}}", If-Match = "*" }}
continue-on-failure = true
request-timeout = 60 # a busy machine is no fault
suppress-health-check = ["all"]
color = false
warnings = false
generation.database = "none"
generation.no-shrink = true
[checks]
enabled = false
not_a_server_error.enabled = true
status_code_conformance.enabled = true
content_type_conformance.enabled = true
response_headers_conformance.enabled = true
response_schema_conformance.enabled = true
"""
_STREAMS: Final = """
[[operations]]
include-path-regex = "/stream$"
checks.response_schema_conformance.enabled = false # it takes the schema for that of one event
"""
_SERVED_WITHIN_SECONDS: Final = 10

QUICK: Final = ("--phases=coverage", "--mode=positive")
"""What fits the document, with each value at its borders: for `make test`."""


def thorough(examples: int) -> tuple[str, ...]:
    """All that it knows, with so many random requests for each operation."""
    return ("--phases=examples,coverage,fuzzing,stateful", f"--max-examples={examples}")


@dataclass(frozen=True)
class Service:
    """What is asked, by whom, and what it has."""

    url: str
    document: Mapping[str, Any]
    token: str
    known: Mapping[str, Sequence[str]] = field(default_factory=dict)
    """Values that exist, by the name of a parameter of the path; others are tried as well."""
    pinned: Mapping[str, str] = field(default_factory=dict)
    """The one value of a parameter of the path, where another would take its rights from who asks."""
    unavailable: Sequence[str] = ()
    """Paths (regular expressions) that answer 503 here, because the test has not what they ask."""
    left_out: Sequence[str] = ()
    """Paths (regular expressions) that are not asked."""


@dataclass(frozen=True)
class Conformance:
    cases: int
    accepted: int
    """Of those, answered with success."""
    faults: str
    """What schemathesis says, with a command that asks the same again; empty when there is none."""


async def conformance_of(service: Service, folder: Path, seed: int, options: Sequence[str]) -> Conformance:
    """Asks from a process of its own.

    Args:
        service: that listens; `served` lets one do so.
        folder: for files of this run.
        seed: of the random requests.
        options: `QUICK` or `thorough(n)`.
    """
    document, config, report = folder / "openapi.json", folder / "schemathesis.toml", folder / "report.json"
    document.write_text(json.dumps(service.document))
    config.write_text(_config(service))
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "schemathesis.cli", f"--config-file={config}", "run", str(document),
        f"--url={service.url}", f"--seed={seed}", "--report=json", f"--report-json-path={report}", *options,
        *(f"--exclude-path-regex={path}" for path in service.left_out),
        cwd=folder, env=os.environ | {_TOKEN: service.token},
        stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT,
    )  # fmt: skip
    try:
        said, _ = await process.communicate()
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    told = json.loads(report.read_text())
    rates = [rate for phases in told["valid_rates"].values() for rate in phases.values()]
    return Conformance(
        told["test_cases"]["generated"],
        sum(rate["accepted"] for rate in rates),
        said.decode() if process.returncode else "",
    )


def _config(service: Service) -> str:
    names = "".join(
        f"[dictionaries.{name}]\nvalues = {json.dumps(list(each))}\n" for name, each in service.known.items()
    )
    bound = "".join(f'[parameters."path.{name}"]\ndictionary = "{name}"\nprobability = 0.8\n' for name in service.known)
    allowed = "".join(
        f"[[operations]]\ninclude-path-regex = {json.dumps(path)}\n"
        'checks.not_a_server_error.expected-statuses = ["2xx", "3xx", "4xx", "503"]\n'
        for path in service.unavailable
    )
    pinned = "".join(f'"path.{name}" = "{value}"\n' for name, value in service.pinned.items())
    return f"{_SETTINGS}{names}[parameters]\n{pinned}{bound}{_STREAMS}{allowed}"


@asynccontextmanager
async def served(app: ASGIApp) -> AsyncIterator[str]:
    """Lets an app of this process listen; gives its URL."""
    port, stop = free_port(), asyncio.Event()
    server = asyncio.create_task(serve(Listener(app, "127.0.0.1", port), stop=stop))
    try:
        await _answers(port)
        yield f"http://127.0.0.1:{port}"
    finally:
        stop.set()
        await server


async def _answers(port: int) -> None:
    """A socket that is not listened on yet sets no event."""
    async with asyncio.timeout(_SERVED_WITHIN_SECONDS):
        while True:
            try:
                _, writer = await asyncio.open_connection("127.0.0.1", port)
            except OSError:
                await asyncio.sleep(0.02)
            else:
                writer.close()
                return
