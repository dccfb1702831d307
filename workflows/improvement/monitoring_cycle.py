"""监测周期: one monitoring round, from its preparation over the imported data to two years of improvement."""

from collections.abc import Sized
from datetime import date
from typing import Protocol

from workflows.vocabulary import (
    DATED,
    NEW,
    FromField,
    State,
    Step,
    Workflow,
    WorkingDays,
    guard,
)

MAX_MISSING_SHARE = 0.05


class MonitoringCycleFacts(Protocol):
    """What the guards read of a monitoring cycle."""

    @property
    def name(self) -> str:
        """What the round is called."""

    @property
    def level(self) -> str | None:
        """national, province, city or county."""

    @property
    def stage(self) -> str | None:
        """The school stage that is monitored."""

    @property
    def grades(self) -> Sized:
        """The grades that take part."""

    @property
    def subjects(self) -> Sized:
        """The subjects that are measured."""

    @property
    def instrument(self) -> str:
        """The name of the instrument."""

    @property
    def instrument_version(self) -> str:
        """The version of the instrument."""

    @property
    def coverage(self) -> str | None:
        """census or sample."""

    @property
    def indicators(self) -> Sized:
        """The indicators of the set that is used."""

    @property
    def benchmark_source(self) -> str:
        """Where the benchmarks come from."""

    @property
    def starts_on(self) -> date | None:
        """First day of the measurement."""

    @property
    def ends_on(self) -> date | None:
        """Last day of the measurement."""

    @property
    def accepted_batch_count(self) -> int:
        """Accepted import batches of this cycle."""

    @property
    def blocking_error_count(self) -> int:
        """Blocked rows of this cycle's batches that nobody has settled."""

    @property
    def reconciliation_complete(self) -> bool:
        """Row counts, numbers against the roster and value ranges are each checked or explained."""

    @property
    def missing_share(self) -> float:
        """Share of expected cells that are missing, 0–1."""

    @property
    def reconciliation_signed(self) -> bool:
        """The reconciliation report carries the name of the member who verifies."""

    @property
    def audiences_without_release(self) -> Sized:
        """Audiences whose version of the data is not prepared yet."""

    @property
    def schools_without_package(self) -> Sized:
        """Schools whose own package is not generated yet."""

    @property
    def briefing_held(self) -> bool:
        """The briefing is recorded with date, chair, attendees and minutes."""

    @property
    def feedback_meetings_held(self) -> bool:
        """The feedback meetings are recorded for every level and subject."""

    @property
    def issued_list_count(self) -> int:
        """Problem lists of this cycle that were issued."""

    @property
    def improve_until(self) -> date | None:
        """Last day of the improvement period: 24 months after the release."""

    @property
    def list_count(self) -> int:
        """Problem lists made from this cycle, withdrawn ones left out."""

    @property
    def open_list_count(self) -> int:
        """Its problem lists that are neither archived nor carried over."""


DRAFT = State("draft", "草稿", "Draft", waits_for="office", family="idle")
COLLECTING = State("collecting", "采集中", "Collecting", waits_for="assessment")
IMPORTED = State(
    "imported",
    "已导入",
    "Imported",
    waits_for="other_assessor",
    deadlines=(
        WorkingDays(
            code="verify", zh="核验导入数据", en="Verify the imported data", days=5, escalate_to=("office_director",)
        ),
    ),
)
VERIFIED = State("verified", "已核验", "Verified", waits_for="group_head", family="wait")
RELEASED = State("released", "已发布数据", "Data released", waits_for="office")
IMPROVING = State(
    "improving",
    "改进期",
    "Improving",
    waits_for="office",
    deadlines=(
        FromField(
            code="improve_until",
            zh="结束改进期",
            en="End the improvement period",
            field="improve_until",
            day=("改进期最后一天", "the last day of the improvement period"),
            ladder=DATED,
            escalate_to=("leading_group_head",),
        ),
    ),
)
CLOSED = State("closed", "已结束", "Closed", family="done", settled=True)
WITHDRAWN = State("withdrawn", "已撤回", "Withdrawn", family="idle", side=True, final=True)

