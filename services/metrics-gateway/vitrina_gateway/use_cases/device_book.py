"""What the registry knows of devices, kept in memory and renewed by deltas."""

from abc import abstractmethod
from collections.abc import Sequence
from typing import Generic, Protocol, TypeVar

from vitrina_gateway.domain.snapshot import SourceKey


class Item(Protocol):
    """Names a device; what else it carries is its book's matter."""

    @property
    def platform(self) -> str: ...
    @property
    def source(self) -> str: ...
    @property
    def device_id(self) -> str: ...


ItemT = TypeVar("ItemT", bound=Item)
ItemT_co = TypeVar("ItemT_co", bound=Item, covariant=True)
Known = TypeVar("Known")


class Delta(Protocol[ItemT_co]):
    """`full`: `items` are all there are, whatever was known before."""

    @property
    def version(self) -> int: ...
    @property
    def full(self) -> bool: ...
    @property
    def items(self) -> Sequence[ItemT_co]: ...


class DeviceBook(Generic[ItemT, Known]):
    """One thing known of each device, by source; `version` is what the next delta is asked from."""

    def __init__(self) -> None:
        self.version = 0
        self.known = False
        """Whether the registry has answered."""
        self._by_source: dict[SourceKey, dict[str, Known]] = {}
        self._changed: set[SourceKey] = set()

    @abstractmethod
    def _read(self, item: ItemT) -> Known | None:
        """What an item says of its device; None: nothing any more."""

    def learn(self, delta: Delta[ItemT]) -> None:
        """What was read before stays as it is: a tick reads in a thread of its own while this learns."""
        if delta.full:
            self._changed.update(self._by_source)
        by_source = {} if delta.full else dict(self._by_source)
        renewed: set[SourceKey] = set()
        for item in delta.items:
            source = (item.platform, item.source)
            if source not in renewed:
                renewed.add(source)
                by_source[source] = dict(by_source.get(source, {}))
            _put(by_source[source], item.device_id, self._read(item))
        self._by_source = by_source
        self._changed |= renewed
        self.known = True
        self.version = delta.version

    def _told_changes(self) -> set[SourceKey]:
        """Sources of which something else is known than when this was asked last."""
        changed, self._changed = self._changed, set()
        return changed


def _put(by_device: dict[str, Known], device_id: str, known: Known | None) -> None:
    if known is None:
        by_device.pop(device_id, None)
    else:
        by_device[device_id] = known
