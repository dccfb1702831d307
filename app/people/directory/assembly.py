"""What the directory puts into the application: its imports, its pages and their lines of the menu."""

from __future__ import annotations

from flask import Flask

from app.core.imports.registry import imports_as
from app.core.outbox.handlers import handles
from app.core.web import navigation
from app.core.web.navigation import Entry
from app.people.directory import imports, letters
from app.people.directory.routes import bp


def assemble(app: Flask) -> None:
    """Register everything once per application."""
    app.register_blueprint(bp)
    navigation.add(
        Entry("people", "机构", "directory.units", "hierarchy-2", ("people.view_units",), 10),
        Entry("people", "教职工", "directory.staff", "users", ("people.view_staff",), 20),
        Entry("people", "班级", "directory.classes", "school", ("people.view_classes",), 30),
        Entry("people", "学生名册", "directory.students", "users-group", ("people.view_students",), 40),
    )
    for kind in imports.KINDS:
        imports_as(kind)
    handles("import_over", letters.import_over)
    handles("role_requested", letters.role_requested)
    handles("person_left", letters.person_left)
