"""数据发现: what the data or a person point out, until somebody confirms it and it becomes a problem item."""

from collections.abc import Sized
from datetime import date
from typing import Protocol

from workflows.vocabulary import NEW, Case, FromField, Needs, State, Step, Workflow, guard

MANUAL_SOURCES = frozenset(
    {"visit", "device", "self_check", "inspection", "audit", "patrol", "petition", "opinion", "safety", "ecology"}
)
MIN_INTERPRETATION = 50


class DataFindingFacts(Protocol):
    """What the guards read of a data finding."""

    @property
    def known_on(self) -> date | None:
        """The day of the release, or of the registration, from which the time to confirm it runs."""

    @property
    def category(self) -> str:
        """subject, management, student_development, teacher or resource."""

    @property
    def source_type(self) -> str:
        """monitoring, or where a person learnt of it: visit, audit, petition …"""

    @property
    def source_reference(self) -> str:
        """The document, visit or report in which it can be looked up."""

    @property
    def unit_id(self) -> object | None:
        """The unit it is about."""

    @property
    def provenance_complete(self) -> bool:
        """Every field of the provenance of a computed finding is stored (domain §8)."""

    @property
    def object_code(self) -> str:
        """What its indicator evaluates: school, teacher or student; school where there is no indicator."""

    @property
    def interpretation(self) -> str:
        """What the finding means, in words."""

    @property
    def cause_hypotheses(self) -> Sized:
        """Supposed causes."""

    @property
    def supporting_evidence(self) -> Sized:
        """Evidence from another source that points the same way."""

    @property
    def rejection_kind(self) -> str | None:
        """dismissed or explained."""

    @property
    def school_comment(self) -> str:
        """What the school says about it."""

    @property
    def merged_into(self) -> object | None:
        """The other finding that carries on what this one says."""

    @property
    def problem_item(self) -> object | None:
        """The problem item made from it."""

    @property
    def superseded_by(self) -> object | None:
        """The finding of a newer cycle for the same unit and indicator."""

    @property
    def newer_cycle_released(self) -> bool:
        """The next cycle that measures this indicator has been released."""

    @property
    def source_is_withdrawn(self) -> bool:
        """The data it was computed from were taken back."""

    @property
    def cell_standing(self) -> str:
        """stands, disputed while two sources disagree on its cell, or set_aside by the decision on them."""


CANDIDATE = State(
    "candidate",
    "候选",
    "Candidate",
    waits_for="interpreter",
    deadlines=(
        FromField(
            code="confirm",
            zh="确认或排除发现",
            en="Confirm or reject the finding",
            field="known_on",
            day=("发布或登记", "the release or registration"),
            working_days=15,
            escalate_to=("office_director",),
        ),
    ),
)
WATCH = State("watch", "观察", "Watch", waits_for="interpreter", family="idle", side=True)
CONFIRMED = State("confirmed", "已确认", "Confirmed", waits_for="evaluator", family="done")
CONVERTED = State("converted", "已转问题", "Turned into a problem", family="done", final=True)
REJECTED = State("rejected", "不通过", "Rejected", family="late", side=True, final=True)
MERGED = State("merged", "已合并", "Merged", family="idle", side=True, final=True)
SUPERSEDED = State("superseded", "已替代", "Superseded", family="idle", side=True, final=True)
WITHDRAWN = State("withdrawn", "已撤回", "Withdrawn", family="idle", side=True, final=True)
EXPIRED = State("expired", "已过期", "Expired", family="idle", side=True, final=True)


@guard("计算来源不完整，不能生成发现", en="The provenance is not complete, so there is no finding")
def has_provenance(finding: DataFindingFacts) -> bool:
    return finding.source_type == "monitoring" and finding.provenance_complete


@guard("请选择问题来源，并写明依据的文件或记录", en="Choose the source and name the document it rests on", asked=True)
def names_its_source(finding: DataFindingFacts) -> bool:
    return finding.source_type in MANUAL_SOURCES and bool(finding.source_reference)


@guard("请写明涉及哪个单位", en="Name the unit it is about", asked=True)
def names_its_unit(finding: DataFindingFacts) -> bool:
    return finding.unit_id is not None


@guard("数据来源已撤回，请排除这条发现", en="The data behind it were withdrawn; reject the finding instead")
def source_stands(finding: DataFindingFacts) -> bool:
    return not finding.source_is_withdrawn


@guard(
    "另有来源和这一格说法不同，等办公室裁定以后再办",
    en="Another source disagrees with its cell; wait until the office has decided",
)
def cell_is_not_disputed(finding: DataFindingFacts) -> bool:
    return finding.cell_standing != "disputed"


@guard(
    "办公室已裁定不采用它依据的数据格，请排除这条发现",
    en="The office decided against the cell behind it; reject the finding instead",
)
def cell_was_not_set_aside(finding: DataFindingFacts) -> bool:
    return finding.cell_standing != "set_aside"


@guard("它依据的数据格没有被裁定不采用", en="The cell behind it was not set aside")
def cell_was_set_aside(finding: DataFindingFacts) -> bool:
    return finding.cell_standing == "set_aside"


@guard(
    "这个指标的评价对象是教师或学生，只留数据，不作结论",
    en="Its indicator is about teachers or students: data are kept, no verdict is given",
)
def judges_a_school(finding: DataFindingFacts) -> bool:
    return finding.object_code == "school"


@guard("解读至少写 50 个字", en="The interpretation needs at least 50 characters", asked=True)
def is_interpreted(finding: DataFindingFacts) -> bool:
    return len(finding.interpretation.strip()) >= MIN_INTERPRETATION


