"""Words of the rainbow code in both languages: neutral ones, that say what is offered and never what somebody is (§10.1)."""

from __future__ import annotations

from app.core.errors import Sentence

LEVELS: dict[str, Sentence] = {
    "green": Sentence("常规支持", "Everyday support"),
    "yellow": Sentence("一般关注", "Some attention"),
    "orange": Sentence("重点关注", "Close attention"),
    "red": Sentence("需要马上帮助", "Help at once"),
}
"""For counsellor and expert."""
CLASS_LEVELS: dict[str, Sentence] = {
    "green": Sentence("常规", "Everyday"),
    "yellow": Sentence("一般关注", "Some attention"),
    "orange": Sentence("重点关注", "Close attention"),
    "red": Sentence("紧急关注", "Urgent attention"),
}
"""For class teachers."""
ICONS = {"green": "leaf", "yellow": "eye", "orange": "heart-handshake", "red": "urgent"}
DOMAINS: dict[str, Sentence] = {
    "BG": Sentence("基础信息", "Background"),
    "EV": Sentence("近期事件", "Recent events"),
    "SC": Sentence("问卷", "Questionnaires"),
    "TR": Sentence("班主任观察", "Class teacher's rating"),
    "PA": Sentence("专业评估", "Professional assessment"),
}
FACTS: dict[str, Sentence] = {
    "orphan": Sentence("孤儿", "Orphan"),
    "de_facto_unattended": Sentence("事实无人抚养", "De facto without care"),
    "single_parent": Sentence("单亲家庭", "One parent"),
    "remarried_family": Sentence("重组家庭", "Remarried family"),
    "left_behind": Sentence("留守", "Parents work away"),
    "grandparent_care": Sentence("隔代抚养", "Raised by grandparents"),
    "destitute": Sentence("特困", "Destitute family"),
    "subsistence_allowance": Sentence("低保", "Subsistence allowance"),
    "low_income_edge": Sentence("低保边缘", "Near the allowance"),
    "student_disability": Sentence("本人残疾", "Disability of the student"),
    "parent_disability": Sentence("父母残疾", "Disability of a parent"),
    "guardian_in_custody": Sentence("监护人在押", "Guardian in custody"),
    "chronic_illness": Sentence("慢性病", "Chronic illness"),
    "family_mental_history": Sentence("监护人告知的家族病史", "Family history told by a guardian"),
    "bereavement": Sentence("一年内亲人离世", "Bereavement within a year"),
    "domestic_violence": Sentence("一年内家庭暴力", "Domestic violence within a year"),
    "bullying": Sentence("半年内同伴欺凌记录", "Bullying within half a year"),
    "abnormal_absence": Sentence("异常缺勤", "Unexplained absence"),
    "major_conflict": Sentence("近期严重冲突", "Major conflict lately"),
    "grade_drop": Sentence("成绩明显下降", "Marked fall in grades"),
    "transfer": Sentence("半年内转学", "Changed school within half a year"),
    "self_harm": Sentence("一年内自伤或尝试", "Self-harm or attempt within a year"),
    "returned_from_leave": Sentence("休学后返校", "Back from leave"),
    "crisis_open": Sentence("有未结束的危机事件", "An open crisis event"),
    "rating": Sentence("八项观察", "Eight observations"),
    "none": Sentence("访谈未见风险", "Interview: no risk"),
    "mild": Sentence("访谈结论：轻", "Interview: mild"),
    "moderate": Sentence("访谈结论：中", "Interview: moderate"),
    "high": Sentence("访谈结论：重", "Interview: high"),
    "O1a": Sentence("一项回答要当天面谈", "An answer that asks for a talk at once"),
    "O1b": Sentence("一项回答要当天看", "An answer to be looked at the same day"),
}
SOURCES: dict[str, Sentence] = {
    "school": Sentence("学校记录", "School records"),
    "guardian": Sentence("监护人告知", "Told by a guardian"),
    "self": Sentence("本人作答", "Own answers"),
    "teacher": Sentence("班主任", "Class teacher"),
    "professional": Sentence("专业人员", "A professional"),
    "alert": Sentence("作答提醒", "Alert from answers"),
    "civil_affairs": Sentence("民政部门", "Civil affairs"),
}
FLAGS: dict[str, Sentence] = {
    "no_self_report": Sentence("没有可用的问卷", "No usable questionnaire"),
    "care_flag": Sentence("需要生活帮扶提示", "Practical aid to be considered"),
    "stale": Sentence("问卷已超过 180 天", "Questionnaires older than 180 days"),
    "conflict": Sentence("问卷和班主任观察不一致", "Questionnaires and rating disagree"),
}
DUTIES: dict[str, Sentence] = {
    "keep_company": Sentence("安排人陪伴，不让学生独处", "Have somebody stay with the student"),
    "talk_today": Sentence("当天与学生面谈", "Talk with the student today"),
    "tell_guardian": Sentence("联系监护人，用平常的话说明", "Contact the guardian in plain words"),
    "check_in": Sentence("谈心一次", "Check in with the student"),
    "get_to_know": Sentence("了解近况", "Find out how things are"),
    "interview": Sentence("结构化访谈", "Structured interview"),
    "draw_up_plan": Sentence("订支持计划", "Draw up a plan of support"),
    "decide_referral": Sentence("决定是否转介", "Decide about a referral"),
    "watch_closely": Sentence(
        "当天多留意，发现变化马上告诉心理教师", "Keep an eye today; tell the counsellor of any change"
    ),
    "follow_up": Sentence("测评后单独聊一次", "A talk after the survey, one to one"),
    "keep_watch": Sentence(
        "追踪 30 天：情况反复就直接恢复", "Keep watch for 30 days; restore at once if it comes back"
    ),
}
ADVICE: dict[str, Sentence] = {
    "check_in": Sentence(
        "找一个不被打断的时间，多听少问，不提“层级”“问卷”。",
        "Find a quiet time, listen more than you ask; mention no levels or tests.",
    ),
    "keep_company": Sentence("陪伴的人不追问原因。", "Whoever stays does not press for reasons."),
    "follow_up": Sentence(
        "有的题没有回答，或者回答得让人挂心。问问近况，不逐题追问。",
        "Some question was left open, or answered in a way that gives worry. Ask how things are, not question by question.",
    ),
}
ITEMS: tuple[Sentence, ...] = (
    Sentence("情绪低落或易怒", "Low or irritable mood"),
    Sentence("不愿与人来往", "Withdraws from others"),
    Sentence("缺勤、迟到", "Absent or late"),
    Sentence("没精神、睡不好", "Tired, sleeps badly"),
    Sentence("学习状态变化", "Change in learning"),
    Sentence("与同学有矛盾", "Conflict with peers"),
    Sentence("身上有伤痕等自伤迹象", "Signs of self-injury"),
    Sentence("说到死或不想活", "Talks of death"),
)
"""The eight items of a rating in their order (domain §4.1)."""
ANSWERS: tuple[Sentence, ...] = (
    Sentence("没有", "Never"),
    Sentence("偶尔", "Sometimes"),
    Sentence("经常", "Often"),
    Sentence("总是", "Always"),
)
LOOKS: dict[str, Sentence] = {
    "none": Sentence("未见风险", "No risk found"),
    "mild": Sentence("轻", "Mild"),
    "moderate": Sentence("中", "Moderate"),
    "high": Sentence("重", "High"),
}


