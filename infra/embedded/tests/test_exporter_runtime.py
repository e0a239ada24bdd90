"""What exporters run as, when no engine can be had; and what their images are made of. With an engine: infra/e2e."""

import os
import socket
import tarfile
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from vitrina_embedded import containers, machine_image
from vitrina_embedded.down import stop_everything
from vitrina_embedded.exporter_runtime import plan_runtime, prepare_runtime
from vitrina_embedded.home import Home, write_private
from vitrina_embedded.refusal import Refusal
from vitrina_embedded.settings import Settings


@pytest.fixture
def silent_socket(tmp_path: Path) -> Iterator[str]:
    """A socket file that an engine has left."""
    path = tmp_path / "docker.sock"
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(path))
    yield f"unix://{path}"
    path.unlink()


def test_without_an_engine_exporters_are_processes_and_it_is_said_why(home: Home, tmp_path: Path) -> None:
    settings = Settings(home=home.path, docker_host=f"unix://{tmp_path}/no.sock")
    plan = plan_runtime(settings)
    runtime = prepare_runtime(plan, settings, home)
    assert (runtime.name, runtime.containers) == ("process", None)
    assert runtime.title == f"processes (there is no container engine at unix://{tmp_path}/no.sock)"


def test_a_socket_that_nobody_answers_on_is_no_engine(home: Home, silent_socket: str) -> None:
    settings = Settings(home=home.path, docker_host=silent_socket)
    assert plan_runtime(settings).reason == f"nothing answers at {silent_socket}"


def test_a_user_without_rights_on_the_socket_gets_processes_and_is_told_of_the_group(home: Home) -> None:
    with tempfile.TemporaryDirectory() as folder, socket.socket(socket.AF_UNIX) as listener:
        Path(folder).chmod(0o755)
        path = Path(folder) / "docker.sock"
        listener.bind(str(path))
        listener.listen()
        path.chmod(0o000)
        settings = Settings(home=home.path, docker_host=f"unix://{path}")
        user = os.geteuid()
        if user == 0:
            os.seteuid(65534)  # nothing is forbidden to root
        try:
            plan = plan_runtime(settings)
        finally:
            os.seteuid(user)
    assert plan.reason == f"this user may not use unix://{path} (its group `docker` may)"


def test_an_engine_of_another_machine_is_not_taken(home: Home) -> None:
    settings = Settings(home=home.path, docker_host="tcp://192.0.2.1:2375")
    assert "not one of this machine" in plan_runtime(settings).reason


def test_who_asks_for_containers_and_cannot_have_them_is_told(home: Home, silent_socket: str) -> None:
    settings = Settings(home=home.path, docker_host=silent_socket, runtime="docker")
    with pytest.raises(Refusal, match=r"but nothing answers at .*: mend that, or set VITRINA_RUNTIME=auto"):
        plan_runtime(settings)


def test_what_is_set_is_not_looked_for(home: Home, silent_socket: str) -> None:
    settings = Settings(home=home.path, docker_host=silent_socket, runtime="process")
    assert plan_runtime(settings).reason == "VITRINA_RUNTIME says so"


def test_containers_whose_engine_is_away_are_told_of_and_not_forgotten(
    home: Home, silent_socket: str, capsys: pytest.CaptureFixture[str]
) -> None:
    write_private(home.path / "containers.json", f'{{"docker_host": "{silent_socket}"}}')
    stop_everything(home)
    assert "containers could not be stopped" in capsys.readouterr().err
    with pytest.raises(Refusal, match="which hold credentials, could not be deleted"):
        containers.wipe_containers(home)
    assert (home.path / "containers.json").exists()
    (home.path / "containers.json").unlink()


def test_an_image_holds_python_the_packages_of_exporters_and_their_code(tmp_path: Path) -> None:
    module = tmp_path / "vitrina_new"
    module.mkdir()
    (module / "__main__.py").write_text("print(1)")
    with tempfile.TemporaryFile() as file:
        machine_image.write_image(file, ["structlog"], {"vitrina_new": module})
        file.seek(0)
        with tarfile.open(fileobj=file) as tar:
            names = set(tar.getnames())
    assert str(machine_image.PYTHON).lstrip("/") in names
    assert {"vitrina/packages/structlog/__init__.py", "vitrina/code/vitrina_new/__main__.py"} <= names
    assert machine_image.CERTIFICATES.lstrip("/") in names
    assert not any("sqlalchemy" in name for name in names)


def test_other_code_is_another_image(tmp_path: Path) -> None:
    code = tmp_path / "code.py"
    code.write_text("1")
    before = machine_image.digest(["structlog"], {"code.py": code})
    assert machine_image.digest(["structlog"], {"code.py": code}) == before
    code.write_text("2")
    assert machine_image.digest(["structlog"], {"code.py": code}) != before


def test_every_type_has_its_image_made_here() -> None:
    assert {"vitrina/exporter-addreality", "vitrina/exporter-cubicmedia"} <= containers._modules().keys()
    assert {"vitrina_contracts", "vitrina_sdk", "vitrina_addreality"} <= containers._code().keys()
    assert {"aiohttp", "pydantic"} <= set(containers._packages())
