"""Words of periods, holds and erasures in both languages."""

from __future__ import annotations

from app.core.errors import Sentence

GROUNDS: dict[str, Sentence] = {
    "legal": Sentence("诉讼、投诉或主管部门要求", "A court, a complaint or an authority asks for it"),
    "case": Sentence("还有没办完的事", "A matter is not finished"),
    "other": Sentence("其他", "Other"),
}
HELD: dict[str, Sentence] = {
    "": Sentence("可以清理", "May be erased"),
    "open": Sentence("有事项没办结，自动保留", "Held by itself: a matter is open"),
    **{code: Sentence(f"保留：{said.zh}", f"Held: {said.en}") for code, said in GROUNDS.items()},
}
APPROVERS: dict[str, Sentence] = {
    "care": Sentence("县心理辅导中心负责人批准", "Approved by the head of the psychology centre"),
    "roll": Sentence("领导小组组长批准", "Approved by the head of the leading group"),
}
ELSEWHERE: tuple[tuple[Sentence, Sentence, Sentence], ...] = (
    (
        Sentence("撤回同意的问卷回答", "Answers whose agreement was taken back"),
        Sentence("撤回后 15 个工作日内销毁", "Destroyed within 15 working days"),
        Sentence("系统自动", "By itself"),
    ),
    (
        Sentence("操作轨迹", "The trail of steps"),
        Sentence("5 年，到期封存，留下可核验的存根", "Five years; then sealed, with a stub that can be verified"),
        Sentence("系统管理员用命令 audit seal", "By a system administrator with audit seal"),
    ),
    (
        Sentence("进程日志", "Logs of processes"),
        Sentence("6 个月", "Six months"),
        Sentence("系统自动", "By itself"),
    ),
    (
        Sentence("影响评估", "Impact assessments"),
        Sentence("至少 3 年，删不掉", "At least three years; they cannot be deleted"),
        Sentence("不清理", "Never"),
    ),
    (
        Sentence("导入的名册文件、没交的草稿", "Files of imports and drafts"),
        Sentence("7 天", "Seven days"),
        Sentence("系统自动", "By itself"),
    ),
    (
        Sentence("备份", "Backups"),
        Sentence(
            "清理后换一次密钥，旧备份里已清理的内容就打不开",
            "After an erasure the keys are renewed; what was erased opens in no older backup",
        ),
        Sentence(
            "系统管理员用命令 keys rotate、keys shred", "By a system administrator with keys rotate and keys shred"
        ),
    ),
)
"""What is kept for a time by other means: what, how long, by whom."""
TABLES: dict[str, Sentence] = {
    "access_codes": Sentence("个人码", "Personal codes"),
    "arrived_files": Sentence("上传登记", "Register of uploads"),
    "break_glass": Sentence("紧急查看", "Openings in an emergency"),
    "care_duties": Sentence("关心任务", "Duties of care"),
    "case_assignments": Sentence("指派", "Assignments"),
    "change_evidence": Sentence("转码证据", "Evidence of changes"),
    "code_change_requests": Sentence("转码申请", "Requests of changes"),
    "consent_answers": Sentence("同意的答复", "Answers to agreements"),
    "consents": Sentence("同意", "Agreements"),
    "critical_alerts": Sentence("警报", "Alerts"),
    "deadlines": Sentence("期限", "Deadlines"),
    "document_records": Sentence("文书登记", "Register of papers"),
    "drafts": Sentence("草稿", "Drafts"),
    "emergency_notices": Sentence("紧急告知", "Emergency notices"),
    "files": Sentence("文件", "Files"),
    "handovers": Sentence("转介材料", "Papers of referrals"),
    "help_calls": Sentence("求助", "Calls for help"),
    "identity_grants": Sentence("身份查看", "Openings of names"),
    "import_formers": Sentence("导入前的旧值", "Former values of imports"),
    "import_reports": Sentence("导入报告", "Reports of imports"),
    "import_rows": Sentence("导入的问题行", "Rows of imports"),
    "inbox_letters": Sentence("站内消息", "Messages"),
    "outbox": Sentence("待发和已发的消息", "Posted messages"),
    "paper_sheets": Sentence("纸质问卷", "Sheets on paper"),
    "professional_assessments": Sentence("专业评估", "Professional assessments"),
    "rainbow_assessments": Sentence("层级建议", "Proposed levels"),
    "rainbow_computations": Sentence("计算", "Computations"),
    "rainbow_tiers": Sentence("层级", "Levels"),
    "retention_holds": Sentence("保留登记", "Holds"),
    "rights_requests": Sentence("权利请求", "Rights requests"),
    "risk_facts": Sentence("已知情况", "Known facts"),
    "scale_responses": Sentence("问卷回答", "Answers"),
    "scale_results": Sentence("问卷结果", "Results"),
    "screening_tasks": Sentence("测评任务", "Tasks of surveys"),
    "students": Sentence("名册", "Roll"),
    "teacher_ratings": Sentence("观察评分", "Ratings"),
}
"""Tables as a protocol names them."""
