"""What an indicator said before it was changed is kept for good; one that results rest on changes by a new version alone."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from migrations.protection import protect

revision = "2026_11_30_u0_indicator_versions"
down_revision = "2026_11_30_t1_reminders"
branch_labels = None
depends_on = None

TABLE = "indicator_versions"
SAID = "name, definition, subject, domain, value_type, direction, family, lowest, highest, index_margin, unit_word"
STAYS = f"""
create function refuse_another_past() returns trigger language plpgsql set search_path = public, pg_temp as $$
begin
    raise exception 'an earlier version of an indicator is neither changed nor deleted' using errcode = '23514';
end $$;
create trigger version_stays before delete or update on {TABLE} for each row execute function refuse_another_past();
create function refuse_silent_change() returns trigger language plpgsql set search_path = public, pg_temp as $$
begin
    if (new.version <= old.version
        or not exists (select 1 from {TABLE} v where v.indicator_id = old.id and v.version = old.version))
       and exists (select 1 from monitoring_results r where r.indicator_id = old.id) then
        raise exception 'an indicator that results rest on changes by a new version' using errcode = '23514';
    end if;
    return new;
end $$;
create trigger versions_are_kept before update of {SAID} on indicators for each row
    when (({", ".join(f"old.{name}" for name in SAID.split(", "))})
          is distinct from ({", ".join(f"new.{name}" for name in SAID.split(", "))}))
    execute function refuse_silent_change();
revoke all on function refuse_another_past, refuse_silent_change from public;
"""


def upgrade() -> None:
    """The table, where an indicator came from, and the walls."""
    op.add_column("indicators", sa.Column("batch_id", sa.Uuid(), nullable=True))
    op.create_foreign_key(op.f("fk_indicators_batch_id"), "indicators", "import_batches", ["batch_id"], ["id"])
    op.create_index(op.f("ix_indicators_batch_id"), "indicators", ["batch_id"])
    op.create_table(
        TABLE,
        sa.Column("county_id", sa.Uuid(), nullable=False),
        sa.Column("indicator_id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("said", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("replaced_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("replaced_by", sa.Uuid(), nullable=True),
        sa.Column("batch_id", sa.Uuid(), nullable=True),
        sa.Column("id", sa.Uuid(), server_default=sa.text("gen_random_uuid()"), nullable=False),
        sa.Column(
            "ref",
            sa.String(length=16),
            server_default=sa.text("substr(replace(gen_random_uuid()::text, '-', ''), 1, 16)"),
            nullable=False,
        ),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{TABLE}")),
        sa.UniqueConstraint("ref", name=op.f(f"uq_{TABLE}_ref")),
        sa.UniqueConstraint("indicator_id", "version", name=op.f(f"uq_{TABLE}_indicator_id_version")),
        *(
            sa.ForeignKeyConstraint([column], [f"{other}.id"], name=op.f(f"fk_{TABLE}_{column}"))
            for column, other in (
                ("county_id", "units"), ("indicator_id", "indicators"), ("replaced_by", "persons"),
                ("batch_id", "import_batches"),
            )
        ),
    )  # fmt: skip
    for column in ("county_id", "batch_id"):
        op.create_index(op.f(f"ix_{TABLE}_{column}"), TABLE, [column])
    protect(TABLE, None, outside_act=False)
    op.execute(STAYS)


def downgrade() -> None:
    """Gone again."""
    op.execute("drop trigger versions_are_kept on indicators")
    op.drop_table(TABLE)
    op.execute("drop function refuse_another_past, refuse_silent_change")
    op.drop_column("indicators", "batch_id")
