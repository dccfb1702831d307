"""How records look in the interface: pydantic models, from which the OpenAPI description is made."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field

Units = Mapping[uuid.UUID, Any]
REF = Field(
    pattern="^[0-9a-f]{16}$",
    description="不含意义的引用，也用在网页地址里 · opaque reference, as in addresses of pages",
)


class Shape(BaseModel):
    """Every shape of ours: unknown keys are refused."""

    model_config = ConfigDict(extra="forbid")


class UnitOut(Shape):
    """A unit: school or department."""

    ref: str = REF
    code: str
    name: str

    @classmethod
    def of(cls, units: Units, identity: uuid.UUID | None) -> Self | None:
        """The unit of that id, if it was loaded."""
        row = units.get(identity) if identity else None
        return cls(ref=row.ref, code=row.code, name=row.name) if row is not None else None


class Moved(Shape):
    """What every record with a state has."""

    ref: str = REF
    state: str = Field(description="状态代码 · state code of the handbook")
    state_since: datetime
    version: int
    page: str = Field(description="网页地址，不含主机 · path of its page")
    unit: UnitOut | None = None

    @staticmethod
    def base(row: Any, units: Units) -> dict[str, Any]:
        """These fields of a record."""
        return {
            "ref": row.ref,
            "state": row.state,
            "state_since": row.state_since,
            "version": row.version,
            "page": row.address,
            "unit": UnitOut.of(units, row.unit_id),
        }


def copied(shape: type[BaseModel], row: Any, units: Units, **more: Any) -> Any:
    """A record in its shape: the fields of the same name, and `more`."""
    base = Moved.base(row, units)
    names = shape.model_fields.keys() - base.keys() - more.keys()
    return shape(**base, **{name: getattr(row, name) for name in names}, **more)


class ResultOut(Shape):
    """监测结果 of a released round: a value, its benchmark, its effect, the cell of its file (domain §6.4)."""

    ref: str = REF
    page: str = Field(description="网页地址，不含主机 · path of its page")
    unit: UnitOut | None = None
    cycle: str = Field(description="监测周期的引用 · reference of its round")
    cycle_name: str
    indicator: str = Field(description="指标代码 · code of its indicator")
    scope_level: str = Field(description="region, school, grade, class")
    grade: str | None
    class_no: int | None
    subject: str
    value_type: str = Field(description="mean, rate, index …")
    direction: str = Field(description="哪一边好 · which side is good: higher, lower")
    value: float | None
    missing: str | None = Field(
        description="没有值的原因；few、kept 是人数太少不告知 · why there is no value; few and kept: too few pupils to tell"
    )
    benchmark_type: str
    benchmark_value: float | None
    pupils: int | None = Field(description="实测人数，人数太少时为空 · pupils measured; null where too few")
    response: float | None = Field(description="覆盖率 0–1 · share of those expected who were measured")
    standing: Literal["stands", "disputed", "set_aside"] = Field(
        description="disputed 两个来源不一致、等裁定，set_aside 已裁定不采用：都不再作依据 · two sources disagree and nobody "
        "decided yet; decided against: nothing is built on either"
    )
    verdict: str | None
    effect: float | None
    effect_low: float | None = Field(description="95% 区间下端 · lower end of the 95 % interval")
    effect_high: float | None
    file_sha256: str
    sheet: str
    cell: str = Field(description="单元格，如 F37 · cell, such as F37")

    @classmethod
    def of(cls, row: Any, units: Units, standing: str) -> Self:
        """One cell; an effect never without its interval."""
        bare = ("effect", "effect_low", "effect_high") if row.effect_low is None or row.is_untold else ()
        named = {
            "page": f"/monitoring/cells/{row.ref}", "unit": UnitOut.of(units, row.unit_id), "cycle": row.cycle.ref,
            "cycle_name": row.cycle.name, "indicator": row.indicator.code, "standing": standing,
            **dict.fromkeys(bare),
        }  # fmt: skip
        return cls(**named, **{name: getattr(row, name) for name in cls.model_fields.keys() - named.keys()})


class FindingOut(Moved):
    """数据发现 with its provenance: file digest, sheet, row, rules, effect and false discovery control (domain §8)."""

    number: str
    title: str
    source_type: str
    category: str
    subject: str | None
    grade: str | None
    class_no: int | None
    scope_level: str | None
    indicator: str | None
    severity: str | None
    scenarios: list[str] = Field(description="应用场景代码 · codes of application scenarios")
    evaluation_type: str | None = Field(description="指标的评价类型 · evaluation type of its indicator")
    object_code: str = Field(description="评价对象 · what is evaluated: school, teacher, student")
    verdict: str | None
    effect: float | None
    effect_low: float | None
    effect_high: float | None
    p: float | None
    adjusted_p: float | None
    family_size: int | None
    provenance: dict[str, Any]
    interpretation: str
    known_on: date
    confirmed_on: date | None

    @classmethod
    def of(cls, row: Any, units: Units) -> Self:
        """One finding."""
        known = row.indicator
        kind = known.evaluation_type if known else None
        found: Self = copied(cls, row, units, indicator=known.code if known else None, evaluation_type=kind)
        return found


class ListOut(Moved):
    """问题清单."""

    number: str
    title: str
    level: str
    edition: int
    cycle: str | None = Field(description="监测周期名称 · name of the monitoring round")
    document_number: str
    issued_on: date | None

    @classmethod
    def of(cls, row: Any, units: Units) -> Self:
        """One list."""
        found: Self = copied(cls, row, units, cycle=row.cycle.name if row.cycle else None)
        return found


class HandOffOut(Shape):
    """一次交接: to which unit an item went, how and when."""

    to_unit: str = Field(description="接手的单位 · name of the unit that took it over")
    kind: str = Field(description="contested / upheld / reassigned / passed / given_back")
    handed_at: datetime


class ItemOut(Moved):
    """问题项."""

    number: str
    title: str
    description: str
    level: str
    list: str = Field(description="所属清单的引用 · reference of its list")
    category: str | None
    domain_code: str
    source_type: str | None
    scenarios: Sequence[str] = Field(description="来自它的发现的应用场景代码 · scenarios of the findings behind it")
    severity: str | None
    subject: str | None
    grade: str | None
    indicator: str | None
    baseline: float | None
    target: float | None
    measure: str = Field(description="没有指标时，目标值数的是什么 · what the target counts where it has no indicator")
    measure_unit: str
    due_on: date | None
    issued_on: date | None
    accepted_on: date | None
    closed_on: date | None
    outcome: str | None
    recurrence_count: int
    addressee: str | None = Field(
        description="按单位类型交办时的类型：township / direct / section · type it was sent to"
    )
    hand_offs: Sequence[HandOffOut] = Field(description="单位之间的交接，从早到晚 · hand-offs between units")

    @classmethod
    def of(cls, row: Any, units: Units) -> Self:
        """One item."""
        code = row.indicator.code if row.indicator else None
        passed = [HandOffOut(to_unit=o.to_unit.name, kind=o.kind, handed_at=o.handed_at) for o in row.hand_offs]
        found: Self = copied(cls, row, units, list=row.problem_list.ref, indicator=code, hand_offs=passed)
        return found


class PlanOut(Moved):
    """整改方案."""

    item: str = Field(description="问题项的引用 · reference of its item")
    edition: int
    goal: str
    design: str | None = Field(description="评价方式：indicator / criterion / small_n · evaluation design")
    baseline: float | None
    target: float | None
    min_effect: float | None
    target_on: date | None
    follow_up_on: date | None
    budget_planned: float | None
    budget_used: float | None
    approved_on: date | None

    @classmethod
    def of(cls, row: Any, units: Units) -> Self:
        """One plan."""
        found: Self = copied(cls, row, units, item=row.item.ref)
        return found


class ActionOut(Moved):
    """整改措施."""

    plan: str = Field(description="方案的引用 · reference of its plan")
    item: str = Field(description="问题项的引用 · reference of its item")
    position: int
    title: str
    kind: str
    topic: str | None = Field(description="培训专题的编号和名称 · number and title of the training topic")
    planned_start: date | None
    planned_end: date | None
    started_on: date | None
    progress: int = Field(ge=0, le=100)
    result: str

    @classmethod
    def of(cls, row: Any, units: Units) -> Self:
        """One measure."""
        topic = row.topic.label if row.topic else None
        found: Self = copied(cls, row, units, plan=row.plan.ref, item=row.plan.item.ref, topic=topic)
        return found


class VersionOut(Shape):
    """One version of a piece of evidence; the file itself stays on its page."""

    number: int
    sha256: str | None = Field(description="文件的 SHA-256 · digest of the file as it came")
    media_type: str | None
    size: int | None
    link: str | None


class EvidenceOut(Moved):
    """佐证材料: what it is, when it happened, which files by digest."""

    action: str = Field(description="措施的引用 · reference of its measure")
    kind: str
    title: str
    happened_on: date | None
    expires_on: date | None
    versions: list[VersionOut]

    @classmethod
    def of(cls, row: Any, units: Units) -> Self:
        """One piece of evidence."""
        files = [
            VersionOut(
                number=v.number,
                sha256=v.original_sha256 or v.file_sha256,
                media_type=v.media_type,
                size=v.size,
                link=v.link,
            )
            for v in row.versions
        ]
        found: Self = copied(cls, row, units, action=row.action.ref, versions=files)
        return found


class EvaluationOut(Moved):
    """成效评价: the computed estimate with its interval, and what people decided."""

    item: str
    plan: str
    design: str | None
    evaluation_type: str = Field(description="result / process / value_added / comprehensive")
    object_code: str = Field(description="评价对象，只有学校有定论 · what is evaluated; verdicts on schools alone")
    uses: list[str] = Field(description="结果怎么用 · what the result is used for")
    computed: dict[str, Any] = Field(
        description="估计值、标准误、区间、模型、输入摘要 · estimate, SE, CI, model, input hashes"
    )
    computed_outcome: str | None
    outcome: str | None
    judgement: str
    is_unadjusted: bool
    decided_on: date | None

    @classmethod
    def of(cls, row: Any, units: Units) -> Self:
        """One evaluation."""
        found: Self = copied(cls, row, units, item=row.item.ref, plan=row.plan.ref)
        return found


class ClosureOut(Moved):
    """销号申请."""

    number: str
    item: str
    evaluation: str | None
    before_after: dict[str, Any]
    verified_on_site: bool
    submitted_on: date | None
    approved_on: date | None

    @classmethod
    def of(cls, row: Any, units: Units) -> Self:
        """One closure request."""
        decided = row.evaluation.ref if row.evaluation else None
        found: Self = copied(cls, row, units, item=row.item.ref, evaluation=decided)
        return found


class CheckedOut(Shape):
    """一个问题项的抽查结论: what a check of its list found of one item."""

    item: str = Field(description="问题项的引用 · reference of the item")
    answer: Literal["holds", "fails", "left_out"]
    note: str = Field(description="不属实时写明看到了什么 · what was seen where it does not hold")


class ListCheckOut(Moved):
    """清单抽查: a school's own list that was drawn, and what an inspector found (decision 49)."""

    number: str
    list: str = Field(description="所抽清单的引用 · reference of the list")
    term_on: date = Field(description="学期的第一天 · first day of the term")
    kind: Literal["chance", "hand"] = Field(description="随机抽取，或者另加 · drawn by chance, or added by hand")
    due_on: date
    looked_at: str
    finding: str
    on_site: bool
    checked_on: date | None
    answers: Sequence[CheckedOut]

    @classmethod
    def of(cls, row: Any, units: Units) -> Self:
        """One check."""
        said = [CheckedOut(item=one.item.ref, answer=one.answer, note=one.note) for one in row.answers]
        found: Self = copied(cls, row, units, list=row.problem_list.ref, kind=row.draw.kind, answers=said)
        return found


class PageQuery(Shape):
    """Which page of which records."""

    after: str | None = Field(None, pattern="^[0-9a-f]{16}$", description="上一页的 next · next of the page before")
    size: int = Field(50, ge=1, le=200)
    state: str | None = Field(
        None, pattern="^[a-z_]+(,[a-z_]+)*$", description="状态代码，逗号分隔 · state codes, by comma"
    )
    changed_since: datetime | None = Field(None, description="此时刻以后有变动的 · moved since this moment")


class Problem(Shape):
    """What went wrong, in both languages (RFC 9457)."""

    title: str
    status: int
    sentences: list[dict[str, str]] = []
    fields: dict[str, Any] = {}
