"""Who changed what, what things were before, and the way back."""

from typing import Any

import pytest
from vitrina_registry.testing.asking import MAC, PUBLIC, Asker, Rows, addreality, cubic, fields_of

SOURCES = "/exporters/cubicmedia/sources"
NORTH = f"{SOURCES}/north"
MACS = [f"AA:BB:CC:DD:EE:{number:02X}" for number in range(8)]


def config(*macs: str, **more: Any) -> dict[str, Any]:
    return {"config": {"api_url": f"{PUBLIC}?mac=", "macs": list(macs), **more}}


async def test_the_audit_tells_who_did_what_with_both_sides_newest_first(admin: Asker) -> None:
    await admin.post("/exporters/addreality/sources", addreality(token="canary-of-the-audit"))
    await admin.patch("/exporters/addreality/sources/vendor", {"enabled": False})
    answer = await admin.get("/audit")
    newest, created = answer.json()["items"][:2]
    assert (newest["actor"], newest["action"], newest["target"]) == ("anna", "source_updated", "addreality/vendor")
    assert (newest["before"]["enabled"], newest["after"]["enabled"]) == (True, False)
    assert (created["action"], created["before"]) == ("source_created", None)
    assert created["after"]["config"]["api_token"]["set"] is True
    assert "canary" not in answer.text
    assert answer.json()["items"][-1]["actor"] == "system"


async def test_the_audit_pages_by_cursor_and_filters(admin: Asker) -> None:
    for number in range(5):
        await admin.patch("/exporters/cubicmedia", {"labels": {"n": str(number)}})
    seen: list[int] = []
    cursor = ""
    while True:
        page = (await admin.get(f"/audit?exporter=cubicmedia&limit=2&cursor={cursor}")).json()
        seen.extend(item["id"] for item in page["items"])
        cursor = page["next_cursor"]
        if cursor is None:
            break
    assert seen == sorted(seen, reverse=True)
    assert len(seen) == len(set(seen)) == 6
    foreign = (await admin.get("/audit?exporter=cubicmedia&limit=2")).json()["next_cursor"]
    refused = await admin.get(f"/audit?exporter=addreality&limit=2&cursor={foreign}")
    assert (refused.status_code, fields_of(refused)) == (422, ["cursor"])
    assert (await admin.get("/audit?actor=nobody")).json()["items"] == []
    assert (await admin.get("/audit?actor=%00")).json()["items"] == []


async def test_the_audit_and_the_revisions_are_for_admins(admin: Asker, manager: Asker) -> None:
    await admin.post(SOURCES, cubic())
    for path in ("/audit", "/exporters/cubicmedia/revisions", f"{NORTH}/revisions"):
        assert (await manager.get(path)).status_code == 403


async def test_a_long_list_stands_in_the_audit_by_what_differs(admin: Asker) -> None:
    many = [f"AABBCC{number:06X}" for number in range(300)]
    await admin.post(SOURCES, {"name": "north", **config(*many)})
    await admin.patch(NORTH, config(*many[1:], MAC))
    entry = (await admin.get("/audit?limit=1")).json()["items"][0]
    assert entry["before"]["config"]["macs"] == {"length": 300, "only_here": [many[0]]}
    assert entry["after"]["config"]["macs"] == {"length": 300, "only_here": [MAC]}


async def test_revisions_show_what_came_and_what_went(admin: Asker) -> None:
    await admin.post(SOURCES, {"name": "north", **config(*MACS[:4])})
    await admin.patch(NORTH, config(*MACS[1:7]))
    await admin.patch(NORTH, {"enabled": False, "labels": {"region": "n"}})
    last, middle, first = (await admin.get(f"{NORTH}/revisions")).json()["items"]
    assert [item["revision"] for item in (last, middle, first)] == [4, 3, 2]
    assert [(d["path"], d["before"], d["after"]) for d in last["diff"]] == [
        ("labels.region", None, "n"),
        ("enabled", True, False),
    ]
    (difference,) = middle["diff"]
    assert (difference["path"], difference["added"], difference["removed"]) == ("config.macs", MACS[4:7], MACS[:1])
    assert (difference["added_count"], difference["removed_count"]) == (3, 1)
    assert {d["path"] for d in first["diff"]} == {"config.api_url", "config.macs", "enabled"}
    page = (await admin.get(f"{NORTH}/revisions?limit=2")).json()
    rest = (await admin.get(f"{NORTH}/revisions?limit=2&cursor={page['next_cursor']}")).json()
    assert page["items"] + rest["items"] == [last, middle, first]
    assert rest["next_cursor"] is None


