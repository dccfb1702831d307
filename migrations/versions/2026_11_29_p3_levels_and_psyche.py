"""An indicator knows its codes at other levels of monitoring; what is about the psyche crosses over as aggregates alone."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "2026_11_29_p3_levels_and_psyche"
down_revision = "2026_11_29_q0_first_roll"
branch_labels = None
depends_on = None

LEVELS = ("national", "province", "city")
AGGREGATES = """
create function refuse_the_psyche_of_few() returns trigger language plpgsql set search_path = public, pg_temp as $$
begin
    if exists (select 1 from indicators i where i.id = new.indicator_id and i.domain = 'psychological') then
        raise exception 'indicators about the psyche hold no class and no cell of few pupils' using errcode = '23514';
    end if;
    return new;
end $$;
create trigger aggregates_alone before insert or update of indicator_id, scope_level, n on monitoring_results
    for each row when (new.scope_level = 'class' or new.n < 5) execute function refuse_the_psyche_of_few();
revoke all on function refuse_the_psyche_of_few from public;
"""


def upgrade() -> None:
    """Codes by level, each of one indicator in its county; the walls around the psyche."""
    column = sa.Column(
        "level_codes", postgresql.JSONB(astext_type=sa.Text()), server_default=sa.text("'{}'"), nullable=False
    )
    op.add_column("indicators", column)
    for level in LEVELS:
        op.execute(
            f"create unique index uq_indicators_{level}_code on indicators (county_id, (level_codes->>'{level}'))"
            f" where level_codes ? '{level}'"
        )
    op.execute(AGGREGATES)
    op.create_check_constraint(op.f("ck_value_added_scores_no_psyche"), "value_added_scores", "subject <> 'psych'")


def downgrade() -> None:
    """Gone again."""
    op.drop_constraint(op.f("ck_value_added_scores_no_psyche"), "value_added_scores")
    op.execute("drop trigger aggregates_alone on monitoring_results")
    op.execute("drop function refuse_the_psyche_of_few")
    op.drop_column("indicators", "level_codes")
