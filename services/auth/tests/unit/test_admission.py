"""Who comes when too many wait is told so at once, and other routes do not notice."""

import asyncio

import httpx
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Route
from vitrina_auth.api.admission import Admission, Room

INSIDE, WAITING = 2, 3


async def test_a_few_work_some_wait_and_the_rest_is_told_when_to_come_again() -> None:
    opened, inside = asyncio.Event(), 0
    most = 0

    async def sign_in(_: Request) -> PlainTextResponse:
        nonlocal inside, most
        inside += 1
        most = max(most, inside)
        await opened.wait()
        inside -= 1
        return PlainTextResponse("in")

    async def other(_: Request) -> PlainTextResponse:
        return PlainTextResponse("other")

    app = Starlette(routes=[Route("/sign-in", sign_in), Route("/other", other)])
    app.add_middleware(Admission, rooms={"/sign-in": Room(INSIDE, WAITING)})
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://auth") as client:
        waiting = [asyncio.create_task(client.get("/sign-in")) for _ in range(INSIDE + WAITING + 4)]
        await asyncio.wait(waiting, timeout=10, return_when=asyncio.FIRST_COMPLETED)
        assert (await client.get("/other")).text == "other"
        refused = {task for task in waiting if task.done()}
        for answer in [task.result() for task in refused]:
            assert answer.status_code == 503
            assert answer.json()["type"] == "urn:vitrina:problem:unavailable"
            assert int(answer.headers["retry-after"]) >= 1
        assert len(refused) == 4
        opened.set()
        answers = await asyncio.gather(*waiting)
        assert sorted(answer.status_code for answer in answers) == [200] * 5 + [503] * 4
        assert most == INSIDE
        assert (await client.get("/sign-in")).status_code == 200


async def test_who_gives_up_leaves_the_place_to_the_next() -> None:
    room = Room(inside=1, waiting=1)

    async def come_in() -> None:
        async with room:
            pass

    async with room:
        waiter = asyncio.create_task(come_in())
        await asyncio.sleep(0)
        full_before = room.is_full
        waiter.cancel()
        await asyncio.wait([waiter])
        assert (full_before, room.is_full) == (True, False)
    await come_in()
