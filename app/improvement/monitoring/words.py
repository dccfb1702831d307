"""Words of monitoring in both languages: levels, stages, subjects, kinds of values, sources, categories, audiences."""

from __future__ import annotations

from collections.abc import Mapping

from app.core.errors import Sentence

LEVELS = {
    "national": Sentence("国家", "National"),
    "province": Sentence("省", "Provincial"),
    "city": Sentence("市", "City"),
    "county": Sentence("县", "County"),
}
STAGES = {
    "primary": Sentence("小学", "Primary"),
    "junior": Sentence("初中", "Junior middle"),
    "senior": Sentence("高中", "Senior middle"),
}
GRADES_OF_STAGE = {
    "primary": tuple(f"G{n}" for n in range(1, 7)),
    "junior": tuple(f"G{n}" for n in range(7, 10)),
    "senior": tuple(f"G{n}" for n in range(10, 13)),
}
GRADES = {
    f"G{number}": Sentence(f"{zh}年级" if number < 10 else zh, f"Grade {number}")
    for number, zh in enumerate(("一", "二", "三", "四", "五", "六", "七", "八", "九", "高一", "高二", "高三"), start=1)
}
COVERAGES = {"census": Sentence("普测", "Census"), "sample": Sentence("抽测", "Sample")}
SUBJECTS = {
    "chinese": Sentence("语文", "Chinese"),
    "math": Sentence("数学", "Mathematics"),
    "english": Sentence("英语", "English"),
    "science": Sentence("科学", "Science"),
    "physics": Sentence("物理", "Physics"),
    "chemistry": Sentence("化学", "Chemistry"),
    "biology": Sentence("生物", "Biology"),
    "history": Sentence("历史", "History"),
    "geography": Sentence("地理", "Geography"),
    "ethics": Sentence("道德与法治", "Ethics and law"),
    "pe": Sentence("体育", "Physical education"),
    "art": Sentence("美术", "Art"),
    "music": Sentence("音乐", "Music"),
    "it": Sentence("信息科技", "Information technology"),
    "psych": Sentence("心理健康", "Mental health"),
    "quality": Sentence("学习品质", "Learning quality"),
    "general": Sentence("综合", "General"),
}
DOMAINS = {
    "subject": Sentence("学业", "Academic"),
    "psychological": Sentence("心理与学习品质", "Psychological"),
    "physical": Sentence("体质健康", "Physical"),
    "comprehensive": Sentence("综合与管理", "Comprehensive"),
}
CATEGORIES = {
    "management": Sentence("管理", "Management"),
    "subject": Sentence("学科", "Subject"),
    "student_development": Sentence("学生发展", "Student development"),
    "teacher": Sentence("教师", "Teachers"),
    "resource": Sentence("资源", "Resources"),
}
EVALUATION_TYPES = {
    "result": Sentence("结果评价", "Results"),
    "process": Sentence("过程评价", "Process"),
    "value_added": Sentence("增值评价", "Value added"),
    "comprehensive": Sentence("综合评价", "Comprehensive"),
}
OBJECTS = {
    "school": Sentence("学校（办学条件、办学质量）", "School (conditions, quality)"),
    "teacher": Sentence("教师（师德师风、工作实绩）", "Teachers (conduct, work)"),
    "student": Sentence("学生（德智体美劳）", "Students (all-round development)"),
}
"""What is evaluated; a verdict is possible on a school alone."""
OBJECT_NAMES = {
    "school": Sentence("对象：学校", "On schools"),
    "teacher": Sentence("对象：教师", "On teachers"),
    "student": Sentence("对象：学生", "On students"),
}
"""The same where there is little room."""
VALUE_TYPES = {
    "mean": Sentence("平均值", "Mean"),
    "rate": Sentence("比率", "Rate"),
    "index": Sentence("指数", "Index"),
}
DIRECTIONS = {"higher": Sentence("越高越好", "Higher is better"), "lower": Sentence("越低越好", "Lower is better")}
SCOPES = {
    "region": Sentence("全县", "County"),
    "school": Sentence("学校", "School"),
    "grade": Sentence("年级", "Grade"),
    "class": Sentence("班级", "Class"),
}
BENCHMARKS = {
    "county": Sentence("县均值", "County mean"),
    "city": Sentence("市均值", "City mean"),
    "province": Sentence("省均值", "Provincial mean"),
    "national": Sentence("全国均值", "National mean"),
    "standard": Sentence("标准线", "Standard line"),
    "previous": Sentence("上一轮", "Previous round"),
}
"""In the order in which another one steps in where the round's own benchmark is missing."""
SEVERITIES = {
    "minor": Sentence("轻", "Minor"),
    "moderate": Sentence("中", "Moderate"),
    "severe": Sentence("重", "Severe"),
}
SOURCES = {
    "monitoring": Sentence("监测", "Monitoring"),
    "visit": Sentence("视导", "Supervision visit"),
    "self_check": Sentence("自查", "Self-check"),
    "device": Sentence("设备与巡课", "Equipment and lesson checks"),
    "inspection": Sentence("督查", "Inspection"),
    "audit": Sentence("审计", "Audit"),
    "patrol": Sentence("巡视巡察", "Discipline inspection"),
    "petition": Sentence("群众信访", "Petition"),
    "opinion": Sentence("网络舆情", "Public opinion"),
    "safety": Sentence("安全生产和自然灾害", "Safety and natural disasters"),
    "ecology": Sentence("生态环保", "Ecology and environment"),
}
"""Monitoring, visits, use of equipment and 巡课, self-checks, and the seven lists of problems (七张问题清单)."""
CHECK_TOPICS = {
    "board": Sentence("班班通设备管理", "Classroom screens"),
    "lab": Sentence("实验管理", "Laboratories"),
    "digital": Sentence("数字化学习管理", "Digital learning"),
    "patrol": Sentence("智能巡课", "Lesson checks"),
}
"""What findings of equipment and lesson checks are about (教育督导 场景)."""
AUDIENCES = {
    "basic": Sentence("基础数据", "Basic data"),
    "analysis": Sentence("综合分析", "Overall analysis"),
    "topic": Sentence("专题", "By topic"),
    "public": Sentence("社会版", "Public version"),
}
AUDIENCES_FOR = {
    "basic": Sentence(
        "办公室、教研员、测评组；各校只得本校数据包",
        "The office, subject researchers and the assessment group; each school its own package",
    ),
    "analysis": Sentence("领导小组、办公室、责任科室", "The leading group, the office and the departments"),
    "topic": Sentence("办公室、教研员、指导组", "The office, subject researchers and the guidance group"),
    "public": Sentence(
        "社会公开：没有单位名称，少于 10 的格子不显示", "The public: no unit names, cells under 10 not shown"
    ),
}
VERDICTS = {
    "candidate": Sentence("候选", "Candidate"),
    "watch": Sentence("观察", "Watch"),
    "none": Sentence("无异常", "Nothing stands out"),
    "strength": Sentence("优势", "Strength"),
}
NOT_ELIGIBLE = {
    "small_n": Sentence("样本不足", "Too few pupils"),
    "low_coverage": Sentence("参测率不足", "Coverage too low"),
    "no_spread": Sentence("没有标准差", "No standard deviation"),
    "extreme_benchmark": Sentence("基准为 0% 或 100%", "Benchmark of 0 % or 100 %"),
    "index": Sentence("指数不检验", "Index, not tested"),
    "no_value": Sentence("没有数值", "No value"),
    "person": Sentence("对象是教师或学生，不作结论", "On teachers or students, no verdict"),
    "disputed": Sentence("来源不一致，不作结论", "Sources disagree, no verdict"),
}
STANDINGS = {
    "asked": Sentence("等回答", "To be answered"),
    "answered": Sentence("等裁定", "To be decided"),
    "one": Sentence("已裁定：以一个为准", "Decided: one counts"),
    "both": Sentence("已裁定：两个都成立", "Decided: both are right"),
    "neither": Sentence("已裁定：两个都不采用", "Decided: neither is used"),
}
"""How far the question about two sources that disagree is."""
MISSING = {
    "absent": Sentence("缺考", "Absent"),
    "not_given": Sentence("未提供", "Not given"),
    "few": Sentence("不足 5 人，不显示", "Fewer than 5, not shown"),
    "kept": Sentence("为免推算出人数太少的单位，不显示", "Not shown, or a small unit could be worked out"),
}
REJECTIONS = {
    "explained": Sentence("情况属实，有合理解释", "True, with a good explanation"),
    "dismissed": Sentence("不成立或不需要处理", "Not true, or nothing to be done"),
}
MEETING_LEVELS = {
    "county": Sentence("县级", "County"),
    "district": Sentence("学区", "School district"),
    "school": Sentence("学校", "School"),
}


def word_of(words: Mapping[str, Sentence], code: str | None) -> Sentence:
    """The word of a code; the code itself where there is none, an empty one for None."""
    if not code:
        return Sentence("", "")
    return words.get(code) or Sentence(code, code)
