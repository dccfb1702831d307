"""A handover says which emergency it came from; a rule set begins under an impact assessment of levels."""

import sqlalchemy as sa
from alembic import op

revision = "2026_11_30_u0_what_it_came_from"
down_revision = "2026_11_30_t0_errands"
branch_labels = None
depends_on = None

BEGINS = """
create function rules_begin_assessed() returns trigger language plpgsql set search_path = public, pg_temp as $$
begin
    if not exists (select from impact_assessments a where a.county_id = new.county_id and a.kind = 'purpose'
                   and a.subject = 'levels' and a.state = 'active') then
        raise exception 'No impact assessment of this purpose is in force.' using errcode = 'check_violation';
    end if;
    return new;
end $$;
create trigger begins_assessed before update of state on rule_sets for each row
    when (new.state = 'active' and old.state <> 'active') execute function rules_begin_assessed();
revoke all on function rules_begin_assessed from public;
"""


def upgrade() -> None:
    """One column, one condition."""
    op.add_column("handovers", sa.Column("notice_id", sa.Uuid()))
    op.create_foreign_key(op.f("fk_handovers_notice_id"), "handovers", "emergency_notices", ["notice_id"], ["id"])
    op.create_index(op.f("ix_handovers_notice_id"), "handovers", ["notice_id"])
    op.execute(BEGINS)


def downgrade() -> None:
    """Gone again."""
    op.execute("drop trigger begins_assessed on rule_sets")
    op.execute("drop function rules_begin_assessed")
    op.drop_column("handovers", "notice_id")
