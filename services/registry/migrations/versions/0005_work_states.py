"""Work states of devices."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

SCHEMA = "registry"


def upgrade() -> None:
    op.create_table(
        "work_states",
        sa.Column("platform", sa.String(), primary_key=True),
        sa.Column("source", sa.String(), primary_key=True),
        sa.Column("device_id", sa.String(), primary_key=True),
        sa.Column("work", JSONB()),
        sa.Column("version", sa.BigInteger(), nullable=False),
        schema=SCHEMA,
    )
    op.create_index("ix_registry_work_states_version", "work_states", ["version"], schema=SCHEMA)


def downgrade() -> None:
    op.drop_table("work_states", schema=SCHEMA)
