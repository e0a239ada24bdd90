"""PromQL about one device: every selector is pinned to the device's whole identity."""

from typing import Final

from vitrina_contracts import metrics
from vitrina_contracts.device import DeviceKey

from vitrina_gateway.domain.errors import InvalidParameterError

JOB: Final = "exporters"
PROBES: Final = "probes"
"""The job in which a third-party exporter is asked once for each target."""
OF: Final = "of"
"""Label that tells the parts of a joined query apart."""


def quoted(value: str) -> str:
    escaped = value.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    return f'"{escaped}"'


def selector(metric: str, key: DeviceKey) -> str:
    platform, source, device_id = (quoted(part) for part in key)
    return f'{metric}{{job="{JOB}",platform={platform},source={source},device_id={device_id}}}'


def sample_counts(key: DeviceKey, step: int) -> str:
    """How many samples there are in the step before the instant; each part carries its name in the label `of`.

    Over ranges, because these do not look back behind a gap as instant selectors do.
    """
    up, info = (f"{selector(metric, key)}[{step}s]" for metric in (metrics.DEVICE_UP, metrics.DEVICE_INFO))
    parts = {
        "online": f"sum(sum_over_time({up}))",
        "told": f"sum(count_over_time({up}))",
        "known": f"sum(count_over_time({info}))",
    }
    return " or ".join(f'label_replace({part}, "{OF}", "{name}", "", "")' for name, part in parts.items())


def metric_over_time(metric: str, key: DeviceKey, step: int) -> str:
    """Raises `InvalidParameterError` for what is no name of a metric."""
    if not _is_metric_name(metric):
        raise InvalidParameterError("metric", "the name of a metric, such as signage_device_up")
    return f"max(last_over_time({selector(metric, key)}[{step}s]))"


def _is_metric_name(text: str) -> bool:
    allowed = text.isascii() and text.replace("_", "a").replace(":", "a").isalnum()
    return allowed and not text[0].isdigit() and len(text) <= _LONGEST_NAME


_LONGEST_NAME: Final = 200
