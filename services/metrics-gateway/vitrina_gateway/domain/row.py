"""One device in the index: its state, what it is searched and sorted by, and its JSON once somebody asked for it."""

import msgspec

from vitrina_gateway.domain.device import DeviceState, same_but_for_times
from vitrina_gateway.domain.folding import fold_for_order, fold_for_search


class Row(msgspec.Struct, gc=False):
    """`text` is what a search looks through, `name` what names sort by; both folded.

    `head` is rendered when it is first asked for: most rows change more often than anybody looks at them.
    """

    state: DeviceState
    name: str
    text: str
    head: bytes | None = None


class RowChange(msgspec.Struct, frozen=True, gc=False):
    """`noticeable`: more than the times of the last contact changed."""

    row: Row
    noticeable: bool


def next_row(before: Row | None, state: DeviceState, changes: list[RowChange]) -> Row:
    """The row of a state, with what still holds of the row before; notes whether it reads differently."""
    if before is None:
        row = Row(state, fold_for_order(state.facts.name), _text(state))
        changes.append(RowChange(row, noticeable=True))
        return row
    if before.state is state:
        return before
    same = same_but_for_times(before.state, state)
    if same and before.state.last_seen == state.last_seen:
        return Row(state, before.name, before.text, before.head)
    if before.state.facts is state.facts and before.state.local is state.local:
        row = Row(state, before.name, before.text)
    else:
        row = Row(state, fold_for_order(state.facts.name), _text(state))
    changes.append(RowChange(row, noticeable=not same))
    return row


def _text(state: DeviceState) -> str:
    facts, local = state.facts, state.local
    parts = (facts.name, state.device_id, state.source, facts.ip, facts.external_ip, local.site, local.city)
    return fold_for_search(" ".join([*(part for part in parts if part), *local.labels.values()]))
