import asyncio

from vitrina_orchestrator.domain.errors import OrchestratorError
from vitrina_orchestrator.workqueue import BackOff, WorkQueue

QUICK = BackOff(first_seconds=0.02, longest_seconds=0.1)


async def idle(queue: WorkQueue) -> None:
    async with asyncio.timeout(5):
        while queue.lanes:  # noqa: ASYNC110 - the queue tells nobody that it is empty
            await asyncio.sleep(0.005)


async def test_a_burst_collapses_into_one_look_and_one_more_for_what_came_meanwhile() -> None:
    looks: list[str] = []
    started, go_on = asyncio.Event(), asyncio.Event()

    async def work(key: str) -> None:
        looks.append(key)
        started.set()
        await go_on.wait()

    async with WorkQueue(work) as queue:
        queue.add("a")
        await started.wait()
        for _ in range(100):
            queue.add("a")
        assert queue.depth == 1
        go_on.set()
        await idle(queue)
    assert looks == ["a", "a"]


async def test_one_key_is_never_worked_on_twice_at_once_and_keys_do_not_wait_for_each_other() -> None:
    at_work: set[str] = set()
    together = asyncio.Event()

    async def work(key: str) -> None:
        assert key not in at_work
        at_work.add(key)
        if len(at_work) == 2:
            together.set()
        await together.wait()
        at_work.remove(key)

    async with WorkQueue(work) as queue:
        for _ in range(5):
            queue.add("a")
            queue.add("b")
            await asyncio.sleep(0)
        await idle(queue)
    assert together.is_set()


async def test_a_failure_is_tried_again_until_it_succeeds() -> None:
    tries = 0

    async def work(key: str) -> None:
        nonlocal tries
        tries += 1
        if tries < 4:
            raise OrchestratorError("not yet")

    async with WorkQueue(work, back_off=QUICK) as queue:
        queue.add("a")
        await idle(queue)
    assert tries == 4


async def test_an_event_does_not_wait_for_the_back_off_but_a_hint_does() -> None:
    tries = asyncio.Queue[None]()

    async def work(key: str) -> None:
        tries.put_nowait(None)
        raise OrchestratorError("never")

    async with WorkQueue(work, back_off=BackOff(first_seconds=60)) as queue, asyncio.timeout(5):
        queue.add("a")
        await tries.get()
        await asyncio.sleep(0)
        queue.hint("a")
        await asyncio.sleep(0.01)
        assert tries.empty()
        queue.add("a")
        await tries.get()


async def test_work_may_ask_to_look_again_later() -> None:
    answers = [0.02, None]

    async def work(key: str) -> float | None:
        return answers.pop(0)

    async with WorkQueue(work) as queue:
        queue.add("a")
        await idle(queue)
    assert answers == []


async def test_work_that_hangs_is_given_up_and_tried_again() -> None:
    tries = 0

    async def work(key: str) -> None:
        nonlocal tries
        tries += 1
        if tries == 1:
            await asyncio.Event().wait()

    async with WorkQueue(work, deadline_seconds=0.02, back_off=QUICK) as queue:
        queue.add("a")
        await idle(queue)
    assert tries == 2


async def test_a_closed_queue_takes_nothing() -> None:
    async def work(key: str) -> None:
        raise AssertionError

    queue = WorkQueue(work)
    async with queue:
        pass
    queue.add("a")
    assert queue.lanes == 0


def test_the_pause_doubles_up_to_its_bound_and_jitter_takes_at_most_half() -> None:
    back_off = BackOff(first_seconds=1, longest_seconds=30)
    assert [back_off.pause(failures, 0) for failures in (1, 2, 3, 6, 500)] == [1, 2, 4, 30, 30]
    assert back_off.pause(3, 1) == 2
