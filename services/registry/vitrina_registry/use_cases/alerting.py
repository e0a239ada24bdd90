"""What the part beside Alertmanager is told, and what it reports."""

from dataclasses import replace
from typing import Any

import structlog
from vitrina_contracts.alerting import AlertingOrders, AlertingReport, AskedTest, Outcome, Window

from vitrina_registry.domain.errors import UnreadableSecretError
from vitrina_registry.domain.notifications import TARGET, Notifications, StoredReport, with_secrets
from vitrina_registry.use_cases.ports import World

log = structlog.get_logger(__name__)


async def orders(world: World) -> AlertingOrders:
    """For the part beside Alertmanager alone: with secrets in clear."""
    async with world.unit_of_work() as uow:
        notifications = await uow.notifications.find()
        tests = await uow.notifications.tests()
        windows = await uow.windows.all()
    return AlertingOrders(
        revision=notifications.revision,
        delivery=_delivery(world, notifications),
        tests=[
            AskedTest(receiver=test.receiver, asked_at=test.asked_at)
            for test in tests
            if test.outcome is Outcome.WAITING
        ],
        windows=[Window(name=each.name, **each.plan.model_dump(by_alias=True)) for each in windows],
    )


async def report(world: World, told: AlertingReport) -> None:
    """A test that was asked for again meanwhile waits on."""
    outcomes = {(test.receiver, test.asked_at): test.outcome for test in told.tests}
    async with world.unit_of_work() as uow:
        await uow.notifications.save_report(StoredReport(told, world.now()))
        for test in await uow.notifications.tests():
            outcome = outcomes.get((test.receiver, test.asked_at))
            if outcome is not None:
                await uow.notifications.save_test(replace(test, outcome=outcome))
        await uow.commit()


def _delivery(world: World, notifications: Notifications) -> dict[str, Any] | None:
    try:
        clear = {key: world.vault.open(TARGET, key, sealed.ciphertext) for key, sealed in notifications.secrets.items()}
    except UnreadableSecretError:
        log.warning("notification_secret_unreadable")
        return None
    return {"receivers": with_secrets(notifications.receivers, clear), "routes": list(notifications.routes)}
