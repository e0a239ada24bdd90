"""Exporters, sources, outbox, audit."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

SCHEMA = "registry"
JSON = postgresql.JSONB(none_as_null=True)
INSTANT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "exporters",
        sa.Column("name", sa.String(), primary_key=True),
        sa.Column("type", sa.String(), nullable=False),
        sa.Column("enabled", sa.Boolean(), nullable=False),
        sa.Column("labels", JSON, nullable=False),
        sa.Column("revision", sa.BigInteger(), nullable=False),
        sa.Column("restart_generation", sa.BigInteger(), nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("updated_at", INSTANT, nullable=False),
        sa.Column("deleted_at", INSTANT),
        sa.Column("observed", JSON),
        sa.Column("observed_at", INSTANT),
        schema=SCHEMA,
    )
    op.create_table(
        "sources",
        sa.Column("name", sa.String(), primary_key=True),
        sa.Column("exporter", sa.String(), sa.ForeignKey("registry.exporters.name"), nullable=False),
        sa.Column("config", JSON, nullable=False),
        sa.Column("secrets", JSON, nullable=False),
        sa.Column("labels", JSON, nullable=False),
        sa.Column("enabled", sa.Boolean(), nullable=False),
        sa.Column("revision", sa.BigInteger(), nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("updated_at", INSTANT, nullable=False),
        schema=SCHEMA,
    )
    op.create_index("ix_registry_sources_exporter", "sources", ["exporter"], schema=SCHEMA)
    op.create_table(
        "outbox",
        sa.Column("id", sa.BigInteger(), primary_key=True),
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column("type", sa.String(), nullable=False),
        sa.Column("payload", JSON, nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("published_at", INSTANT),
        schema=SCHEMA,
    )
    # The relay looks for few waiting rows among many published ones, the pruning for old published ones.
    op.create_index(
        "outbox_waiting", "outbox", ["id"], schema=SCHEMA, postgresql_where=sa.text("published_at IS NULL")
    )
    op.create_index(
        "outbox_published", "outbox", ["published_at"], schema=SCHEMA, postgresql_where=sa.text("published_at IS NOT NULL")
    )
    op.create_table(
        "audit",
        sa.Column("id", sa.BigInteger(), primary_key=True),
        sa.Column("at", INSTANT, nullable=False),
        sa.Column("actor", sa.String(), nullable=False),
        sa.Column("action", sa.String(), nullable=False),
        sa.Column("exporter", sa.String(), nullable=False),
        sa.Column("source", sa.String()),
        sa.Column("before", JSON),
        sa.Column("after", JSON),
        schema=SCHEMA,
    )
    op.create_index("ix_registry_audit_at", "audit", ["at"], schema=SCHEMA)
    op.create_index("ix_registry_audit_exporter", "audit", ["exporter"], schema=SCHEMA)


def downgrade() -> None:
    for table in ("audit", "outbox", "sources", "exporters"):
        op.drop_table(table, schema=SCHEMA)
