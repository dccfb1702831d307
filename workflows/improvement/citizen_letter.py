"""群众来信: a letter to a school's inspector, from the box at the school gate to the rating of the answer (mission row 108)."""

from workflows.improvement import citizen_letter_facts as facts
from workflows.vocabulary import NEW, PREVIOUS, FromField, Ladder, State, Step, Workflow, WorkingDays

ONCE = Ladder(percents=(50, 80, 100), climbs=(1,))
"""Reminders by share of the time, and one level above told once."""
TRIAGE, ANSWER = "letters.triage_letter", "letters.answer_letter"
URGENT = FromField(
    code="urgent",
    zh="处理紧急来信",
    en="Deal with the urgent letter",
    field="urgent_by",
    day=("收到紧急来信 2 小时", "two hours after an urgent letter came"),
    exact=True,
    ladder=ONCE,
    escalate_to=("leading_group_head",),
)
"""A letter that is not urgent has no such moment, and no such clock."""

RECEIVED = State(
    "received",
    "已收到",
    "Received",
    waits_for="office",
    family="wait",
    deadlines=(
        WorkingDays(code="triage", zh="分办来信", en="Sort the letter", days=2, escalate_to=("leading_group_head",)),
        URGENT,
    ),
)
IN_PROGRESS = State(
    "in_progress",
    "办理中",
    "In progress",
    waits_for="inspector",
    deadlines=(
        FromField(
            code="answer",
            zh="答复来信",
            en="Answer the letter",
            field="answer_by",
            day=("答复期限", "the last day for the answer"),
            ladder=ONCE,
            escalate_to=("office_director",),
        ),
    ),
)
ANSWERED = State(
    "answered",
    "已答复",
    "Answered",
    waits_for="citizen",
    family="wait",
    deadlines=(
        FromField(
            code="rating",
            zh="评价答复",
            en="Rate the answer",
            field="rate_by",
            day=("评价期限", "the last day for the rating"),
            ladder=Ladder(percents=(100,), climbs=()),
        ),
    ),
)
CLOSED = State("closed", "已结束", "Closed", family="done", final=True)
RETURNED = State(
    "returned",
    "评为差，待重办",
    "Rated bad, to be answered again",
    waits_for="office",
    family="return",
    side=True,
    deadlines=(
        WorkingDays(code="again", zh="安排重办", en="Name another person", days=2, escalate_to=("leading_group_head",)),
    ),
)
MERGED = State("merged", "已合并", "Merged", family="idle", side=True, settled=True)
REFUSED = State("refused", "不予受理", "Not accepted", family="late", side=True, final=True)

CITIZEN_LETTER = Workflow(
    "citizen_letter",
    "群众来信",
    "Citizen's letter",
    facts=facts.CitizenLetterFacts,
    initial=RECEIVED,
    states=(RECEIVED, IN_PROGRESS, ANSWERED, CLOSED, RETURNED, MERGED, REFUSED),
    steps=(
        Step(
            "send",
            "收到来信",
            "A letter came",
            source=(NEW,),
            target=RECEIVED,
            needs="letters.send_letter",
            guards=(facts.is_written,),
        ),
        Step(
            "send_urgent",
            "收到紧急来信",
            "An urgent letter came",
            source=(NEW,),
            target=RECEIVED,
            needs="letters.send_letter",
            guards=(facts.is_written,),
            star=True,
        ),
        Step(
            "assign",
            "交督学办理",
            "Give to an inspector",
            source=(RECEIVED,),
            target=IN_PROGRESS,
            needs=TRIAGE,
            guards=(facts.has_answerer, facts.answerer_is_free),
        ),
        Step(
            "pass_on",
            "转科室办理",
            "Pass to a department",
            source=(RECEIVED,),
            target=IN_PROGRESS,
            needs=TRIAGE,
            guards=(facts.has_department,),
        ),
        Step(
            "refuse",
            "不予受理",
            "Do not accept",
            source=(RECEIVED,),
            target=REFUSED,
            needs=TRIAGE,
            guards=(facts.has_ground,),
            reason=True,
        ),
        Step(
            "merge",
            "合并来信",
            "Merge into another",
            source=(RECEIVED,),
            target=MERGED,
            needs=TRIAGE,
            guards=(facts.has_first_letter,),
        ),
        Step(
            "hand_back",
            "退回分办",
            "Hand back to the office",
            source=(IN_PROGRESS,),
            target=PREVIOUS,
            needs=ANSWER,
            reason=True,
        ),
        Step(
            "answer",
            "答复来信",
            "Answer",
            source=(IN_PROGRESS,),
            target=ANSWERED,
            needs=ANSWER,
            guards=(facts.has_answer, facts.answerer_is_another, facts.answerer_is_free),
            four_eyes=("answer",),
        ),
        Step(
            "answer_with_first",
            "随合并来信答复",
            "Answered with the letter it was merged into",
            source=(MERGED,),
            target=ANSWERED,
            system=True,
            guards=(facts.first_is_answered,),
        ),
        Step(
            "rate",
            "评价答复",
            "Rate the answer",
            source=(ANSWERED,),
            target=CLOSED,
            needs="letters.rate_answer",
            guards=(facts.is_rated,),
        ),
        Step(
            "send_back",
            "评为差，退回重办",
            "Rated bad, sent back",
            source=(ANSWERED,),
            target=RETURNED,
            needs="letters.rate_answer",
            guards=(facts.is_badly_rated_first,),
        ),
        Step(
            "assign_again",
            "换人重办",
            "Give to another person",
            source=(RETURNED,),
            target=IN_PROGRESS,
            needs=TRIAGE,
            guards=(facts.has_answerer, facts.answerer_is_another, facts.answerer_is_free),
        ),
        Step(
            "lapse",
            "到期没有评价",
            "Not rated in time",
            source=(ANSWERED,),
            target=CLOSED,
            system=True,
            guards=(facts.rating_is_late,),
        ),
    ),
)
