"""One poll of a source, in the two ways that vendors allow: a whole list, or one question a device."""

import asyncio
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import Any, Final

import structlog
from vitrina_contracts.selection import DeviceSelection

from vitrina_sdk.account import Share
from vitrina_sdk.clock import Clock
from vitrina_sdk.errors import PollError, RateLimited, SuddenlyEmpty, TooManyRejected, Unauthorized
from vitrina_sdk.exporter import AskedDevice, DevicePlatform, Listing, ListPlatform
from vitrina_sdk.http import VendorClient
from vitrina_sdk.reading import Reading
from vitrina_sdk.source_record import SourceRecord
from vitrina_sdk.way_out import MAX_CONNECTIONS

FAILING_SHARE: Final = 0.05
"""Share of rejected records, or of failed calls, above which a poll does not count as good."""
_LIST_PATIENCE: Final = 10
"""Time-outs of one request that all requests of a list may take together."""
_HOPELESS_CALLS: Final = 20
_HOPELESS_REFUSALS: Final = 5
"""Failed calls in a row after which the rest of the round is not asked: the vendor is down, not these devices."""
_STEP: Final = 1_000
"""Readings that are taken at a time: some milliseconds."""
_log = structlog.get_logger()


class Interrupted(Exception):  # noqa: N818 - not an error by itself: it carries one
    """The poll ended early; `error` says why. The next one backs off."""

    def __init__(self, error: PollError) -> None:
        super().__init__(str(error))
        self.error = error


async def poll_list(
    platform: ListPlatform[Any],
    config: Any,
    vendor: VendorClient,
    records: Sequence[SourceRecord],
    selections: Mapping[str, DeviceSelection] = MappingProxyType({}),
) -> None:
    """Reads the list and shows each source its devices. Raises `PollError`; no board has changed then."""
    vendor.patience = _LIST_PATIENCE * vendor.timeout
    listing = await platform.list_devices(config, vendor)
    for record in records:
        record.problems.update(listing.problems)
        if listing.rejected:
            record.problems["rejected"] += listing.rejected
    refuse_unreadable(listing)
    _refuse_sudden_emptiness(listing, records)
    now = vendor.clock.monotonic()
    share = Share(selections, [record.name for record in records])
    for readings in _steps(listing.readings):
        share.deal(readings)
        await asyncio.sleep(0)
    for record in records:
        await _show(listing, share.dealt[record.name], record, now, vendor.clock)
        record.devices, record.unmatched = len(share.dealt[record.name]), None
    records[0].unmatched = share.unmatched()


def _refuse_sudden_emptiness(listing: Listing, records: Sequence[SourceRecord]) -> None:
    is_empty = not listing.readings and not listing.rejected
    is_sudden = any(len(record.board) for record in records) and not records[0].empty_before
    for record in records:
        record.empty_before = is_empty and is_sudden
    if is_empty and is_sudden:
        raise SuddenlyEmpty("The list is empty although it had devices; the next poll has to confirm it")


def _steps(readings: Sequence[Reading]) -> Iterator[Sequence[Reading]]:
    return (readings[first : first + _STEP] for first in range(0, len(readings), _STEP))


async def _show(listing: Listing, readings: Sequence[Reading], record: SourceRecord, now: float, clock: Clock) -> None:
    """Puts a source's part of the list on its board, at once for who looks at it and in small steps for us.

    `now`: when the list was read to its end; scrapes go on while it is taken.
    """
    board, is_part = record.board, len(readings) < len(listing.readings)
    with board.being_changed():
        for step in _steps(readings):
            for reading in step:
                board.observe(reading, now)
            await asyncio.sleep(0)
        held = board.conclude(
            readings,
            all_readable=listing.whole and not listing.rejected,
            moved=_others(listing.readings, readings) if is_part else (),
            confirmed=not is_part,
        )
        _tell_held(record, held)
        for chunk in list(board.chunks):
            if chunk.changed:
                board.refresh_chunk(chunk, clock.monotonic())
                await asyncio.sleep(0)


def _others(all_readings: Sequence[Reading], own: Sequence[Reading]) -> set[str]:
    return {reading.device_id for reading in all_readings} - {reading.device_id for reading in own}


def refuse_unreadable(listing: Listing) -> None:
    """Raises `TooManyRejected` when too many records could not be read for the rest to be trusted."""
    records = len(listing.readings) + listing.rejected
    if listing.rejected > FAILING_SHARE * records:
        raise TooManyRejected(f"{listing.rejected} of {records} records cannot be read")


