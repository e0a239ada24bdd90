"""Several registries: whoever answers is asked. One of a later version is understood."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field

import pytest
from vitrina_contracts.operations import CleanupReport, OperationState
from vitrina_kit.testing.ports import free_port
from vitrina_orchestrator.adapters.registry_client import RegistryClient, registry_http_client
from vitrina_orchestrator.domain.errors import RegistryUnreadError


@dataclass
class Answering:
    """An HTTP server that answers everything alike; a hanging one closes the connection instead."""

    body: bytes = b"[]"
    hangs_up: bool = False
    asked: list[str] = field(default_factory=list)
    port: int = field(default_factory=free_port)

    @asynccontextmanager
    async def up(self) -> AsyncIterator[None]:
        server = await asyncio.start_server(self._serve, "127.0.0.1", self.port)
        try:
            yield
        finally:
            server.close()
            await server.wait_closed()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await reader.readuntil(b"\r\n\r\n")
        self.asked.append(head.split(b" ")[0].decode())
        if not self.hangs_up:
            writer.write(b"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: %d\r\n\r\n" % len(self.body))
            writer.write(self.body)
        writer.close()


@asynccontextmanager
async def client_of(*registries: Answering) -> AsyncIterator[RegistryClient]:
    async with AsyncExitStack() as stack:
        urls = [f"http://127.0.0.1:{registry.port}" for registry in registries]
        yield RegistryClient(*[await stack.enter_async_context(registry_http_client(url, "token")) for url in urls])


async def test_another_registry_is_asked_while_one_does_not_answer_and_stays_the_first_choice() -> None:
    away, here = Answering(), Answering()
    async with client_of(away, here) as client:
        async with here.up():
            assert await client.summaries() == []
            async with away.up():
                assert await client.summaries() == []
            assert (len(away.asked), len(here.asked)) == (0, 2)
        with pytest.raises(RegistryUnreadError, match="does not answer"):
            await client.summaries()
        async with away.up():
            assert await client.summaries() == []


async def test_what_may_have_been_heard_is_told_to_nobody_else() -> None:
    deaf, here = Answering(hangs_up=True), Answering()
    async with client_of(deaf, here) as client, deaf.up(), here.up():
        with pytest.raises(RegistryUnreadError):
            await client.report_cleanup(1, CleanupReport(state=OperationState.RUNNING))
        assert (deaf.asked, here.asked) == (["POST"], [])
        assert await client.summaries() == []


async def test_what_a_registry_of_a_later_version_says_more_is_left_aside() -> None:
    more = {"of_the_next_version": 1}
    status = {"metric": "probe_success", **more}
    program = {"mapping": {"device": "exporter", "status": status, **more}, **more}
    told = {
        "name": "blackbox", "type": "blackbox", "platform": "blackbox", "image": "i", "module": "", "port": 9115,
        "metrics_path": "/metrics", "enabled": True, "revision": 4, "third_party": program, **more,
    }  # fmt: skip
    registry = Answering(json.dumps(told).encode())
    async with client_of(registry) as client, registry.up():
        desired = await client.desired("blackbox")
    assert desired is not None
    assert desired.third_party is not None
    assert desired.third_party.mapping is not None
    assert desired.third_party.mapping.status.metric == "probe_success"
