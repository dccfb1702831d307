"""What checks show elsewhere: on the page of a school's own list, and on the first pages of office and inspectors."""

from __future__ import annotations

from flask import url_for
from flask_babel import gettext as _

from app.core.policy import decide
from app.core.policy.actor import Actor
from app.core.web.chips import word
from app.core.web.first_page import Panel as Figures
from app.core.web.first_page import PanelLine
from app.improvement.problems.models import ProblemList
from app.improvement.problems.panels import Panel
from app.improvement.sampling import queries
from app.improvement.sampling.chance import LEAST_PERCENT
from app.improvement.sampling.terms import term_words, this_term
from app.improvement.sampling.words import percent


def list_panel(actor: Actor, held: ProblemList) -> Panel | None:
    """The checks of a list that the actor may see; None where there is none."""
    if not held.is_school_level or held.issued_on is None or not decide.holds(actor, queries.VIEW):
        return None
    checks = queries.checks_of_list(actor, held)
    if not checks:
        return None
    return Panel("improvement/sampling/_list_checks.html", {"checks": checks, "term_words": term_words})


def figures(actor: Actor) -> Figures | None:
    """This term's share against a tenth, and what waits; apart from the county's figures, and not for schools."""
    if not decide.holds(actor, queries.VIEW) or actor.role in queries.SCHOOL_ROLES:
        return None
    first, _last = this_term()
    stands, told = queries.glance(actor, first)
    term = first.isoformat()
    share = _("要 %(n)s%%；%(drawn)s / %(lists)s 份", n=LEAST_PERCENT, drawn=stands.drawn, lists=stands.lists)
    lines = [
        PanelLine(str(_("抽查比例")), percent(stands.share), str(share), url_for("list_checks.index")),
        PanelLine(str(_("待抽查")), str(told.drawn), url=url_for("list_checks.index", term=term, state="drawn")),
        PanelLine(str(_("不属实")), str(told.failing), url=url_for("list_checks.index", term=term, state="failing")),
    ]
    note = word(term_words(first))
    if not stands.lists:
        return Figures(str(_("校级清单抽查")), note, (), url_for("list_checks.index"), str(_("本学期还没有校级清单")))
    return Figures(str(_("校级清单抽查")), note, lines, url_for("list_checks.index"))
