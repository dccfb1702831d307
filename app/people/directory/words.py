"""Words of the directory in both languages: units, schools, duties, sexes, grades, identity papers."""

from __future__ import annotations

from app.core.errors import Sentence

UNIT_KINDS: dict[str, Sentence] = {
    "province": Sentence("省", "Province"),
    "city": Sentence("市", "City"),
    "county_bureau": Sentence("县教育局", "County education bureau"),
    "leading_group": Sentence("领导小组", "Leading group"),
    "leading_group_office": Sentence("领导小组办公室", "Leading group office"),
    "guidance_group": Sentence("项目指导组", "Guidance group"),
    "assessment_group": Sentence("测评大组", "Assessment group"),
    "department": Sentence("责任科室", "Department"),
    "school_district": Sentence("学区", "School district"),
    "school": Sentence("学校", "School"),
    "school_group": Sentence("学校领导小组", "School leading group"),
    "school_monitoring_center": Sentence("学校教学质量监测中心", "School monitoring centre"),
    "external_agency": Sentence("校外机构", "Outside agency"),
    "community": Sentence("村（社区）", "Community"),
    "reviewing_panel": Sentence("评审组", "Reviewing panel"),
}
ADDRESSEES: dict[str, Sentence] = {
    "district": Sentence("学区", "School districts"),
    "township": Sentence("乡镇学校", "Township schools"),
    "direct": Sentence("直属学校（单位）", "Directly-run schools and units"),
    "section": Sentence("局属科室", "Sections of the bureau"),
}
"""The types of units that a paper is addressed to."""
SCHOOL_TYPES: dict[str, Sentence] = {
    "21": Sentence("小学", "Primary school"),
    "31": Sentence("初中", "Junior middle school"),
    "34": Sentence("高中或完全中学", "Senior or complete middle school"),
    "36": Sentence("职业学校", "Vocational school"),
    "38": Sentence("九年一贯制学校", "Nine-year school"),
    "51": Sentence("特殊教育学校", "Special school"),
}
"""First two digits of a school's code (domain §6.1 with decisions §6)."""
SCHOOL_GRADES: dict[str, tuple[int, int]] = {
    "21": (1, 6),
    "31": (7, 9),
    "34": (7, 12),
    "36": (10, 12),
    "38": (1, 9),
    "51": (1, 9),
}
DUTIES: dict[str, Sentence] = {
    "homeroom": Sentence("班主任", "Homeroom teacher"),
    "subject": Sentence("任课教师", "Subject teacher"),
    "grade_lead": Sentence("年级组长", "Grade leader"),
}
GENDERS: dict[str, Sentence] = {
    "1": Sentence("男", "Male"),
    "2": Sentence("女", "Female"),
    "0": Sentence("未知", "Unknown"),
    "9": Sentence("未说明", "Not stated"),
}
ID_TYPES: dict[str, Sentence] = {
    "id": Sentence("身份证", "Identity card"),
    "passport": Sentence("护照", "Passport"),
    "hk_mo_tw": Sentence("港澳台证件", "Hong Kong, Macao or Taiwan permit"),
    "none": Sentence("无", "None"),
}
LEFT_BEHIND: dict[str, Sentence] = {
    "none": Sentence("父母在家", "Parents at home"),
    "one": Sentence("父或母外出", "One parent away"),
    "both": Sentence("父母都外出", "Both parents away"),
}
RELATIONS: dict[str, Sentence] = {
    "father": Sentence("父亲", "Father"),
    "mother": Sentence("母亲", "Mother"),
    "grandparent": Sentence("祖辈", "Grandparent"),
    "other": Sentence("其他", "Other"),
}
SUBJECTS: dict[str, Sentence] = {
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
_NUMERALS = "零一二三四五六七八九"


def grade_name(grade: str) -> Sentence:
    """G7 in words: 七年级 (Grade 7); 高一 for G10."""
    number = int(grade.removeprefix("G"))
    if number > 9:
        return Sentence(f"高{_NUMERALS[number - 9]}", f"Grade {number}")
    return Sentence(f"{_NUMERALS[number]}年级", f"Grade {number}")


def class_name(grade: str, class_no: int) -> str:
    """The name a class gets when nobody gave it another: 七年级3班."""
    return f"{grade_name(grade).zh}{class_no}班"


def grades_of(school_type: str | None) -> tuple[str, ...]:
    """The grades a school of this type may have; all of them where the type is unknown."""
    first, last = SCHOOL_GRADES.get(school_type or "", (1, 12))
    return tuple(f"G{number}" for number in range(first, last + 1))