async def test_a_changed_credential_is_a_difference_that_does_not_show_it(admin: Asker) -> None:
    await admin.post("/exporters/addreality/sources", addreality(token="canary-one"))
    url = "/exporters/addreality/sources/vendor"
    await admin.patch(url, {"config": {"api_url": PUBLIC, "api_token": "canary-two"}})
    answer = await admin.get(f"{url}/revisions")
    (difference,) = answer.json()["items"][0]["diff"]
    assert difference["path"] == "config.api_token"
    assert difference["before"]["set_at"] < difference["after"]["set_at"]
    assert "canary" not in answer.text


async def test_a_source_returns_to_an_earlier_revision_with_its_present_credentials(
    admin: Asker, orchestrator: Any
) -> None:
    url = "/exporters/addreality/sources/vendor"
    await admin.post("/exporters/addreality/sources", addreality(token="first"))
    await admin.patch(url, {"config": {"api_url": f"{PUBLIC}/2", "api_token": "second"}, "enabled": False})
    stale = await admin.ask("POST", f"{url}/revisions/2/revert", headers={"If-Match": '"2"'})
    assert stale.status_code == 412
    answer = await admin.ask("POST", f"{url}/revisions/2/revert", headers={"If-Match": '"3"'})
    assert (answer.status_code, answer.headers["etag"], answer.json()["enabled"]) == (200, '"4"', True)
    assert answer.json()["config"]["api_url"] == PUBLIC
    desired = (await orchestrator.get("/internal/v1/desired/addreality")).json()["sources"][0]["config"]
    assert desired == {"api_url": PUBLIC, "api_token": "second"}
    assert (await admin.get(f"{url}/revisions")).json()["items"][0]["change"] == "source_reverted"


async def test_an_exporter_returns_to_an_earlier_revision(admin: Asker) -> None:
    await admin.patch("/exporters/cubicmedia", {"enabled": False, "labels": {"a": "b"}})
    answer = await admin.ask("POST", "/exporters/cubicmedia/revisions/1/revert", headers={"If-Match": "*"})
    assert (answer.status_code, answer.json()["enabled"], answer.json()["labels"]) == (200, True, {})
    changes = [item["change"] for item in (await admin.get("/exporters/cubicmedia/revisions")).json()["items"]]
    assert changes == ["exporter_reverted", "exporter_updated", "exporter_created"]


@pytest.mark.parametrize("revision", ["1", "99", str(2**62)])
async def test_there_is_no_way_back_to_what_never_was(admin: Asker, revision: str) -> None:
    await admin.post(SOURCES, cubic())
    answer = await admin.ask("POST", f"{NORTH}/revisions/{revision}/revert", headers={"If-Match": "*"})
    assert answer.status_code == 404
    for bad in ("0", "x", str(2**63)):
        answer = await admin.ask("POST", f"{NORTH}/revisions/{bad}/revert", headers={"If-Match": "*"})
        assert (answer.status_code, fields_of(answer)) == (422, ["revision"])


async def test_lists_page_by_cursor(admin: Asker, rows: Rows) -> None:
    for name in ("a", "b", "c"):
        await admin.post(SOURCES, cubic(name))
    for path, key in ((SOURCES, "name"), ("/exporters", "name")):
        first = (await admin.get(f"{path}?limit=1")).json()
        second = (await admin.get(f"{path}?limit=1&cursor={first['next_cursor']}")).json()
        whole = (await admin.get(path)).json()
        assert [first["items"][0][key], second["items"][0][key]] == [item[key] for item in whole["items"][:2]]
        assert whole["next_cursor"] is None
    for bad in ("limit=0", "limit=1001", "limit=x", "cursor=nonsense"):
        answer = await admin.get(f"{SOURCES}?{bad}")
        assert (answer.status_code, fields_of(answer)) == (422, [bad.partition("=")[0]])
