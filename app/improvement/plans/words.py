"""Words of plans, measures and evidence in both languages."""

from __future__ import annotations

from app.core.errors import Sentence

ACTION_KINDS = {
    "teaching": Sentence("教学改进", "Teaching"),
    "research_activity": Sentence("教研活动", "Research activity"),
    "training": Sentence("培训", "Training"),
    "topic_research": Sentence("课题研究", "Topic research"),
    "exchange": Sentence("校际交流", "Exchange between schools"),
    "management": Sentence("管理改进", "Management"),
    "resource": Sentence("资源保障", "Resources"),
}
EVIDENCE_KINDS = {
    "document": Sentence("文件", "Document"),
    "photo": Sentence("照片", "Photo"),
    "data_file": Sentence("数据表", "Data file"),
    "minutes": Sentence("会议记录", "Minutes"),
    "lesson_record": Sentence("听课或教学记录", "Lesson record"),
    "survey": Sentence("调查问卷", "Survey"),
    "link": Sentence("链接", "Link"),
}
DESIGNS = {
    "indicator": Sentence("按指标复测：前后数据比较", "Indicator: the same measure again"),
    "small_n": Sentence("小样本：两轮数据合并后再判断", "Few pupils: two rounds pooled"),
    "criterion": Sentence("按标准核验：到现场逐条看是否达到", "Criteria: checked on site, one by one"),
}
DESIGN_NAMES = {
    "indicator": Sentence("按指标复测", "Indicator"),
    "small_n": Sentence("小样本", "Few pupils"),
    "criterion": Sentence("按标准核验", "Criteria"),
}
CHECKLIST = {
    "authentic": Sentence("材料真实，来源清楚", "The evidence is authentic and its origin is clear"),
    "in_period": Sentence("日期在整改期内", "It is dated in the period of the work"),
    "shows_effect": Sentence("反映成效，不只是开展了活动", "It shows an effect, not only that something was done"),
}
CANCELLATION_GROUNDS = {
    "replaced": Sentence("由其他措施替代", "Another measure takes its place"),
    "not_needed": Sentence("不再需要", "It is not needed any more"),
}
COMMENT_PARTS = {
    "guidance": Sentence("指导组意见", "Guidance group"),
    "comment": Sentence("教研意见", "Researcher's comment"),
}
ORIGINS = {
    "found": Sentence("发现问题时的数据", "the data in which the problem was found"),
    "came_back": Sentence("问题再次出现的那一轮数据", "the round in which the problem came back"),
    "follow_up": Sentence(
        "上一轮整改的复测数据；从现状算起，上一轮的进步不重复计算",
        "the follow-up of the round before: measured from where it stands, no gain counts twice",
    ),
    "newest": Sentence(
        "上一轮整改以后最新的数据；从现状算起，上一轮的进步不重复计算",
        "the newest data since the round before: measured from where it stands, no gain counts twice",
    ),
    "follow_up_refused": Sentence(
        "仍是原来的数据：上一轮的复测数据已撤回，或裁定以别的来源为准",
        "the cell of before stays: the follow-up was withdrawn, or another source was held to be right",
    ),
    "follow_up_unlike": Sentence(
        "仍是原来的数据：上一轮的复测人数、参测率、年级段或标准差不合要求，不可比",
        "the cell of before stays: the follow-up cannot be compared (pupils, response, grade band or spread)",
    ),
    "no_lower": Sentence(
        "仍是原来的数据：上一轮复测比它差，补回退步不算进步",
        "the cell of before stays: the follow-up was worse, and making a loss good is no gain",
    ),
}
"""Why a plan begins from its cell."""
LIGHTS = {
    "yellow": Sentence("黄灯", "Yellow light"),
    "red": Sentence("红灯", "Red light"),
}
FIELDS = {
    "problem": Sentence("要解决的问题", "Problem to be solved"),
    "goal": Sentence("目标", "Goal"),
    "baseline": Sentence("基线", "Baseline"),
    "target": Sentence("目标值", "Target"),
    "target_on": Sentence("达成日期", "Reached by"),
    "criteria": Sentence("达标标准", "Criteria"),
    "design": Sentence("评价方式", "Evaluation design"),
    "min_effect": Sentence("最小效应", "Minimum effect"),
    "follow_up_on": Sentence("复测（核验）日期", "Follow-up on"),
    "tasks": Sentence("主要任务", "Tasks"),
    "owner_id": Sentence("总负责人", "Accountable person"),
    "division": Sentence("分工", "Division of work"),
    "assurance": Sentence("保障", "Assurance"),
    "schedule": Sentence("进度安排", "Schedule"),
    "argumentation": Sentence("论证", "Discussion"),
    "risks": Sentence("风险和应对", "Risks"),
    "budget_planned": Sentence("计划经费", "Funds planned"),
    "budget_used": Sentence("已用经费", "Funds used"),
    "budget_source": Sentence("经费来源", "Source of funds"),
}
ACTION_FIELDS = {
    "owner_id": Sentence("负责人", "Owner"),
    "kind": Sentence("类别", "Kind"),
    "description": Sentence("做法", "How"),
    "planned_start": Sentence("开始", "Start"),
    "planned_end": Sentence("结束", "End"),
    "budget_planned": Sentence("经费", "Funds"),
    "criteria": Sentence("佐证标准", "Evidence"),
}
TIMELINE = {
    "remediation_plan.edit": ("修改了方案", "changed the plan"),
    "remediation_plan.comment": ("提出意见", "commented"),
    "remediation_plan.report": ("填报月报", "reported the month"),
    "remediation_plan.await_report": ("开始等下一份月报", "awaits the next monthly report"),
    "remediation_plan.end_with_item": ("随问题项作废", "ended with its item"),
    "remediation_plan.archive_with_list": ("随清单归档", "archived with its list"),
    "remediation_plan.print": ("打印方案", "printed the plan"),
    "training_topics.import": ("导入了培训专题表", "brought in the list of training topics"),
    "remediation_action.edit": ("修改了措施", "changed the measure"),
    "remediation_action.drop": ("删去一项措施", "took a measure out"),
    "remediation_action.progress": ("更新进度", "updated the progress"),
    "evidence.edit": ("修改了佐证", "changed the evidence"),
    "evidence.open": ("开始审核佐证", "began to judge the evidence"),
    "evidence.open_at_school": ("开始审核佐证", "began to judge the evidence"),
    "evidence.use": ("引用已采信的佐证", "showed accepted evidence again"),
    "evidence.infected": ("文件没有通过安全扫描", "the file did not pass its scan"),
    "evidence.scan_again": ("安全扫描推迟", "the scan was put off"),
    "evidence.scanned": ("文件通过安全扫描", "the file passed its scan"),
}
"""Words of operations that are no steps, for timelines."""
