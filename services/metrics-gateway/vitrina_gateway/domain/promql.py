"""PromQL as data: a query is parsed, each selector may be replaced, and the whole is printed anew. Pure.

What Prometheus is given is always our own print, never the caller's text: whatever a caller writes, Prometheus reads
only what is printed here. The parser library is used for reading alone, because of what it does otherwise:

- its printer does not escape strings, so a label's value could end its own string and begin another selector;
- its printer takes offsets of milliseconds for none, and a negative instant after `@` makes it panic;
- it nests calls as deep as the query does and takes the process with it, so depth is bounded before it is asked;
- matchers joined with `or` stand apart from the others and are easily forgotten.

What is not on the lists below is refused: `info()`, for one, reads series that no selector of the query names.
"""

import math
import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final

import promql_parser

LONGEST_QUERY: Final = 8192
"""Characters."""
_DEEPEST: Final = 32
_MOST_OPERATORS: Final = 256
_LONGEST_RANGE: Final = timedelta(days=31)
_MOST_EVALUATIONS: Final = 250_000
"""Of one selector: the points of the answer times the steps of the subqueries around the selector."""
_DEFAULT_STEP: Final = timedelta(seconds=15)

_FUNCTIONS: Final = frozenset(
    [
        "abs", "absent", "absent_over_time", "acos", "acosh", "asin", "asinh", "atan", "atanh", "avg_over_time", "ceil",
        "changes", "clamp", "clamp_max", "clamp_min", "cos", "cosh", "count_over_time", "day_of_month", "day_of_week",
        "day_of_year", "days_in_month", "deg", "delta", "deriv", "exp", "floor", "histogram_count",
        "histogram_fraction", "histogram_quantile", "histogram_sum", "hour", "idelta", "increase", "irate",
        "label_join", "label_replace", "last_over_time", "ln", "log10", "log2", "max_over_time", "min_over_time",
        "minute", "month", "pi", "predict_linear", "present_over_time", "quantile_over_time", "rad", "rate", "resets",
        "round", "scalar", "sgn", "sin", "sinh", "sort", "sort_desc", "sqrt", "stddev_over_time", "stdvar_over_time",
        "sum_over_time", "tan", "tanh", "time", "timestamp", "vector", "year",
    ]
)  # fmt: skip
_AGGREGATIONS: Final = frozenset(
    ["avg", "bottomk", "count", "count_values", "group", "max", "min", "quantile", "stddev", "stdvar", "sum", "topk"]
)
_ARITHMETIC: Final = frozenset(["+", "-", "*", "/", "%", "^", "atan2"])
_BINARY: Final = _ARITHMETIC | {"==", "!=", ">", "<", ">=", "<=", "and", "or", "unless"}
_MATCH: Final = {
    "MatchOp.Equal": "=",
    "MatchOp.NotEqual": "!=",
    "MatchOp.Re": "=~",
    "MatchOp.NotRe": "!~",
}
_CARDINALITY: Final = {
    "VectorMatchCardinality.ManyToOne": "group_left",
    "VectorMatchCardinality.OneToMany": "group_right",
}
_LABEL_NAME: Final = re.compile(r"[a-zA-Z_][a-zA-Z0-9_]*")
_QUOTED_OR_COMMENT: Final = re.compile(r'"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])*\'|`[^`]*`|#[^\n]*')
_NEGATIVE_INSTANT: Final = re.compile(r"@\s*-")
_OPERATORS: Final = re.compile(r"[-+*/%^=<>!]|\b(?:and|or|unless|atan2|offset)\b", re.IGNORECASE)


class QueryRefusedError(Exception):
    """The query is no PromQL, or not of the part of it that is answered; the message says why."""


@dataclass(frozen=True)
class Matcher:
    """`op` is one of `=`, `!=`, `=~`, `!~`."""

    name: str
    op: str
    value: str


Matchers = Sequence[Matcher]
Replace = Callable[[Matchers], Matchers]
"""Gives the matchers that a selector shall have instead; the metric's name is one of them, `__name__`."""


def rewrite(query: str, replace: Replace, points: int = 1) -> str:
    """The query with every selector replaced, in our own print. `points`: at how many instants it will be evaluated.

    Raises:
        QueryRefusedError: see there.
    """
    with _no_panic():
        return _Printer(replace, points).print(_parse(query), 1)


