"""Second factor, invitations, API tokens, clients, attempts, revocations; where a session is used from."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

_NEW_TABLES = ("revocations", "attempts", "clients", "api_tokens", "invitations", "recovery_codes")


def _instant(name: str, *, nullable: bool = False) -> "sa.Column[object]":
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)


def _text(name: str, *, nullable: bool = False) -> "sa.Column[object]":
    return sa.Column(name, sa.Text(), nullable=nullable)


def upgrade() -> None:
    op.alter_column("users", "password_hash", nullable=True, schema="auth")
    for column in (
        _instant("last_sign_in_at", nullable=True),
        sa.Column("totp_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("totp_confirmed", sa.Boolean(), nullable=False, server_default=sa.false()),
        sa.Column("totp_last_step", sa.BigInteger(), nullable=False, server_default="0"),
    ):
        op.add_column("users", column, schema="auth")
    for column in (_instant("last_used_at", nullable=True), _text("address", nullable=True), _text("agent", nullable=True)):
        op.add_column("sessions", column, schema="auth")
    op.create_table(
        "recovery_codes",
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("user_id", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["auth.users.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("digest"),
        schema="auth",
    )
    op.create_index(op.f("ix_auth_recovery_codes_user_id"), "recovery_codes", ["user_id"], schema="auth")
    op.create_table(
        "invitations",
        sa.Column("user_id", sa.BigInteger(), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        _instant("expires_at"),
        sa.ForeignKeyConstraint(["user_id"], ["auth.users.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("user_id"),
        sa.UniqueConstraint("digest"),
        schema="auth",
    )
    op.create_table(
        "api_tokens",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.BigInteger(), nullable=False),
        _text("name"),
        _text("scope"),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        _instant("created_at"),
        _instant("expires_at"),
        _instant("last_used_at", nullable=True),
        sa.ForeignKeyConstraint(["user_id"], ["auth.users.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("digest"),
        sa.UniqueConstraint("user_id", "name"),
        schema="auth",
    )
    op.create_index(op.f("ix_auth_api_tokens_user_id"), "api_tokens", ["user_id"], schema="auth")
    op.create_index(op.f("ix_auth_api_tokens_expires_at"), "api_tokens", ["expires_at"], schema="auth")
    op.create_table(
        "clients",
        _text("client_id"),
        _text("name"),
        _text("role"),
        _text("scope"),
        sa.Column("sources", sa.ARRAY(sa.Text()), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("generation", sa.Integer(), nullable=False),
        _text("created_by"),
        _instant("created_at"),
        _instant("last_used_at", nullable=True),
        sa.PrimaryKeyConstraint("client_id"),
        sa.UniqueConstraint("name"),
        schema="auth",
    )
    op.create_table(
        "attempts",
        _text("key"),
        sa.Column("failures", sa.Integer(), nullable=False),
        _instant("last_at"),
        sa.PrimaryKeyConstraint("key"),
        schema="auth",
    )
    op.create_index(op.f("ix_auth_attempts_last_at"), "attempts", ["last_at"], schema="auth")
    op.create_table(
        "revocations",
        _text("sid"),
        _instant("at"),
        _instant("published_at", nullable=True),
        sa.PrimaryKeyConstraint("sid"),
        schema="auth",
    )
    op.create_index(op.f("ix_auth_revocations_at"), "revocations", ["at"], schema="auth")


def downgrade() -> None:
    """Users that never accepted their invitation cannot be kept: the older version needs a password of each."""
    for table in _NEW_TABLES:
        op.drop_table(table, schema="auth")
    for column in ("agent", "address", "last_used_at"):
        op.drop_column("sessions", column, schema="auth")
    for column in ("totp_last_step", "totp_confirmed", "totp_sealed", "last_sign_in_at"):
        op.drop_column("users", column, schema="auth")
    op.execute("DELETE FROM auth.users WHERE password_hash IS NULL")
    op.alter_column("users", "password_hash", nullable=False, schema="auth")
