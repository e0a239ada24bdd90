"""stack.yaml is what `docker stack deploy` takes, and keeps the promises of the README beside it."""

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml
from vitrina_compose.places import OPERATORS_OWN, SECRETS_OF
from vitrina_compose_testing.commands import ROOT
from vitrina_compose_testing.compose_program import compose_program

STACK = ROOT / "infra/swarm/stack.yaml"
TEXT = STACK.read_text("utf-8")
EXAMPLE = dict(re.findall(r"^([A-Z_]+)=(.*)$", (ROOT / ".env.example").read_text("utf-8"), re.MULTILINE))
PARTS = ("auth", "registry", "orchestrator", "gateway", "edge", "prometheus", "alertmanager", "alerting")


def filled_in() -> dict[str, Any]:
    """With the defaults of its settings, as `docker stack deploy` fills them in; anchors resolved."""
    text = re.sub(r"\$\{VITRINA_POSTGRES_ADDRESS:\?[^}]*\}", "db.example.org:5432", TEXT)
    stack: dict[str, Any] = yaml.safe_load(re.sub(r"\$\{[A-Z_]+:-([^{}]*)\}", r"\1", text))
    return stack


SERVICES: dict[str, dict[str, Any]] = filled_in()["services"]


def constraints(service: str) -> list[str]:
    placement: dict[str, list[str]] = SERVICES[service]["deploy"].get("placement", {})
    return placement.get("constraints", [])


def test_every_setting_is_documented_with_its_default() -> None:
    used = set(re.findall(r"\$\{(VITRINA_[A-Z_]+):-([^{}$]*)\}", TEXT))
    assert {name for name, _ in used} - EXAMPLE.keys() == set()


def test_the_engines_socket_is_the_orchestrators_alone_and_that_stands_on_a_manager() -> None:
    with_socket = [
        name for name, service in SERVICES.items() if "docker.sock" in json.dumps(service.get("volumes", []))
    ]
    assert with_socket == ["orchestrator"]
    assert constraints("orchestrator") == ["node.role==manager"]
    assert SERVICES["orchestrator"]["environment"]["VITRINA_RUNTIME"] == "swarm"


def test_the_three_servers_of_nats_stand_on_three_machines_and_every_client_knows_all() -> None:
    places = [constraints(f"nats-{number}") for number in (1, 2, 3)]
    assert places == [[f"node.labels.vitrina.nats=={number}"] for number in (1, 2, 3)]
    for name in ("auth", "registry", "orchestrator", "gateway"):
        environment = SERVICES[name]["environment"]
        assert environment["VITRINA_NATS_URL"].count("nats://") == environment["VITRINA_NATS_REPLICAS"] == 3


def test_whoever_keeps_data_is_given_its_volumes_on_every_machine() -> None:
    """A new volume is root's, and the parts are not root."""
    keeping = {
        volume.partition(":")[0]
        for name, service in SERVICES.items()
        if name != "volumes"
        for volume in service.get("volumes", [])
        if isinstance(volume, str)
    }
    mounts = [each for service in SERVICES.values() for each in service.get("volumes", []) if isinstance(each, str)]
    assert [each for each in mounts if not each.endswith(":nocopy")] == []
    given = SERVICES["volumes"]
    assert keeping == set(filled_in()["volumes"]) == {volume.partition(":")[0] for volume in given["volumes"]}
    assert (given["command"], given["deploy"]["mode"]) == (["volumes"], "global")


def test_a_name_is_the_address_of_its_task_but_for_the_edge_of_the_mesh() -> None:
    modes = {name: service["deploy"]["endpoint_mode"] for name, service in SERVICES.items()}
    assert {name for name, mode in modes.items() if mode != "dnsrr"} == {"edge"}
    assert SERVICES["edge"]["ports"][0]["mode"] == "ingress"


def test_every_part_is_hardened_and_limited() -> None:
    for name, service in SERVICES.items():
        assert (service["read_only"], service["cap_drop"]) == (True, ["ALL"]), name
        assert service["user"] == ("0:0" if name in {"orchestrator", "volumes"} else "65532:65532"), name
        assert service["deploy"]["resources"]["limits"].keys() == {"memory", "pids"}, name


@pytest.mark.parametrize("part", PARTS)
def test_each_part_is_handed_its_own_secrets_and_no_others(part: str) -> None:
    mounted = {secret["target"].rpartition("/")[2] for secret in SERVICES[part].get("secrets", [])}
    operators_own = {OPERATORS_OWN[part].name} if part in OPERATORS_OWN else set()
    ours = {name for name in mounted if not name.endswith((".yml", ".json"))}
    assert ours - operators_own == set(SECRETS_OF.get(part, ()))


