"""导入批次: one uploaded file, mapped and checked row by row, then accepted by a job, rolled back or discarded."""

from typing import Protocol

from workflows.vocabulary import NEW, Case, Needs, State, Step, Workflow, guard


class ImportBatchFacts(Protocol):
    """What the guards read of an import batch."""

    @property
    def is_results(self) -> bool:
        """It holds monitoring results or scores for value-added models."""

    @property
    def is_staff(self) -> bool:
        """It holds members of staff."""

    @property
    def is_answers(self) -> bool:
        """It holds answers of students on paper."""

    @property
    def is_consents(self) -> bool:
        """It holds consents on paper."""

    @property
    def needs_second_person(self) -> bool:
        """Monitoring results and cross-department lists are accepted by somebody else than the person who imports."""

    @property
    def all_or_nothing(self) -> bool:
        """One blocked row holds up the whole batch."""

    @property
    def mapping_complete(self) -> bool:
        """Every required column is mapped."""

    @property
    def rows_balance(self) -> bool:
        """Rows read = accepted + rejected + listed drops."""

    @property
    def good_row_count(self) -> int:
        """Rows that can be accepted."""

    @property
    def blocked_row_count(self) -> int:
        """Rows with a blocking fault that are neither mended nor dropped with a reason."""

    @property
    def blocked_rows_have_owner(self) -> bool:
        """The blocked rows that stay behind are listed with somebody who mends them."""

    @property
    def rollback_open(self) -> bool:
        """It was accepted not more than 7 days ago."""

    @property
    def dependant_count(self) -> int:
        """Records made from rows of this batch."""

    @property
    def newer_batch_accepted(self) -> bool:
        """A later version of the same table was accepted in its place."""


STAGED = State("staged", "已暂存", "Staged", waits_for="importer", family="active")
CHECKING = State("checking", "核对中", "Being checked", family="active")
READY = State("ready", "待接收", "Ready", waits_for="second_person", family="wait")
ACCEPTING = State("accepting", "入库中", "Being taken in", family="active")
ACCEPTED = State("accepted", "已接收", "Accepted", family="done", settled=True)
ROLLING_BACK = State("rolling_back", "回退中", "Being rolled back", family="active", side=True)
ROLLED_BACK = State("rolled_back", "已回退", "Rolled back", family="return", side=True, final=True)
DISCARDED = State("discarded", "已丢弃", "Discarded", family="idle", side=True, final=True)
SUPERSEDED = State("superseded", "已替代", "Superseded", family="idle", side=True, settled=True)


@guard("还有必需的列没有对应上", en="Some required columns are not mapped")
def mapping_is_complete(batch: ImportBatchFacts) -> bool:
    return batch.mapping_complete


@guard("读到的行数和处理的行数对不上", en="The rows read and the rows accounted for do not agree")
def rows_balance(batch: ImportBatchFacts) -> bool:
    return batch.rows_balance


@guard("没有可以接收的数据行", en="There is no row that can be accepted")
def has_good_rows(batch: ImportBatchFacts) -> bool:
    return batch.good_row_count > 0


@guard(
    "还有数据行没有处理好；这类数据要全部通过才能接收",
    en="Some rows are blocked; data of this kind are accepted as a whole",
)
def nothing_blocks(batch: ImportBatchFacts) -> bool:
    return not batch.all_or_nothing or batch.blocked_row_count == 0


@guard("没有处理好的行要有人负责", en="Somebody has to answer for the blocked rows", asked=True)
def blocked_rows_have_an_owner(batch: ImportBatchFacts) -> bool:
    return batch.all_or_nothing or batch.blocked_row_count == 0 or batch.blocked_rows_have_owner


@guard("接收已超过 7 天，不能再回退", en="It was accepted more than 7 days ago and cannot be rolled back")
def rollback_is_open(batch: ImportBatchFacts) -> bool:
    return batch.rollback_open


@guard("已有记录用到这批数据，不能回退", en="Records already rest on these data, so they cannot be rolled back")
def nothing_depends_on_it(batch: ImportBatchFacts) -> bool:
    return batch.dependant_count == 0


@guard("没有接收过更新的版本", en="No later version has been accepted")
def newer_batch_is_accepted(batch: ImportBatchFacts) -> bool:
    return batch.newer_batch_accepted


def _is_results(batch: ImportBatchFacts) -> bool:
    return batch.is_results


