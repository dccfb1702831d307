"""佐证材料: one piece of evidence for one measure, judged by somebody who did not submit it."""

from datetime import date
from typing import Protocol

from workflows.improvement.levels import Levelled, Submittable, by_level
from workflows.vocabulary import NEW, State, Step, Workflow, WorkingDays, guard

KINDS = frozenset({"document", "photo", "data_file", "minutes", "lesson_record", "survey", "link"})


class EvidenceFacts(Levelled, Submittable, Protocol):
    """What the guards read of a piece of evidence."""

    @property
    def kind(self) -> str | None:
        """document, photo, data_file, minutes, lesson_record, survey or link."""

    @property
    def has_content(self) -> bool:
        """It has a file or a link."""

    @property
    def description(self) -> str:
        """What it shows."""

    @property
    def happened_on(self) -> date | None:
        """The day it is about, apart from the day of upload."""

    @property
    def place(self) -> str:
        """Where it was."""

    @property
    def person(self) -> str:
        """Who answers for it."""

    @property
    def action_id(self) -> object | None:
        """The measure it belongs to."""

    @property
    def privacy_checked(self) -> bool:
        """Ticked: no pupil's full name, no face without consent."""

    @property
    def identity_number_count(self) -> int:
        """Numbers of 18 digits that the text scan found."""

    @property
    def unchecked_file_count(self) -> int:
        """Files whose structure has not been checked, or that were refused."""

    @property
    def criterion_has_room(self) -> bool:
        """Its criterion has not more pieces of evidence than its maximum, this one included."""

    @property
    def is_new_version(self) -> bool:
        """Something was changed since it was returned, as a new version."""


DRAFT = State("draft", "草稿", "Draft", waits_for="owner", family="idle")
SUBMITTED = State(
    "submitted",
    "已提交",
    "Submitted",
    waits_for="verifier",
    family="wait",
    deadlines=(
        WorkingDays(
            code="judge",
            zh="审核佐证",
            en="Judge the evidence",
            days=5,
            escalate_to=("office_director", "leading_group_head"),
        ),
    ),
)
ACCEPTED = State("accepted", "已采信", "Accepted", family="done", settled=True)
RETURNED = State("returned", "退回修改", "Returned", waits_for="owner", family="return", side=True)
REJECTED = State("rejected", "不通过", "Rejected", family="late", side=True, final=True)
WITHDRAWN = State("withdrawn", "已撤回", "Withdrawn", family="idle", side=True, final=True)


@guard("请上传文件或填写链接", en="Upload a file or enter a link")
def has_content(evidence: EvidenceFacts) -> bool:
    return evidence.kind in KINDS and evidence.has_content


@guard("请写明说明、日期、地点和负责人", en="Enter what it shows, when, where and who answers for it")
def is_described(evidence: EvidenceFacts) -> bool:
    return bool(
        evidence.description.strip() and evidence.happened_on and evidence.place.strip() and evidence.person.strip()
    )


@guard("请选择对应的措施", en="Choose the measure it belongs to")
def belongs_to_an_action(evidence: EvidenceFacts) -> bool:
    return evidence.action_id is not None


@guard(
    "请确认：没有学生全名，未经同意不出现学生面部",
    en="Confirm that it shows no pupil's full name, and no face without consent",
)
def privacy_is_checked(evidence: EvidenceFacts) -> bool:
    return evidence.privacy_checked


@guard("材料里有 18 位证件号码，请先遮盖", en="It contains an 18-digit identity number; cover it first")
def shows_no_identity_number(evidence: EvidenceFacts) -> bool:
    return evidence.identity_number_count == 0


@guard("文件还在检查，或没有通过检查", en="A file is still being checked, or did not pass")
def files_are_checked(evidence: EvidenceFacts) -> bool:
    return evidence.unchecked_file_count == 0


@guard("这条标准的佐证已到上限，请先撤下一份", en="This criterion has its maximum of evidence; take one back first")
def criterion_has_room(evidence: EvidenceFacts) -> bool:
    return evidence.criterion_has_room


@guard("退回后还没有修改", en="Nothing was changed since it was returned")
def is_a_new_version(evidence: EvidenceFacts) -> bool:
    return evidence.is_new_version


@guard("核验人已经打开，不能再撤回", en="The person who verifies has opened it, so it cannot be withdrawn")
def nobody_has_opened_it(evidence: EvidenceFacts) -> bool:
    return not evidence.was_opened


FIT_TO_SUBMIT = (
    has_content,
    is_described,
    belongs_to_an_action,
    privacy_is_checked,
    shows_no_identity_number,
    files_are_checked,
    criterion_has_room,
)
JUDGING = by_level("plans.judge_evidence", school="plans.judge_school_evidence")

EVIDENCE = Workflow(
    "evidence",
    "佐证材料",
    "Evidence",
    facts=EvidenceFacts,
    initial=DRAFT,
    states=(DRAFT, SUBMITTED, ACCEPTED, RETURNED, REJECTED, WITHDRAWN),
    steps=(
        Step("add", "添加佐证", "Add evidence", source=(NEW,), target=DRAFT, needs="plans.submit_evidence"),
        Step(
            "submit",
            "提交佐证",
            "Submit the evidence",
            source=(DRAFT,),
            target=SUBMITTED,
            needs="plans.submit_evidence",
            guards=FIT_TO_SUBMIT,
        ),
        Step(
            "resubmit",
            "提交新版本",
            "Submit a new version",
            source=(RETURNED,),
            target=SUBMITTED,
            needs="plans.submit_evidence",
            guards=(is_a_new_version, *FIT_TO_SUBMIT),
        ),
        Step(
            "accept",
            "采信佐证",
            "Accept the evidence",
            source=(SUBMITTED,),
            target=ACCEPTED,
            needs=JUDGING,
            four_eyes=("submit", "resubmit"),
        ),
        Step(
            "return_evidence",
            "退回佐证",
            "Return the evidence",
            source=(SUBMITTED,),
            target=RETURNED,
            needs=JUDGING,
            reason=True,
            four_eyes=("submit", "resubmit"),
        ),
        Step(
            "reject",
            "判定失实",
            "Judge it false",
            source=(SUBMITTED, ACCEPTED),
            target=REJECTED,
            needs=JUDGING,
            reason=True,
            four_eyes=("submit", "resubmit"),
            star=True,
            tells=("principal", "dept_head", "inspector"),
        ),
        Step(
            "withdraw",
            "撤回佐证",
            "Withdraw the evidence",
            source=(SUBMITTED,),
            target=WITHDRAWN,
            needs="plans.submit_evidence",
            guards=(nobody_has_opened_it,),
        ),
        Step(
            "discard",
            "不再提交",
            "Discard it",
            source=(DRAFT, RETURNED),
            target=WITHDRAWN,
            needs="plans.submit_evidence",
        ),
    ),
)
