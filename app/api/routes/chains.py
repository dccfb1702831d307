"""Two longer readings: the evidence chain of a record, and the open items for a provincial platform."""

from __future__ import annotations

from typing import Any

from flask import Response
from pydantic import BaseModel, ConfigDict, Field

from app.api.province import COLUMNS, OpenItem, open_items
from app.api.queries import Wanted
from app.api.records import Shape
from app.api.routes.admin import bp as pages_bp
from app.api.routes.blueprint import bp, grants
from app.core.limits import COSTLY, throttle
from app.core.spreadsheets import write_workbook
from app.core.web.current import current_actor, needs
from app.core.web.downloads import workbook_file
from app.improvement.chain.kinds import BY_PATH, Kind
from app.improvement.chain.queries import record_for, trace


class NodeOut(BaseModel):
    """One record of the chain; one that the role may not see says its kind and nothing else."""

    model_config = ConfigDict(extra="allow")
    kind: str
    shown: bool


class LinkOut(Shape):
    """`from` leads to `to`: places in the list of nodes."""

    from_: int = Field(alias="from", serialization_alias="from")
    to: int


class TraceOut(Shape):
    """证据链: from the file, sheet and cell to the closure and the cell measured again."""

    asked: int
    nodes: list[NodeOut]
    links: list[LinkOut]
    more_items: bool


def _offer(path: str, kind: Kind) -> None:
    @bp.get(f"/{path}/<ref>/trace", endpoint=f"{path}_trace")
    @grants("effects:read", kind.right)
    @bp.output(TraceOut)
    @bp.doc(summary="证据链 · evidence chain of a record", operation_id=f"trace_{path}")
    def chain(ref: str) -> Any:
        actor = current_actor()
        return trace(actor, record_for(actor, kind, ref)).as_json()


for _path, _kind in BY_PATH.items():
    _offer(_path, _kind)


class OpenItemsQuery(Shape):
    """Which page of the open items."""

    after: str | None = Field(None, pattern="^[0-9a-f]{16}$", description="上一页的 next · next of the page before")
    size: int = Field(200, ge=1, le=200)


class OpenItemsOut(Shape):
    """七张问题清单: one page of the open items of the county."""

    data: list[OpenItem]
    next: str | None = Field(None, description="下一页的 after；空表示读完了 · after of the next page; null at the end")


@bp.get("/open-items")
@grants("problems:read", "problems.view_items")
@bp.input(OpenItemsQuery, location="query", arg_name="wanted")
@bp.output(OpenItemsOut)
@bp.doc(summary="未销号问题项（七张问题清单字段） · open items for a provincial platform", operation_id="open_items")
def open_items_out(wanted: OpenItemsQuery) -> Any:
    """One page of them, in the order of their making."""
    data, after = open_items(current_actor(), Wanted(after=wanted.after, size=wanted.size))
    return OpenItemsOut(data=data, next=after)


@pages_bp.get("/programs/open-items")
@needs("api.ask")
@throttle.limit(COSTLY)
def open_items_workbook() -> Response:
    """The same as a workbook, for platforms without an interface."""
    rows = []
    for number, one in enumerate(open_items(current_actor())[0], 1):
        told = one.model_dump() | {"overdue": "是" if one.overdue else "否", "co_units": "、".join(one.co_units)}
        rows.append([number, *told.values()])
    return workbook_file(write_workbook(COLUMNS, rows, sheet="七张问题清单"), "open-items")
