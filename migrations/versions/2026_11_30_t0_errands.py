"""Errands of items: what a helping unit has to know while it has one; hand-offs say by which day they were to end."""

import sqlalchemy as sa
from alembic import op

from migrations.protection import CONDITIONS, protect

revision = "2026_11_30_t0_errands"
down_revision = "2026_11_30_r0_on_schools_alone"
branch_labels = None
depends_on = None

TABLE, HANDED = "item_errands", "item_hand_offs"
INSIDE = "(select ctx.act()) is not null"
GIVEN_BACK = (
    "(kind = 'given_back' and from_unit_id = any((select ctx.schools())::uuid[]) and exists (select from item_errands e"
    " where e.item_id = item_hand_offs.item_id and e.unit_id = from_unit_id and e.responsible_unit_id = to_unit_id"
    f" and e.county_id = item_hand_offs.county_id and e.school_id is not distinct from item_hand_offs.school_id) and {INSIDE})"
)
"""A helping school writes one thing of another school's item: that it gives back what it has."""

PROMISED = "(h.handed_at at time zone 'Asia/Shanghai')::date + 14"
"""Ten working days, near enough for what was handed on before anybody agreed on a day."""
STILL_THERE = f"""
insert into item_errands (county_id, school_id, item_id, unit_id, responsible_unit_id, number, title, description, note,
    handed_on, promised_on)
select i.county_id, i.school_id, i.id, h.to_unit_id, i.unit_id, i.number, i.title, i.description, h.note,
    (h.handed_at at time zone 'Asia/Shanghai')::date, {PROMISED}
from (select distinct on (item_id) * from item_hand_offs order by item_id, handed_at desc, id desc) h
join problem_items i on i.id = h.item_id
where h.kind = 'passed' and i.unit_id is not null and i.state not in ('closed', 'void')
"""


def _units(*names: str) -> list[sa.Constraint]:
    return [sa.ForeignKeyConstraint([name], ["units.id"], name=op.f(f"fk_{TABLE}_{name}")) for name in names]


def upgrade() -> None:
    """The table with its wall, which the helping unit passes to read and to give back, not to add."""
    short = sa.text("substr(replace(gen_random_uuid()::text, '-', ''), 1, 16)")
    op.create_table(
        TABLE,
        sa.Column("id", sa.Uuid(), server_default=sa.text("gen_random_uuid()"), nullable=False),
        sa.Column("ref", sa.String(length=16), server_default=short, nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("county_id", sa.Uuid(), nullable=False),
        sa.Column("school_id", sa.Uuid(), nullable=True),
        sa.Column("item_id", sa.Uuid(), nullable=False),
        sa.Column("unit_id", sa.Uuid(), nullable=False),
        sa.Column("responsible_unit_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.String(length=20), nullable=False),
        sa.Column("title", sa.String(length=120), nullable=False),
        sa.Column("description", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("note", sa.String(length=300), nullable=False),
        sa.Column("handed_on", sa.Date(), nullable=False),
        sa.Column("promised_on", sa.Date(), nullable=False),
        sa.ForeignKeyConstraint(
            ["item_id"], ["problem_items.id"], name=op.f(f"fk_{TABLE}_item_id"), ondelete="CASCADE"
        ),
        *_units("county_id", "school_id", "unit_id", "responsible_unit_id"),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{TABLE}")),
        sa.UniqueConstraint("ref", name=op.f(f"uq_{TABLE}_ref")),
        sa.UniqueConstraint("item_id", name=op.f(f"uq_{TABLE}_item_id")),
    )
    for name in ("county_id", "school_id", "unit_id"):
        op.create_index(op.f(f"ix_{TABLE}_{name}"), TABLE, [name], unique=False)
    _fill()
    protect(TABLE, "helping")
    op.execute(f"drop policy added on {TABLE}")
    op.execute(f"create policy added on {TABLE} for insert with check ({CONDITIONS['unit']} and {INSIDE})")
    op.add_column(HANDED, sa.Column("promised_on", sa.Date(), nullable=True))
    op.execute(f"create policy given_back on {HANDED} for insert with check ({GIVEN_BACK})")


def _fill() -> None:
    """What lies with a helping unit already; the owner of the tables passes their walls for this one statement."""
    for table in (HANDED, "problem_items"):
        op.execute(f"alter table {table} no force row level security")
    op.execute(STILL_THERE)
    for table in (HANDED, "problem_items"):
        op.execute(f"alter table {table} force row level security")


def downgrade() -> None:
    """Without errands a helping school knows of nothing."""
    op.execute(f"drop policy given_back on {HANDED}")
    op.drop_column(HANDED, "promised_on")
    op.drop_table(TABLE)
