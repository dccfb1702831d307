"""The roll of a school is put in the order of names as it is read: two thousand rows are sorted in a millisecond or two.

The index that held that order was the dearest part of every import: names come in no order, so each row opened another
page of it.
"""

from alembic import op

revision = "2026_11_30_z7_names_sorted"
down_revision = "2026_11_30_z6_one_refusal"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """No index of sounds."""
    op.drop_index("ix_students_pinyin", table_name="students")


def downgrade() -> None:
    """The index again."""
    op.create_index("ix_students_pinyin", "students", ["school_id", "pinyin"])
