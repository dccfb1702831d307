"""Computations and proposals are held to their student together with school and county: one look-up a row, not three."""

from alembic import op

revision = "2026_11_29_h0_of_student"
down_revision = "2026_11_29_g1_entry_columns"
branch_labels = None
depends_on = None

TABLES = ("rainbow_computations", "rainbow_assessments")
TRIPLE = ["id", "school_id", "county_id"]
SPARED = ("county_id", "school_id", "state")


def _keys(table: str) -> dict[str, str]:
    keys = {"county_id": "units", "school_id": "units", "student_id": "students"}
    return keys | ({"unit_id": "units"} if table == "rainbow_assessments" else {})


def upgrade() -> None:
    """The school of a row is now the student's own; indexes that the others of the table answer for are dropped."""
    op.create_unique_constraint(op.f("uq_students_id_school_id_county_id"), "students", TRIPLE)
    op.alter_column("rainbow_assessments", "school_id", nullable=False)
    op.create_check_constraint(op.f("ck_rainbow_assessments_at_school"), "rainbow_assessments", "unit_id = school_id")
    for table in TABLES:
        op.create_foreign_key("of_student", table, "students", ["student_id", "school_id", "county_id"], TRIPLE)
        for column in _keys(table):
            op.drop_constraint(op.f(f"fk_{table}_{column}"), table, type_="foreignkey")
    for column in SPARED:
        op.drop_index(op.f(f"ix_rainbow_assessments_{column}"), table_name="rainbow_assessments")


def downgrade() -> None:
    """Each column is held to its own table again."""
    for column in SPARED:
        op.create_index(op.f(f"ix_rainbow_assessments_{column}"), "rainbow_assessments", [column])
    for table in TABLES:
        for column, target in _keys(table).items():
            op.create_foreign_key(op.f(f"fk_{table}_{column}"), table, target, [column], ["id"])
        op.drop_constraint("of_student", table, type_="foreignkey")
    op.drop_constraint(op.f("ck_rainbow_assessments_at_school"), "rainbow_assessments", type_="check")
    op.alter_column("rainbow_assessments", "school_id", nullable=True)
    op.drop_constraint(op.f("uq_students_id_school_id_county_id"), "students", type_="unique")
