"""Pictures of the guides: signs in to a running demo as each role and keeps its first page and a few more.

Usage: python bin/guide_pictures.py [http://127.0.0.1:8000]   (the demo runs in another terminal)
"""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

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
)


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


def main(base: str) -> None:
    """One picture per line of ROLES."""
    PICTURES.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=CHROMIUM, chromium_sandbox=False, args=ARGUMENTS)
        for name, account, path, size in ROLES:
            context = browser.new_context(viewport=size, locale="zh-CN")
            page = context.new_page()
            sign_in(page, base, account)
            page.goto(base + path)
            page.wait_for_load_state("networkidle")
            page.screenshot(path=PICTURES / f"{name}.png")
            context.close()
        browser.close()


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else "http://127.0.0.1:8000")