BRIEFING = WorkingDays(
    code="briefing",
    zh="专题听取汇报",
    en="Briefing to the leading group",
    days=15,
    met_by="briefing_held",
    escalate_to=("dept_head", "leading_group_head"),
)
FEEDBACK = WorkingDays(
    code="feedback_meetings",
    zh="分级分学科反馈会议",
    en="Feedback meetings by level and subject",
    days=30,
    met_by="feedback_meetings_held",
    escalate_to=("dept_head", "leading_group_head"),
)


@guard("请写明名称、层级、学段、年级和学科", en="State the name, level, stage, grades and subjects")
def says_what_is_measured(cycle: MonitoringCycleFacts) -> bool:
    return bool(cycle.name and cycle.level and cycle.stage and len(cycle.grades) and len(cycle.subjects))


@guard("请写明测评工具、版本，以及普测还是抽测", en="Name the instrument, its version, and census or sample")
def names_the_instrument(cycle: MonitoringCycleFacts) -> bool:
    return bool(cycle.instrument and cycle.instrument_version and cycle.coverage)


@guard("还没有选定指标", en="No indicators are chosen yet")
def has_indicators(cycle: MonitoringCycleFacts) -> bool:
    return len(cycle.indicators) > 0


@guard("请写明基准的来源", en="Say where the benchmarks come from")
def names_the_benchmark(cycle: MonitoringCycleFacts) -> bool:
    return bool(cycle.benchmark_source)


@guard("请写明监测的起止日期", en="Enter the first and the last day of the measurement")
def has_dates(cycle: MonitoringCycleFacts) -> bool:
    return cycle.starts_on is not None and cycle.ends_on is not None and cycle.starts_on <= cycle.ends_on


@guard("还没有接收任何一批导入数据", en="No import batch has been accepted yet")
def has_accepted_batch(cycle: MonitoringCycleFacts) -> bool:
    return cycle.accepted_batch_count > 0


@guard("还有数据行没有处理好，请先改正或重新上传", en="Some rows are still blocked; mend them or upload the file again")
def has_no_blocking_error(cycle: MonitoringCycleFacts) -> bool:
    return cycle.blocking_error_count == 0


@guard(
    "核对报告还不完整：行数、人数与花名册、数值范围都要核对或说明",
    en="The reconciliation is not complete: rows, numbers against the roster and ranges must be checked or explained",
    asked=True,
)
def reconciliation_is_complete(cycle: MonitoringCycleFacts) -> bool:
    return cycle.reconciliation_complete


@guard("缺失的数据超过 5%，请先补齐", en="More than 5% of the data are missing; complete them first")
def little_is_missing(cycle: MonitoringCycleFacts) -> bool:
    return cycle.missing_share <= MAX_MISSING_SHARE


@guard("请在核对报告上签名", en="Sign the reconciliation report", asked=True)
def reconciliation_is_signed(cycle: MonitoringCycleFacts) -> bool:
    return cycle.reconciliation_signed


@guard("还有对象的发布版本没有准备好", en="The version for some audience is not prepared yet")
def every_audience_has_a_release(cycle: MonitoringCycleFacts) -> bool:
    return len(cycle.audiences_without_release) == 0


@guard("还有学校的数据包没有生成", en="The package of some school is not generated yet")
def every_school_has_its_package(cycle: MonitoringCycleFacts) -> bool:
    return len(cycle.schools_without_package) == 0


@guard("还没有交办过问题清单", en="No problem list has been issued yet")
def has_issued_a_list(cycle: MonitoringCycleFacts) -> bool:
    return cycle.issued_list_count > 0


@guard("还没有定下改进期到哪一天", en="The last day of the improvement period is not set")
def knows_its_improvement_period(cycle: MonitoringCycleFacts) -> bool:
    return cycle.improve_until is not None


