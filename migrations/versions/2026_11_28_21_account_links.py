"""Accounts linked with the bureau's own sign-in."""

import sqlalchemy as sa
from alembic import op

from migrations.protection import protect

revision = "2026_11_28_21_account_links"
down_revision = "2026_11_28_01_visits"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the tables and their walls."""

    op.create_table(
        "account_links",
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("issuer", sa.String(length=300), nullable=False),
        sa.Column("subject", sa.String(length=255), nullable=False),
        sa.Column("id", sa.Uuid(), server_default=sa.text("gen_random_uuid()"), nullable=False),
        sa.Column(
            "ref",
            sa.String(length=16),
            server_default=sa.text("substr(replace(gen_random_uuid()::text, '-', ''), 1, 16)"),
            nullable=False,
        ),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"], ["accounts.id"], name=op.f("fk_account_links_account_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_account_links")),
        sa.UniqueConstraint("account_id", name=op.f("uq_account_links_account_id")),
        sa.UniqueConstraint("issuer", "subject", name=op.f("uq_account_links_issuer_subject")),
        sa.UniqueConstraint("ref", name=op.f("uq_account_links_ref")),
    )

    protect("account_links", None, outside_act=False)


def downgrade() -> None:
    """Drop them again."""
    op.drop_table("account_links")