class Round:
    """One question about each device of a source. Each answer stands alone and shows at once."""

    def __init__(
        self,
        platform: DevicePlatform[Any],
        config: Any,
        devices: Sequence[AskedDevice],
        vendor: VendorClient,
        record: SourceRecord,
        *,
        slice_seconds: float,
    ) -> None:
        self._platform = platform
        self._config = config
        self._vendor = vendor
        self._record = record
        self._clock: Clock = vendor.clock
        self.devices = devices
        self._slice_seconds = slice_seconds
        self._slice_ends = self._clock.monotonic() + slice_seconds
        self._asked_in_slice = 0
        self._mass_change = False
        self._failures_in_a_row = 0
        self.answered = 0
        self.failed: Counter[str] = Counter()
        self._errors: dict[str, PollError] = {}

    async def run(self, on_call_failed: Callable[[PollError], None], on_failing: Callable[[PollError], None]) -> None:
        """Asks about every device.

        Raises `Interrupted` when the vendor is down or wants fewer requests, and the commonest `PollError` when more
        than 5 % of the calls failed; `on_failing` is told that as soon as it is certain.
        """
        self._on_call_failed, self._on_failing = on_call_failed, on_failing
        self._record.board.keep_only([device.device_id for device in self.devices])
        try:
            await self._ask_all()
        finally:
            self._settle()
        if self._is_failing():
            error = self._commonest_error()
            raise error if self.answered else Interrupted(error)
        self._record.devices = len(self.devices)

    def reveal(self) -> None:
        """Shows the devices that got no answer as unknown."""
        self._record.board.reveal(device.device_id for device in self.devices)

    async def _ask_all(self) -> None:
        todo = self._in_turn()
        workers = min(MAX_CONNECTIONS, len(self.devices))
        await _all_or_first_failure([asyncio.create_task(self._work(todo)) for _ in range(workers)])
        self._record.asked.clear()

    def _in_turn(self) -> Iterator[AskedDevice]:
        """Those first that an interrupted round left out, or the same ones would be left out each time.

        Among them the oldest answer comes first: a restart must not begin with the devices that were asked just before.
        """
        asked = self._record.asked
        left_out = [device for device in self.devices if device.device_id not in asked]
        left_out.sort(key=lambda device: self._record.board.observed_at(device.device_id))
        others = [device for device in self.devices if device.device_id in asked]
        if not left_out:
            asked.clear()
        return iter((*left_out, *others))

    async def _work(self, todo: Iterator[AskedDevice]) -> None:
        for device in todo:
            try:
                answer = await self._platform.ask(self._config, device, self._vendor)
            except PollError as error:
                self._note_failure(error)
                self._record.asked.add(device.device_id)
                continue
            self._record.asked.add(device.device_id)
            self._failures_in_a_row = 0
            self.answered += 1
            if answer.problem:
                self._record.problems[answer.problem] += 1
            now = self._clock.monotonic()
            self._record.board.observe(answer.reading, now)
            self._asked_in_slice += 1
            if now >= self._slice_ends:
                self._settle()

    def _settle(self) -> None:
        """Decides on devices that turned dark. Once many did at once, the rest of the round waits with them."""
        held = self._record.board.settle(self._asked_in_slice, wait_all=self._mass_change)
        self._mass_change = self._mass_change or held > 0
        _tell_held(self._record, held)
        self._asked_in_slice = 0
        self._slice_ends = self._clock.monotonic() + self._slice_seconds

    def _note_failure(self, error: PollError) -> None:
        was_failing = self._is_failing()
        self.failed[error.reason] += 1
        self._errors[error.reason] = error
        self._failures_in_a_row += 1
        self._on_call_failed(error)
        if self._is_failing() and not was_failing:
            self._on_failing(error)
        limit = _HOPELESS_REFUSALS if isinstance(error, Unauthorized) else _HOPELESS_CALLS
        if isinstance(error, RateLimited) or self._failures_in_a_row >= limit:
            raise Interrupted(error)

    def _is_failing(self) -> bool:
        return self.failed.total() > FAILING_SHARE * len(self.devices)

    def _commonest_error(self) -> PollError:
        reason, _ = self.failed.most_common(1)[0]
        return self._errors[reason]


async def _all_or_first_failure(tasks: Sequence[asyncio.Task[None]]) -> None:
    """Waits for all; when one fails the others are ended and its exception is raised.

    Not a `TaskGroup`: in Python 3.11 one whose child fails leaves a cancellation request on its parent. Debian 12's
    `asyncio.timeout` then takes its own expiry for that request, and the poller of the source would end for good.
    """
    try:
        done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_EXCEPTION)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.wait(tasks)
    for task in done:
        task.result()


def _tell_held(record: SourceRecord, held: int) -> None:
    if held:
        _log.warning("mass_change_waits_for_second_poll", source=record.name, devices=held)
