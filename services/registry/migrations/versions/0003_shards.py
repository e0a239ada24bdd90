"""How many instances share the work of an exporter."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

SCHEMA = "registry"


def upgrade() -> None:
    column = sa.Column("shards", sa.Integer(), nullable=False, server_default="1")
    op.add_column("exporters", column, schema=SCHEMA)


def downgrade() -> None:
    op.drop_column("exporters", "shards", schema=SCHEMA)
