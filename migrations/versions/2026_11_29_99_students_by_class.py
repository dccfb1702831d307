"""A student's class answers for school and county: one look-up a row where a roster is written, and not two."""

import sqlalchemy as sa
from alembic import op

revision = "2026_11_29_99_students_by_class"
down_revision = "2026_11_29_99_data_needs"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Hold classes to their county, students to their class, and only those without one to the school itself."""
    op.create_unique_constraint(
        op.f("uq_school_classes_id_school_id_county_id"), "school_classes", ["id", "school_id", "county_id"]
    )
    op.create_foreign_key(
        "school_of_county", "school_classes", "units", ["school_id", "county_id"], ["id", "county_id"]
    )
    op.add_column(
        "students",
        sa.Column(
            "classless_in",
            sa.Uuid(),
            sa.Computed("case when class_id is null then school_id end", persisted=True),
            nullable=True,
        ),
    )
    op.drop_constraint("class_of_school", "students", type_="foreignkey")
    op.drop_constraint("school_of_county", "students", type_="foreignkey")
    op.create_foreign_key(
        "class_of_school",
        "students",
        "school_classes",
        ["class_id", "school_id", "county_id"],
        ["id", "school_id", "county_id"],
    )
    op.create_foreign_key("school_of_county", "students", "units", ["classless_in", "county_id"], ["id", "county_id"])
    op.drop_constraint(op.f("uq_school_classes_id_school_id"), "school_classes", type_="unique")


def downgrade() -> None:
    """Both look-ups of each student again."""
    op.create_unique_constraint(op.f("uq_school_classes_id_school_id"), "school_classes", ["id", "school_id"])
    op.drop_constraint("class_of_school", "students", type_="foreignkey")
    op.drop_constraint("school_of_county", "students", type_="foreignkey")
    op.create_foreign_key(
        "class_of_school", "students", "school_classes", ["class_id", "school_id"], ["id", "school_id"]
    )
    op.create_foreign_key("school_of_county", "students", "units", ["school_id", "county_id"], ["id", "county_id"])
    op.drop_column("students", "classless_in")
    op.drop_constraint("school_of_county", "school_classes", type_="foreignkey")
    op.drop_constraint(op.f("uq_school_classes_id_school_id_county_id"), "school_classes", type_="unique")
