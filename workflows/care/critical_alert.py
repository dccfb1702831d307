"""危急条目警报 (B3, decision 58): raised by an answer, accepted by a person, closed after an interview."""

from typing import Protocol

from workflows.vocabulary import NEW, State, Step, Workflow, guard


class AlertFacts(Protocol):
    """What the guards read of an alert."""

    @property
    def interview_is_recorded(self) -> bool:
        """Day and outcome of the interview are there."""

    @property
    def second_reader_agrees(self) -> bool:
        """ "No current risk" was read by a second qualified person; other outcomes need none."""


@guard("已记录当面访谈的日期和结论", en="Day and outcome of the interview are recorded")
def interview_is_recorded(alert: AlertFacts) -> bool:
    return alert.interview_is_recorded


@guard(
    "结论为无当前风险时，要另一名有资质的人复核",
    en="A second qualified person has confirmed that there is no current risk",
)
def second_reader_agrees(alert: AlertFacts) -> bool:
    return alert.second_reader_agrees


PENDING = State("pending", "待处理", "Waiting", waits_for="counselor", family="wait")
ACCEPTED = State("accepted", "已接手", "Taken on", waits_for="counselor", family="done")
CLOSED = State("closed", "已结束", "Closed", family="done", final=True)

CRITICAL_ALERT = Workflow(
    "critical_alert",
    "危急条目警报",
    "Critical alert",
    facts=AlertFacts,
    initial=PENDING,
    states=(PENDING, ACCEPTED, CLOSED),
    steps=(
        Step("raise_alert", "发出警报", "Raise", source=(NEW,), target=PENDING, system=True, star=True),
        Step("accept", "接手", "Take on", source=(PENDING,), target=ACCEPTED, needs="screening.handle_alert"),
        Step(
            "record_interview",
            "登记访谈",
            "Record the interview",
            source=(ACCEPTED,),
            target=ACCEPTED,
            needs="screening.handle_alert",
        ),
        Step(
            "read_second",
            "复核结论",
            "Confirm as second reader",
            source=(ACCEPTED,),
            target=ACCEPTED,
            needs="screening.read_second",
            guards=(interview_is_recorded,),
            four_eyes=("record_interview",),
        ),
        Step(
            "close",
            "结束警报",
            "Close the alert",
            source=(ACCEPTED,),
            target=CLOSED,
            needs="screening.handle_alert",
            guards=(interview_is_recorded, second_reader_agrees),
            star=True,
        ),
    ),
)
