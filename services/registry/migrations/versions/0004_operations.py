"""Operations: removal of the series of what was deleted."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

SCHEMA = "registry"
INSTANT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "operations",
        sa.Column("id", sa.BigInteger(), primary_key=True),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("platform", sa.String(), nullable=False),
        sa.Column("exporter", sa.String()),
        sa.Column("source", sa.String()),
        sa.Column("actor", sa.String(), nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("due_at", INSTANT, nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("series", sa.BigInteger()),
        sa.Column("reason", sa.String()),
        sa.Column("until", INSTANT),
        sa.Column("ended_at", INSTANT),
        sa.Column("freed_at", INSTANT),
        schema=SCHEMA,
    )
    open_ones = sa.text("freed_at IS NULL AND state <> 'cancelled'")
    op.create_index("operations_open", "operations", ["due_at"], schema=SCHEMA, postgresql_where=open_ones)
    op.create_index("operations_of_source", "operations", ["source"], schema=SCHEMA)


def downgrade() -> None:
    op.drop_table("operations", schema=SCHEMA)
