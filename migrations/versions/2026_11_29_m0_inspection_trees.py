"""The tree of inspection indicators in versions, one in force for a stage on a day; what visits look at of it."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from migrations.protection import protect

revision = "2026_11_29_m0_inspection_trees"
down_revision = "2026_11_29_k2_considered"
branch_labels = None
depends_on = None

REF = sa.text("substr(replace(gen_random_uuid()::text, '-', ''), 1, 16)")
LIST = postgresql.JSONB(astext_type=sa.Text())
# A version is written until it goes to review; after that nobody changes it, whoever asks the database.
FROZEN = """
create function refuse_changes_of_inspection_nodes() returns trigger language plpgsql
    set search_path = public, pg_temp as $$
declare tree uuid := case when tg_op = 'DELETE' then old.tree_id else new.tree_id end;
begin
    if exists (select 1 from inspection_trees t where t.id = tree and t.state not in ('draft', 'returned')) then
        raise exception 'a tree of inspection indicators under review or later is not changed' using errcode = '23514';
    end if;
    return case when tg_op = 'DELETE' then old else new end;
end $$;
create trigger refuse_changes before insert or update or delete on inspection_nodes
    for each row execute function refuse_changes_of_inspection_nodes();
create function refuse_changes_of_inspection_trees() returns trigger language plpgsql
    set search_path = public, pg_temp as $$
begin
    if old.state not in ('draft', 'returned') and row(new.code, new.title, new.basis, new.stages, new.sha256, new.point_count)
        is distinct from row(old.code, old.title, old.basis, old.stages, old.sha256, old.point_count) then
        raise exception 'a tree of inspection indicators under review or later is not changed' using errcode = '23514';
    end if;
    return new;
end $$;
create trigger refuse_changes before update on inspection_trees
    for each row execute function refuse_changes_of_inspection_trees();
