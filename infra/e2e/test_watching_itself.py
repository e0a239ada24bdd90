"""The system is watched: its rules compute, its alerts reach Alertmanager, its dashboards have something to show."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from vitrina_e2e.system import System
from vitrina_e2e.waiting import until
from vitrina_embedded.home import ROOT

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(180)]

DASHBOARDS = sorted((ROOT / "infra" / "grafana" / "dashboards").glob("*.json"))
FIRST_RULES_SECONDS = 100
"""Rules are evaluated every 30 seconds, those that rest on others a round later, alerts every minute."""


def test_every_rule_computes(system: System) -> None:
    def unhealthy() -> list[tuple[str, str]]:
        groups = system.ask_prometheus("rules")["groups"]
        assert {Path(group["file"]).name.startswith("rules-") for group in groups} == {True}
        rules = [rule for group in groups if group["interval"] < FIRST_RULES_SECONDS for rule in group["rules"]]
        return [(rule["name"], rule.get("lastError", "")) for rule in rules if rule["health"] != "ok"]

    until(lambda: unhealthy() == [], seconds=FIRST_RULES_SECONDS, what="every rule is healthy")


def test_the_watchdog_has_reached_alertmanager(system: System) -> None:
    def names() -> list[str]:
        answer = httpx.get(f"{system.endpoints['alertmanager']}/api/v2/alerts", timeout=5, trust_env=False)
        return [alert["labels"]["alertname"] for alert in answer.raise_for_status().json()]

    until(lambda: "Watchdog" in names(), seconds=60, what="Alertmanager holds the watchdog")


def _queries(file: Path) -> Iterator[tuple[str, str]]:
    """Panel and query, with every variable as wide as it goes."""
    dashboard: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
    for panel in dashboard["panels"]:
        for target in panel["targets"]:
            query: str = target["expr"]
            for variable in dashboard["templating"]["list"]:
                query = query.replace(f"${variable['name']}", variable["allValue"])
            yield panel["title"], query


@pytest.mark.parametrize("file", DASHBOARDS, ids=lambda file: file.stem)
def test_every_panel_of_a_dashboard_has_data(system: System, file: Path) -> None:
    queries = list(_queries(file))
    assert len(queries) > 8

    def empty() -> list[tuple[str, str]]:
        return [each for each in queries if not system.ask_prometheus("query", query=each[1])["result"]]

    until(lambda: empty() == [], seconds=FIRST_RULES_SECONDS, what="every panel has data")
