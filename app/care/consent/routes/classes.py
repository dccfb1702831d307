"""One class of a round: who takes part, who has not answered; answers on paper; the sheet of personal codes."""

from __future__ import annotations

from typing import Any

import segno
from flask import Response, current_app, request, url_for
from flask_babel import gettext as _

from app.care.consent import words
from app.care.consent.forms.rounds import CodesForm, PaperForm
from app.care.consent.models import Consent
from app.care.consent.operations import answers, codes
from app.care.consent.operations.answers import AskAgain
from app.care.consent.operations.codes import Slip
from app.care.consent.paper_workbook import consent_workbook
from app.care.consent.queries import rounds as queries
from app.care.consent.routes.blueprint import consents_bp as bp
from app.core import clock
from app.core.audit import trail
from app.core.errors import NotFound
from app.core.limits import COSTLY, throttle
from app.core.policy import decide
from app.core.storage import EVIDENCE, Stored, headers_for
from app.core.storage.kinds import XLSX
from app.core.web.answers import carried_out, onward
from app.core.web.chips import word
from app.core.web.current import current_actor, needs
from app.core.web.forms import offered
from app.core.web.pages import page
from app.core.web.sent_in import give_out

CODES, PAPER, ASK = "consent.issue_codes", "consent.record_paper", "consent.ask_consent"


@bp.get("/consents/<ref>/classes/<group>")
@needs(queries.VIEW)
def group(ref: str, group: str) -> Response:
    """The class list; who has not answered comes with who is asked."""
    actor = current_actor()
    found = queries.round_for(actor, ref)
    here = queries.class_for(actor, group)
    rows = queries.consents_of_class(actor, found, here)
    trail.saw(actor, here, "consent.class_list", [row.ref for row in rows])
    return page(
        "care/consent/class.html",
        round=found,
        group=here,
        rows=rows,
        codes=queries.codes_of(actor, here),
        may_record=decide.holds(actor, PAPER),
        may_issue=decide.may(actor, CODES, here),
        may_type=decide.may(actor, queries.TYPE, here),
    )


@bp.get("/consents/<ref>/classes/<group>/paper.xlsx")
@needs(queries.TYPE)
@throttle.limit(COSTLY)
def paper_workbook(ref: str, group: str) -> Response:
    """The class's workbook to enter consents on paper into: who has not answered, by number."""
    actor = current_actor()
    found = queries.round_for(actor, ref)
    here = queries.class_to_type(actor, group)
    rows = queries.open_of_class(actor, found, here)
    trail.saw(actor, here, "consent.paper_workbook", [row.ref for row in rows])
    data = consent_workbook(found, here.name, rows, clock.today())
    name = "-".join((_("知情同意登记"), here.name, f"{clock.today():%Y%m%d}.xlsx"))
    return Response(data, headers=headers_for(name, XLSX.media_type))


@bp.get("/consents/codes/<group>")
@needs(CODES)
def codes_page(group: str) -> Response:
    """Which codes are made for the class."""
    return _codes_page(group, CodesForm(formdata=None))


def _codes_page(ref: str, form: CodesForm, status: int = 200) -> Response:
    actor = current_actor()
    here = queries.class_for(actor, ref)
    form.student.data = form.student.data or request.args.get("student", "")
    return page(
        "care/consent/codes.html", status, group=here, form=form, action=url_for("consents.make_codes", group=here.ref)
    )


@bp.post("/consents/codes/<group>")
@needs(CODES)
def make_codes(group: str) -> Any:
    """Make them and show the sheet: this page is the only place where the codes ever stand."""
    actor, form = current_actor(), CodesForm()
    here = queries.class_for(actor, group)
    slips: list[Slip] = []
    if carried_out(form, lambda: slips.extend(codes.issue_codes(actor, here, form.given()))):
        address = url_for("code.door", _external=True)
        return page(
            "care/consent/sheet.html", group=here, slips=[(one, _picture(one)) for one in slips], address=address
        )
    return _codes_page(group, form, 422)


def _picture(slip: Slip) -> str:
    """The address with the code as a QR picture; the code alone opens nothing."""
    address = url_for("code.door", code=slip.code, _external=True)
    return segno.make(address, error="m", micro=False).svg_data_uri(scale=3, border=2, light="#fff")


@bp.get("/consents/answers/<ref>")
@needs(PAPER)
def paper(ref: str) -> Response:
    """Enter what a paper says, or a withdrawal."""
    consent = queries.consent_for(current_actor(), ref)
    return _paper_page(consent, PaperForm(formdata=None, version=consent.version))


@bp.post("/consents/answers/<ref>")
@needs(PAPER)
def record(ref: str) -> Any:
    """Keep it."""
    actor, form = current_actor(), PaperForm()
    consent = queries.consent_for(actor, ref)
    _offer(form, consent)
    withdrawing = consent.was_agreed
    if withdrawing:
        form.answer.validators = []
    operation = answers.record_withdrawal if withdrawing else answers.record_paper
    if carried_out(form, lambda: operation(actor, consent, form.given(_stored(), withdrawing))):
        return onward(consent.round.address, _("已登记"))
    return _paper_page(consent, form, 422)


def _stored() -> Stored | None:
    file = request.files.get("file")
    if file is None or not file.filename:
        return None
    stored: Stored = current_app.extensions["bihuan.shelf"].put(file.stream, file.filename, EVIDENCE)
    return stored


def _offer(form: PaperForm, consent: Consent) -> None:
    """Guardians as the roll lists them, one at least: a child whose roll names nobody has somebody who signs."""
    people = []
    for place, one in enumerate((consent.student.guardians or [{}])[:2], 1):
        relation = word(words.RELATIONS.get(one.get("relation") or "", words.RELATIONS["other"]))
        name = one.get("name") or ""
        people.append((f"guardian{place}", f"{name}（{relation}）" if name else relation))
    form.who.choices = offered([*people, ("student", word(words.RELATIONS["self"]))], _("请选择"))


def _paper_page(consent: Consent, form: PaperForm, status: int = 200) -> Response:
    _offer(form, consent)
    actor = current_actor()
    trail.saw(actor, consent, "consent.paper")
    return page(
        "care/consent/paper.html",
        status,
        consent=consent,
        form=form,
        action=url_for("consents.record", ref=consent.ref),
        withdrawing=consent.was_agreed,
        may_ask_again=consent.state == "refused" and decide.may(actor, ASK, consent),
    )


@bp.get("/consents/answers/<ref>/papers/<signed>")
@needs(PAPER)
def scan(ref: str, signed: str) -> Response:
    """The scan of a signed paper, as it was handed in. Raises NotFound."""
    actor = current_actor()
    consent = queries.consent_for(actor, ref)
    found = next((one for one in consent.answers if one.ref == signed and one.file_sha256), None)
    if found is None or found.file_sha256 is None or not decide.may(actor, PAPER, consent):
        raise NotFound("consent_paper", signed)
    trail.saw(actor, consent, "consent.scan")
    return give_out(found.file_sha256, found.file_name or "scan", found.media_type or "application/pdf")


@bp.post("/consents/answers/<ref>/again")
@needs(ASK)
def again(ref: str) -> Any:
    """Ask once more after a refusal."""
    actor = current_actor()
    consent = queries.consent_for(actor, ref)
    answers.ask_again(actor, consent, AskAgain(consent.version))
    return onward(consent.round.address, _("已再次征询"))