revoke all on function refuse_changes_of_inspection_nodes, refuse_changes_of_inspection_trees from public;
"""


def _common() -> list[sa.Column]:
    return [
        sa.Column("id", sa.Uuid(), server_default=sa.text("gen_random_uuid()"), nullable=False),
        sa.Column("ref", sa.String(length=16), server_default=REF, nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("county_id", sa.Uuid(), nullable=False),
        sa.Column("school_id", sa.Uuid(), nullable=True),
    ]


def _references(table: str, **more: str) -> list[sa.ForeignKeyConstraint]:
    named = {"county_id": "units.id", "school_id": "units.id"} | more
    return [
        sa.ForeignKeyConstraint(
            [column], [target], name=op.f(f"fk_{table}_{column}"),
            ondelete="CASCADE" if table == "inspection_nodes" and column == "tree_id" else None,
        )
        for column, target in named.items()
    ]  # fmt: skip


def _indexes(table: str, *columns: str) -> None:
    for column in ("county_id", "school_id", *columns):
        op.create_index(op.f(f"ix_{table}_{column}"), table, [column], unique=False)


def _trees() -> None:
    table = "inspection_trees"
    op.create_table(
        table,
        *_common(),
        sa.Column("version", sa.Integer(), server_default=sa.text("1"), nullable=False),
        sa.Column("state", sa.String(length=40), nullable=False),
        sa.Column("previous_state", sa.String(length=40), nullable=True),
        sa.Column("state_since", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("workflow_version", sa.Integer(), server_default=sa.text("1"), nullable=False),
        sa.Column("unit_id", sa.Uuid(), nullable=False),
        sa.Column("owner_id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.String(length=20), nullable=False),
        sa.Column("title", sa.String(length=80), nullable=False),
        sa.Column("basis", sa.String(length=200), server_default=sa.text("''"), nullable=False),
        sa.Column("note", sa.String(length=500), server_default=sa.text("''"), nullable=False),
        sa.Column("stages", LIST, server_default=sa.text("'[]'"), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("point_count", sa.Integer(), nullable=False),
        sa.Column("activated_on", sa.Date(), nullable=True),
        sa.CheckConstraint("school_id is null", name=op.f(f"ck_{table}_of_the_county")),
        *_references(table, unit_id="units.id", owner_id="persons.id"),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}")),
        sa.UniqueConstraint("ref", name=op.f(f"uq_{table}_ref")),
        sa.UniqueConstraint("county_id", "code", name=op.f(f"uq_{table}_county_id_code")),
    )
    _indexes(table, "state")
    protect(table, "county")


def _nodes() -> None:
    table = "inspection_nodes"
    op.create_table(
        table,
        *_common(),
        sa.Column("tree_id", sa.Uuid(), nullable=False),
        sa.Column("parent_id", sa.Uuid(), nullable=True),
        sa.Column("number", sa.String(length=12), nullable=False),
        sa.Column("level", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(length=120), nullable=False),
        sa.Column("look_for", sa.String(length=300), server_default=sa.text("''"), nullable=False),
        *(
            sa.Column(name, LIST, server_default=sa.text("'[]'"), nullable=False)
            for name in ("proofs", "stages", "topics", "path", "above")
        ),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.CheckConstraint("level between 1 and 4", name=op.f(f"ck_{table}_level")),
        sa.CheckConstraint("(level = 1) = (parent_id is null)", name=op.f(f"ck_{table}_top")),
        *_references(table, tree_id="inspection_trees.id"),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}")),
        sa.UniqueConstraint("ref", name=op.f(f"uq_{table}_ref")),
        sa.UniqueConstraint("tree_id", "number", name=op.f(f"uq_{table}_tree_id_number")),
        sa.UniqueConstraint("tree_id", "id", name=op.f(f"uq_{table}_tree_id_id")),
        sa.ForeignKeyConstraint(
            ["tree_id", "parent_id"], [f"{table}.tree_id", f"{table}.id"], name="fk_inspection_nodes_parent",
            ondelete="CASCADE",
        ),
    )  # fmt: skip
    _indexes(table)
    protect(table, "county")


def _terms() -> None:
    table = "inspection_terms"
    op.create_table(
        table,
        *_common(),
        sa.Column("tree_id", sa.Uuid(), nullable=False),
        sa.Column("stage", sa.String(length=10), nullable=False),
        sa.Column("from_on", sa.Date(), nullable=False),
        sa.Column("to_on", sa.Date(), nullable=True),
        sa.CheckConstraint("to_on >= from_on", name=op.f(f"ck_{table}_days")),
        *_references(table, tree_id="inspection_trees.id"),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}")),
        sa.UniqueConstraint("ref", name=op.f(f"uq_{table}_ref")),
        postgresql.ExcludeConstraint(
            ("county_id", "="), ("stage", "="), (sa.literal_column("daterange(from_on, to_on, '[)')"), "&&"),
            name="ex_inspection_terms_one_in_force", using="gist",
        ),
    )  # fmt: skip
    _indexes(table)
    op.create_index("ix_inspection_terms_tree", table, ["tree_id"], unique=False)
    protect(table, "county")


def upgrade() -> None:
    """Three tables; what an entry of the yearly list takes of the tree; a line of a checklist pinned to version and point."""
    op.execute("create extension if not exists btree_gist")
    _trees()
    _nodes()
    _terms()
    op.execute(FROZEN)
    for name in ("branches", "topics"):
        op.add_column("supervision_entries", sa.Column(name, LIST, server_default=sa.text("'[]'"), nullable=False))
    op.add_column("visit_lines", sa.Column("tree_id", sa.Uuid(), nullable=True))
    op.add_column("visit_lines", sa.Column("node_id", sa.Uuid(), nullable=True))
    op.create_foreign_key(
        "fk_visit_lines_node", "visit_lines", "inspection_nodes", ["tree_id", "node_id"], ["tree_id", "id"]
    )
    op.create_check_constraint(op.f("ck_visit_lines_pinned"), "visit_lines", "(tree_id is null) = (node_id is null)")
    op.create_unique_constraint(op.f("uq_visit_lines_visit_id_node_id"), "visit_lines", ["visit_id", "node_id"])
    op.create_index("ix_visit_lines_node", "visit_lines", ["tree_id", "node_id"], unique=False)


def downgrade() -> None:
    """Gone again."""
    op.drop_column("visit_lines", "node_id")
    op.drop_column("visit_lines", "tree_id")
    for name in ("branches", "topics"):
        op.drop_column("supervision_entries", name)
    for table in ("inspection_terms", "inspection_nodes", "inspection_trees"):
        op.drop_table(table)
    op.execute("drop function refuse_changes_of_inspection_nodes, refuse_changes_of_inspection_trees")
    op.execute("drop extension if exists btree_gist")