def _is_staff(batch: ImportBatchFacts) -> bool:
    return batch.is_staff


def _is_answers(batch: ImportBatchFacts) -> bool:
    return batch.is_answers


def _is_consents(batch: ImportBatchFacts) -> bool:
    return batch.is_consents


def _needs_second_person(batch: ImportBatchFacts) -> bool:
    return batch.needs_second_person


def _by_kind(verb: str) -> Needs:
    return Needs(
        f"imports.{verb}_roster",
        (
            Case(f"imports.{verb}_results", "监测结果", "monitoring results", _is_results),
            Case(f"imports.{verb}_staff", "教职工", "staff", _is_staff),
            Case(f"imports.{verb}_answers", "纸质答卷", "answers on paper", _is_answers),
            Case(f"imports.{verb}_consents", "纸质知情同意", "consents on paper", _is_consents),
        ),
    )


UPLOADERS = _by_kind("upload")
ACCEPTERS = _by_kind("accept")

IMPORT_BATCH = Workflow(
    "import_batch",
    "导入批次",
    "Import batch",
    facts=ImportBatchFacts,
    initial=STAGED,
    states=(
        STAGED,
        CHECKING,
        READY,
        ACCEPTING,
        ACCEPTED,
        ROLLING_BACK,
        ROLLED_BACK,
        DISCARDED,
        SUPERSEDED,
    ),
    steps=(
        Step("upload", "上传表格", "Upload a table", source=(NEW,), target=STAGED, needs=UPLOADERS),
        Step(
            "check",
            "开始核对",
            "Check the rows",
            source=(STAGED, READY),
            target=CHECKING,
            needs=UPLOADERS,
            guards=(mapping_is_complete,),
        ),
        Step(
            "finish_checks",
            "检查完毕",
            "Checks are done",
            source=(CHECKING,),
            target=READY,
            system=True,
            guards=(rows_balance,),
        ),
        Step("fail_checks", "没能核对", "Checks failed", source=(CHECKING,), target=STAGED, system=True),
        Step(
            "map_again",
            "重新对应列",
            "Map the columns again",
            source=(STAGED, READY),
            target=STAGED,
            needs=UPLOADERS,
        ),
        Step(
            "drop_row",
            "放弃一行",
            "Give up a row",
            source=(ACCEPTED,),
            target=ACCEPTED,
            needs=UPLOADERS,
            reason=True,
        ),
        Step(
            "accept",
            "接收数据",
            "Accept the data",
            source=(READY,),
            target=ACCEPTING,
            needs=ACCEPTERS,
            guards=(has_good_rows, rows_balance, nothing_blocks, blocked_rows_have_an_owner),
            four_eyes=("upload", "check"),
            four_eyes_when=_needs_second_person,
            star=True,
        ),
        Step("finish_acceptance", "已经入库", "Data are in", source=(ACCEPTING,), target=ACCEPTED, system=True),
        Step("fail_acceptance", "没能入库", "Data are not in", source=(ACCEPTING,), target=READY, system=True),
        Step(
            "discard",
            "丢弃批次",
            "Discard the batch",
            source=(STAGED, READY),
            target=DISCARDED,
            needs=UPLOADERS,
        ),
        Step(
            "replace",
            "改好的文件已上传",
            "A mended file was uploaded",
            source=(STAGED, READY),
            target=DISCARDED,
            system=True,
        ),
        Step(
            "roll_back",
            "回退数据",
            "Roll the data back",
            source=(ACCEPTED,),
            target=ROLLING_BACK,
            needs=ACCEPTERS,
            reason=True,
            guards=(rollback_is_open, nothing_depends_on_it),
            star=True,
        ),
        Step(
            "finish_rollback",
            "已经回退",
            "Data are out again",
            source=(ROLLING_BACK,),
            target=ROLLED_BACK,
            system=True,
        ),
        Step("fail_rollback", "没能回退", "Data are still in", source=(ROLLING_BACK,), target=ACCEPTED, system=True),
        Step(
            "supersede",
            "由新版替代",
            "Superseded by a newer version",
            source=(ACCEPTED,),
            target=SUPERSEDED,
            system=True,
            guards=(newer_batch_is_accepted,),
        ),
        Step(
            "reinstate",
            "重新生效",
            "In force again",
            source=(SUPERSEDED,),
            target=ACCEPTED,
            system=True,
        ),
    ),
)
