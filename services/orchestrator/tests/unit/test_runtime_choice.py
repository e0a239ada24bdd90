from pathlib import Path
from typing import Any

import pytest
from vitrina_orchestrator.adapters.docker_runtime import DockerRuntime
from vitrina_orchestrator.adapters.process_runtime import ProcessRuntime
from vitrina_orchestrator.adapters.runtime_choice import choose_runtime
from vitrina_orchestrator.settings import OrchestratorSettings
from vitrina_orchestrator.testing.leftovers import end_exporters
from vitrina_orchestrator.testing.runtime_contract import config, spec


def settings(folder: Path, **changes: Any) -> OrchestratorSettings:
    fields: dict[str, Any] = {
        "runtime_dir": folder / "runtime",
        "registry_internal_url": "http://127.0.0.1:1",
        "registry_token_file": folder / "none",
        "orchestrator_token_file": folder / "none",
        "docker_host": f"unix://{folder}/no.sock",
    }
    return OrchestratorSettings(**(fields | changes))


async def test_without_an_engine_exporters_are_processes(tmp_path: Path) -> None:
    assert isinstance(await choose_runtime(settings(tmp_path)), ProcessRuntime)


async def test_what_is_set_is_taken_whatever_is_there(tmp_path: Path) -> None:
    assert isinstance(await choose_runtime(settings(tmp_path, runtime="docker")), DockerRuntime)
    assert isinstance(await choose_runtime(settings(tmp_path, runtime="process")), ProcessRuntime)


async def test_who_has_containers_keeps_them_while_the_engine_is_away(tmp_path: Path) -> None:
    (tmp_path / "runtime" / ".docker" / "screens").mkdir(parents=True)
    assert isinstance(await choose_runtime(settings(tmp_path)), DockerRuntime)


async def test_a_socket_that_nobody_answers_on_is_no_engine(tmp_path: Path, unused_tcp_port: int) -> None:
    nobody = f"tcp://127.0.0.1:{unused_tcp_port}"
    assert isinstance(await choose_runtime(settings(tmp_path, docker_host=nobody)), ProcessRuntime)


async def test_exporters_that_run_as_processes_go_on_as_such(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    folder = tmp_path / "runtime"
    try:
        async with ProcessRuntime(folder) as runtime:
            await runtime.put_config(spec(), 1, config())
            await runtime.create(spec())
        assert isinstance(await choose_runtime(settings(tmp_path)), ProcessRuntime)
        # Where the line goes depends on whether a test before this one has set up the service's logging.
        said = capsys.readouterr().out + caplog.text
        assert "exporters of this installation run as processes" in said
    finally:
        end_exporters(folder)


def test_networks_are_named_as_the_installation(tmp_path: Path) -> None:
    plain = settings(tmp_path).containers
    assert (plain.installation, plain.scrape_network, plain.egress_network) == (
        "vitrina",
        "vitrina-scrape",
        "vitrina-egress",
    )
    assert settings(tmp_path, run_id="4f1d").containers.egress_network == "vitrina-4f1d-egress"
    assert settings(tmp_path, installation="shop", scrape_network="s").containers.scrape_network == "s"
