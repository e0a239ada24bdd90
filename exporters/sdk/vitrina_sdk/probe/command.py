"""`probe`: a `SourceConfig` from standard input; verdicts as JSON to standard output, the recording into a file."""

import argparse
import asyncio
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Final

import msgspec
from pydantic import ValidationError
from vitrina_contracts.endpoints import parse_networks
from vitrina_contracts.source_file import SourceConfig

from vitrina_sdk.budget import Budget
from vitrina_sdk.clock import SystemClock
from vitrina_sdk.config_file import field_errors
from vitrina_sdk.errors import PollError
from vitrina_sdk.exporter import Platform
from vitrina_sdk.logging import configure_logging
from vitrina_sdk.polling import MAX_TIMEOUT
from vitrina_sdk.probe.exchange import RecordingClient
from vitrina_sdk.probe.redaction import Redactor
from vitrina_sdk.probe.verdict import ProbedPlatform, Verdict

_FAILED: Final = 1


class Probed(msgspec.Struct):
    """Printed as JSON. `error` is why the vendor could not be asked to the end."""

    verdicts: list[Verdict]
    requests: int
    error: str | None = None


def run_probe(platform: Platform, arguments: Sequence[str]) -> int:
    """Returns the exit status: 1 when the vendor could not be asked to the end."""
    parser = argparse.ArgumentParser(description="Finds out what holds of a vendor's API. Reads a SourceConfig.")
    parser.add_argument("--private-endpoints", default="", help="CIDRs that the endpoint rule lets through")
    parser.add_argument("--recording", type=Path, help="file for what the vendor said, without the customer")
    given = parser.parse_args(arguments)
    configure_logging("warning", sys.stderr)
    if not isinstance(platform, ProbedPlatform):
        parser.error(f"{platform.name} has no probe")
    try:
        source = SourceConfig.model_validate_json(sys.stdin.buffer.read())
        probed = asyncio.run(_probe(platform, platform.name, source, given.private_endpoints, given.recording))
    except ValidationError as error:
        probed = Probed([], 0, field_errors(error))
    sys.stdout.buffer.write(msgspec.json.encode(probed) + b"\n")
    return _FAILED if probed.error else 0


async def _probe(
    platform: ProbedPlatform, name: str, source: SourceConfig, private: str, recording: Path | None
) -> Probed:
    clock = SystemClock()
    budget = Budget(source.request_budget, clock)
    vendor = RecordingClient(budget, parse_networks(private), MAX_TIMEOUT, clock, source.way_out)
    try:
        probed = Probed(await platform.probe(source.config, vendor), vendor.sent)
    except PollError as error:
        probed = Probed([], vendor.sent, str(error))
    finally:
        await vendor.close()
    if recording is not None:
        redacted = Redactor(platform.kept_fields).redact(name, vendor.exchanges)
        descriptor = os.open(recording, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(msgspec.json.format(msgspec.json.encode(redacted), indent=1) + b"\n")
    return probed
