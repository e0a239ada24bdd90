"""Results are for people or for programs; what a vendor wrote steers neither a terminal nor a spreadsheet."""

import csv
import io
import json

import pytest
import yaml
from vitrina_cli.output import Format, show, show_one

COLUMNS = {"NAME": "name", "PHASE": "observed.phase"}
RECORDS = [
    {"name": "shop", "observed": {"phase": "running"}, "more": [1]},
    {"name": "kiosk", "observed": None, "more": []},
]


def test_a_table_in_a_pipe_has_a_line_for_each_record(capsys: pytest.CaptureFixture[str]) -> None:
    show([{"name": "x" * 300, "observed": {"phase": "running"}}], COLUMNS, Format.TABLE)
    heading, line = capsys.readouterr().out.splitlines()
    assert heading.split() == ["NAME", "PHASE"]
    assert line.split() == ["x" * 300, "running"]


def test_json_and_yaml_hold_all_that_the_api_said(capsys: pytest.CaptureFixture[str]) -> None:
    show(RECORDS, COLUMNS, Format.JSON)
    assert json.loads(capsys.readouterr().out) == RECORDS
    show(RECORDS, COLUMNS, Format.YAML)
    assert yaml.safe_load(capsys.readouterr().out) == RECORDS


def test_a_csv_holds_the_columns_and_no_formula(capsys: pytest.CaptureFixture[str]) -> None:
    show([*RECORDS, {"name": "=1+1"}], COLUMNS, Format.CSV)
    rows = list(csv.reader(io.StringIO(capsys.readouterr().out)))
    assert rows == [["name", "phase"], ["shop", "running"], ["kiosk", ""], ["'=1+1", ""]]


def test_a_name_does_not_steer_the_terminal_nor_the_markup(capsys: pytest.CaptureFixture[str]) -> None:
    show_one({"name": "\x1b[31m[red]red[/red] AA:CD:EE"}, Format.TABLE)
    said = capsys.readouterr().out
    assert "\x1b" not in said
    assert "[31m[red]red[/red] AA:CD:EE" in said


def test_times_are_read_as_utc_and_words_stay_words(capsys: pytest.CaptureFixture[str]) -> None:
    show_one({"at": "2026-01-31T08:00:00.123456+03:00", "name": "2026-01-31T shop", "set": True}, Format.CSV)
    assert "2026-01-31 05:00:00Z" in (said := capsys.readouterr().out)
    assert "2026-01-31T shop" in said
    assert "set,yes" in said
