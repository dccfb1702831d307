"""Persons at work, their roles, requests for roles, responsibilities, other names of units and indicators are written from
their own county's or school's context alone; a draft is there for whoever typed it.

They are still read by everybody: who signs in is looked up before it is known who asks. But a grant of a role in another
unit was kept out by the application alone, and that grant opens everything else.
"""

from alembic import op

from migrations.protection import OWN_TYPING, protect, unprotect

revision = "2026_12_01_a0_walls_of_staff"
down_revision = "2026_11_30_z9_what_is_counted"
branch_labels = None
depends_on = None

STAFF = ("persons", "role_assignments", "role_requests", "school_responsibilities", "unit_aliases", "indicators")


def upgrade() -> None:
    """Seven walls; a role of a school is one at that very school."""
    op.create_check_constraint("place", "role_assignments", "school_id is null or school_id = unit_id")
    for table in STAFF:
        unprotect(table)
        protect(table, "staff")
    op.execute("alter table drafts enable row level security")
    op.execute("alter table drafts force row level security")
    op.execute(f"create policy typed on drafts using ({OWN_TYPING}) with check ({OWN_TYPING})")


def downgrade() -> None:
    """As it was."""
    op.drop_constraint(op.f("ck_role_assignments_place"), "role_assignments")
    op.execute("drop policy typed on drafts")
    for table in ("drafts", *STAFF):
        op.execute(f"alter table {table} no force row level security")
        op.execute(f"alter table {table} disable row level security")
    for table in STAFF:
        unprotect(table, "staff")
        protect(table)
