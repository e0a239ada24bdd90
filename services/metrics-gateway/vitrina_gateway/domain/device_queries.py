"""PromQL about devices of one source: selectors are pinned to the source, and to the device if they are about one."""

from dataclasses import dataclass
from typing import Final, Self

from vitrina_contracts import metrics
from vitrina_contracts.exporter import KnownSource

from vitrina_gateway.domain.errors import InvalidParameterError

JOB: Final = "exporters"
PROBES: Final = "probes"
"""The job in which a third-party exporter is asked once for each target."""
UP: Final = "up"
"""Prometheus' own: 1 for each scrape that was answered, 0 for one that was not."""
OF: Final = "of"
"""Label that tells the parts of a joined query apart."""


def quoted(value: str) -> str:
    escaped = value.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    return f'"{escaped}"'


@dataclass(frozen=True)
class Measured:
    """How the statuses of a source's devices stand in Prometheus.

    `known` is the metric that a device has while it is looked at, whatever its status. `label` holds the device's id;
    None: all of it is one device. A value of `status` that is neither `online` nor `offline` tells nothing.
    """

    pins: str
    status: str
    known: str
    label: str | None
    online: float = 1
    offline: float | None = 0

    @classmethod
    def of(cls, known: KnownSource) -> Self:
        """By our own standard, or as the mapping of a third-party exporter says."""
        mapping = known.mapping
        if mapping is None:
            return cls.by_standard(known.platform, known.source)
        status = (mapping.status.metric, mapping.status.online, mapping.status.offline)
        exporter = f"exporter={quoted(known.exporter)}"
        if mapping.device == "target":
            pins = f'job="{PROBES}",{exporter},source={quoted(known.source)}'
            return cls(pins, status[0], UP, "device_id", *status[1:])
        pins = f'job="{JOB}",{exporter}'  # whose devices are listed only while they are one source's
        if mapping.device == "label":
            return cls(pins, status[0], status[0], mapping.device_label, *status[1:])
        return cls(pins, status[0], UP, None, *status[1:])

    @classmethod
    def by_standard(cls, platform: str, source: str) -> Self:
        pins = f'job="{JOB}",platform={quoted(platform)},source={quoted(source)}'
        return cls(pins, metrics.DEVICE_UP, metrics.DEVICE_INFO, "device_id")

    def selector(self, metric: str, device_id: str | None = None) -> str:
        """Of one device; of all of them for None."""
        pin = "" if device_id is None or self.label is None else f",{self.label}={quoted(device_id)}"
        return f"{metric}{{{self.pins}{pin}}}"

    def sample_counts(self, seconds: int, scrape_seconds: float, device_id: str | None = None) -> str:
        """How many samples there are in the seconds before the instant; each part carries its name in the label `of`.

        Of one device, or by the label of devices. Over ranges, because these do not look back behind a gap as instant
        selectors do.
        """
        total = "sum" if device_id is not None or self.label is None else f"sum by ({self.label})"
        status, known = (f"{self.selector(metric, device_id)}[{seconds}s]" for metric in (self.status, self.known))
        # An exporter that does not answer is our blindness, and says nothing of the device that it is about. A probe
        # that does not is told of each device, as unknown.
        looks = "sum_over_time" if self.label is None else "count_over_time"
        parts = {
            "online": f"{total}(sum_over_time({status}))",
            "told": f"{total}(count_over_time({status}))",
            "known": f"{total}({looks}({known}))",
        }
        if (self.online, self.offline) not in {(1, 0), (1, None)}:
            values = self.selector(self.status, device_id)
            every = max(1, round(scrape_seconds), seconds // _MOST_LOOKS)
            looked = f"[{seconds}s:{every}s])) * {every / scrape_seconds:g}"  # as many as there are samples
            dark = "" if self.offline is None else f" + ({values} == bool {self.offline:g})"
            parts["online"] = f"{total}(sum_over_time(({values} == bool {self.online:g}){looked}"
            parts["told"] = f"{total}(sum_over_time((({values} == bool {self.online:g}){dark}){looked}"
        return " or ".join(f'label_replace({part}, "{OF}", "{name}", "", "")' for name, part in parts.items())

    def over_time(self, metric: str, device_id: str, step: int) -> str:
        """Raises `InvalidParameterError` for what is no name of a metric."""
        if not _is_metric_name(metric):
            raise InvalidParameterError("metric", "the name of a metric, such as signage_device_up")
        return f"max(last_over_time({self.selector(metric, device_id)}[{step}s]))"


def _is_metric_name(text: str) -> bool:
    allowed = text.isascii() and text.replace("_", "a").replace(":", "a").isalnum()
    return allowed and not text[0].isdigit() and len(text) <= _LONGEST_NAME


_LONGEST_NAME: Final = 200
_MOST_LOOKS: Final = 15
"""In one step, where values are compared: VictoriaMetrics makes no more than 30,000 of them in a query."""
