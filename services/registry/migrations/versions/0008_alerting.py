"""Who is told of alerts, what is in effect of it, and maintenance windows."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

SCHEMA = "registry"
INSTANT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "notifications",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("revision", sa.BigInteger(), nullable=False),
        sa.Column("receivers", JSONB(), nullable=False),
        sa.Column("routes", JSONB(), nullable=False),
        sa.Column("secrets", JSONB(), nullable=False),
        sa.Column("updated_at", INSTANT, nullable=False),
        sa.Column("updated_by", sa.String(), nullable=False),
        schema=SCHEMA,
    )
    op.create_table(
        "notification_tests",
        sa.Column("receiver", sa.String(), primary_key=True),
        sa.Column("asked_at", INSTANT, nullable=False),
        sa.Column("asked_by", sa.String(), nullable=False),
        sa.Column("outcome", sa.String(), nullable=False),
        schema=SCHEMA,
    )
    op.create_table(
        "alerting_reports",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("revision", sa.BigInteger(), nullable=False),
        sa.Column("refusal", sa.String(), nullable=True),
        sa.Column("from_file", sa.Boolean(), nullable=False),
        sa.Column("failing", JSONB(), nullable=False),
        sa.Column("at", INSTANT, nullable=False),
        schema=SCHEMA,
    )
    op.create_table(
        "windows",
        sa.Column("name", sa.String(), primary_key=True),
        sa.Column("plan", JSONB(), nullable=False),
        sa.Column("revision", sa.BigInteger(), nullable=False),
        sa.Column("updated_at", INSTANT, nullable=False),
        sa.Column("updated_by", sa.String(), nullable=False),
        schema=SCHEMA,
    )


def downgrade() -> None:
    for table in ("windows", "alerting_reports", "notification_tests", "notifications"):
        op.drop_table(table, schema=SCHEMA)