@guard("还有问题清单没有归档或转入下一周期", en="Some problem lists are neither archived nor carried over")
def every_list_is_done(cycle: MonitoringCycleFacts) -> bool:
    return cycle.open_list_count == 0


@guard(
    "这一周期已经有问题清单，不能按“不需要清单”结束", en="This cycle has problem lists, so it cannot end without one"
)
def needed_no_list(cycle: MonitoringCycleFacts) -> bool:
    return cycle.list_count == 0


MONITORING_CYCLE = Workflow(
    "monitoring_cycle",
    "监测周期",
    "Monitoring cycle",
    facts=MonitoringCycleFacts,
    initial=DRAFT,
    states=(DRAFT, COLLECTING, IMPORTED, VERIFIED, RELEASED, IMPROVING, CLOSED, WITHDRAWN),
    steps=(
        Step("prepare", "新建周期", "Prepare a cycle", source=(NEW,), target=DRAFT, needs="monitoring.prepare_cycle"),
        Step(
            "start_collecting",
            "开始采集",
            "Start collecting",
            source=(DRAFT,),
            target=COLLECTING,
            needs="monitoring.prepare_cycle",
            guards=(says_what_is_measured, names_the_instrument, has_indicators, names_the_benchmark, has_dates),
            tells=("principal", "school_coordinator"),
        ),
        Step(
            "finish_import",
            "完成导入",
            "Finish the import",
            source=(COLLECTING,),
            target=IMPORTED,
            needs="monitoring.import_results",
            guards=(has_accepted_batch, has_no_blocking_error),
        ),
        Step(
            "refuse_reconciliation",
            "核对不通过",
            "Refuse the reconciliation",
            source=(IMPORTED,),
            target=COLLECTING,
            needs="monitoring.verify_cycle",
            reason=True,
            four_eyes=("finish_import", "import_batch.upload"),
        ),
        Step(
            "verify",
            "核验数据",
            "Verify the data",
            source=(IMPORTED,),
            target=VERIFIED,
            needs="monitoring.verify_cycle",
            guards=(reconciliation_is_complete, little_is_missing, reconciliation_is_signed),
            four_eyes=("finish_import", "import_batch.upload"),
            tells=("office_director",),
        ),
        Step(
            "refuse_release",
            "不同意发布",
            "Refuse the release",
            source=(VERIFIED,),
            target=IMPORTED,
            needs="monitoring.release_cycle",
            reason=True,
        ),
        Step(
            "release",
            "发布数据",
            "Release the data",
            source=(VERIFIED,),
            target=RELEASED,
            needs="monitoring.release_cycle",
            guards=(every_audience_has_a_release, every_school_has_its_package),
            four_eyes=("finish_import", "verify"),
            star=True,
            deadlines=(BRIEFING, FEEDBACK),
            tells=("principal", "dept_head"),
        ),
        Step(
            "begin_improving",
            "进入改进期",
            "Begin the improvement period",
            source=(RELEASED,),
            target=IMPROVING,
            system=True,
            guards=(has_issued_a_list, knows_its_improvement_period),
        ),
        Step(
            "close",
            "结束周期",
            "Close the cycle",
            source=(IMPROVING,),
            target=CLOSED,
            needs="monitoring.close_cycle",
            guards=(every_list_is_done,),
        ),
        Step(
            "close_without_list",
            "结束周期（不需要清单）",
            "Close without a list",
            source=(RELEASED,),
            target=CLOSED,
            needs="monitoring.close_cycle",
            reason=True,
            aside=True,
            guards=(needed_no_list,),
        ),
        Step(
            "withdraw",
            "撤回数据",
            "Withdraw the data",
            source=(DRAFT, COLLECTING, IMPORTED, VERIFIED, RELEASED, IMPROVING, CLOSED),
            target=WITHDRAWN,
            needs="monitoring.withdraw_cycle",
            reason=True,
            star=True,
            tells=("principal", "dept_head", "office_director"),
        ),
    ),
)
