"""What the checks of schools' own lists put into the application: pages, menu, figures, a part of a list's page."""

from __future__ import annotations

from flask import Flask

from app.core.casework import waiting
from app.core.casework.timeline import WORDS
from app.core.web import first_page, navigation
from app.improvement.problems import panels as of_problems
from app.improvement.sampling import panels
from app.improvement.sampling.inspectors import handed_over
from app.improvement.sampling.models import ListCheck
from app.improvement.sampling.queries import VIEW
from app.improvement.sampling.routes import bp
from app.people.directory.operations.hand_over import TAKEN_OVER
from workflows.vocabulary import Sentence

ENTRIES = (navigation.Entry("loop", "校级清单抽查", "list_checks.index", "checks", (VIEW,), order=64),)
DEEDS = {
    "sample_draw.draw": ("随机抽取校级清单", "drew the schools' lists by chance"),
    "sample_draw.add": ("另加一份校级清单", "added a school's list by hand"),
    "list_check.name_checker": ("换了督学或期限", "named another inspector or day"),
}


def register(app: Flask) -> None:
    """Register everything; safe to call for each application of a process."""
    if bp.name not in app.blueprints:
        app.register_blueprint(bp)
    navigation.add(*ENTRIES)
    of_problems.add_to_lists(panels.list_panel)
    first_page.add_panel(panels.figures)
    waiting.DECISIONS["list_checks", "drawn"] = Sentence("写抽查结论", "Write the result of the check")
    TAKEN_OVER[ListCheck] = handed_over
    WORDS.update(DEEDS)
