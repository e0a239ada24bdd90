"""What Prometheus tells of its own storage."""

from typing import Final

import msgspec

from vitrina_gateway.domain.storage import BLOCKS_BYTES, FIGURES, Storage, storage_of
from vitrina_gateway.use_cases.ports import MonitoringError, RawPrometheus

_OWN: Final = 'job="prometheus"'
_FIGURES: Final = f'{{__name__=~"{"|".join(FIGURES)}",{_OWN}}}'
_GROWTH: Final = f"max(deriv({BLOCKS_BYTES}{{{_OWN}}}[1d])) * 86400"


class _Sample(msgspec.Struct):
    metric: dict[str, str]
    value: tuple[float, str]


class _Data(msgspec.Struct):
    result: list[_Sample]


class _Answer(msgspec.Struct):
    data: _Data


async def show_storage(prometheus: RawPrometheus) -> Storage:
    """Raises `MonitoringError`."""
    figures = {sample.metric["__name__"]: float(sample.value[1]) for sample in await _ask(prometheus, _FIGURES)}
    growth = [float(sample.value[1]) for sample in await _ask(prometheus, _GROWTH)]
    return storage_of(figures, growth[0] if growth else None)


async def _ask(prometheus: RawPrometheus, query: str) -> list[_Sample]:
    answer = await prometheus.ask("query", [("query", query)])
    if not answer.is_good:
        raise MonitoringError(f"refused or incomplete: HTTP {answer.status}")
    return msgspec.json.decode(answer.body, type=_Answer).data.result
