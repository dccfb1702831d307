"""筛查批次 (B2): drafted, approved by another person, opened and closed by its days, scored, reviewed, laid to rest."""

from typing import Protocol

from workflows.care.impact_assessment import has_impact_assessment
from workflows.vocabulary import NEW, Case, Needs, State, Step, Workflow, WorkingDays, guard


class CampaignFacts(Protocol):
    """What the guards read of a campaign."""

    @property
    def is_described(self) -> bool:
        """Purpose, grades, days and the window for a second try are there, in order."""

    @property
    def scales_fit(self) -> bool:
        """At least one scale, each worded, free to use, for self-report, and fitting one of the grades."""

    @property
    def licences_hold(self) -> bool:
        """Every licence that its scales need lasts until its last day."""

    @property
    def has_impact_assessment(self) -> bool:
        """An impact assessment of screening is in force."""

    @property
    def has_duty_roster(self) -> bool:
        """Somebody is on duty for every day on which it is open."""

    @property
    def is_of_a_school(self) -> bool:
        """One school screens its own students."""

    @property
    def principal_agreed(self) -> bool:
        """The principal agreed; the county's own campaigns need none."""

    @property
    def guardians_were_asked(self) -> bool:
        """Guardians were asked ten working days before it opens, or earlier."""

    @property
    def day_has_come(self) -> bool:
        """It is one of its open days, within the hours of the day."""

    @property
    def days_are_over(self) -> bool:
        """Its last day has passed."""

    @property
    def everything_is_scored(self) -> bool:
        """No submitted answer waits for its score."""

    @property
    def alerts_are_handled(self) -> bool:
        """No alert of it waits for a person or for the end of what a person took on."""

    @property
    def doubts_are_settled(self) -> bool:
        """No doubtful answer waits for a second try."""


@guard(
    "写全目的、年级、起止日期和复测时间", en="Give purpose, grades, first and last day, and the time for second tries"
)
def is_described(campaign: CampaignFacts) -> bool:
    return campaign.is_described


@guard("量表有文字、可以使用，并适合所选年级", en="The scales are worded, free to use, and fit the grades")
def scales_fit(campaign: CampaignFacts) -> bool:
    return campaign.scales_fit


@guard(
    "所选量表的授权在结束日期前到期，请先更新授权或换量表",
    en="A licence of a chosen scale ends before the last day; renew it or choose another scale",
)
def licences_hold(campaign: CampaignFacts) -> bool:
    return campaign.licences_hold


@guard("每个开放日都有人值守", en="Somebody is on duty on every open day")
def has_duty_roster(campaign: CampaignFacts) -> bool:
    return campaign.has_duty_roster


@guard("学校的筛查要校长先同意", en="The principal agrees first to a school's own screening")
def principal_agreed(campaign: CampaignFacts) -> bool:
    return campaign.principal_agreed


@guard("开放前至少十个工作日已征询监护人", en="Guardians were asked at least ten working days before it opens")
def guardians_were_asked(campaign: CampaignFacts) -> bool:
    return campaign.guardians_were_asked


@guard("到了开放的日期和钟点", en="Its day and hour have come")
def day_has_come(campaign: CampaignFacts) -> bool:
    return campaign.day_has_come


@guard("最后一个开放日已过", en="Its last day has passed")
def days_are_over(campaign: CampaignFacts) -> bool:
    return campaign.days_are_over


@guard("已提交的作答都计了分", en="All submitted answers are scored")
def everything_is_scored(campaign: CampaignFacts) -> bool:
    return campaign.everything_is_scored


@guard("危急警报都已处理", en="All alerts are handled")
def alerts_are_handled(campaign: CampaignFacts) -> bool:
    return campaign.alerts_are_handled


@guard("需要复测的都已复测或改为面谈", en="Every doubtful answer was tried again or became an interview")
def doubts_are_settled(campaign: CampaignFacts) -> bool:
    return campaign.doubts_are_settled


