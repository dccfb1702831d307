"""Class teachers reach levels by a data class of its own, which a county may leave out (decision 52), and their own tasks only."""

from migrations.protection import protect, unprotect

revision = "2026_11_29_c0_class_levels"
down_revision = "2026_11_29_b1_screening"
branch_labels = None
depends_on = None
WALLS = {"rainbow_tiers": ("levels", "levels"), "care_duties": ("care_class", "class_duty")}
"""Table → its wall before and after; the words of "levels" have changed."""


def upgrade() -> None:
    """Raise the walls anew."""
    for table, (before, after) in WALLS.items():
        unprotect(table, before)
        protect(table, after)


def downgrade() -> None:
    """Raise them as they were, as far as the templates still say it."""
    for table, (before, after) in WALLS.items():
        unprotect(table, after)
        protect(table, before)
