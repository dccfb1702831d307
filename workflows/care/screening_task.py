"""学生测评任务 (B3): one student's part in a campaign, from consent to a valid result."""

from typing import Protocol

from workflows.vocabulary import NEW, State, Step, Workflow, guard


class TaskFacts(Protocol):
    """What the guards read of a task."""

    @property
    def consent_is_granted(self) -> bool:
        """The consent for screening stands now."""

    @property
    def campaign_is_open(self) -> bool:
        """The campaign is open, and the day of the student's group has come."""

    @property
    def required_items_are_answered(self) -> bool:
        """Every item has an answer, or the words that one prefers not to answer where that may be."""

    @property
    def answers_hold(self) -> bool:
        """Every scale is valid, if need be with a flag."""

    @property
    def answers_are_doubted(self) -> bool:
        """A scale has to be asked again, and was not yet."""

    @property
    def answers_fail(self) -> bool:
        """A scale is invalid, or doubtful a second time."""

    @property
    def second_try_is_due(self) -> bool:
        """Seven to thirty days after the first try."""

    @property
    def time_is_over(self) -> bool:
        """The campaign is closed, the student left, or a day has passed since it was begun."""

    @property
    def student_is_back(self) -> bool:
        """It ended because the student left the school before beginning, and the student is on its roll again."""


@guard("监护人和学生已同意参加", en="Guardian and student have agreed")
def consent_is_granted(task: TaskFacts) -> bool:
    return task.consent_is_granted


@guard("现在是开放作答的时间", en="The survey is open now")
def campaign_is_open(task: TaskFacts) -> bool:
    return task.campaign_is_open


@guard("每道题都答了", en="Every question is answered")
def required_items_are_answered(task: TaskFacts) -> bool:
    return task.required_items_are_answered


@guard("作答有效", en="The answers hold")
def answers_hold(task: TaskFacts) -> bool:
    return task.answers_hold


@guard("作答存疑，还没有复测过", en="The answers are doubtful and were not tried again")
def answers_are_doubted(task: TaskFacts) -> bool:
    return task.answers_are_doubted


@guard("作答无效或复测后仍存疑", en="The answers are invalid, or doubtful a second time")
def answers_fail(task: TaskFacts) -> bool:
    return task.answers_fail


@guard("到了复测的时间", en="The time of the second try has come")
def second_try_is_due(task: TaskFacts) -> bool:
    return task.second_try_is_due


@guard("作答时间已过", en="The time to answer is over")
def time_is_over(task: TaskFacts) -> bool:
    return task.time_is_over


@guard("学生离校后又回来了", en="The student left and is back")
def student_is_back(task: TaskFacts) -> bool:
    return task.student_is_back


ASSIGNED = State("assigned", "已派发", "Assigned", family="idle")
CONSENT_PENDING = State("consent_pending", "待同意", "Waits for consent", waits_for="guardian", family="wait")
READY = State("ready", "可作答", "Ready", waits_for="student", family="wait")
IN_PROGRESS = State("in_progress", "进行中", "Begun", waits_for="student", family="active")
SUBMITTED = State("submitted", "已提交", "Submitted", family="wait")
SCORED = State("scored", "已计分", "Scored", family="wait")
VALID = State("valid", "有效", "Valid", family="done", settled=True)
NEEDS_RETEST = State("needs_retest", "需复测", "To be tried again", waits_for="student", family="wait", side=True)
INVALID = State("invalid", "无效", "Invalid", family="idle", side=True, settled=True)
DECLINED = State("declined", "不参加", "Does not take part", family="idle", side=True, final=True)
EXEMPT = State("exempt", "免测", "Exempt", family="idle", side=True, final=True)
MISSED = State("missed", "未参加", "Missed", family="idle", side=True, settled=True)
WAITING = (ASSIGNED, CONSENT_PENDING, READY)

SCREENING_TASK = Workflow(
    "screening_task",
    "学生测评任务",
    "Screening task",
    facts=TaskFacts,
    initial=ASSIGNED,
    states=(
        ASSIGNED,
        CONSENT_PENDING,
        READY,
        IN_PROGRESS,
        SUBMITTED,
        SCORED,
        VALID,
        NEEDS_RETEST,
        INVALID,
        DECLINED,
        EXEMPT,
        MISSED,
    ),
    steps=(
        Step("assign", "派发", "Assign", source=(NEW,), target=ASSIGNED, system=True),
        Step("await_consent", "等待同意", "Wait for consent", source=(ASSIGNED,), target=CONSENT_PENDING, system=True),
        Step(
            "make_ready",
            "可以作答",
            "Make ready",
            source=(ASSIGNED, CONSENT_PENDING),
            target=READY,
            guards=(consent_is_granted,),
            system=True,
        ),
        Step(
            "begin",
            "开始作答",
            "Begin",
            source=(READY,),
            target=IN_PROGRESS,
            needs="screening.answer_questions",
            guards=(consent_is_granted, campaign_is_open),
        ),
        Step(
            "submit",
            "交卷",
            "Hand in",
            source=(IN_PROGRESS,),
            target=SUBMITTED,
            needs="screening.answer_questions",
            guards=(required_items_are_answered,),
        ),
        Step(
            "take_paper",
            "收入纸质答卷",
            "Take in the paper",
            source=(READY,),
            target=SUBMITTED,
            guards=(consent_is_granted,),
            system=True,
        ),
        Step(
            "give_paper_back",
            "回退纸质答卷",
            "Take the paper out again",
            source=(SUBMITTED, VALID, NEEDS_RETEST, INVALID),
            target=READY,
            system=True,
        ),
        Step("score", "计分", "Score", source=(SUBMITTED,), target=SCORED, system=True),
        Step(
            "accept_answers",
            "作答有效",
            "Answers hold",
            source=(SCORED,),
            target=VALID,
            guards=(answers_hold,),
            system=True,
        ),
        Step(
            "ask_retest",
            "安排复测",
            "Ask for a second try",
            source=(SCORED,),
            target=NEEDS_RETEST,
            guards=(answers_are_doubted,),
            system=True,
        ),
        Step(
            "give_up", "作答无效", "Answers fail", source=(SCORED,), target=INVALID, guards=(answers_fail,), system=True
        ),
        Step(
            "try_again",
            "开放复测",
            "Open the second try",
            source=(NEEDS_RETEST,),
            target=READY,
            guards=(second_try_is_due,),
            system=True,
        ),
        Step(
            "decline",
            "不参加",
            "Not take part",
            source=(READY, IN_PROGRESS),
            target=DECLINED,
            needs="screening.answer_questions",
        ),
        Step(
            "decline_for_consent",
            "随同意撤回",
            "End with the consent",
            source=(*WAITING, IN_PROGRESS, SUBMITTED, SCORED, VALID, NEEDS_RETEST, INVALID),
            target=DECLINED,
            system=True,
        ),
        Step(
            "exempt",
            "免测",
            "Exempt",
            source=WAITING,
            target=EXEMPT,
            needs="screening.exempt_student",
            reason=True,
        ),
        Step(
            "miss",
            "记为未参加",
            "Count as missed",
            source=(*WAITING, IN_PROGRESS, NEEDS_RETEST),
            target=MISSED,
            guards=(time_is_over,),
            system=True,
        ),
        Step(
            "assign_again",
            "重新派发",
            "Assign again",
            source=(MISSED,),
            target=ASSIGNED,
            guards=(student_is_back,),
            system=True,
        ),
    ),
)
