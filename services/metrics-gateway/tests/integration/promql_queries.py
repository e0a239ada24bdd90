"""Random queries of PromQL's whole grammar, about the metrics of the leak test."""

import random
from collections.abc import Callable

METRICS = (
    "signage_device_up",
    "signage_device_info",
    "signage_device_last_seen_timestamp_seconds",
    "signage_source_up",
    "signage_source_poll_errors_total",
    "probe_success",
    "up",
    "vitrina_secret_total",
)
LABELS = ("source", "device_id", "platform", "exporter", "job", "instance", "name", "reason", "nothing")
VALUES = {
    "source": ("north", "south", "east", "", "nor", "n.*"),
    "device_id": ("d1", "d2", "d3", "d.*", "none"),
    "job": ("exporters", "probes", "registry", "export", ".+", ""),
    "name": ("Screen 1", "Screen 2", 'Odd "name"', "back\\slash", ".*1"),
}
ANY_VALUES = ("acme", "exporter-1", "exporter-2", "a|b", "", ".*")
OF_VECTOR = (
    "abs",
    "ceil",
    "floor",
    "sgn",
    "sort",
    "sort_desc",
    "timestamp",
    "scalar_vector",
    "absent",
    "exp",
    "minute",
)
OF_RANGE = (
    "rate",
    "increase",
    "delta",
    "changes",
    "resets",
    "count_over_time",
    "sum_over_time",
    "max_over_time",
    "last_over_time",
    "absent_over_time",
    "present_over_time",
    "avg_over_time",
)
AGGREGATIONS = ("sum", "count", "min", "max", "group", "avg", "topk", "bottomk", "count_values", "quantile")
OPERATORS = ("+", "-", "*", "/", "%", "^", "==", "!=", ">", "<", ">=", "<=", "and", "or", "unless", "> bool", "== bool")


class Writer:
    def __init__(self, seed: int) -> None:
        self._chance = random.Random(seed)  # noqa: S311 - a seed for repeatable tests

    def query(self) -> str:
        return self._vector(3)

    def selector(self) -> str:
        matchers = ",".join(self._matcher() for _ in range(self._chance.choice((0, 0, 1, 1, 2, 3))))
        name = self._chance.choice((*METRICS, *METRICS, ""))
        if not name and not matchers:
            return '{source=~".+"}'
        return f"{name}{{{matchers}}}" if matchers else name

    def label(self) -> str:
        return self._chance.choice(LABELS)

    def _vector(self, depth: int) -> str:
        kinds: tuple[Callable[[int], str], ...] = (
            self._plain,
            self._plain,
            self._function,
            self._over_time,
            self._aggregation,
            self._binary,
            self._bracketed,
            self._relabelled,
        )
        return self._chance.choice(kinds)(depth - 1) if depth else self._plain(0)

    def _plain(self, _depth: int) -> str:
        return self.selector() + self._moved()

    def _bracketed(self, depth: int) -> str:
        return self._chance.choice(("({})", "-({})", "-{}")).format(self._vector(depth))

    def _function(self, depth: int) -> str:
        name = self._chance.choice(OF_VECTOR)
        inner = self._vector(depth)
        return f"vector(scalar({inner}))" if name == "scalar_vector" else f"{name}({inner})"

    def _over_time(self, depth: int) -> str:
        function = self._chance.choice(OF_RANGE)
        if self._chance.random() < 0.3:
            return f"{function}(({self._vector(depth)})[{self._chance.choice(('5m', '10m'))}:1m]{self._moved()})"
        return f"{function}({self.selector()}[{self._chance.choice(('2m', '5m', '90s'))}]{self._moved()})"

    def _aggregation(self, depth: int) -> str:
        name = self._chance.choice(AGGREGATIONS)
        parameter = {"topk": "2, ", "bottomk": "1, ", "count_values": '"source", ', "quantile": "0.5, "}.get(name, "")
        by = self._chance.choice(("", f"by ({self._labels()})", f"without ({self._labels()})"))
        chosen = f"{name} {by} ({parameter}{self._vector(depth)})"
        return f"sum({chosen})" if name in {"topk", "bottomk"} else chosen  # which of equals is chosen is not told

    def _binary(self, depth: int) -> str:
        operator = self._chance.choice(OPERATORS)
        right = str(self._chance.randint(0, 3)) if self._chance.random() < 0.3 else self._vector(depth)
        if right.isdigit() and operator in {"and", "or", "unless"}:
            right = f"vector({right})"
        matching = ""
        if not right.isdigit() and self._chance.random() < 0.5:
            matching = f" {self._chance.choice(('on', 'ignoring'))} ({self._labels()})"
            if operator not in {"and", "or", "unless"} and self._chance.random() < 0.5:
                matching += self._chance.choice((" group_left ()", " group_right ()", " group_left (name)"))
        return f"({self._vector(depth)}) {operator}{matching} ({right})"

    def _relabelled(self, depth: int) -> str:
        label = self._chance.choice(("source", "job", "device_id"))
        return f'label_replace({self._vector(depth)}, "{label}", "$1", "{self.label()}", "(.*)")'

    def _matcher(self) -> str:
        label = self.label()
        value = self._chance.choice(VALUES.get(label, ANY_VALUES)).replace("\\", "\\\\").replace('"', '\\"')
        return f'{label}{self._chance.choice(("=", "!=", "=~", "!~"))}"{value}"'

    def _labels(self) -> str:
        return ", ".join(self._chance.sample(LABELS, self._chance.choice((0, 1, 2))))

    def _moved(self) -> str:
        return self._chance.choice(("", "", "", "", " offset 3m", " offset -1m", " @ end()", " @ start() offset 1m"))
