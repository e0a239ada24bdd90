"""Reports by e-mail, and each of their sendings."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

SCHEMA = "registry"
INSTANT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "reports",
        sa.Column("id", sa.String(), primary_key=True),
        sa.Column("name", sa.String(), nullable=False, unique=True),
        sa.Column("plan", JSONB(), nullable=False),
        sa.Column("since", INSTANT, nullable=False),
        sa.Column("revision", sa.BigInteger(), nullable=False),
        sa.Column("updated_at", INSTANT, nullable=False),
        sa.Column("updated_by", sa.String(), nullable=False),
        schema=SCHEMA,
    )
    op.create_table(
        "report_sendings",
        sa.Column(
            "report_id", sa.String(), sa.ForeignKey(f"{SCHEMA}.reports.id", ondelete="CASCADE"), primary_key=True
        ),
        sa.Column("due_at", INSTANT, primary_key=True),
        sa.Column("first", sa.Date(), nullable=False),
        sa.Column("last", sa.Date(), nullable=False),
        sa.Column("asked_by", sa.String(), nullable=True),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("next_at", INSTANT, nullable=False),
        sa.Column("reason", sa.String(), nullable=True),
        sa.Column("sent_at", INSTANT, nullable=True),
        schema=SCHEMA,
    )


def downgrade() -> None:
    op.drop_table("report_sendings", schema=SCHEMA)
    op.drop_table("reports", schema=SCHEMA)
