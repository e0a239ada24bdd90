"""Receivers and routes of alerts: set by admins as one document, so that no route names a receiver that is gone."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from vitrina_contracts.alerting import Outcome
from vitrina_contracts.manifest import Text
from vitrina_contracts.tokens import Claims

from vitrina_registry.domain.audit import AuditEntry
from vitrina_registry.domain.endpoint import HTTP
from vitrina_registry.domain.errors import EndpointRefusedError, FieldFault, UnreadableSecretError, invalid
from vitrina_registry.domain.notifications import (
    NOT_KEPT,
    TARGET,
    UNKNOWN_SOURCE,
    Notifications,
    StoredReport,
    TestMessage,
    WrittenReceivers,
    no_receiver,
    take_apart,
)
from vitrina_registry.domain.revision import ComparedRevision, Revision
from vitrina_registry.domain.secret import SealedSecret
from vitrina_registry.use_cases.history import compared, stored_snapshot
from vitrina_registry.use_cases.ports import Precondition, UnitOfWork, World
from vitrina_registry.use_cases.source_config import endpoint_refusal

_ADDRESSES: Final = (("webhook", "url"), ("telegram", "api_url"))


@dataclass(frozen=True)
class Shown:
    """What is set, and what has become of it."""

    notifications: Notifications
    report: StoredReport | None
    tests: Sequence[TestMessage]


async def read(world: World) -> Shown:
    async with world.unit_of_work() as uow:
        return await _shown(uow, await uow.notifications.find())


async def write(
    world: World, caller: Claims, document: Mapping[str, Any], precondition: Precondition, change: str = "updated"
) -> Shown:
    """`document`: {receivers, routes}, that fit but for their secrets: values, or masks of those that stay.

    Raises:
        InvalidError: a secret that should stay is not there, or a source is not known.
        EndpointRefusedError: a new address leads where this installation may not go.
    """
    written = take_apart(document["receivers"])
    await _check_addresses(world, document["receivers"])
    async with world.unit_of_work() as uow:
        await uow.notifications.lock()
        before = await uow.notifications.find()
        precondition.require(before.revision)
        _check_kept(written, before)
        await _check_sources(uow, document["routes"], before)
        secrets = _sealed(world, caller.sub, written, before)
        after = replace(before, receivers=written.plain, routes=list(document["routes"]), secrets=secrets)
        if after.facts() != before.facts() or before.revision == 0:
            after = replace(after, revision=before.revision + 1, updated_at=world.now(), updated_by=caller.sub)
            await _store(uow, before, after, change)
        return await _shown(uow, after)


async def list_revisions(world: World, before: int | None, limit: int) -> list[ComparedRevision]:
    """Newest first; one more than `limit` when there are more."""
    async with world.unit_of_work() as uow:
        revisions = await uow.history.revisions(TARGET, None, before, limit + 2)
    return compared(revisions)[: limit + 1]


async def revert(world: World, caller: Claims, revision: int, precondition: Precondition) -> Shown:
    """As they were at that revision, with the present secrets: old ones are not kept.

    Raises:
        NotFoundError: no such revision.
        InvalidError: a receiver of that time is gone, and with it its secret.
    """
    snapshot = await stored_snapshot(world, TARGET, None, revision)
    document = {"receivers": list(snapshot["receivers"].values()), "routes": snapshot["routes"]}
    return await write(world, caller, document, precondition, change="reverted")


async def ask_test(world: World, caller: Claims, receiver: str) -> TestMessage:
    """The part beside Alertmanager sends it. Raises NotFoundError or TooManyError."""
    with world.messages.use(caller.sub, world.seconds()):
        async with world.unit_of_work() as uow:
            if not (await uow.notifications.find()).has(receiver):
                raise no_receiver(receiver)
            test = TestMessage(receiver, world.now(), caller.sub, Outcome.WAITING)
            await uow.notifications.save_test(test)
            uow.record(AuditEntry(test.asked_at, caller.sub, "test_sent", f"receiver:{receiver}", None, None, None))
            await uow.commit()
    return test


async def _shown(uow: UnitOfWork, notifications: Notifications) -> Shown:
    tests = [test for test in await uow.notifications.tests() if notifications.has(test.receiver)]
    return Shown(notifications, await uow.notifications.report(), tests)


async def _store(uow: UnitOfWork, before: Notifications, after: Notifications, change: str) -> None:
    assert after.updated_at is not None  # noqa: S101 - a revision above 0 has both
    assert after.updated_by is not None  # noqa: S101
    at, actor = after.updated_at, after.updated_by
    sides = (before.facts() if before.revision else None, after.facts())
    await uow.notifications.save(after)
    uow.record(AuditEntry(at, actor, f"notifications_{change}", TARGET, None, *sides))
    uow.remember(Revision(TARGET, None, after.revision, at, actor, change, after.facts()))
    await uow.commit()


def _check_kept(written: WrittenReceivers, before: Notifications) -> None:
    missing = [FieldFault(place, NOT_KEPT) for key, place in written.kept.items() if key not in before.secrets]
    if missing:
        raise invalid(missing)


async def _check_addresses(world: World, receivers: Sequence[Mapping[str, Any]]) -> None:
    """The rule for vendor URLs: Alertmanager stands where the parts do. Outside of transactions, as names take time."""
    faults = []
    for number, receiver in enumerate(receivers):
        for way, name in _ADDRESSES:
            url = (receiver.get(way) or {}).get(name)
            message = await endpoint_refusal(world, url, HTTP) if isinstance(url, str) else None
            if message is not None:
                faults.append(FieldFault(f"receivers[{number}].{way}.{name}", message))
    if faults:
        first = faults[0]
        detail = Text(en=f"{first.field}: {first.message.en}.", ru=f"{first.field}: {first.message.ru}.")
        raise EndpointRefusedError(detail, faults)


async def _check_sources(uow: UnitOfWork, routes: Sequence[Mapping[str, Any]], before: Notifications) -> None:
    """Those that stood here before may stay: a source that was deleted must not keep routes from being changed."""
    known = {name for names in (await uow.sources.names()).values() for name in names}
    known |= {name for route in before.routes for name in route["sources"]}
    faults = [
        FieldFault(f"routes[{number}].sources[{place}]", UNKNOWN_SOURCE)
        for number, route in enumerate(routes)
        for place, name in enumerate(route["sources"])
        if name not in known
    ]
    if faults:
        raise invalid(faults)


def _sealed(world: World, actor: str, written: WrittenReceivers, before: Notifications) -> dict[str, SealedSecret]:
    sealed = {key: before.secrets[key] for key in written.kept}
    for key, secret in written.fresh.items():
        same = key in before.secrets and _opens_to(world, key, before.secrets[key], secret.value)
        if same:
            sealed[key] = before.secrets[key]
        else:
            sealed[key] = SealedSecret(world.vault.seal(TARGET, key, secret.value), world.now(), actor)
    return sealed


def _opens_to(world: World, key: str, sealed: SealedSecret, value: Any) -> bool:
    try:
        return bool(world.vault.open(TARGET, key, sealed.ciphertext) == value)
    except UnreadableSecretError:
        return False