DRAFT = State("draft", "草稿", "Draft", waits_for="drafter", family="idle")
SUBMITTED = State(
    "submitted",
    "已提交",
    "Submitted",
    waits_for="approver",
    family="wait",
    deadlines=(WorkingDays(code="approve", zh="审批筛查", en="Decide about the screening", days=5),),
)
APPROVED = State("approved", "已批准", "Approved", family="done", settled=True)
SCHEDULED = State("scheduled", "已排期", "Scheduled", family="done", settled=True)
OPEN = State("open", "开放作答", "Open", family="active")
CLOSED = State("closed", "已结束", "Closed", family="done")
SCORED = State(
    "scored",
    "已计分",
    "Scored",
    waits_for="counselor",
    family="wait",
    deadlines=(WorkingDays(code="review", zh="审阅筛查", en="Review the screening", days=10),),
)
REVIEWED = State("reviewed", "已审阅", "Reviewed", family="done", settled=True)
ARCHIVED = State("archived", "已归档", "Archived", family="idle", final=True)
RETURNED = State("returned", "退回修改", "Returned", waits_for="drafter", family="return", side=True)
CANCELLED = State("cancelled", "已取消", "Cancelled", family="idle", side=True, final=True)

APPROVE = Needs(
    "screening.approve_county_campaign",
    (
        Case(
            "screening.approve_campaign",
            "学校自己的筛查",
            "a school's own screening",
            lambda campaign: campaign.is_of_a_school,
        ),
    ),
)
SEEN = ("draft", "submit")

SCREENING_CAMPAIGN = Workflow(
    "screening_campaign",
    "筛查批次",
    "Screening campaign",
    facts=CampaignFacts,
    initial=DRAFT,
    states=(DRAFT, SUBMITTED, APPROVED, SCHEDULED, OPEN, CLOSED, SCORED, REVIEWED, ARCHIVED, RETURNED, CANCELLED),
    steps=(
        Step("draft", "起草筛查", "Draft a screening", source=(NEW,), target=DRAFT, needs="screening.draft_campaign"),
        Step(
            "submit",
            "提交审批",
            "Submit for approval",
            source=(DRAFT, RETURNED),
            target=SUBMITTED,
            needs="screening.draft_campaign",
            guards=(is_described, scales_fit, licences_hold, has_impact_assessment, has_duty_roster),
        ),
        Step(
            "agree",
            "校长同意",
            "Agree as principal",
            source=(SUBMITTED,),
            target=SUBMITTED,
            needs="screening.agree_campaign",
            four_eyes=SEEN,
        ),
        Step(
            "return_campaign",
            "退回修改",
            "Return it",
            source=(SUBMITTED,),
            target=RETURNED,
            needs=APPROVE,
            reason=True,
            four_eyes=SEEN,
        ),
        Step(
            "approve",
            "批准筛查",
            "Approve the screening",
            source=(SUBMITTED,),
            target=APPROVED,
            needs=APPROVE,
            guards=(principal_agreed, licences_hold),
            four_eyes=(*SEEN, "agree"),
            star=True,
        ),
        Step(
            "schedule",
            "排期并派发任务",
            "Schedule and assign",
            source=(APPROVED,),
            target=SCHEDULED,
            needs="screening.draft_campaign",
            guards=(guardians_were_asked, licences_hold),
        ),
        Step(
            "open",
            "开放作答",
            "Open",
            source=(SCHEDULED,),
            target=OPEN,
            guards=(day_has_come, licences_hold),
            system=True,
        ),
        Step("close", "结束作答", "Close", source=(OPEN,), target=CLOSED, guards=(days_are_over,), system=True),
        Step(
            "score",
            "计分完成",
            "Scores complete",
            source=(CLOSED,),
            target=SCORED,
            guards=(everything_is_scored,),
            system=True,
        ),
        Step(
            "review",
            "审阅完成",
            "Finish the review",
            source=(SCORED,),
            target=REVIEWED,
            needs="screening.review_campaign",
            guards=(alerts_are_handled, doubts_are_settled),
        ),
        Step("archive", "归档", "Archive", source=(REVIEWED,), target=ARCHIVED, needs="screening.review_campaign"),
        Step(
            "cancel",
            "取消筛查",
            "Cancel",
            source=(DRAFT, RETURNED, SUBMITTED, APPROVED, SCHEDULED, OPEN),
            target=CANCELLED,
            needs="screening.draft_campaign",
            reason=True,
            star=True,
            aside=True,
        ),
    ),
)
