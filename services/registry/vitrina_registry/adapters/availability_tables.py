"""Tables of daily rows, narrow because there is one a device and day: 100,000 devices make 36.5 million a year."""

from datetime import date, datetime

from sqlalchemy import DateTime, Index, UniqueConstraint
from sqlmodel import Field

from vitrina_registry.adapters.tables import Table


class AvailabilityDeviceRow(Table, table=True):
    """A number for each device, so that its key is not written each day. Outlives its source."""

    __tablename__ = "availability_devices"
    __table_args__ = (UniqueConstraint("platform", "source", "device_id", name="availability_devices_key"),)

    id: int | None = Field(default=None, primary_key=True)
    platform: str
    source: str
    device_id: str


class AvailabilityRow(Table, table=True):
    """Seconds. `day` is one of UTC. No foreign key: checking it would double the time of the daily write."""

    __tablename__ = "availability"
    __table_args__ = (Index("availability_day", "day", postgresql_using="brin"),)

    device: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    day: date = Field(primary_key=True)
    online: int
    offline: int
    planned: int
    unknown: int


class AvailabilityDayRow(Table, table=True):
    """A day of a source that is complete."""

    __tablename__ = "availability_days"

    platform: str = Field(primary_key=True)
    source: str = Field(primary_key=True)
    day: date = Field(primary_key=True)
    stored_at: datetime = Field(sa_type=DateTime(timezone=True))
