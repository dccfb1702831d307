"""Who keeps the registers of openings sees their clocks and ends them: a review had left its own clock running, unseen."""

from alembic import op

revision = "2026_11_29_h2_register_clocks"
down_revision = "2026_11_29_h1_scale_definitions"
branch_labels = None
depends_on = None

THEIRS = "(entity in ('break_glass', 'identity_grants') and county_id = (select ctx.home()) and (select ctx.holds('register')))"


def upgrade() -> None:
    """Beside the wall of units, for the two registers alone."""
    op.execute(f"create policy registers_shown on deadlines for select using {THEIRS}")
    op.execute(
        f"create policy registers_changed on deadlines for update using {THEIRS}"
        f" with check ({THEIRS} and (select ctx.act()) is not null)"
    )


def downgrade() -> None:
    """The wall of units alone."""
    op.execute("drop policy registers_shown on deadlines")
    op.execute("drop policy registers_changed on deadlines")
