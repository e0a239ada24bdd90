"""`check`: a source tried once, read-only, within its budget and a time that the caller gives. Nothing is kept.

The way of asking is the exporter's own, so that a source that passes here is one that will be polled.
"""

import argparse
import asyncio
import sys
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any, Final

import structlog
from pydantic import ValidationError
from vitrina_contracts.endpoints import Network, parse_networks
from vitrina_contracts.source_check import CheckedDevice, CheckError, SourceCheck, TriedSource

from vitrina_sdk.account import Share
from vitrina_sdk.budget import Budget
from vitrina_sdk.clock import Clock, SystemClock
from vitrina_sdk.config_file import field_errors
from vitrina_sdk.cycles import FAILING_SHARE, refuse_unreadable
from vitrina_sdk.errors import ConfigurationError, PollError, Timeout
from vitrina_sdk.exporter import Answer, AskedDevice, DevicePlatform, ListPlatform, Platform
from vitrina_sdk.http import VendorClient
from vitrina_sdk.logging import configure_logging
from vitrina_sdk.polling import MAX_TIMEOUT
from vitrina_sdk.reading import Reading

ASKED: Final = 20
"""Devices that a vendor without a list is asked about: enough to tell a wrong endpoint from a wrong device."""
SAMPLE: Final = 10
_PATIENCE: Final = 0.8
"""Share of the time after which a vendor without a list is asked no more, so that what it said can still be told."""
_log = structlog.get_logger()


class _Found:
    """What one try has brought so far."""

    def __init__(self) -> None:
        self.devices: int | None = None
        self.readings: list[Reading] = []
        self.problems: Counter[str] = Counter()
        self.unmatched: int | None = None


async def check_source(
    platform: Platform, source: TriedSource, allowed: Sequence[Network], seconds: float, clock: Clock
) -> SourceCheck:
    """Asks the vendor once; `seconds` bound everything. Never raises for what a vendor does."""
    started, found = clock.monotonic(), _Found()
    error: PollError | None = None
    budget = Budget(source.request_budget, clock)
    vendor = VendorClient(budget, allowed, min(seconds, MAX_TIMEOUT), clock, source.way_out)
    try:
        async with asyncio.timeout(seconds):
            await _ask(platform, source.config, vendor, found, seconds)
            _select(source, found)
    except PollError as failure:
        error = failure
    except TimeoutError:
        error = Timeout(f"The vendor did not answer everything within {seconds:g} s")
    except Exception as failure:  # noqa: BLE001 - a mistake in a platform is an answer, too
        _log.error("check_crashed", error=type(failure).__name__)
        error = PollError("The exporter made a mistake; its log says where")
    finally:
        await vendor.close()
    return SourceCheck(
        ok=error is None,
        devices=found.devices,
        asked=len(found.readings),
        problems=dict(found.problems),
        unmatched=found.unmatched,
        sample=[
            CheckedDevice(device_id=reading.device_id, name=reading.name, status=reading.status)
            for reading in found.readings[:SAMPLE]
        ],
        error=None if error is None else CheckError(reason=error.reason, detail=str(error)),
        seconds=round(clock.monotonic() - started, 3),
    )


async def _ask(
    platform: Platform, config: Mapping[str, Any], vendor: VendorClient, found: _Found, seconds: float
) -> None:
    try:
        configured = platform.configure(config)
    except ValidationError as error:
        raise ConfigurationError(field_errors(error)) from None
    if isinstance(platform, DevicePlatform):
        await _ask_some(platform, configured, vendor, found, seconds)
    else:
        await _ask_for_all(platform, configured, vendor, found)


async def _ask_for_all(platform: ListPlatform[Any], config: Any, vendor: VendorClient, found: _Found) -> None:
    listing = await platform.list_devices(config, vendor)
    refuse_unreadable(listing)
    found.readings, found.devices = listing.readings, len(listing.readings)
    found.problems.update(listing.problems)


def _select(source: TriedSource, found: _Found) -> None:
    """Of a shared account: what this source would show, and how many devices would be nobody's."""
    if source.selection is None:
        return
    share = Share({**source.others, source.name: source.selection}, [source.name])
    share.deal(found.readings)
    left = share.unmatched()
    found.unmatched = left.count if left else 0
    found.readings = share.dealt[source.name]
    found.devices = len(found.readings)


async def _ask_some(
    platform: DevicePlatform[Any], config: Any, vendor: VendorClient, found: _Found, seconds: float
) -> None:
    devices = platform.devices(config)
    found.devices = len(devices)
    if not devices:
        return
    asking = [asyncio.create_task(platform.ask(config, device, vendor)) for device in _spread(devices)]
    _, unanswered = await asyncio.wait(asking, timeout=seconds * _PATIENCE)
    for task in unanswered:
        task.cancel()
    failures = [_take(outcome, found) for outcome in await asyncio.gather(*asking, return_exceptions=True)]
    told = [failure for failure in failures if failure is not None]
    if len(told) > FAILING_SHARE * len(asking):
        raise told[0]
    if not found.readings:
        raise TimeoutError


def _take(outcome: Answer | BaseException, found: _Found) -> Exception | None:
    """Notes what came of one question. Returns its failure; one that ran out of time is none of the vendor's."""
    if isinstance(outcome, Answer):
        found.readings.append(outcome.reading)
        if outcome.problem:
            found.problems[outcome.problem] += 1
    elif isinstance(outcome, PollError):
        found.problems[outcome.reason] += 1
    return outcome if isinstance(outcome, Exception) else None


def _spread(devices: Sequence[AskedDevice]) -> list[AskedDevice]:
    """Some devices from all over the list: mistakes in a pasted list tend to stand together."""
    count = min(ASKED, len(devices))
    return [devices[index * len(devices) // count] for index in range(count)]


def run_check(platform: Platform, arguments: Sequence[str]) -> int:
    """A `TriedSource` from standard input, a `SourceCheck` to standard output. Returns the exit status."""
    parser = argparse.ArgumentParser(
        description="Tries a source once. Reads a SourceConfig as JSON from standard input."
    )
    parser.add_argument("--timeout", type=float, default=30.0, help="seconds for everything together")
    parser.add_argument("--private-endpoints", default="", help="CIDRs that the endpoint rule lets through")
    given = parser.parse_args(arguments)
    # Standard output is the answer's alone.
    configure_logging("warning", sys.stderr)
    try:
        source = TriedSource.model_validate_json(sys.stdin.buffer.read())
    except ValidationError as error:
        answer = _refused(field_errors(error))
    else:
        allowed = parse_networks(given.private_endpoints)
        answer = asyncio.run(check_source(platform, source, allowed, given.timeout, SystemClock()))
    sys.stdout.write(answer.model_dump_json() + "\n")
    return 0 if answer.ok else 1


def _refused(detail: str) -> SourceCheck:
    return SourceCheck(ok=False, seconds=0, error=CheckError(reason=ConfigurationError.reason, detail=detail))
