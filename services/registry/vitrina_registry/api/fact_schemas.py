"""Bodies and answers about device facts."""

from datetime import datetime
from typing import Annotated, Any, Self

from pydantic import BaseModel, Field, model_validator
from vitrina_contracts.facts import DeviceFacts, DeviceId, FactsItem
from vitrina_contracts.names import ExporterName, SourceName

from vitrina_registry.api.schemas import Body
from vitrina_registry.domain.facts import MOST_ROWS, DeviceKey, FactsRow, StoredFacts, checked_key
from vitrina_registry.use_cases.facts import FactsChanged


class FactsView(FactsItem):
    version: int
    updated_at: datetime | None
    updated_by: str | None

    @classmethod
    def of(cls, stored: StoredFacts) -> "FactsView":
        return cls(
            **stored.item().model_dump(),
            version=stored.version,
            updated_at=stored.updated_at,
            updated_by=stored.updated_by,
        )

    @classmethod
    def nothing(cls, key: DeviceKey) -> "FactsView":
        return cls(**key._asdict(), version=0, updated_at=None, updated_by=None)


class DeviceOfFacts(Body):
    platform: ExporterName
    source: SourceName
    device_id: DeviceId


_Changes = Annotated[
    dict[str, Any], Field(description="Facts by name; null clears one, what is not named stays.", default_factory=dict)
]


class DeviceToChange(DeviceOfFacts):
    """`set`: of this device alone, over what all get."""

    set: _Changes


class FactsBulk(Body):
    devices: Annotated[list[DeviceToChange], Field(min_length=1, max_length=MOST_ROWS)]
    set: _Changes

    @model_validator(mode="after")
    def _known(self) -> "FactsBulk":
        named = set(self.set).union(*(item.set for item in self.devices))
        if not named:
            raise ValueError("set: name a fact")
        unknown = sorted(named - set(DeviceFacts.model_fields))
        if unknown:
            # Quoted, because a name that is no Unicode (half of a pair) cannot go into pydantic's message as it is.
            raise ValueError(f"set: no such fact: {', '.join(repr(name[:60]) for name in unknown[:5])}")
        return self

    def rows(self) -> list[FactsRow]:
        changes = {checked_key(item.platform, item.source, item.device_id): item.set for item in self.devices}
        return [FactsRow(number, key, {**self.set, **own}) for number, (key, own) in enumerate(changes.items(), 1)]


class FactsReport(BaseModel):
    """Counts of devices."""

    created: int
    updated: int
    unchanged: int
    removed: int

    @classmethod
    def of(cls, changed: FactsChanged) -> Self:
        return cls.model_validate(vars(changed))


class FactsBulkReport(FactsReport):
    before: Annotated[list[FactsItem], Field(description="What changed, each device as it was before.")]