def rewrite_selector(text: str, replace: Replace) -> str:
    """As `rewrite`, of what must be a plain selector of series."""
    with _no_panic():
        expression = _parse(text)
        if not isinstance(expression, promql_parser.VectorSelector) or expression.offset or expression.at:
            raise QueryRefusedError("a plain selector of series is needed here")
        return _Printer(replace, 1).print(expression, 1)


@contextmanager
def _no_panic() -> Iterator[None]:
    """A panic of the parser's Rust code is no `Exception`, so it would pass every handler."""
    try:
        yield
    except BaseException as error:
        if type(error).__module__ != "pyo3_runtime":
            raise
        raise QueryRefusedError("the query cannot be read") from None


def _parse(query: str) -> Any:
    if len(query) > LONGEST_QUERY:
        raise QueryRefusedError(f"the query is longer than {LONGEST_QUERY} characters")
    if not query.isprintable() and not query.replace("\n", " ").replace("\t", " ").replace("\r", " ").isprintable():
        raise QueryRefusedError("the query holds characters that cannot be printed; write them as escapes")
    bare = _QUOTED_OR_COMMENT.sub('""', query)
    if _depth(bare) > _DEEPEST or len(_OPERATORS.findall(bare)) > _MOST_OPERATORS:
        raise QueryRefusedError("the query is nested too deeply or has too many operators")
    if _NEGATIVE_INSTANT.search(bare):
        raise QueryRefusedError("an instant after @ must lie behind 1970")
    if "`" in query and "\\" in query:
        raise QueryRefusedError("write strings with backslashes in double quotes")
    try:
        return promql_parser.parse(query)
    except ValueError as error:
        raise QueryRefusedError(f"parse error: {error}") from None


def _depth(text: str) -> int:
    depth = deepest = 0
    for character in text:
        if character in "([{":
            depth += 1
            deepest = max(deepest, depth)
        elif character in ")]}":
            depth -= 1
    return deepest


class _Printer:
    def __init__(self, replace: Replace, points: int) -> None:
        self._replace = replace
        self._points = points
        self._kinds: dict[type, Callable[[Any, float], str]] = {
            promql_parser.AggregateExpr: self._aggregation,
            promql_parser.BinaryExpr: self._binary,
            promql_parser.Call: self._call,
            promql_parser.MatrixSelector: self._matrix,
            promql_parser.NumberLiteral: lambda node, _: _number(node.val),
            promql_parser.ParenExpr: lambda node, steps: f"({self.print(node.expr, steps)})",
            promql_parser.StringLiteral: lambda node, _: quoted(node.val),
            promql_parser.SubqueryExpr: self._subquery,
            promql_parser.UnaryExpr: lambda node, steps: f"-({self.print(node.expr, steps)})",
            promql_parser.VectorSelector: lambda node, steps: self._selector(node, steps) + _moved(node),
        }

    def print(self, node: Any, steps: float) -> str:
        """`steps`: how often the subqueries around it evaluate it for each point."""
        kind = self._kinds.get(type(node))
        if kind is None:
            raise QueryRefusedError(f"{type(node).__name__} is not answered here")
        return kind(node, steps)

    def _selector(self, node: Any, steps: float) -> str:
        if node.matchers.or_matchers:
            raise QueryRefusedError("matchers joined with `or` are not answered here")
        if self._points * steps > _MOST_EVALUATIONS:
            raise QueryRefusedError("the query has too many steps: take a longer step or a shorter range")
        matchers = [Matcher(each.name, _operator(each.op), each.value) for each in node.matchers.matchers]
        if node.name is not None:
            matchers.insert(0, Matcher("__name__", "=", node.name))
        printed = (f"{_label(each.name)}{each.op}{quoted(each.value)}" for each in self._replace(matchers))
        return "{" + ",".join(printed) + "}"

    def _matrix(self, node: Any, steps: float) -> str:
        inner = node.vector_selector
        return f"{self._selector(inner, steps)}[{_duration(_bounded(node.range))}]{_moved(inner)}"

    def _subquery(self, node: Any, steps: float) -> str:
        step = node.step or _DEFAULT_STEP
        if step <= timedelta(0):
            raise QueryRefusedError("the step of a subquery must be positive")
        inner = self.print(node.expr, steps * max(1.0, _bounded(node.range) / step))
        written = _duration(node.step) if node.step else ""
        return f"({inner})[{_duration(node.range)}:{written}]{_moved(node)}"

    def _call(self, node: Any, steps: float) -> str:
        name = node.func.name
        if name not in _FUNCTIONS:
            raise QueryRefusedError(f"the function {name} is not answered here")
        return f"{name}({', '.join(self.print(each, steps) for each in node.args)})"

    def _aggregation(self, node: Any, steps: float) -> str:
        name = str(node.op)
        if name not in _AGGREGATIONS:
            raise QueryRefusedError(f"the aggregation {name} is not answered here")
        arguments = [node.expr] if node.param is None else [node.param, node.expr]
        grouping = ""
        if node.modifier is not None:
            word = "by" if node.modifier.type == promql_parser.AggModifierType.By else "without"
            grouping = f" {word} ({_labels(node.modifier.labels)}) "
        return f"{name}{grouping}({', '.join(self.print(each, steps) for each in arguments)})"

    def _binary(self, node: Any, steps: float) -> str:
        operator = str(node.op)
        if operator not in _BINARY:
            raise QueryRefusedError(f"the operator {operator} is not answered here")
        left, right = self.print(node.lhs, steps), self.print(node.rhs, steps)
        return f"({left}) {operator}{_matching(node.modifier)} ({right})"


