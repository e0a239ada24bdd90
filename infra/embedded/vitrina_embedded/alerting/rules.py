"""Prometheus' rules: the templates of `infra/prometheus/rules` with this installation's times, thresholds and address.

A device's time in the dark is compared with its source's limit. Rules cannot look a limit up by source without one more
join over all devices at each evaluation, so there is a group of rules for each distinct limit, bound to its sources.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field
from typing import Final

from vitrina_embedded.templates import INFRA, fill_in

FILE_PREFIX: Final = "rules-"
"""Prometheus reads every such file that lies beside its configuration."""

_FOLDER: Final = INFRA / "prometheus" / "rules"
_PER_LIMIT: Final = "offline-after.yml"

_DEVICE: Final = "source=%q,device_id=%q"
_TEXTS: Final = {
    "device_name": (
        f'{{{{ with printf "last_over_time(signage_device_info{{{_DEVICE}}}[1h])" $labels.source $labels.device_id'
        ' | query }}{{ . | first | label "name" }}{{ else }}{{ $labels.device_id }}{{ end }}'
    ),
    "source_screens": (
        '{{ with printf "vitrina:source_devices{source=%q}" $labels.source | query }}'
        '{{ . | first | value | printf "%.0f" }}{{ else }}0{{ end }}'
    ),
    "source_reason": (
        '{{ with printf "signage_source_failing{source=%q}" $labels.source | query }}'
        ' ({{ . | first | label "reason" }}){{ end }}'
    ),
    "exporter_screens": (
        '{{ with printf "sum(vitrina:source_devices{exporter=%q})" $labels.exporter | query }}'
        '{{ . | first | value | printf "%.0f" }}{{ else }}0{{ end }}'
    ),
    "site_seen": (
        'with printf "vitrina:site_seen_devices{source=%q,site=%q}" $labels.source $labels.site | query }}'
        '{{ . | first | value | printf "%.0f" }}{{ else }}?{{ end'
    ),
}
"""Prometheus' own templates of what several annotations say."""
_LINKS: Final = {
    "device_link": (
        "/devices?device={{ $labels.platform | urlquery }}%2F{{ $labels.source | urlquery }}"
        "%2F{{ $labels.device_id | urlquery }}"
    ),
    "source_link": "/exporters/{{ $labels.exporter | urlquery }}/sources/{{ $labels.source | urlquery }}",
    "exporter_link": "/exporters",
}


@dataclass(frozen=True)
class AlertLimits:
    """How long what may last. Seconds, but for counts and shares."""

    offline_after: int = 1200
    """A device's darkness by the vendor's word, unless its source has a limit of its own; at least two cycles."""
    offline_after_by_source: Mapping[str, int] = field(default_factory=dict)
    site_after: int = 300
    source_after: int = 120
    stale_after: int = 300
    exporter_after: int = 120
    flaps: int = 6
    """Changes of a device's status within an hour."""
    mass_window: int = 900
    mass_devices: int = 10
    mass_share: float = 0.3
    """Of a source's devices, gone dark within the window; and so many of them at least."""
    mass_after: int = 180
    """How long each has to be dark to be counted: a vendor that comes back takes minutes to find its players."""
    scrape_slow: float = 7
    samples_limit: int = 500_000
    series_limit: int = 2_000_000
    step: int = 30
    """Between two evaluations of what is remembered."""
    alert_step: int = 60
    """Between two evaluations of alerts. Alertmanager ends those that it has not heard of for four of them."""
    watchdog_step: int = 15
    flap_step: int = 120
    seen_step: int = 300
    gone: int = 900
    """After which a source that its exporter does not name any more is forgotten."""


@dataclass(frozen=True)
class Places:
    """`public_url` is where people find Vitrina; `runbooks` is the page with an anchor for each alert."""

    public_url: str
    runbooks: str = "infra/prometheus/runbooks.md"


def render_rules(limits: AlertLimits, places: Places) -> Mapping[str, str]:
    """Name and text of every file of rules."""
    names = {**_names_of(limits), **_texts(places)}
    files = {
        f"{FILE_PREFIX}{path.name}": fill_in(path, **names)
        for path in sorted(_FOLDER.glob("*.yml"))
        if path.name != _PER_LIMIT
    }
    for after, sources in _distinct_limits(limits):
        text = fill_in(_FOLDER / _PER_LIMIT, **{**names, "after": after, "sources": sources})
        files[f"{FILE_PREFIX}offline-after-{after}s.yml"] = text
    return files


def _names_of(limits: AlertLimits) -> dict[str, object]:
    # Twice the step: no sample may fall between two evaluations, also when one of them comes late.
    return {**asdict(limits), "look": 2 * limits.step, "seen_look": 2 * limits.seen_step}


def _texts(places: Places) -> dict[str, object]:
    links = {name: places.public_url + path for name, path in _LINKS.items()}
    return {**_TEXTS, **links, "public_url": places.public_url, "runbooks": places.runbooks}


def _distinct_limits(limits: AlertLimits) -> Iterator[tuple[int, str]]:
    """Each limit with the matcher of its sources: those that share it, and for the default all that have none."""
    by_limit: dict[int, list[str]] = {}
    for source, after in sorted(limits.offline_after_by_source.items()):
        if after != limits.offline_after:
            by_limit.setdefault(after, []).append(source)
    others = [source for sources in by_limit.values() for source in sources]
    yield limits.offline_after, f'source!~"{_either(others)}"' if others else ""
    for after, sources in by_limit.items():
        yield after, f'source=~"{_either(sources)}"'


def _either(sources: list[str]) -> str:
    return "|".join(re.escape(source).replace("\\", "\\\\") for source in sources)
