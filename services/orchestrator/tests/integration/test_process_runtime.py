import asyncio
import os
import shutil
import signal
import stat
from collections.abc import Awaitable, Iterator
from contextlib import AbstractAsyncContextManager, suppress
from pathlib import Path

import psutil
import pytest
from vitrina_orchestrator.adapters.log_file import rotate, tail_of
from vitrina_orchestrator.adapters.process_folder import ProcessFolder
from vitrina_orchestrator.adapters.process_runtime import ProcessRuntime
from vitrina_orchestrator.domain.errors import FolderTakenError, InstanceBusyError, NoInstanceError
from vitrina_orchestrator.domain.observed import Instance
from vitrina_orchestrator.testing.leftovers import end_exporters, living_exporters
from vitrina_orchestrator.testing.runtime_contract import NAME, RuntimeContract, config, spec
from vitrina_orchestrator.use_cases.ports import Runtime

CANARY = "canary-4f1d"


class TestProcessRuntime(RuntimeContract):
    @pytest.fixture(autouse=True)
    def _folder(self, tmp_path: Path) -> Iterator[None]:
        self.folder = tmp_path
        yield
        end_exporters(tmp_path)

    def open(self) -> AbstractAsyncContextManager[Runtime]:
        return ProcessRuntime(self.folder, run_id="run-1")

    async def kill(self, instance: Instance) -> None:
        os.kill(int(instance.id or 0), signal.SIGKILL)

    def process(self, instance: Instance) -> psutil.Process:
        return psutil.Process(int(instance.id or 0))

    def lives(self, instance: Instance) -> bool:
        """Not when it has only not been waited for: it is a child of this test."""
        pid = int(instance.id or 0)
        return psutil.pid_exists(pid) and psutil.Process(pid).status() != psutil.STATUS_ZOMBIE

    async def test_credentials_are_in_one_file_that_only_the_owner_reads(self) -> None:
        async with self.open() as runtime:
            await runtime.put_config(spec(), 1, config(api_token=CANARY))
            await runtime.create(spec())
            instance = await runtime.find(NAME)
            assert instance is not None
            await self.status(instance)
            holders = [
                path for path in self.folder.rglob("*") if path.is_file() and CANARY.encode() in path.read_bytes()
            ]
            (holder,) = holders
            assert holder.name == "config-1.json"
            assert stat.S_IMODE(holder.stat().st_mode) == 0o400
            assert stat.S_IMODE(holder.parent.stat().st_mode) == 0o700
            process = self.process(instance)
            assert CANARY not in " ".join(process.cmdline())
            assert CANARY not in str(process.environ())

    async def test_the_environment_holds_what_an_exporter_needs_and_nothing_of_ours(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("VITRINA_NATS_PASSWORD_FILE", "/somewhere")
        monkeypatch.setenv("HTTPS_PROXY", "http://user:password@proxy")
        async with self.open() as runtime:
            instance = await self.started(runtime)
            await self.status(instance)
            environment = self.process(instance).environ()
        assert set(environment) - {"LC_CTYPE"} == {
            "VITRINA_EXPORTER_HOST",
            "VITRINA_EXPORTER_PORT",
            "VITRINA_CONFIG_DIR",
            "VITRINA_STATE_DIR",
            "VITRINA_LOG_LEVEL",
            "VITRINA_RUN_ID",
        }

    async def test_an_exporter_that_ignores_sigterm_is_killed_after_the_grace(self) -> None:
        async with self.open() as runtime:
            instance = await self.started(runtime)
            await self.status(instance)
            self.process(instance).suspend()
            async with asyncio.timeout(8):
                await runtime.stop(NAME)
            assert not psutil.pid_exists(int(instance.id or 0))

    async def test_the_port_is_kept_over_restarts_unless_somebody_took_it(self) -> None:
        async with self.open() as runtime:
            first = await self.started(runtime)
            await self.status(first)
            await runtime.stop(NAME)
            await runtime.start(NAME)
            again = await self.present(runtime)
            assert again.address == first.address
            await self.status(again)
            await runtime.stop(NAME)
            assert first.address is not None
            host, port = first.address.split(":")
            squatter = await asyncio.start_server(lambda _reader, writer: writer.close(), host, int(port))
            async with squatter:
                await runtime.start(NAME)
                moved = await self.present(runtime)
                assert moved.address != first.address
                await self.status(moved)

    async def test_a_process_launched_just_before_a_crash_is_adopted_not_doubled(self) -> None:
        async with self.open() as runtime:
            instance = await self.started(runtime)
            await self.status(instance)
        folder = ProcessFolder(self.folder / NAME)
        record = folder.load()
        assert record is not None
        folder.save(record.model_copy(update={"process": None}))
        async with self.open() as runtime:
            adopted = await self.present(runtime)
            assert (adopted.running, adopted.id, adopted.address) == (True, instance.id, instance.address)

    async def test_a_process_that_no_record_names_is_ended_before_another_starts(self) -> None:
        async with self.open() as runtime:
            stray = await self.started(runtime)
            await self.status(stray)
        (self.folder / NAME / "instance.json").write_text("torn by a power cut")
        async with self.open() as runtime:
            await runtime.create(spec())
            assert (await self.present(runtime)).id != stray.id
            assert not self.lives(stray)

    async def test_a_process_whose_folder_somebody_deleted_is_ended_before_another_starts(self) -> None:
        async with self.open() as runtime:
            stray = await self.started(runtime)
            await self.status(stray)
            shutil.rmtree(self.folder / NAME)
            new = await self.started(runtime)
            assert new.id != stray.id
            assert not self.lives(stray)
            await self.status(new)

    async def test_a_process_whose_folder_somebody_deleted_is_listed_and_can_be_removed(self) -> None:
        async with self.open() as runtime:
            stray = await self.started(runtime)
            await self.status(stray)
            shutil.rmtree(self.folder / NAME)
            (leftover,) = await runtime.list()
            assert (leftover.exporter, leftover.spec) == (NAME, None)
            await runtime.remove(NAME)
            assert not self.lives(stray)
            assert await runtime.list() == []

    async def test_who_removes_and_who_starts_at_the_same_time_leave_one_or_none(self) -> None:
        async with self.open() as one, self.open() as other:
            for _ in range(10):
                await self.tried(one.put_config(spec(), 1, config()))
                calls = (one.remove(NAME), other.remove(NAME), one.create(spec()), other.create(spec()))
                await asyncio.gather(*map(self.tried, calls))
                living = {str(process.pid) for process in living_exporters(self.folder)}
                known = await other.find(NAME)
                assert living == ({known.id} if known is not None and known.running else set())
            await self.tried(one.remove(NAME))
            assert list(living_exporters(self.folder)) == []
            assert [path.name for path in self.folder.iterdir()] == [".installation"]

    async def tried(self, call: Awaitable[None]) -> None:
        with suppress(InstanceBusyError, NoInstanceError):
            await call

    async def test_what_a_crash_left_of_a_removed_folder_goes_away(self) -> None:
        async with self.open() as runtime:
            await runtime.put_config(spec(), 1, config(api_token=CANARY))
            (self.folder / NAME).rename(self.folder / f".{NAME}.removed-0")
            assert await runtime.list() == []
            assert [path.name for path in self.folder.iterdir()] == [".installation"]

    async def test_one_folder_is_of_one_installation_at_a_time(self) -> None:
        async with self.open(), self.open():
            with pytest.raises(FolderTakenError, match="another installation \\(run-1\\) live in"):
                await ProcessRuntime(self.folder, run_id="run-2").__aenter__()
        async with ProcessRuntime(self.folder, run_id="run-2"):
            with pytest.raises(FolderTakenError, match="run-2"):
                await ProcessRuntime(self.folder, run_id="run-1").__aenter__()

    async def test_another_process_with_the_same_pid_is_not_taken_for_the_exporter(self) -> None:
        async with self.open() as runtime:
            await self.kill(await self.started(runtime))
            await self.dead(runtime)
        folder = ProcessFolder(self.folder / NAME)
        record = folder.load()
        assert record is not None
        somebody = {"pid": os.getpid(), "start_ticks": 1, "boot_id": "another"}
        folder.save(type(record).model_validate(record.model_dump() | {"process": somebody}))
        async with self.open() as runtime:
            assert not (await self.present(runtime)).running
            await runtime.remove(NAME)
        assert psutil.pid_exists(os.getpid())

    async def test_a_damaged_configuration_is_not_taken_for_the_written_one(self) -> None:
        async with self.open() as runtime:
            await runtime.put_config(spec(), 1, config())
            file = self.folder / NAME / "config" / "config-1.json"
            file.chmod(0o600)
            file.write_text("{}")
            assert (await self.present(runtime)).config is None

    async def test_folders_that_are_no_exporters_are_left_alone(self) -> None:
        (self.folder / "Not Ours").mkdir()
        async with self.open() as runtime:
            assert await runtime.list() == []
            await runtime.remove(NAME)
        assert (self.folder / "Not Ours").exists()


def test_a_log_that_grew_too_large_is_rotated_and_still_told_from_the_end(tmp_path: Path) -> None:
    log = tmp_path / "log"
    with log.open("a") as writer:
        writer.writelines(f"line {number}\n" for number in range(1000))
        writer.flush()
        rotate(log, limit_bytes=1000)
        writer.write("line 1000\n")
        writer.flush()
        assert log.read_text() == "line 1000\n"
    assert tail_of(log, 3) == ["line 998", "line 999", "line 1000"]
    assert len(list(tmp_path.iterdir())) == 2