def _matching(modifier: Any) -> str:
    if modifier is None:
        return ""
    if modifier.fill_values.lhs is not None or modifier.fill_values.rhs is not None:
        raise QueryRefusedError("fill values are not answered here")
    text = " bool" if modifier.return_bool else ""
    if modifier.matching is not None:
        word = "on" if modifier.matching.type == promql_parser.LabelModifierType.Include else "ignoring"
        text += f" {word} ({_labels(modifier.matching.labels)})"
    if (side := _CARDINALITY.get(str(modifier.card))) is not None:
        text += f" {side} ({_labels(modifier.group_labels or [])})"
    return text


def _moved(node: Any) -> str:
    """The instant that a selector looks at: `@` and `offset`."""
    text = ""
    if node.at is not None:
        if node.at.type == promql_parser.AtModifierType.At:
            at = node.at.at.timestamp()
            if at <= 0:
                raise QueryRefusedError("an instant after @ must lie behind 1970")
            text += f" @ {at:.3f}"
        else:
            text += " @ start()" if node.at.type == promql_parser.AtModifierType.Start else " @ end()"
    if node.offset:
        sign = "-" if node.offset < timedelta(0) else ""
        text += f" offset {sign}{_duration(abs(node.offset))}"
    return text


def _bounded(length: timedelta) -> timedelta:
    if not timedelta(0) < length <= _LONGEST_RANGE:
        raise QueryRefusedError("ranges must be longer than nothing and at most 31 days")
    return length


def _duration(length: timedelta) -> str:
    return f"{round(length / timedelta(milliseconds=1))}ms"


def _number(value: float) -> str:
    if math.isnan(value):
        return "NaN"
    if math.isinf(value):
        return "Inf" if value > 0 else "(-Inf)"
    return repr(value) if value >= 0 else f"({value!r})"


def _operator(op: Any) -> str:
    operator = _MATCH.get(str(op))
    if operator is None:
        raise QueryRefusedError("this kind of matcher is not answered here")
    return operator


def _labels(names: Sequence[str]) -> str:
    return ", ".join(_label(name) for name in names)


def _label(name: str) -> str:
    if not _LABEL_NAME.fullmatch(name):
        raise QueryRefusedError(f"{name!r} is no name of a label")
    return name


_ESCAPES: Final = {"\\": "\\\\", '"': '\\"'}


def quoted(value: str) -> str:
    """As a string of PromQL that means exactly this."""
    return '"' + "".join(_escaped(character) for character in value) + '"'


def _escaped(character: str) -> str:
    if character in _ESCAPES:
        return _ESCAPES[character]
    if character.isprintable():
        return character
    code = ord(character)
    if 0xD800 <= code <= 0xDFFF:  # noqa: PLR2004 - surrogates are no characters
        raise QueryRefusedError("a string holds half a character")
    return f"\\u{code:04x}" if code <= 0xFFFF else f"\\U{code:08x}"  # noqa: PLR2004 - the two forms of an escape
