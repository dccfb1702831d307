"""The first roll of a county is held to its classes by their key, and indexes that nobody reads go.

A school's classes are found by (school, year, grade, number), sheets of paper by (school, campaign): indexes of the
school alone, and one of the county in a table of sheets, cost every insert and find nothing.
"""

from alembic import op

from migrations.protection import APP

revision = "2026_11_29_q0_first_roll"
down_revision = "2026_11_29_n0_reading_budgets"
branch_labels = None
depends_on = None

# While the database believes that the table is empty, it looks each student's class up by reading all classes of the
# county, forty thousand times; autovacuum counts them only when the roll is written. A role that owns no table may
# not count it.
COUNT = f"""
create function count_classes() returns void language sql security definer set search_path = pg_catalog, public, pg_temp
as 'analyze public.school_classes';
revoke execute on function count_classes() from public;
grant execute on function count_classes() to {APP}
"""
UNREAD = (
    ("ix_school_classes_school_id", "school_classes", "school_id"),
    ("ix_paper_sheets_county_id", "paper_sheets", "county_id"),
    ("ix_paper_sheets_school_id", "paper_sheets", "school_id"),
)


def upgrade() -> None:
    """Classes can be counted while a roll is written; unread indexes go."""
    op.execute(COUNT)
    for index, table, _ in UNREAD:
        op.drop_index(index, table_name=table)


def downgrade() -> None:
    """Statistics wait for autovacuum again."""
    for index, table, column in UNREAD:
        op.create_index(index, table, [column])
    op.execute("drop function count_classes()")
