"""Revisions with what they held, keys of requests that happen once, device facts."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

SCHEMA = "registry"
JSON = postgresql.JSONB(none_as_null=True)
INSTANT = sa.DateTime(timezone=True)

# What is there already becomes the first revision that can be compared with and returned to.
EXPORTERS_AS_THEY_ARE = """
INSERT INTO registry.revisions (exporter, source, revision, at, actor, change, snapshot)
SELECT name, NULL, revision, updated_at, 'system', 'imported', jsonb_build_object(
    'type', type, 'enabled', enabled, 'labels', labels, 'restart_generation', restart_generation)
FROM registry.exporters WHERE deleted_at IS NULL ORDER BY name
"""
SOURCES_AS_THEY_ARE = """
INSERT INTO registry.revisions (exporter, source, revision, at, actor, change, snapshot)
SELECT exporter, name, revision, updated_at, 'system', 'imported', jsonb_build_object(
    'config', config || coalesce((
        SELECT jsonb_object_agg(key, jsonb_build_object('set', true, 'set_at', value -> 'set_at'))
        FROM jsonb_each(secrets)), '{}'),
    'labels', labels, 'enabled', enabled)
FROM registry.sources ORDER BY name
"""


def upgrade() -> None:
    op.create_table(
        "revisions",
        sa.Column("id", sa.BigInteger(), primary_key=True),
        sa.Column("exporter", sa.String(), nullable=False),
        sa.Column("source", sa.String()),
        sa.Column("revision", sa.BigInteger(), nullable=False),
        sa.Column("at", INSTANT, nullable=False),
        sa.Column("actor", sa.String(), nullable=False),
        sa.Column("change", sa.String(), nullable=False),
        sa.Column("snapshot", JSON),
        schema=SCHEMA,
    )
    op.create_index("revisions_of", "revisions", ["exporter", "source", "revision"], schema=SCHEMA)
    op.execute(EXPORTERS_AS_THEY_ARE)
    op.execute(SOURCES_AS_THEY_ARE)
    op.create_table(
        "idempotency",
        sa.Column("actor", sa.String(), primary_key=True),
        sa.Column("key", sa.String(), primary_key=True),
        sa.Column("fingerprint", sa.String(), nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("answer", JSON),
        schema=SCHEMA,
    )
    op.create_index("ix_registry_idempotency_created_at", "idempotency", ["created_at"], schema=SCHEMA)
    op.create_table(
        "device_facts",
        sa.Column("platform", sa.String(), primary_key=True),
        sa.Column("source", sa.String(), primary_key=True),
        sa.Column("device_id", sa.String(), primary_key=True),
        sa.Column("facts", JSON),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("updated_at", INSTANT, nullable=False),
        sa.Column("updated_by", sa.String(), nullable=False),
        schema=SCHEMA,
    )
    op.create_index("ix_registry_device_facts_version", "device_facts", ["version"], schema=SCHEMA)


def downgrade() -> None:
    for table in ("device_facts", "idempotency", "revisions"):
        op.drop_table(table, schema=SCHEMA)
