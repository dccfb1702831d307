"""Results in: rows of a round become a file like any other, checked by the same job and accepted by a second person."""

from __future__ import annotations

import csv
import io
from datetime import datetime
from typing import Any, Literal

from pydantic import BaseModel, Field

from app.api import once
from app.api.records import REF, Shape
from app.api.routes.blueprint import bp, grants
from app.core.imports import arrival, operations, queries
from app.core.imports.kinds import RESULTS
from app.core.imports.operations import CheckIn
from app.core.web.current import current_actor
from app.improvement.monitoring.queries.cycles import cycle_for

MOST = 5000


class ResultRow(Shape):
    """One cell of results, as a row of the county's workbook (domain §6.2)."""

    scope_level: Literal["region", "school", "grade", "class"]
    school_code: str | None = Field(None, max_length=20, description="学校代码；region 不填 · none for region")
    grade: str | None = Field(None, pattern="^G([1-9]|1[0-2])$")
    class_no: int | None = Field(None, ge=1, le=99)
    subject: str = Field(max_length=20)
    indicator_code: str = Field(max_length=40)
    value_type: Literal["mean", "rate", "index"]
    direction: Literal["higher", "lower"]
    value: float | None
    benchmark_type: str = Field(max_length=20)
    benchmark_value: float
    benchmark_se: float | None = Field(None, ge=0)
    n: int = Field(ge=0)
    n_expected: int | None = Field(None, ge=0)
    sd: float | None = None
    deff: float | None = Field(None, gt=0)


class ResultsIn(Shape):
    """Rows for one round."""

    sender: str = Field("", max_length=60, description="来源平台 · the platform they come from")
    supplier: str = Field(
        "",
        max_length=16,
        description="供应商页面地址里的编号；局里自己的系统不填 · ref of the supplier; none for own systems",
    )
    rows: list[ResultRow] = Field(min_length=1, max_length=MOST)


class KeyIn(BaseModel):
    """The header under which a deed happens once."""

    idempotency_key: str = Field(
        min_length=1,
        max_length=once.LONGEST,
        pattern=r"^[\x21-\x7e]+$",
        description="每次报送一个新值，重发时用同一个值 · a new value for each deed, the same one when it is repeated",
    )


class ImportOut(Shape):
    """A batch: where it is, how many rows of it are good, warned, blocked or dropped."""

    ref: str = REF
    state: str
    page: str
    file_sha256: str
    rows_good: int
    rows_warned: int
    rows_blocked: int
    created_at: datetime

    @classmethod
    def of(cls, batch: Any) -> ImportOut:
        """One batch."""
        return cls(
            ref=batch.ref,
            state=batch.state,
            page=batch.address,
            file_sha256=batch.file_sha256,
            rows_good=batch.rows_good,
            rows_warned=batch.rows_warned,
            rows_blocked=batch.rows_blocked,
            created_at=batch.created_at,
        )


def _as_file(cycle_code: str, rows: list[ResultRow]) -> bytes:
    """The rows under the headings of the blank workbook, so that the chain reaches a file digest and a row number."""
    columns = [column for column in RESULTS.columns if column.code != "school_name"]
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow([column.zh for column in columns])
    for row in rows:
        given = row.model_dump() | {"cycle_code": cycle_code, "scope_code": row.school_code or ""}
        writer.writerow(["" if given.get(column.code) is None else given[column.code] for column in columns])
    return text.getvalue().encode("utf-8-sig")


@bp.post("/cycles/<ref>/results")
@grants("results:write", "imports.upload_results")
@bp.input(KeyIn, location="headers", arg_name="key")
@bp.input(ResultsIn, location="json", arg_name="given")
@bp.output(ImportOut, status_code=202)
@bp.doc(
    summary="报送监测结果 · send results in; needs an Idempotency-Key header",
    operation_id="send_results",
)
def send_results(ref: str, key: KeyIn, given: ResultsIn) -> Any:
    """Keep the rows as a file, have them checked; a second person accepts them on the batch's page."""
    actor = current_actor()
    cycle = cycle_for(actor, ref, "imports.upload_results")
    place = arrival.place_of(actor, "results", ref)
    arrival.come_from(actor, place, given.supplier)
    name = f"{cycle.code}-api.csv"
    received = arrival.receive(actor, place, _as_file(cycle.code, given.rows), name, given.sender or "API")
    kept = once.before(key.idempotency_key)
    if kept is not None:
        return kept, 202, {"Idempotency-Replayed": "true"}
    batch = operations.upload(actor, place, received)
    answer = ImportOut.of(batch).model_dump(mode="json")
    once.after(key.idempotency_key, 202, answer)
    operations.check(actor, batch, CheckIn())
    return answer, 202


@bp.get("/imports/<ref>")
@grants("results:write", "imports.upload_results")
@bp.output(ImportOut)
@bp.doc(summary="一批数据到哪一步了 · how far a batch is", operation_id="read_import")
def read_import(ref: str) -> Any:
    """One batch that the role may see."""
    return ImportOut.of(queries.batch_for(current_actor(), ref))