def test_no_secret_is_in_an_environment_and_each_is_declared() -> None:
    declared = filled_in()["secrets"]
    used = {secret["source"] for service in SERVICES.values() for secret in service.get("secrets", [])}
    assert used == set(declared)
    assert all(secret["external"] for secret in declared.values())
    for service in SERVICES.values():
        for name, value in service.get("environment", {}).items():
            assert "PASSWORD" not in name or name.endswith("_FILE") or name == "VITRINA_ADMIN_PASSWORD_GENERATED"
            assert (
                "://" not in str(value)
                or ":" not in str(value).partition("@")[0].partition("://")[2]
                or "@" not in value
            )


DOCKER = """#!/bin/sh
# What the script needs of docker, without an engine: the set-up's files, and secrets as files.
case "$1 $2" in
  "run --rm")
    for pair in "$@"; do case $pair in *:/run/vitrina) folder=${pair%:*} ;; esac; done
    for part in auth registry orchestrator gateway; do echo s3cret > "$folder/config/$part/nats-$part-password"; done
    echo 'port: 4222' > "$folder/config/nats/nats-server.conf"
    touch "$folder/config/alerting/alerting.json" "$folder/config/prometheus/prometheus.yml"
    for name in one two; do
      printf 'groups:\n  - name: %s\n    rules: []\n' $name > "$folder/config/prometheus/rules-$name.yml"
    done ;;
  "secret inspect") [ -e "$GIVEN/$3" ] ;;
  "secret create") cp "$4" "$GIVEN/$3" ;;
esac
"""


def made_secrets(tmp_path: Path, **settings: str) -> dict[str, str]:
    given, bin_dir = tmp_path / "given", tmp_path / "bin"
    for folder in (given, bin_dir):
        folder.mkdir(exist_ok=True)
    (bin_dir / "docker").write_text(DOCKER)
    (bin_dir / "docker").chmod(0o755)
    environment = {"PATH": f"{bin_dir}:/usr/bin:/bin", "GIVEN": str(given), **settings}
    command = [str(STACK.with_name("make-secrets")), str(tmp_path / "vitrina")]
    subprocess.run(command, env=environment, check=True, capture_output=True, timeout=30)
    return {path.name.removeprefix("vitrina-1-"): path.read_text() for path in given.iterdir()}


def test_secrets_are_made_once_and_nats_takes_its_cluster(tmp_path: Path) -> None:
    made = made_secrets(tmp_path)
    assert made == made_secrets(tmp_path)
    assert {"nats-auth-password", "nats-server-conf", "rules-yml", "prometheus-yml"} < made.keys()
    assert [group["name"] for group in yaml.safe_load(made["rules-yml"])["groups"]] == ["one", "two"]
    assert made["nats-server-conf"].count("@nats-") == 3
    assert_nats_reads(made["nats-server-conf"], tmp_path)


def test_the_only_server_of_nats_waits_for_no_others(tmp_path: Path) -> None:
    made = made_secrets(tmp_path, VITRINA_SWARM_NATS="1")
    assert "cluster" not in made["nats-server-conf"]
    assert_nats_reads(made["nats-server-conf"], tmp_path)


def assert_nats_reads(text: str, folder: Path) -> None:
    configuration = folder / "nats.conf"
    configuration.write_text(text)
    program = Path(sys.executable).with_name("nats-server")
    checked = subprocess.run(
        [program, "-t", "-c", configuration], capture_output=True, text=True, check=False, timeout=30
    )
    assert checked.returncode == 0, checked.stderr


def test_docker_reads_it_and_names_the_setting_that_is_missing() -> None:
    """By compose, which reads the same format: Debian 12's client has no `docker stack config` yet. Needs no engine."""
    environment = {"VITRINA_POSTGRES_ADDRESS": "db.example.org:5432", "PATH": "/usr/local/bin:/usr/bin:/bin"}
    command = [*compose_program(), f"--file={STACK}", "config"]
    told = subprocess.run(command, env=environment, capture_output=True, text=True, check=False, timeout=60)
    assert told.returncode == 0, told.stderr
    assert yaml.safe_load(told.stdout)["services"].keys() == SERVICES.keys()
    without = subprocess.run(command, env={"PATH": environment["PATH"]}, capture_output=True, text=True, check=False)
    assert without.returncode != 0
    assert "VITRINA_POSTGRES_ADDRESS" in without.stderr


@pytest.mark.parametrize("part", ["auth", "registry", "orchestrator", "gateway", "edge", "alerting"])
def test_each_part_has_the_settings_that_it_has_with_compose(part: str) -> None:
    compose = yaml.safe_load((ROOT / "compose.yaml").read_text("utf-8"))["services"]
    missing = set(compose[part]["environment"]) - set(SERVICES[part]["environment"])
    # Swarm's services do not live through a restart of their engine, and mount no file of one machine.
    assert missing <= {"VITRINA_ENGINE_PATIENCE", "VITRINA_CA_FILE"}
