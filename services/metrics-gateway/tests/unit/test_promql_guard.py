"""Every selector that reaches Prometheus is pinned to the caller's sources, and strings stay strings."""

import promql_parser
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from vitrina_gateway.domain.promql import Matcher, QueryRefusedError, rewrite
from vitrina_gateway.domain.promql_guard import Guard

GUARD = Guard(frozenset({"north", "no.rth"}))
PIN = 'job=~"exporters|probes",source=~"no\\\\.rth|north"'


@pytest.mark.parametrize(
    ("query", "printed"),
    [
        ("x", f'{{__name__="x",{PIN}}}'),
        ("sum by (a) (rate(x[5m] offset 1m))", f'sum by (a) (rate({{__name__="x",{PIN}}}[300000ms] offset 60000ms))'),
        ("max_over_time(rate(x[5m])[1h:])", f'max_over_time((rate({{__name__="x",{PIN}}}[300000ms]))[3600000ms:])'),
        ('absent(x{source="north"})', 'absent({__name__="x",source="north",job=~"exporters|probes"})'),
        ("x offset -1ms", f'{{__name__="x",{PIN}}} offset -1ms'),
        ("x @ 12.5", f'{{__name__="x",{PIN}}} @ 12.500'),
        ("-x ^ 2", f'-(({{__name__="x",{PIN}}}) ^ (2.0))'),
        (
            "a / on(b) group_left(c) d",
            f'({{__name__="a",{PIN}}}) / on (b) group_left (c) ({{__name__="d",{PIN}}})',
        ),
    ],
)
def test_what_is_printed_means_what_was_asked_of_the_own_series(query: str, printed: str) -> None:
    assert GUARD.query(query) == printed


@pytest.mark.parametrize(
    "query", ['x{source="south"}', 'x{job="registry"}', 'x{source=""}', 'up{source="north",job="a"}']
)
def test_an_equality_with_what_is_not_granted_selects_nothing(query: str) -> None:
    assert '__name__=~"[^\\\\s\\\\S]"' in GUARD.query(query)


@pytest.mark.parametrize(
    "query",
    [
        'x{a="1" or b="2"}',
        "info(x)",
        "x @ -1",
        "foo(x)",
        "limitk(2, x)",
        "x[32d]",
        "rate(x[5m])[30d:1ms]",
        "(" * 5000 + "x" + ")" * 5000,
        "(" * 33 + "x" + ")" * 33,
        "-" * 4000 + "x",
        "+".join(["x"] * 2000),
        "abs(" * 1000 + "x" + ")" * 1000,
        "x" * 9000,
        'x{a="\x00"}',
        'x{a="\ud800"}',
        "",
        "#",
        "{}",
        "x{",
        "$x",
        '{"a b"="c"}',
        'sum by ("a b") (x)',
    ],
)
def test_what_is_not_answered_is_refused(query: str) -> None:
    with pytest.raises(QueryRefusedError):
        GUARD.query(query)


@pytest.mark.parametrize(
    "value", ['1"} or y{b="', '"', "\\", '\\"', "\n", "'", "`", "}", "#", '",source="south', "\u2028", "\x7f", "😀"]
)
def test_a_value_cannot_end_its_string(value: str) -> None:
    written = "".join(f"\\U{ord(character):08x}" for character in value)
    printed = GUARD.query(f'x{{a="{written}"}}')
    selector = promql_parser.parse(printed)
    assert isinstance(selector, promql_parser.VectorSelector)
    assert [each.value for each in selector.matchers.matchers if each.name == "a"] == [value]


def test_without_sources_nothing_is_selected() -> None:
    assert "source" not in (printed := Guard(frozenset()).query("x"))
    assert '__name__=~"[^\\\\s\\\\S]"' in printed


def test_whoever_may_see_everything_is_asked_as_written() -> None:
    assert Guard(None, everything=True).query("up") == '{__name__="up"}'
    assert Guard(None).query("up") == '{__name__="up",job=~"exporters|probes",source=~".+"}'


def test_deleted_sources_are_hidden_from_everybody() -> None:
    hidden = frozenset({"north"})
    assert Guard(None, everything=True, hidden=hidden).query("up") == '{__name__="up",source!~"north"}'
    assert (
        Guard(None, hidden=hidden).query("x") == '{__name__="x",job=~"exporters|probes",source=~".+",source!~"north"}'
    )
    assert 'source=~"no\\\\.rth"' in Guard(frozenset({"north", "no.rth"}), hidden=hidden).query("x")
    assert '__name__=~"[^\\\\s\\\\S]"' in Guard(frozenset({"north"}), hidden=hidden).query("x")
    keys = {Guard(frozenset({"a"}), hidden=each).key() for each in (hidden, frozenset({"a"}))}
    assert keys == {"a", ""}


FRAGMENTS = st.lists(
    st.sampled_from(
        [
            "x",
            "y",
            "sum(",
            "rate(",
            ")",
            "(",
            "{",
            "}",
            "[",
            "]",
            "5m",
            "1h:",
            ",",
            '"',
            "'",
            "`",
            "\\",
            "=",
            "=~",
            "!~",
            "or",
            "and",
            "unless",
            "on(",
            "by",
            "(",
            "@",
            "end()",
            "offset",
            "-",
            "+",
            "*",
            "a",
            "source",
            "south",
            '"south"',
            "job",
            "1",
            "0",
            "bool",
            "#",
            "\n",
            ".",
            ":",
            "absent(",
            "count_values(",
            "topk(",
        ]
    ),
    max_size=25,
).map("".join)


@settings(max_examples=400, deadline=None)
@given(FRAGMENTS | st.text(max_size=40))
def test_whatever_is_written_is_refused_or_pinned_everywhere(query: str) -> None:
    try:
        printed = GUARD.query(query)
    except QueryRefusedError:
        return
    seen: list[set[tuple[str, str, str]]] = []

    def note(expression: object) -> None:
        if isinstance(expression, promql_parser.VectorSelector):
            assert not expression.matchers.or_matchers
            seen.append({(each.name, str(each.op), each.value) for each in expression.matchers.matchers})

    promql_parser.walk(promql_parser.parse(printed), note)
    for matchers in seen:
        assert _is_pinned(matchers), printed
    assert rewrite(printed, lambda matchers: matchers) is not None


def _is_pinned(matchers: set[tuple[str, str, str]]) -> bool:
    if ("__name__", "MatchOp.Re", "[^\\s\\S]") in matchers:
        return True
    job = ("job", "MatchOp.Re", "exporters|probes") in matchers or any(
        ("job", "MatchOp.Equal", each) in matchers for each in ("exporters", "probes")
    )
    granted = [
        ("source", "MatchOp.Re", "no\\.rth|north"),
        *(("source", "MatchOp.Equal", each) for each in GUARD.sources or ()),
    ]
    return job and any(each in matchers for each in granted)


def test_printing_twice_changes_nothing_but_the_brackets() -> None:
    def same(matchers: object) -> list[Matcher]:
        return list(matchers)  # type: ignore[call-overload]  # what it is given is a sequence of matchers

    once = rewrite('sum by (a) (rate(x{b=~"c|d"}[5m])) > bool 3', same)
    assert rewrite(once, same).replace("(", "").replace(")", "") == once.replace("(", "").replace(")", "")
