"""Users that a company's sign-in knows, by its issuer and its name for them."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    for name in ("provider_issuer", "provider_subject"):
        op.add_column("users", sa.Column(name, sa.Text(), nullable=True), schema="auth")
    op.create_unique_constraint(
        "users_provider_issuer_provider_subject_key", "users", ["provider_issuer", "provider_subject"], schema="auth"
    )


def downgrade() -> None:
    """The older version would take them for people who were invited."""
    op.execute("DELETE FROM auth.users WHERE provider_subject IS NOT NULL")
    op.drop_column("users", "provider_subject", schema="auth")
    op.drop_column("users", "provider_issuer", schema="auth")
