"""Cursors lead on through their own list and nowhere else."""

import pytest
from vitrina_kit.pagination import Page, next_cursor, read_cursor, write_cursor
from vitrina_kit.problem_handlers import Problem


@pytest.mark.parametrize("key", ["north", "имя", 7, [1, "a"]])
def test_a_cursor_gives_back_its_key(key: object) -> None:
    assert read_cursor(write_cursor(key, "sources", None), type(key), "sources", None) == key


@pytest.mark.parametrize(
    "cursor", ["", "x", "%%%", "bnVsbA", "W10", write_cursor("a", "other"), write_cursor(1, "list"), "é" * 4, "WzEsMl0"]
)
def test_what_is_no_cursor_of_this_list_is_refused_by_name(cursor: str) -> None:
    with pytest.raises(Problem) as refused:
        read_cursor(cursor, str, "list")
    assert [error.field for error in refused.value.details.errors] == ["cursor"]


def test_only_a_full_page_with_more_behind_it_has_a_next_one() -> None:
    assert next_cursor(["a", "b"], 2, "list") is None
    cursor = next_cursor(["a", "b", "c"], 2, "list")
    assert Page(2, cursor).after(str, "list") == "b"
    assert Page(2, None).after(str, "list") is None
