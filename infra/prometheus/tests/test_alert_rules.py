"""Every alert is shown to fire, not to fire and to resolve, and those about devices and sources to bear the unknown."""

import re
import shutil
import subprocess
from collections import defaultdict
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
import yaml
from vitrina_embedded.alerting.rules import AlertLimits, Places, render_rules
from vitrina_embedded.downloads import Monitoring

CASES = Path(__file__).parent / "cases"
RUNBOOKS = Path(__file__).parents[1] / "runbooks.md"
FILES = sorted(CASES.glob("*.yml"))
EVERY_ALERT = {"does not fire", "fires", "resolves"}
BEARING_THE_UNKNOWN = {"device", "site", "source"}
NEVER_ENDS = "Watchdog"
CYRILLIC = re.compile("[\u0400-\u04ff]")


def _rules() -> list[dict[str, Any]]:
    files = render_rules(AlertLimits(), Places("http://vitrina.test")).values()
    return [rule for text in files for group in yaml.safe_load(text)["groups"] for rule in group["rules"]]


ALERTS = {rule["alert"]: rule for rule in _rules() if "alert" in rule}


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_promtool_finds_that_alerts_do_what_the_cases_say(
    file: Path, rules_folder: Path, monitoring: Monitoring
) -> None:
    shutil.copy(file, rules_folder / f"case-{file.name}")
    command = [str(monitoring.promtool), "test", "rules", f"case-{file.name}"]
    done = subprocess.run(command, cwd=rules_folder, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("limits", [AlertLimits(), AlertLimits(offline_after_by_source={"a": 60, "b": 60, "c": 7200})])
def test_promtool_accepts_the_rules(limits: AlertLimits, monitoring: Monitoring, tmp_path: Path) -> None:
    for name, text in render_rules(limits, Places("http://vitrina.test")).items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    command = [str(monitoring.promtool), "check", "rules", "--lint-fatal", *map(str, tmp_path.iterdir())]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_sources_that_share_a_limit_share_a_group_and_each_source_is_in_one_group_only() -> None:
    limits = AlertLimits(offline_after=1200, offline_after_by_source={"a": 60, "b.c": 60, "d": 7200, "e": 1200})
    files = render_rules(limits, Places("http://vitrina.test"))
    matchers = {name: set(re.findall(r"vitrina:device_offline\{(.*?)\}", text)) for name, text in files.items()}
    assert {name: found for name, found in matchers.items() if found - {""} or "offline-after" in name} == {
        "rules-offline-after-1200s.yml": {r'source!~"a|b\\.c|d"'},
        "rules-offline-after-60s.yml": {r'source=~"a|b\\.c"'},
        "rules-offline-after-7200s.yml": {'source=~"d"'},
    }


def _shown() -> Iterator[tuple[str, str, list[dict[str, Any]]]]:
    """Alert, case and the expectations about it, of every group of every file."""
    for file in FILES:
        for group in yaml.safe_load(file.read_text(encoding="utf-8"))["tests"]:
            for alert, said in re.findall(r"([A-Z]\w+): ([^;]+)", re.sub(r"\(.*?\)", "", group["name"])) or [("", "")]:
                about = [each for each in group["promql_expr_test"] if f'"{alert}"' in each["expr"]]
                for case in said.split(","):
                    yield alert, case.strip(), about
            for case in re.findall(r"; ([a-z ]+)", re.sub(r"\(.*?\)", "", group["name"])):
                yield group["name"].partition(":")[0], case.strip(), []


def test_no_alert_lacks_a_case() -> None:
    shown: dict[str, set[str]] = defaultdict(set)
    for alert, case, _ in _shown():
        shown[alert].add(case)
    wanted = {
        alert: EVERY_ALERT | ({"unknown"} if rule["labels"]["scope"] in BEARING_THE_UNKNOWN else set())
        for alert, rule in ALERTS.items()
        if alert != NEVER_ENDS
    }
    missing = {alert: cases - shown[alert] for alert, cases in wanted.items() if cases - shown[alert]}
    assert not missing
    assert shown.keys() - ALERTS.keys() == set()


def test_a_case_that_fires_or_resolves_expects_both_an_alert_and_none() -> None:
    for alert, case, about in _shown():
        if case == "resolves":
            counts = [len(each["exp_samples"]) for each in about]
            assert any(before > after for before, after in pairwise(counts)), alert


def test_every_alert_for_people_says_what_it_is_in_both_languages_and_leads_somewhere() -> None:
    for alert, rule in ALERTS.items():
        if rule["labels"]["scope"] in {"helper", "watchdog"}:
            continue
        assert rule["labels"]["severity"] in {"critical", "warning", "info"}, alert
        annotations = rule["annotations"]
        wanted = {"summary_en", "summary_ru", "description_en", "description_ru", "runbook_url", "link"}
        assert annotations.keys() == wanted, alert
        assert CYRILLIC.search(annotations["summary_ru"] + annotations["description_ru"]), alert
        assert not CYRILLIC.search(annotations["summary_en"] + annotations["description_en"]), alert


def test_every_alert_for_people_has_its_place_in_the_runbook_and_none_is_left_from_before() -> None:
    headings = re.findall(r"^### (\w+)$", RUNBOOKS.read_text(encoding="utf-8"), re.MULTILINE)
    for_people = {alert for alert, rule in ALERTS.items() if rule["labels"]["scope"] != "helper"}
    assert set(headings) == for_people
    for alert in for_people:
        assert ALERTS[alert]["annotations"]["runbook_url"].endswith(f"#{alert.lower()}")
