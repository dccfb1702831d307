"""A role, the schools answered for and the school of an assigned record lie in the county that the row names.

The wall looks at the row's own county: whoever works for a county could write a role at a school of another one under the
own county's name, and that role would open the school. An assignment to an outsider opens its school likewise.
"""

from alembic import op

revision = "2026_12_01_roles_of_the_county"
down_revision = "2026_12_01_what_a_cause_cites"
branch_labels = None
depends_on = None

KEYS = {
    "role_assignments": ("unit_of_county", "unit_id"),
    "school_responsibilities": ("school_of_county", "school_id"),
    "case_assignments": ("school_of_county", "school_id"),
}


def upgrade() -> None:
    """Three keys."""
    for table, (name, place) in KEYS.items():
        op.create_foreign_key(name, table, "units", [place, "county_id"], ["id", "county_id"])


def downgrade() -> None:
    """As it was."""
    for table, (name, _place) in KEYS.items():
        op.drop_constraint(name, table, type_="foreignkey")
