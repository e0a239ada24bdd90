"""What is written on the command line, or in a file, is read as it stands there."""

from pathlib import Path

from vitrina_cli.options import parse_pairs, read_mapping


def test_a_value_is_text_where_json_has_nothing_for_it() -> None:
    pairs = ["n=7", "on=true", "tags=[a, b]", "none=", "at=22:00", "day=2026-11-25", "macs=[11:22:33:44:55:01]"]
    assert parse_pairs(pairs, "--set") == {
        "n": 7,
        "on": True,
        "tags": ["a", "b"],
        "none": None,
        "at": "22:00",
        "day": "2026-11-25",
        "macs": ["11:22:33:44:55:01"],
    }


def test_a_file_may_name_a_time_of_day_without_quotes(tmp_path: Path) -> None:
    (tmp_path / "window.yaml").write_text("from: 22:00\ntill: 06:00\n")
    assert read_mapping(str(tmp_path / "window.yaml")) == {"from": "22:00", "till": "06:00"}
