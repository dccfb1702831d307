"""A cause cites what exists: a finding, its support, evidence, a check or an observation on site; words are an addition."""

import sqlalchemy as sa
from alembic import op

revision = "2026_12_01_what_a_cause_cites"
down_revision = "2026_12_01_rulings"
branch_labels = None
depends_on = None

CITED = {
    "finding_id": "data_findings",
    "support_id": "finding_supports",
    "evidence_id": "evidence",
    "check_id": "onsite_checks",
    "observation_id": "visit_observations",
}
ONE = f"num_nonnulls({', '.join(CITED)}) <= 1"


def upgrade() -> None:
    """What was written so far keeps its words and cites nothing."""
    for name, table in CITED.items():
        op.add_column("causes", sa.Column(name, sa.Uuid(), nullable=True))
        op.create_foreign_key(op.f(f"fk_causes_{name}"), "causes", table, [name], ["id"])
    op.create_check_constraint(op.f("ck_causes_cites_one"), "causes", ONE)


def downgrade() -> None:
    """Words alone."""
    op.drop_constraint(op.f("ck_causes_cites_one"), "causes", type_="check")
    for name in reversed(CITED):
        op.drop_constraint(op.f(f"fk_causes_{name}"), "causes", type_="foreignkey")
        op.drop_column("causes", name)
