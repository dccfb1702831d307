"""数据需求: a unit asks the owner of data for figures; answered, delivered, confirmed, all by a day (mission row 59)."""

from datetime import date
from typing import Protocol

from workflows.vocabulary import DATED, NEW, FromField, State, Step, Workflow, WorkingDays, guard


class DataNeedFacts(Protocol):
    """What the guards read of a data need."""

    @property
    def is_written(self) -> bool:
        """Purpose and fields are there."""

    @property
    def asks_for_no_person(self) -> bool:
        """No field of it would name a student."""

    @property
    def due_is_ahead(self) -> bool:
        """The day it is needed by is not past."""

    @property
    def due_on(self) -> date:
        """The day it is needed by."""

    @property
    def has_delivery(self) -> bool:
        """A file or a released round is given."""


@guard("用途和要的字段都要写", en="Say what it is for and which fields are wanted")
def is_written(need: DataNeedFacts) -> bool:
    return need.is_written


@guard("不能要学生个人的数据，只能要汇总", en="Data of single students cannot be asked for, only totals")
def asks_for_no_person(need: DataNeedFacts) -> bool:
    return need.asks_for_no_person


@guard("要用的日期不能已经过去", en="The day it is needed by must not be past")
def due_is_ahead(need: DataNeedFacts) -> bool:
    return need.due_is_ahead


@guard("要给一个文件，或指明一轮已发布的监测", en="Give a file, or name a round whose data are out", asked=True)
def has_delivery(need: DataNeedFacts) -> bool:
    return need.has_delivery


SUBMITTED = State(
    "submitted",
    "已提交",
    "Submitted",
    waits_for="receiver",
    family="wait",
    deadlines=(
        WorkingDays(
            code="answer", zh="答复数据需求", en="Answer the request", days=5, escalate_to=("office_director",)
        ),
    ),
)
ACCEPTED = State(
    "accepted",
    "已接受",
    "Accepted",
    waits_for="receiver",
    family="done",
    deadlines=(
        FromField(
            code="deliver",
            zh="交付数据",
            en="Deliver the data",
            field="due_on",
            day=("要用的日期", "the day it is needed"),
            ladder=DATED,
            escalate_to=("office_director",),
        ),
    ),
)
DELIVERED = State("delivered", "已交付", "Delivered", waits_for="submitter", family="wait")
CONFIRMED = State("confirmed", "已确认", "Confirmed", family="done", final=True)
REFUSED = State("refused", "不予提供", "Refused", family="late", side=True, final=True)
WITHDRAWN = State("withdrawn", "已撤回", "Withdrawn", family="idle", side=True, final=True)

DATA_NEED = Workflow(
    "data_need",
    "数据需求",
    "Data need",
    facts=DataNeedFacts,
    initial=SUBMITTED,
    states=(SUBMITTED, ACCEPTED, DELIVERED, CONFIRMED, REFUSED, WITHDRAWN),
    steps=(
        Step(
            "submit",
            "提出数据需求",
            "Ask for data",
            source=(NEW,),
            target=SUBMITTED,
            needs="disclosure.ask_for_data",
            guards=(is_written, asks_for_no_person, due_is_ahead),
        ),
        Step(
            "accept",
            "接受需求",
            "Accept",
            source=(SUBMITTED,),
            target=ACCEPTED,
            needs="disclosure.answer_data_need",
        ),
        Step(
            "refuse",
            "不予提供",
            "Refuse",
            source=(SUBMITTED,),
            target=REFUSED,
            needs="disclosure.answer_data_need",
            reason=True,
        ),
        Step(
            "deliver",
            "交付数据",
            "Deliver",
            source=(ACCEPTED,),
            target=DELIVERED,
            needs="disclosure.answer_data_need",
            guards=(has_delivery,),
        ),
        Step(
            "send_back",
            "退回补充",
            "Ask for more",
            source=(DELIVERED,),
            target=ACCEPTED,
            needs="disclosure.confirm_data_need",
            reason=True,
        ),
        Step(
            "confirm",
            "确认收到",
            "Confirm",
            source=(DELIVERED,),
            target=CONFIRMED,
            needs="disclosure.confirm_data_need",
        ),
        Step(
            "withdraw",
            "撤回需求",
            "Withdraw",
            source=(SUBMITTED,),
            target=WITHDRAWN,
            needs="disclosure.confirm_data_need",
        ),
    ),
)
