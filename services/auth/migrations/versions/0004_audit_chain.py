"""The audit becomes a chain: each entry's hash covers the one before it."""

import sqlalchemy as sa
from alembic import op
from vitrina_kit.audit_chain import chain_stored_entries

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

SCHEMA = "auth"


def upgrade() -> None:
    chain = op.create_table(
        "audit_chain",
        sa.Column("id", sa.SmallInteger(), primary_key=True, autoincrement=False),
        sa.Column("anchor", sa.LargeBinary(), nullable=False),
        sa.Column("head", sa.LargeBinary(), nullable=False),
        sa.Column("entries", sa.BigInteger(), nullable=False),
        schema=SCHEMA,
    )
    op.add_column("audit", sa.Column("hash", sa.LargeBinary(), nullable=True), schema=SCHEMA)
    connection = op.get_bind()
    audit = sa.Table("audit", sa.MetaData(), schema=SCHEMA, autoload_with=connection)
    chain_stored_entries(connection, audit, chain)
    op.alter_column("audit", "hash", nullable=False, schema=SCHEMA)


def downgrade() -> None:
    op.drop_column("audit", "hash", schema=SCHEMA)
    op.drop_table("audit_chain", schema=SCHEMA)
