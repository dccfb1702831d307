"""Reading: pages of records and single records, each by its own address."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask import Response, current_app, jsonify, request
from pydantic import BaseModel, Field

from app.api import queries
from app.api.queries import Wanted
from app.api.records import (
    ActionOut,
    ClosureOut,
    EvaluationOut,
    EvidenceOut,
    FindingOut,
    ItemOut,
    ListCheckOut,
    ListOut,
    PageQuery,
    PlanOut,
    ResultOut,
)
from app.api.routes.blueprint import bp, grants, problem
from app.core.errors import NotFound
from app.core.web.current import PUBLIC, current_actor, needs

KINDS: tuple[tuple[str, Any, str, tuple[str, ...]], ...] = (
    ("results", ResultOut, "results:read", ("monitoring.view_results",)),
    ("findings", FindingOut, "findings:read", ("monitoring.view_findings",)),
    ("lists", ListOut, "problems:read", ("problems.view_lists",)),
    ("items", ItemOut, "problems:read", ("problems.view_items",)),
    ("plans", PlanOut, "plans:read", ("plans.view_plans",)),
    ("actions", ActionOut, "plans:read", ("plans.view_plans",)),
    ("evidence", EvidenceOut, "plans:read", ("plans.view_evidence",)),
    ("evaluations", EvaluationOut, "effects:read", ("effects.view_evaluations",)),
    ("closures", ClosureOut, "effects:read", ("effects.view_closures",)),
    ("list-checks", ListCheckOut, "problems:read", ("sampling.view_checks",)),
)
"""Address, shape, scope and rights of each kind of record."""


def _shown(name: str, shape: Any, rows: Sequence[Any]) -> list[Any]:
    units = queries.units_of(current_actor(), (row.unit_id for row in rows))
    beside = queries.beside(current_actor(), name, rows)
    return [shape.of(row, units, **beside.get(row.id, {})) for row in rows]


def _offer(name: str, shape: Any, scope: str, rights: tuple[str, ...]) -> None:
    """Put in the two addresses of one kind of record."""
    paged: type[BaseModel] = type(
        f"{shape.__name__.removesuffix('Out')}Page",
        (BaseModel,),
        {
            "__annotations__": {"data": list[shape], "next": str | None},
            "__doc__": f"One page of {name}.",
            "next": Field(None, description="下一页的 after；空表示读完了 · after of the next page; null at the end"),
        },
    )

    @bp.get(f"/{name}", endpoint=name)
    @grants(scope, *rights)
    @bp.input(PageQuery, location="query", arg_name="wanted")
    @bp.output(paged)
    @bp.doc(summary=shape.__doc__, operation_id=f"list_{name}")
    def several(wanted: PageQuery) -> Any:
        states = tuple(wanted.state.split(",")) if wanted.state else ()
        narrowed = Wanted(states, wanted.changed_since, wanted.after, wanted.size)
        rows, after = queries.page_of(current_actor(), name, narrowed)
        return paged(data=_shown(name, shape, rows), next=after)

    @bp.get(f"/{name}/<ref>", endpoint=f"{name}_one")
    @grants(scope, *rights)
    @bp.output(shape)
    @bp.doc(summary=shape.__doc__, operation_id=f"read_{name}")
    def one(ref: str) -> Any:
        return _shown(name, shape, [queries.record_for(current_actor(), name, ref)])[0]


for _kind in KINDS:
    _offer(*_kind)


DESCRIPTION = "bihuan.api.description"


@bp.get("/openapi.json")
@needs(PUBLIC)
@bp.doc(hide=True)
def description() -> Response:
    """The OpenAPI 3.1 description, made from the code: once, as it is the same for everybody who asks."""
    kept = current_app.extensions
    if DESCRIPTION not in kept:
        kept[DESCRIPTION] = jsonify(current_app.spec).get_data()  # type: ignore[attr-defined]
    return Response(kept[DESCRIPTION], mimetype="application/json")


@bp.get("/<path:rest>")
@needs(PUBLIC)
@bp.doc(hide=True)
def nothing(rest: str) -> Response:
    """Whatever else is asked for under /api/v1: 405 where the address exists, else 404."""
    return _nothing()


@bp.route("/<path:rest>", methods=["POST", "PUT", "PATCH", "DELETE"])
@needs(PUBLIC)
@bp.doc(hide=True)
def nothing_to_write(rest: str) -> Response:
    """The same for every other method."""
    return _nothing()


def _nothing() -> Response:
    adapter = current_app.create_url_adapter(request)
    assert adapter is not None
    allowed = sorted(
        method
        for method in ("GET", "POST")
        if adapter.test(method=method) and not adapter.match(method=method)[0].startswith("api.nothing")
    )
    if not allowed:
        raise NotFound("api", "")
    answer = problem(405)
    answer.headers["Allow"] = ", ".join(allowed)
    return answer
