"""Pictures of the guides: signs in to a running demo as each role and keeps its first page and a few more.

Usage: python bin/guide_pictures.py [http://127.0.0.1:8000] [name …]   (the demo runs in another terminal, with the same
BIHUAN_DATA and BIHUAN_PORT; names: only these pictures). Guardian and student come in with a new code of one student.
"""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path

from playwright.sync_api import Page, StorageState, sync_playwright

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
from app.demo.tree import PASSWORD  # noqa: E402

PICTURES = ROOT / "docs" / "pictures"
CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "google-chrome", "chromium-headless-shell"))), None)
ARGUMENTS = ["--disable-gpu", "--no-first-run", "--disable-background-networking", "--disable-dev-shm-usage"]
WIDE, PHONE = {"width": 1440, "height": 900}, {"width": 390, "height": 844}
ROLES = (
    ("office-board", "office.director", "/", WIDE),
    ("office", "office.director", "/items", WIDE),
    ("leading-group-head", "leading.group.head", "/", WIDE),
    ("department", "dept.head", "/", WIDE),
    ("principal", "principal", "/", PHONE),
    ("teacher", "subject.teacher", "/", PHONE),
    ("teacher-class", "homeroom.teacher", "/monitoring/class-results", WIDE),
    ("outside-evaluator", "external.evaluator", "/", WIDE),
    ("data-adviser", "school.data.adviser", "/", WIDE),
    ("evaluator", "evaluator", "/", WIDE),
    ("researcher", "subject.researcher", "/monitoring/findings", WIDE),
    ("assessment", "assessment.member", "/monitoring/cycles", WIDE),
    ("inspector", "inspector", "/", PHONE),
    ("guidance", "guidance.member", "/", WIDE),
    ("region", "city.officer", "/", WIDE),
    ("administrators", "sys.admin", "/", WIDE),
    ("counsellor", "school.counselor", "/support/proposals", WIDE),
    ("expert", "psych.expert", "/", WIDE),
    ("homeroom-teacher", "homeroom.teacher", "/support/class", PHONE),
    ("training-topics", "office.director", "/training-topics", WIDE),
    ("suppliers", "office.director", "/suppliers", WIDE),
    ("hand-offs", "office.director", "/boards/hand-offs", WIDE),
    ("unsigned", "office.director", "/library/unsigned", WIDE),
    ("care-figures", "bureau.psych.officer", "/care-figures", WIDE),
)
BY_CODE = ("guardian", "student")


def code(account: str) -> str:
    """What the account's phone shows now."""
    said = subprocess.run(
        [str(ROOT / ".venv" / "bin" / "flask"), "--app", "wsgi", "account", "totp", account],
        cwd=ROOT, capture_output=True, text=True, check=True,
    ).stdout  # fmt: skip
    found = re.search(r"\b(\d{3}) ?(\d{3})\b", said)
    return "".join(found.groups()) if found else ""


def sign_in(page: Page, base: str, account: str) -> None:
    """Both steps."""
    page.goto(f"{base}/sign-in")
    page.fill("input[name=name]", account)
    page.fill("input[type=password]", PASSWORD)
    page.click("button.btn-primary")
    page.wait_for_selector("input[autocomplete='one-time-code']")
    page.fill("input[autocomplete='one-time-code']", code(account))
    page.wait_for_url(lambda address: "/sign-in" not in address)


def slip() -> tuple[dict[str, str], str, str]:
    """Codes of guardian and student, birth date and end of a telephone number: of one whose questions are open and untouched."""
    from sqlalchemy import select

    from app.care.screening.models import ScreeningCampaign, ScreeningTask
    from app.core.database import db, use_context
    from app.core.policy.actor import SYSTEM, Actor
    from app.demo.term.family import Family
    from app.people.directory.models import RoleAssignment, Student
    from wsgi import app

    with app.app_context():
        use_context(SYSTEM.context())
        running = select(ScreeningTask.student_id).join(ScreeningCampaign).where(ScreeningCampaign.state == "open")
        student = db.session.scalars(
            select(Student).where(Student.id.in_(running.where(ScreeningTask.state == "ready"))).limit(1)
        ).one()
        held = db.session.scalars(
            select(RoleAssignment).where(
                RoleAssignment.school_id == student.school_id, RoleAssignment.role == "school_counselor"
            )
        ).first()
        assert held is not None
        counsellor = Actor(
            person_id=held.person_id, assignment_id=held.id, role=held.role, unit_id=held.unit_id,
            county_id=held.county_id, school_id=held.school_id, data_classes=("people", "consent", "care"),
        )  # fmt: skip
        family = Family(counsellor, student)
        return (
            {kind.removesuffix("1"): one.code for kind, one in family.slips.items()},
            student.birth_date.isoformat(),
            family.tail,
        )


def come_in(page: Page, base: str, typed: tuple[str, str, str]) -> None:
    """By the slip, to what is asked first; a student begins."""
    page.goto(f"{base}/code")
    for field, value in zip(("code", "birth_date", "tail"), typed, strict=True):
        page.fill(f"input[name={field}]", value)
    page.click("button.btn-primary")
    page.locator("a.big-line").first.click()
    begin = page.get_by_role("button", name="我愿意参加，开始")
    if begin.count():
        begin.click()


def main(base: str, wanted: set[str]) -> None:
    """One picture per line of ROLES, and of those who come by code; everybody signs in once, as a code counts once."""
    PICTURES.mkdir(parents=True, exist_ok=True)
    signed_in: dict[str, StorageState] = {}
    codes, born, tail = slip() if not wanted or wanted.intersection(BY_CODE) else ({}, "", "")
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=CHROMIUM, chromium_sandbox=False, args=ARGUMENTS)
        for name, account, path, size in ROLES:
            if wanted and name not in wanted:
                continue
            context = browser.new_context(viewport=size, locale="zh-CN", storage_state=signed_in.get(account))
            page = context.new_page()
            if account not in signed_in:
                sign_in(page, base, account)
                signed_in[account] = context.storage_state()
            answer = page.goto(base + path)
            assert answer is not None and answer.ok, f"{account}: {path} has nothing to show"
            page.wait_for_load_state("networkidle")
            page.screenshot(path=PICTURES / f"{name}.png")
            context.close()
        for name in (name for name in BY_CODE if name in codes):
            context = browser.new_context(viewport=PHONE, locale="zh-CN")
            page = context.new_page()
            come_in(page, base, (codes[name], born, tail))
            page.wait_for_load_state("networkidle")
            page.screenshot(path=PICTURES / f"{name}.png")
            context.close()
        browser.close()


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else "http://127.0.0.1:8000", set(sys.argv[2:]))