@guard("至少写一条可能的原因", en="Write down at least one possible cause", asked=True)
def has_a_cause_hypothesis(finding: DataFindingFacts) -> bool:
    return len(finding.cause_hypotheses) > 0


@guard("至少要有一份其他来源的佐证", en="At least one piece of evidence from another source is needed", asked=True)
def is_supported(finding: DataFindingFacts) -> bool:
    return len(finding.supporting_evidence) > 0


@guard("说明属实的发现要附上学校的意见", en="A finding that is explained needs the school's comment", asked=True)
def explanation_has_the_schools_comment(finding: DataFindingFacts) -> bool:
    return finding.rejection_kind != "explained" or bool(finding.school_comment.strip())


@guard("请选择并入哪一条发现", en="Choose the finding it is merged into", asked=True)
def has_a_merge_target(finding: DataFindingFacts) -> bool:
    return finding.merged_into is not None and finding.merged_into is not finding


@guard("还没有建立问题项", en="No problem item has been made from it yet", asked=True)
def has_its_item(finding: DataFindingFacts) -> bool:
    return finding.problem_item is not None


@guard("没有同一单位、同一指标的新发现", en="There is no newer finding for the same unit and indicator")
def has_a_newer_finding(finding: DataFindingFacts) -> bool:
    return finding.superseded_by is not None


@guard("这一指标的下一周期还没有发布", en="The next cycle of this indicator is not released yet")
def next_cycle_is_released(finding: DataFindingFacts) -> bool:
    return finding.newer_cycle_released


def _is_not_of_a_subject(finding: DataFindingFacts) -> bool:
    return finding.category != "subject"


INTERPRET = Needs(
    "monitoring.confirm_finding",
    (
        Case(
            "monitoring.confirm_management_finding",
            "管理等非学科发现",
            "management and other non-subject findings",
            _is_not_of_a_subject,
        ),
    ),
)

DATA_FINDING = Workflow(
    "data_finding",
    "数据发现",
    "Data finding",
    facts=DataFindingFacts,
    initial=CANDIDATE,
    states=(CANDIDATE, WATCH, CONFIRMED, CONVERTED, REJECTED, MERGED, SUPERSEDED, EXPIRED, WITHDRAWN),
    steps=(
        Step(
            "detect",
            "规则发现",
            "Detected by rule",
            source=(NEW,),
            target=CANDIDATE,
            system=True,
            guards=(has_provenance,),
        ),
        Step(
            "keep_watching",
            "列入观察",
            "Put on watch",
            source=(NEW,),
            target=WATCH,
            system=True,
            guards=(has_provenance,),
        ),
        Step(
            "register",
            "登记发现",
            "Register a finding",
            source=(NEW,),
            target=CANDIDATE,
            needs="monitoring.register_finding",
            guards=(names_its_source, names_its_unit),
        ),
        Step(
            "carry_from_visit",
            "由视导转来",
            "Carried over from a visit",
            source=(NEW,),
            target=CANDIDATE,
            system=True,
            guards=(names_its_source, names_its_unit),
        ),
        Step(
            "carry_from_letter",
            "由群众来信转来",
            "Carried over from a citizen's letter",
            source=(NEW,),
            target=CANDIDATE,
            system=True,
            guards=(names_its_source, names_its_unit),
        ),
        Step(
            "carry_from_file",
            "由文件导入",
            "Brought in by a file",
            source=(NEW,),
            target=CANDIDATE,
            system=True,
            guards=(names_its_source, names_its_unit),
        ),
        Step(
            "take_back",
            "随文件撤回",
            "Taken back with its file",
            source=(CANDIDATE,),
            target=WITHDRAWN,
            system=True,
        ),
        Step(
            "set_aside",
            "随裁定撤下",
            "Set aside by a decision on its cell",
            source=(CANDIDATE, WATCH),
            target=WITHDRAWN,
            system=True,
            guards=(cell_was_set_aside,),
        ),
        Step(
            "confirm",
            "确认发现",
            "Confirm the finding",
            source=(CANDIDATE, WATCH),
            target=CONFIRMED,
            needs=INTERPRET,
            guards=(
                source_stands,
                cell_is_not_disputed,
                cell_was_not_set_aside,
                judges_a_school,
                is_interpreted,
                has_a_cause_hypothesis,
                is_supported,
            ),
            four_eyes=("register", "import_batch.upload"),
            tells=("office_director",),
        ),
        Step(
            "reject",
            "排除发现",
            "Reject the finding",
            source=(CANDIDATE, WATCH, CONFIRMED),
            target=REJECTED,
            needs=INTERPRET,
            reason=True,
            guards=(explanation_has_the_schools_comment,),
        ),
        Step(
            "merge",
            "合并发现",
            "Merge into another",
            source=(CANDIDATE, WATCH, CONFIRMED),
            target=MERGED,
            needs=INTERPRET,
            guards=(has_a_merge_target,),
        ),
        Step(
            "convert",
            "转为问题项",
            "Turn into a problem item",
            source=(CONFIRMED,),
            target=CONVERTED,
            needs="problems.convert_finding",
            guards=(source_stands, cell_is_not_disputed, cell_was_not_set_aside, judges_a_school, has_its_item),
        ),
        Step(
            "supersede",
            "由新发现替代",
            "Superseded by a newer one",
            source=(CONFIRMED,),
            target=SUPERSEDED,
            system=True,
            guards=(has_a_newer_finding,),
        ),
        Step(
            "expire",
            "观察到期",
            "Watch expires",
            source=(WATCH,),
            target=EXPIRED,
            system=True,
            guards=(next_cycle_is_released,),
        ),
    ),
)
