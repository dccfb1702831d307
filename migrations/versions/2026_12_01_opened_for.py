"""A school that is opened to an inspector for one visit or one check is told apart from one that he or she answers for.

The school and its letter box named whoever a check had been given to, before there was a result; and whoever looked for the
schools that an inspector answers for took one for the other.
"""

import sqlalchemy as sa
from alembic import op

revision = "2026_12_01_opened_for"
down_revision = "2026_12_01_roles_of_the_county"
branch_labels = None
depends_on = None

TABLE = "school_responsibilities"
OPENED = (
    """update school_responsibilities r set opened_for = '{what}' from {table} o where o.responsibility_id = r.id"""
)


def upgrade() -> None:
    """What is open already says what for."""
    op.add_column(TABLE, sa.Column("opened_for", sa.String(10)))
    op.execute(OPENED.format(what="visit", table="visit_members"))
    op.execute(OPENED.format(what="list_check", table="list_checks"))
    op.create_check_constraint(
        op.f("ck_school_responsibilities_opened_for"), TABLE, "opened_for in ('visit', 'list_check')"
    )


def downgrade() -> None:
    """As it was."""
    op.drop_constraint(op.f("ck_school_responsibilities_opened_for"), TABLE, type_="check")
    op.drop_column(TABLE, "opened_for")
