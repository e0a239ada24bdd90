"""A service says what the container body says that the policy has seen; a record survives as a label."""

from dataclasses import replace
from typing import Any

import pytest
from vitrina_orchestrator.adapters.swarm_configs import SwarmConfig, present_config, written_config
from vitrina_orchestrator.adapters.swarm_view import instance_of, newest, task_view
from vitrina_orchestrator.domain.containers import ContainerSettings, Limits
from vitrina_orchestrator.domain.errors import ContainerRefusedError
from vitrina_orchestrator.domain.swarm_service import (
    SecretFile,
    SwarmRecord,
    changed_service,
    exporter_service,
    secret_ids,
    secret_name,
    service_name,
    standby_service,
)
from vitrina_orchestrator.testing.runtime_contract import spec

SETTINGS = ContainerSettings(
    installation="vitrina-test",
    image_prefix="",
    image_tag="test",
    scrape_network="scrape",
    egress_network="egress",
    limits=Limits(memory_bytes=64 * 1024 * 1024, nano_cpus=1_000_000_000, pids=64, log_bytes=100_000),
)
FILES = (SecretFile("id-1", "vitrina-test-screens.1-abc.0", "config-1.json"), SecretFile("id-2", "x", "current"))


def service(**changes: Any) -> dict[str, Any]:
    return exporter_service(spec(**changes), SETTINGS, FILES, SwarmRecord(), ["node.labels.exporters==true"])


def test_a_service_is_hardened_and_limited_as_a_container() -> None:
    template = service()["TaskTemplate"]
    container = template["ContainerSpec"]
    assert (container["User"], container["ReadOnly"], container["CapabilityDrop"]) == ("65532:65532", True, ["ALL"])
    assert container["Privileges"] == {"NoNewPrivileges": True}
    assert container["Init"] is True
    limits = {"MemoryBytes": 64 * 1024 * 1024, "NanoCPUs": 1_000_000_000, "Pids": 64}
    assert template["Resources"]["Limits"] == limits
    assert template["RestartPolicy"] == {"Condition": "none"}
    assert template["Placement"]["Constraints"] == ["node.labels.exporters==true"]
    assert [mount["Target"] for mount in container["Mounts"]] == ["/var/lib/vitrina", "/tmp"]  # noqa: S108 - the container's own


def test_two_tasks_of_a_service_never_run_at_a_time() -> None:
    body = service()
    assert body["Mode"] == {"Replicated": {"Replicas": 1}}
    assert body["UpdateConfig"]["Order"] == "stop-first"


def test_the_configuration_is_readable_by_the_exporter_alone() -> None:
    secrets = service()["TaskTemplate"]["ContainerSpec"]["Secrets"]
    assert [secret["File"]["Name"] for secret in secrets] == ["/etc/vitrina/config-1.json", "/etc/vitrina/current"]
    assert {(file["UID"], file["GID"], file["Mode"]) for file in (secret["File"] for secret in secrets)} == {
        ("65532", "65532", 0o400)
    }


def test_a_new_version_on_standby_has_neither_configuration_nor_a_way_out() -> None:
    body = standby_service(spec(), SETTINGS, FILES, [])
    assert body["TaskTemplate"]["ContainerSpec"]["Secrets"] == []
    assert body["TaskTemplate"]["Networks"] == [{"Target": "scrape"}]
    assert "vitrina.exporter" not in body["Labels"]


def test_an_image_that_is_not_allowed_is_refused_by_the_policy_of_containers() -> None:
    with pytest.raises(ContainerRefusedError, match="image"):
        service(image="evil/image")


def test_names_fit_swarm_and_never_meet() -> None:
    long = "x" * 63
    names = {service_name(name, SETTINGS) for name in ("screens", "screens.1", long, f"{long}.1", f"{long}.2")}
    assert len(names) == 5
    assert all(len(name) <= 63 and "." not in name for name in names)
    assert len(secret_name(f"{long}.12", 1_000_000, "f" * 64, 3, SETTINGS)) <= 64


def test_a_change_leaves_the_rest_of_a_service_as_it_is() -> None:
    before = service()
    record = SwarmRecord(restarts=3, halted=True)
    after = changed_service(before, record=record, replicas=0, again=True)
    assert SwarmRecord.of(after["Labels"]) == record
    assert after["Mode"] == {"Replicated": {"Replicas": 0}}
    assert after["TaskTemplate"]["ForceUpdate"] == 1
    assert before == service()
    after["TaskTemplate"]["ForceUpdate"], after["Mode"], after["Labels"] = 0, before["Mode"], before["Labels"]
    assert after == before


def test_a_lost_record_begins_anew() -> None:
    assert SwarmRecord.of({}) == SwarmRecord.of({"vitrina.record": "{"}) == SwarmRecord()


def task(number: int, state: str, desired: str = "running", **status: Any) -> dict[str, Any]:
    network = {"Network": {"Spec": {"Name": "scrape"}}, "Addresses": [f"10.0.1.{number}/24"]}
    when = f"2026-11-25T07:38:0{number}.569469226Z"
    facts = {"State": state, "Timestamp": when} | status
    return {
        "ID": f"t{number}",
        "NodeID": "n",
        "CreatedAt": when,
        "DesiredState": desired,
        "Status": facts,
        "NetworksAttachments": [network],
    }


def test_of_several_tasks_the_one_counts_that_swarm_wants() -> None:
    beyond_the_cut, present = task(2, "running", "shutdown"), task(1, "running")
    views = [task_view(each, SETTINGS) for each in (beyond_the_cut, present)]
    counting = newest(views)
    assert counting is not None
    assert (counting.id, counting.ip, counting.runs) == ("t1", "10.0.1.1", True)
    assert not views[0].lives


def test_an_instance_is_told_with_the_address_of_its_task() -> None:
    told = {"ID": "service-id-and-more", "Spec": service()}
    instance = instance_of(told, task_view(task(1, "running"), SETTINGS), None, SETTINGS)
    assert (instance.spec, instance.address, instance.running) == (spec(), "10.0.1.1:9000", True)
    assert instance_of(told, None, None, SETTINGS).running is False
    larger = replace(SETTINGS, limits=replace(SETTINGS.limits, pids=65))
    assert instance_of(told, None, None, larger).spec != spec()


def test_the_present_configuration_is_the_one_that_the_service_mounts() -> None:
    old, new = SwarmConfig(1, "a", FILES, made=1), SwarmConfig(2, "b", (SecretFile("id-3", "y", "current"),), made=2)
    mounted = secret_ids({"Spec": service()})
    present = present_config([old, new], mounted)
    assert present is old
    assert present_config([old, new], None) is new
    written = written_config([old, new], present)
    assert written is not None
    assert (written.revision, written.older_revisions) == (1, (2,))
