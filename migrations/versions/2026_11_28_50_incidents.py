"""Who saw a record between two moments, found by index; and the record of incident drills (security 80)."""

import sqlalchemy as sa
from alembic import op

from migrations.protection import APP, protect

revision = "2026_11_28_50_incidents"
down_revision = "2026_11_28_31_boards"
branch_labels = None
depends_on = None

WHO_SAW = """
create index ix_entries_refs on audit.entries using gin ((body::jsonb->'refs'));
create function audit.who_saw(ref text, record uuid, since timestamptz, until timestamptz) returns setof bigint
    language sql stable security definer set search_path = pg_catalog, pg_temp set enable_seqscan = off as $$
    select e.seq from audit.entries e
        where (select ctx.holds('logs')) and (e.body::jsonb->'refs') ? who_saw.ref
            and e.at >= who_saw.since and e.at < who_saw.until
    union all
    select e.seq from audit.entries e
        where (select ctx.holds('logs')) and e.kind in ('read', 'step', 'write') and e.record_id = who_saw.record
            and e.at >= who_saw.since and e.at < who_saw.until
$$;
"""


def upgrade() -> None:
    """The index, the function, the table of drills."""
    op.execute(WHO_SAW)
    op.execute("revoke all on function audit.who_saw(text, uuid, timestamptz, timestamptz) from public")
    op.execute(f"grant execute on function audit.who_saw(text, uuid, timestamptz, timestamptz) to {APP}")
    op.create_table(
        "incident_drills",
        sa.Column("held_on", sa.Date(), nullable=False),
        sa.Column("found", sa.String(length=500), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("written_by", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), server_default=sa.text("gen_random_uuid()"), nullable=False),
        sa.Column(
            "ref",
            sa.String(length=16),
            server_default=sa.text("substr(replace(gen_random_uuid()::text, '-', ''), 1, 16)"),
            nullable=False,
        ),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("county_id", sa.Uuid(), nullable=False),
        sa.Column("school_id", sa.Uuid(), nullable=True),
        sa.ForeignKeyConstraint(["written_by"], ["persons.id"], name=op.f("fk_incident_drills_written_by")),
        sa.ForeignKeyConstraint(["county_id"], ["units.id"], name=op.f("fk_incident_drills_county_id")),
        sa.ForeignKeyConstraint(["school_id"], ["units.id"], name=op.f("fk_incident_drills_school_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_incident_drills")),
        sa.UniqueConstraint("ref", name=op.f("uq_incident_drills_ref")),
    )
    op.create_index(op.f("ix_incident_drills_county_id"), "incident_drills", ["county_id"], unique=False)
    op.create_index(op.f("ix_incident_drills_school_id"), "incident_drills", ["school_id"], unique=False)
    protect("incident_drills", "logs", outside_act=False)


def downgrade() -> None:
    """All of it goes again."""
    op.drop_table("incident_drills")
    op.execute("drop function audit.who_saw(text, uuid, timestamptz, timestamptz)")
    op.execute("drop index audit.ix_entries_refs")