def said(table: dict[str, Sentence], code: str) -> Sentence:
    """The words of a code; the code itself where a county added one."""
    return table.get(code) or Sentence(code, code)


EVIDENCE: dict[str, Sentence] = {
    "interview": Sentence("风险访谈", "Risk interview"),
    "guardian": Sentence("与监护人联系", "Contact with a guardian"),
    "session": Sentence("辅导一次", "Counselling session"),
    "referral": Sentence("已转介", "Referred"),
    "feedback": Sentence("收到转介反馈", "Feedback of the referral"),
    "plan_review": Sentence("支持计划回顾", "Review of the plan"),
}
FINDINGS: dict[str, Sentence] = {
    "no_intent": Sentence("未见当前意图", "No present intent"),
    "intent": Sentence("有当前意图", "Present intent"),
}
NEEDS: dict[str, Sentence] = {
    "lasted": Sentence("在现在的层级的天数", "Days in the present level"),
    "rules_suggest_it": Sentence("最近一次计算支持下调（合计分）", "The newest computation supports it (total)"),
    "no_crisis": Sentence("没有未结束的危机事件", "No open crisis event"),
    "interviews_agree": Sentence(
        "两人分别做过风险访谈，都未见当前意图", "Two persons held risk interviews without present intent"
    ),
    "guardian_was_told": Sentence("近期与监护人联系过", "A guardian was reached lately"),
    "referral_came_back": Sentence("转介的反馈已收到（没有转介不用）", "Feedback of a referral, where there was one"),
    "sessions_held": Sentence("辅导次数", "Counselling sessions"),
    "was_assessed": Sentence("近期专业评估为轻或以下", "Professional assessment of late: mild or less"),
    "goals_met": Sentence("支持计划目标达成百分比", "Goals of the plan met (%)"),
    "checked_in": Sentence("班主任谈心次数", "Check-ins by the class teacher"),
    "no_recent_event": Sentence("近期没有新的事件", "No event of late"),
}
"""Requirements of a step down by the guard that checks them (domain B5)."""
