"""Exporters as containers beside the processes of `make up`: their images, their way to the demo's vendors, their end.

The orchestrator makes and watches the containers; what has to be there before it starts, and to go after it has ended,
is done here. All of it carries the label of this installation.
"""

import json
import shutil
import socket
import sys
import tempfile
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Final

import yaml

from vitrina_embedded import machine_image
from vitrina_embedded.engine import Engine, EngineError
from vitrina_embedded.home import ROOT, Home, read_json, write_private
from vitrina_embedded.installation import Containers
from vitrina_embedded.refusal import Refusal

MADE_HERE: Final = "vitrina.made-here"
"""Label of the images that are made of this machine."""
_GRACE_SECONDS: Final = 5
_LOCK: Final = ROOT / "requirements-exporter.lock"
_CODE: Final = {"vitrina_contracts": ROOT / "services/contracts/vitrina_contracts",
                "vitrina_sdk": ROOT / "exporters/sdk/vitrina_sdk"}  # fmt: skip


def installation_name(home: Home) -> str:
    """As the orchestrator makes it from the run's id."""
    return f"vitrina-{home.run_id}"


def label(home: Home) -> str:
    return f"vitrina.installation={installation_name(home)}"


def image_tag(version: str) -> str:
    """Names the code that the images hold: other code is another image, and its containers are replaced."""
    return f"{version}-{machine_image.digest(_packages(), _code())[:12]}"


def are_images_here(engine: Engine, tag: str) -> bool:
    return all(engine.has_image(f"{image}:{tag}") for image in _modules())


def prepare(home: Home, engine: Engine, image_prefix: str, tag: str, *, probe: bool) -> Containers:
    """Images, network and the way from it to this machine are there afterwards.

    With a prefix the images are another registry's, which the orchestrator pulls.

    Raises:
        EngineError: something of it cannot be had.
    """
    write_private(_note(home), json.dumps({"docker_host": engine.host}) + "\n")
    _drop_process_folders(home)
    if not image_prefix:
        make_images(engine, tag)
    network = f"{installation_name(home)}-egress"
    place = engine.ensure_network(network, label(home))
    containers = Containers(engine.host, image_prefix, tag, network, place["subnet"], place["gateway"])
    if not image_prefix:
        _probe(home, engine, containers, connect=probe)
    return containers


def make_images(engine: Engine, tag: str) -> None:
    """Those of this code that are missing; former ones that nobody uses go."""
    with tempfile.TemporaryFile() as file:
        for image, module in _modules().items():
            reference = f"{image}:{tag}"
            if engine.has_image(reference):
                continue
            if not file.tell():
                machine_image.write_image(file, _packages(), _code())
            file.seek(0)
            labels = {
                MADE_HERE: "true",
                "org.opencontainers.image.title": f"Vitrina {image.rpartition('/')[2]}",
                "org.opencontainers.image.version": tag,
            }
            engine.import_image(reference, file, machine_image.image_changes(["-m", module], labels))
            file.seek(0, 2)
    engine.remove_images(f"{MADE_HERE}=true", but=tag)


def stop_containers(home: Home) -> int:
    """Ends those of this installation; how many ran. Says so when it cannot."""
    note = read_json(_note(home))
    if not note:
        return 0
    try:
        with Engine(note["docker_host"]) as engine:
            engine.version()
            running = engine.containers(label(home), everything=False)
            with ThreadPoolExecutor(max_workers=8) as pool:
                list(pool.map(lambda container: engine.stop(container, _GRACE_SECONDS), running))
            return len(running)
    except EngineError as error:
        print(f"Its containers could not be stopped, if any run: {error}.", file=sys.stderr)
        return 0


def remove_containers(home: Home) -> None:
    """With all that is theirs, and the images made here that no other installation uses.

    Raises:
        EngineError: the engine does not answer; nothing has been forgotten.
    """
    note = read_json(_note(home))
    if not note:
        return
    with Engine(note["docker_host"]) as engine:
        engine.version()
        for container in engine.containers(label(home), everything=True):
            engine.remove(container)
        engine.remove_volumes(label(home))
        engine.remove_networks(label(home))
        engine.remove_images(f"{MADE_HERE}=true")
    shutil.rmtree(home.path / "runtime" / ".docker", ignore_errors=True)
    _note(home).unlink()


def wipe_containers(home: Home) -> None:
    """As above.

    Raises:
        Refusal: the engine does not answer, and credentials lie in its volumes.
    """
    try:
        remove_containers(home)
    except EngineError as error:
        raise Refusal(
            f"The exporters' containers and their volumes, which hold credentials, could not be deleted: {error}. "
            f"Start the engine and run `make wipe` again, or delete the folder {home.path} by hand and leave them."
        ) from error


def _note(home: Home) -> Path:
    """Where the engine answers that has, or had, containers of ours."""
    return home.path / "containers.json"


def _drop_process_folders(home: Home) -> None:
    """What exporters left when they ran as processes: credentials nobody would look after."""
    for folder in home.folder("runtime").iterdir():
        if not folder.name.startswith("."):
            shutil.rmtree(folder, ignore_errors=True)


def _modules() -> Mapping[str, str]:
    """Python module by image, of each type that is ours to build."""
    manifests = [yaml.safe_load(path.read_text("utf-8")) for path in sorted(ROOT.glob("exporters/*/manifest.yaml"))]
    return {each["image"]: each["module"] for each in manifests if each.get("module") and each.get("offered", True)}


def _code() -> Mapping[str, Path]:
    modules = {module: path for module in _modules().values() for path in ROOT.glob(f"exporters/*/{module}")}
    return {**_CODE, **modules}


def _packages() -> list[str]:
    pins = (line.partition("==") for line in _LOCK.read_text("utf-8").splitlines())
    return [name for name, equals, _ in pins if equals and name == name.strip()]


_PROBE: Final = """
import importlib, socket, sys
importlib.import_module(sys.argv[1])
if len(sys.argv) > 2:
    socket.create_connection((sys.argv[2], int(sys.argv[3])), 5).close()
"""


def _probe(home: Home, engine: Engine, containers: Containers, *, connect: bool) -> None:
    """An image works, and a container reaches a server that listens on the bridge's gateway: firewalls may differ."""
    image, module = next(iter(_modules().items()))
    arguments = [f"{module}.platform"]
    with socket.socket() as listener:
        try:
            listener.bind((containers.gateway, 0))
        except OSError as error:
            raise EngineError(f"its network's gateway {containers.gateway} is not on this machine") from error
        listener.listen()
        if connect:
            arguments += [containers.gateway, str(listener.getsockname()[1])]
        key, _, value = label(home).partition("=")
        status, said = engine.run(
            {
                "Image": f"{image}:{containers.image_tag}",
                "Entrypoint": [str(machine_image.PYTHON), "-c", _PROBE],
                "Cmd": arguments,
                "Labels": {key: value},
                "HostConfig": {
                    "NetworkMode": containers.network,
                    "ReadonlyRootfs": True,
                    "CapDrop": ["ALL"],
                    "SecurityOpt": ["no-new-privileges:true"],
                },
            }
        )
    if status != 0:
        last = said.splitlines()[-1] if said else f"exit code {status}"
        raise EngineError(f"a container on its network {containers.network} did not reach this machine: {last}")
