"""Who is told of alerts, when and how; for admins."""

from typing import Annotated

from fastapi import Depends, Response, status
from vitrina_kit.if_match import IfMatch, IfMatchHeader, etag, parse_if_match
from vitrina_kit.pagination import PageQuery, next_cursor
from vitrina_kit.token_check import Admin

from vitrina_registry.api.deps import WorldDep
from vitrina_registry.api.history import RevisionNumber
from vitrina_registry.api.history_schemas import RevisionView
from vitrina_registry.api.notification_schemas import NotificationsPut, NotificationsView, TestView
from vitrina_registry.api.schemas import Items
from vitrina_registry.api.writing import WritingWorld, create_write_router
from vitrina_registry.domain.notifications import no_receiver
from vitrina_registry.use_cases import notifications
from vitrina_registry.use_cases.notifications import Shown
from vitrina_registry.use_cases.ports import World

router = create_write_router("/notifications", tags=["notifications"])


async def _precondition(_caller: Admin, world: WorldDep, if_match: IfMatchHeader) -> IfMatch:
    shown = await notifications.read(world)
    precondition = parse_if_match(if_match)
    precondition.require(shown.notifications.revision)
    return precondition


async def _receiver(name: str, _caller: Admin, world: WorldDep) -> str:
    if not (await notifications.read(world)).notifications.has(name):
        raise no_receiver(name)
    return name


_Precondition = Annotated[IfMatch, Depends(_precondition)]


@router.get("")
async def get_notifications(world: WorldDep, _caller: Admin, response: Response) -> NotificationsView:
    """Receivers and routes, secrets masked, and what is in effect."""
    return _answer(world, await notifications.read(world), response)


@router.put("")
async def put_notifications(
    *, world: WritingWorld, caller: Admin, precondition: _Precondition, body: NotificationsPut, response: Response
) -> NotificationsView:
    """All of them. A secret that is sent as it was shown stays; null takes an optional one away."""
    shown = await notifications.write(world, caller, body.document(), precondition)
    return _answer(world, shown, response)


@router.post("/receivers/{name}/test", status_code=status.HTTP_202_ACCEPTED)
async def test_receiver(world: WritingWorld, caller: Admin, name: Annotated[str, Depends(_receiver)]) -> TestView:
    """A message to this receiver, whatever the routes say; `tests` of the whole tells what became of it."""
    return TestView.of(await notifications.ask_test(world, caller, name))


@router.get("/revisions")
async def list_notification_revisions(world: WorldDep, _caller: Admin, page: PageQuery) -> Items[RevisionView]:
    bound_to = ("revisions", "notifications")
    found = await notifications.list_revisions(world, page.after(int, *bound_to), page.limit)
    cursor = next_cursor([item.revision.revision for item in found], page.limit, *bound_to)
    return Items(items=[RevisionView.of(item) for item in found[: page.limit]], next_cursor=cursor)


@router.post("/revisions/{revision}/revert")
async def revert_notifications(
    *, world: WritingWorld, caller: Admin, precondition: _Precondition, revision: RevisionNumber, response: Response
) -> NotificationsView:
    """As they were then, with the present secrets."""
    shown = await notifications.revert(world, caller, revision, precondition)
    return _answer(world, shown, response)


def _answer(world: World, shown: Shown, response: Response) -> NotificationsView:
    response.headers["ETag"] = etag(shown.notifications.revision)
    return NotificationsView.of(shown, world.now())
