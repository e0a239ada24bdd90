"""How long each device was on and off on each day."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

SCHEMA = "registry"


def upgrade() -> None:
    op.create_table(
        "availability_devices",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("platform", sa.String(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("device_id", sa.String(), nullable=False),
        sa.UniqueConstraint("platform", "source", "device_id", name="availability_devices_key"),
        schema=SCHEMA,
    )
    op.create_table(
        "availability",
        sa.Column("device", sa.Integer(), primary_key=True, autoincrement=False),
        sa.Column("day", sa.Date(), primary_key=True),
        sa.Column("online", sa.Integer(), nullable=False),
        sa.Column("offline", sa.Integer(), nullable=False),
        sa.Column("planned", sa.Integer(), nullable=False),
        sa.Column("unknown", sa.Integer(), nullable=False),
        schema=SCHEMA,
    )
    op.create_index("availability_day", "availability", ["day"], schema=SCHEMA, postgresql_using="brin")
    op.create_table(
        "availability_days",
        sa.Column("platform", sa.String(), primary_key=True),
        sa.Column("source", sa.String(), primary_key=True),
        sa.Column("day", sa.Date(), primary_key=True),
        sa.Column("stored_at", sa.DateTime(timezone=True), nullable=False),
        schema=SCHEMA,
    )


def downgrade() -> None:
    for table in ("availability_days", "availability", "availability_devices"):
        op.drop_table(table, schema=SCHEMA)
