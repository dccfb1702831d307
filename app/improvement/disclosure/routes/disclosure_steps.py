"""What people do with a disclosure: submit, return, approve, withdraw, give up; each asks before it is done."""

from __future__ import annotations

from typing import Any

from flask import Response
from flask_babel import lazy_gettext as _

from app.core.web.current import current_actor, must_hold, needs
from app.core.web.offers import Way
from app.improvement.disclosure.models import ResultDisclosure
from app.improvement.disclosure.operations import disclosures as operations
from app.improvement.disclosure.queries import disclosures as queries
from app.improvement.disclosure.routes.asking import Ask, Asking
from app.improvement.disclosure.routes.blueprint import disclosures_bp as bp

TAKE = (
    "disclosure.draft_disclosure",
    "disclosure.submit_disclosure",
    "disclosure.approve_disclosure",
    "disclosure.approve_school_disclosure",
    "disclosure.withdraw_disclosure",
)
STEPS = Asking(
    {
        "submit": Ask(
            _("提交审批？"),
            _("公开内容按现在的样子固定下来，批准人看到什么，社会就看到什么。"),
            _("先不提交"),
            _("已提交，等批准"),
            operations.submit_disclosure,
            "send",
        ),
        "return-disclosure": Ask(
            _("退回这份公开？"),
            _("起草人可以修改后重新提交，会看到你的理由。"),
            _("先不退回"),
            _("已退回，起草人会看到理由"),
            operations.return_disclosure,
            "arrow-back-up",
            reason=True,
        ),
        "approve": Ask(
            _("批准公开？"),
            _("到公开日期自动公开，不用登录就能看到；公开日期已到的马上公开。起草和提交的人不能自己批准。"),
            _("先不批准"),
            _("已批准"),
            operations.approve_disclosure,
            "rubber-stamp",
        ),
        "withdraw": Ask(
            _("撤回公开？"),
            _("公开页上的内容马上消失，撤回的日期和理由一直留在公开页上，所有人都能看到；理由里不要写人名。"),
            _("先不撤回"),
            _("已撤回，公开页只留撤回说明"),
            operations.withdraw_disclosure,
            "x",
            reason=True,
            danger=True,
        ),
        "cancel": Ask(
            _("取消这份公开？"),
            _("草稿不再使用，没有公开过任何内容。"),
            _("先不取消"),
            _("已取消"),
            operations.cancel_disclosure,
            "ban",
            reason=True,
            danger=True,
        ),
    },
    "disclosures.step",
    _("结果公开"),
    "disclosures.index",
)


def ways_of(disclosure: ResultDisclosure) -> dict[str, Way]:
    """Where the buttons of a disclosure lead."""
    return STEPS.ways(disclosure)


@bp.get("/disclosures/<ref>/steps/<name>")
@needs(*TAKE)
def step(ref: str, name: str) -> Response:
    """What the step leads to."""
    found = queries.disclosure_for(current_actor(), ref)
    must_hold(found, *TAKE)
    return STEPS.question(found, name)


@bp.post("/disclosures/<ref>/steps/<name>")
@needs(*TAKE)
def take(ref: str, name: str) -> Any:
    """Take it."""
    return STEPS.answer(queries.disclosure_for(current_actor(), ref), name)
