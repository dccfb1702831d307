"""导入批次: a workbook on its way in, from the upload through the report to acceptance by a second person, or back out."""

from typing import Protocol

from workflows.vocabulary import (
    NEW,
    Case,
    Needs,
    State,
    Step,
    Workflow,
    WorkingDays,
    guard,
)


class ImportBatchFacts(Protocol):
    """What the guards read of an import batch."""

    @property
    def kind(self) -> str:
        """students, classes, staff or results."""

    @property
    def is_mapped(self) -> bool:
        """Every required column is found or filled."""

    @property
    def rows_blocked(self) -> int:
        """Rows that cannot be taken as they are."""

    @property
    def rows_acceptable(self) -> int:
        """Rows that can be taken."""

    @property
    def allows_partial(self) -> bool:
        """The good rows of this kind may be taken while blocked ones wait (decisions §6, partial acceptance)."""

    @property
    def nothing_depends_on_it(self) -> bool:
        """No finding, release or later batch stands on its rows."""

    @property
    def within_rollback_days(self) -> bool:
        """At most seven days since it was accepted."""


def _by_kind(verb: str) -> Needs:
    return Needs(
        f"imports.{verb}_results",
        (
            Case(
                f"imports.{verb}_roster",
                "名册",
                "roster",
                lambda b: b.kind in ("students", "classes"),
            ),
            Case(
                f"imports.{verb}_staff", "教职工", "staff", lambda b: b.kind == "staff"
            ),
        ),
    )


UPLOADED = State("uploaded", "已上传", "Uploaded", waits_for="submitter", family="idle")
STAGING = State(
    "staging", "核对中", "Being checked", waits_for="system", family="active"
)
STAGED = State(
    "staged",
    "待接收",
    "Checked",
    waits_for="approver",
    family="wait",
    deadlines=(
        WorkingDays(code="accept", zh="接收导入", en="Accept the import", days=5),
    ),
)
ACCEPTED = State("accepted", "已接收", "Accepted", family="done", settled=True)
ROLLED_BACK = State(
    "rolled_back", "已撤回入库", "Rolled back", family="return", side=True, final=True
)
SUPERSEDED = State(
    "superseded", "已替代", "Superseded", family="idle", side=True, final=True
)
DISCARDED = State(
    "discarded", "已放弃", "Discarded", family="idle", side=True, final=True
)


@guard("还有必需的列没有对应上", en="Some required columns are not matched yet")
def is_mapped(batch: ImportBatchFacts) -> bool:
    return batch.is_mapped


@guard("没有可以接收的行", en="No row can be accepted")
def has_acceptable_rows(batch: ImportBatchFacts) -> bool:
    return batch.rows_acceptable > 0


@guard(
    "还有必须先改的行；这类数据要么全部接收，要么都不接收",
    en="Some rows are blocked; data of this kind are taken whole or not at all",
)
def nothing_is_blocked(batch: ImportBatchFacts) -> bool:
    return batch.allows_partial or batch.rows_blocked == 0


@guard(
    "已有数据发现或后续批次用到这批数据，不能撤回",
    en="Findings or later batches stand on these data",
)
def nothing_depends_on_it(batch: ImportBatchFacts) -> bool:
    return batch.nothing_depends_on_it


@guard("接收已超过 7 天，不能撤回", en="It was accepted more than 7 days ago")
def within_rollback_days(batch: ImportBatchFacts) -> bool:
    return batch.within_rollback_days


IMPORT_BATCH = Workflow(
    "import_batch",
    "导入批次",
    "Import batch",
    initial=UPLOADED,
    states=(UPLOADED, STAGING, STAGED, ACCEPTED, ROLLED_BACK, SUPERSEDED, DISCARDED),
    steps=(
        Step(
            "upload",
            "上传文件",
            "Upload a file",
            source=(NEW,),
            target=UPLOADED,
            needs=_by_kind("upload"),
        ),
        Step(
            "check",
            "开始核对",
            "Check the rows",
            source=(UPLOADED, STAGED),
            target=STAGING,
            needs=_by_kind("upload"),
            guards=(is_mapped,),
        ),
        Step(
            "finish_check",
            "核对完成",
            "Checking is done",
            source=(STAGING,),
            target=STAGED,
            system=True,
        ),
        Step(
            "fail_check",
            "核对没有完成",
            "Checking failed",
            source=(STAGING,),
            target=UPLOADED,
            system=True,
        ),
        Step(
            "accept",
            "接收入库",
            "Accept",
            source=(STAGED,),
            target=ACCEPTED,
            needs=_by_kind("accept"),
            guards=(has_acceptable_rows, nothing_is_blocked),
            four_eyes=("upload", "check"),
            four_eyes_when=lambda batch: batch.kind == "results",
            star=True,
        ),
        Step(
            "roll_back",
            "撤回入库",
            "Roll back",
            source=(ACCEPTED,),
            target=ROLLED_BACK,
            needs=_by_kind("accept"),
            guards=(nothing_depends_on_it, within_rollback_days),
            reason=True,
            star=True,
        ),
        Step(
            "supersede",
            "由新版替代",
            "Superseded",
            source=(ACCEPTED,),
            target=SUPERSEDED,
            system=True,
        ),
        Step(
            "discard",
            "放弃这次导入",
            "Discard",
            source=(UPLOADED, STAGED),
            target=DISCARDED,
            needs=_by_kind("upload"),
        ),
    ),
)
