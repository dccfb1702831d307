"""What is proved of the county: last year's audit of minors' data is filed, this year's a draft; the controls were measured."""

from __future__ import annotations

from datetime import date

from app.care.versions.operations import VersionStep
from app.care.yearly import operations as audits
from app.care.yearly.models import YearlyAudit
from app.care.yearly.operations import AuditPlace, FiledIn, WordsIn, YearIn
from app.core.database import use_context
from app.core.policy.actor import SYSTEM
from app.demo.term.county import Term
from app.people.controls import operations
from app.people.controls.operations import ControlsPlace

OFFICER, AUDITOR, KEEPER = "dpo", "auditor", "security_admin"
WORDS = WordsIn(
    "本年度只处理学籍和账号信息，没有开展测评；处理活动合规，例外见报告。",
    "开展测评以前完成影响评估和家长征询；事故演练每年一次，由审计员安排。",
)
STEP = VersionStep()


def tell_of_last_year(term: Term) -> None:
    """The Januaries before the term: two years filed, of the last one a first version taken back; not told in January itself."""
    year = term.days.today.year
    if term.days.today <= date(year, 1, 19):
        return
    _filed(term, year - 2)
    term.teller.at(date(year, 1, 8), 9)
    audits.withdraw_audit(term.in_the_chair(OFFICER), _counted(term, year - 1), STEP)
    _filed(term, year - 1)


def _filed(term: Term, year: int) -> None:
    """Counted, signed by the auditor, filed, in the January after the year."""
    term.teller.at(date(year + 1, 1, 11), 9)
    made = _submitted(term, year)
    term.teller.at(date(year + 1, 1, 13), 10)
    audits.sign_audit(term.in_the_chair(AUDITOR), made, STEP)
    term.teller.at(date(year + 1, 1, 19), 15)
    given = FiledIn(date(year + 1, 1, 18), "清澜县互联网信息办公室", f"清网信收〔{year + 1}〕6号")
    audits.file_audit(term.in_the_chair(OFFICER), made, given)


def _submitted(term: Term, year: int) -> YearlyAudit:
    made = _counted(term, year)
    officer = term.in_the_chair(OFFICER)
    audits.write_audit(officer, made, WORDS)
    audits.submit_audit(officer, made, STEP)
    return made


def _counted(term: Term, year: int) -> YearlyAudit:
    place = AuditPlace(term.county.id, term.county.id)
    made = audits.begin_audit(term.in_the_chair(OFFICER), place, YearIn(year))
    use_context(SYSTEM.context())
    audits.count_audit(SYSTEM, made, None)
    return made


def tell(term: Term) -> None:
    """On the last evening: corrections on their way, this year's audit in draft, the controls measured."""
    term.at(1, 20)
    year = term.days.today.year
    audits.sign_audit(term.in_the_chair(AUDITOR), _submitted(term, year - 2), STEP)
    back = VersionStep(reason="更正的是哪一处请在结论里写明，再送一次")
    audits.return_audit(term.in_the_chair(AUDITOR), _submitted(term, year - 2), back)
    _submitted(term, year - 1)
    _counted(term, year)
    place = ControlsPlace(term.county.id)
    measured = operations.ask_for_report(term.in_the_chair(KEEPER), place, None)
    use_context(SYSTEM.context())
    operations.take_report(SYSTEM, measured, None)
