"""Words of disclosure in both languages: sources, kinds of public pages, how a publication ended."""

from __future__ import annotations

from app.core.errors import Sentence
from app.improvement.monitoring.scenarios import SCENARIOS as SCENARIOS

SOURCES: dict[str, Sentence] = {
    "results": Sentence("监测结果（社会版）", "Monitoring results (public version)"),
    "interpretation": Sentence("解读报告（社会版）", "Interpretation report (public version)"),
    "visit": Sentence("视导反馈", "Feedback of a visit"),
    "document": Sentence("文件", "Document"),
    "statement": Sentence("文字说明", "Statement"),
}
PAGES: dict[str, Sentence] = {
    "result": Sentence("结果公开", "Result"),
    "showcase": Sentence("展示案例", "Example"),
}
CATEGORIES: dict[str, Sentence] = {
    "law": Sentence("法律法规", "Law"),
    "policy": Sentence("政策文件", "Policy"),
    "plan": Sentence("实施方案", "Plan"),
    "guidance": Sentence("工作指引", "Guidance"),
    "notice": Sentence("通知", "Notice"),
    "form": Sentence("表格模板", "Form"),
}
STANDINGS: dict[str, Sentence] = {
    "in_force": Sentence("有效", "In force"),
    "coming": Sentence("尚未生效", "Not yet in force"),
    "over": Sentence("已失效", "No longer in force"),
    "replaced": Sentence("已被代替", "Replaced"),
}
LOOKS = {"in_force": "done", "coming": "wait", "over": "idle", "replaced": "return"}
"""Family of colours of a standing; its word always stands beside it."""
ENDINGS: dict[str, Sentence] = {
    "withdrawn": Sentence("已撤回", "Withdrawn"),
    "expired": Sentence("公开期已满", "Period over"),
}
