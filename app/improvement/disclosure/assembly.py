"""What disclosure puts into the application: pages, menu, the job of each sweep, words of the trail."""

from __future__ import annotations

from flask import Flask

from app.core.casework import daily
from app.core.casework.timeline import WORDS
from app.core.outbox.handlers import handles
from app.core.web import navigation
from app.improvement.disclosure import letters
from app.improvement.disclosure.operations.disclosures import keep_time_of_all
from app.improvement.disclosure.operations.reminders import remind_of_all
from app.improvement.disclosure.operations.roll_names import look_at_all_rolls
from app.improvement.disclosure.operations.showcase import keep_all_true
from app.improvement.disclosure.routes import BLUEPRINTS

ENTRIES = (
    navigation.Entry("loop", "结果公开", "disclosures.index", "eye", ("disclosure.view_disclosures",), order=73),
    navigation.Entry("loop", "展示案例", "showcase.index", "star", ("disclosure.view_showcase",), order=74),
    navigation.Entry("loop", "案例借鉴", "examples.index", "award", ("disclosure.read_examples",), order=75),
    navigation.Entry("loop", "学校主页", "school_pages.index", "school", ("disclosure.view_school_page",), order=76),
    navigation.Entry("loop", "文件库", "library.index", "file-text", ("disclosure.view_library",), order=80),
    navigation.Entry(
        "loop", "数据需求", "data_needs.index", "database-import", ("disclosure.view_data_needs",), order=82
    ),
)
DEEDS = {
    "result_disclosure.write": ("改了公开内容", "changed the disclosure"),
    "library_document.add": ("放进文件库", "put a document into the library"),
    "library_document.send": ("发给一类单位", "sent it to units of a type"),
    "library_document.remind": ("提醒没有签收的单位", "reminded units that have not signed"),
    "document_sending.remind": ("签收期限前后提醒", "reminded of the last day to sign"),
    "document_receipt.sign": ("签收文件", "signed for a document"),
    "library_document.add_version": ("放了新版本", "put in a newer version"),
    "library_document.describe": ("改了文件说明", "changed the description of a document"),
    "library_document.replace": ("标明由新文件代替", "marked it as replaced"),
    "disclosure.look_at_roll": ("和学籍名单核对了名字", "compared the names with the roll"),
    "showcase_adoption.adopt": ("登记借鉴", "took the example up"),
    "showcase_adoption.end": ("不再借鉴", "gave the example up"),
    "showcase_entry.write": ("改了案例内容", "changed the entry"),
    "showcase_entry.keep_true": ("按问题项状态调整案例", "kept the entry true to its item"),
    "result_disclosure.keep_time": ("按日期或来源调整公开", "kept the time of the publication"),
}


def register(app: Flask) -> None:
    """Register everything; safe to call for each application of a process."""
    for blueprint in BLUEPRINTS:
        if blueprint.name not in app.blueprints:
            app.register_blueprint(blueprint)
    navigation.add(*ENTRIES)
    WORDS.update(DEEDS)
    handles("document_sent", letters.document_sent)
    handles("receipts_open", letters.receipts_open)
    daily.add(remind_of_all)
    daily.add(keep_time_of_all)
    daily.add(keep_all_true)
    daily.add(look_at_all_rolls)
