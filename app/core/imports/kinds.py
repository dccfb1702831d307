"""The kinds of files that can be imported, as data: columns, keys, checks. A later kind is one more entry."""

from app.core.imports import checks, identifiers, indicator_rows, schools_in_rows, scores_rows
from app.core.imports.cleaning import is_plain_name
from app.core.imports.columns import Column, Kind
from app.core.imports.numbers import number
from app.core.imports.paper_kinds import ANSWERS, CONSENTS

MOBILE = checks.MOBILE.fullmatch
_FIRST_DAY = "1990-01-01"
_ANY_DAY = checks.date(_FIRST_DAY, "2099-12-31")
_SCHOOL_BY_NAME = {"school_code": frozenset({"school_name"})}


def _school(required: bool = True) -> tuple[Column, Column]:
    hint = ("10 位数字；也可以写学校名称", "10 digits, or the name of the school")
    return (
        Column(
            "school_code", "学校代码", "School code", schools_in_rows.school, required, hint=hint, example="2133000001"
        ),
        Column("school_name", "学校名称", "School name", checks.text(60), helper=True, example="清溪小学", width=20),
    )


def _grade(required: bool = True) -> tuple[Column, Column]:
    grade_hint = ("七年级、初一、7 或 2021级", "七年级, 初一, 7 or 2021级")
    class_hint = ("3班、（3）班 或 3，1 至 60", "3班, （3）班 or 3; 1 to 60")
    return (
        Column("grade", "年级", "Grade", schools_in_rows.grade, required, hint=grade_hint, example="六年级"),
        Column("class_no", "班级", "Class", schools_in_rows.class_no, required, hint=class_hint, example="3班"),
    )


def _guardian(number_: int) -> tuple[Column, Column, Column]:
    code, zh, en = f"guardian{number_}", f"监护人{number_}", f"Guardian {number_}"
    return (
        Column(f"{code}_name", f"{zh}姓名", f"{en} name", checks.name(30), faultless=is_plain_name, example="王兰"),
        Column(f"{code}_relation", f"{zh}关系", f"{en} relation", checks.word, group="relation", example="母亲"),
        Column(f"{code}_phone", f"{zh}电话", f"{en} phone", checks.phone, faultless=MOBILE, example="13800000000"),
    )


_STUDENT_NO_HINT = ("G、J 或 L 加 18 位，文本格式", "G, J or L with 18 characters, as text")
_DATE_HINT = ("2010-03-07", "2010-03-07")

STUDENTS = Kind(
    "students",
    "学生名册",
    "Student roster",
    (
        *_school(),
        Column(
            "student_no",
            "学籍号",
            "Student number",
            checks.student_no,
            True,
            faultless=identifiers.is_valid_student_no,
            hint=_STUDENT_NO_HINT,
            example="G330000201003070010",
            width=24,
        ),
        Column("name", "姓名", "Name", checks.name(30), True, faultless=is_plain_name, example="王小兰"),
        Column("id_type", "证件类型", "Document type", checks.word, group="id_type", example="身份证"),
        Column(
            "id_no",
            "证件号码",
            "Document number",
            checks.document_no,
            faultless=identifiers.ID_FORM.fullmatch,
            example="330000201003070010",
            width=24,
        ),
        Column("gender", "性别", "Gender", checks.word, True, group="gender", example="男"),
        Column(
            "birth_date", "出生日期", "Birth date", checks.date(_FIRST_DAY), True, hint=_DATE_HINT, example="2010-03-07"
        ),
        *_grade(),
        Column("enrol_year", "入学年份", "Year of enrolment", checks.year(1990, 2099), example="2022"),
        Column("boarding", "是否住校", "Boarding", checks.yes_no, group="yes_no", example="否"),
        *_guardian(1),
        *_guardian(2),
        Column("left_behind", "留守情况", "Left-behind", checks.word, group="left_behind", example="非留守"),
        Column("village_code", "村社区代码", "Village code", checks.digits(12), example="330000000001", width=18),
    ),
    key=("student_no",),
    key_name=("学籍号", "student number"),
    instead={**_SCHOOL_BY_NAME, "grade": frozenset({"class_no"})},
)

CLASSES = Kind(
    "classes",
    "班级名册",
    "Class list",
    (
        *_school(),
        *_grade(),
        Column("class_name", "班级名称", "Class name", checks.text(40), example="六年级三班"),
        Column("homeroom_staff_no", "班主任工号", "Class teacher's number", checks.staff_no, True, example="T0012"),
        Column("from_date", "任职日期", "In office from", _ANY_DAY, True, hint=_DATE_HINT, example="2026-09-01"),
    ),
    key=("school_code", "grade", "class_no"),
    key_name=("学校、年级和班级", "school, grade and class"),
    instead={**_SCHOOL_BY_NAME, "grade": frozenset({"class_no"})},
)

STAFF = Kind(
    "staff",
    "教职工名册",
    "Staff list",
    (
        *_school(),
        Column("staff_no", "工号", "Staff number", checks.staff_no, True, example="T0012"),
        Column("name", "姓名", "Name", checks.name(30), True, faultless=is_plain_name, example="周明"),
        Column("phone", "手机号", "Mobile number", checks.phone, True, faultless=MOBILE, example="13800000001"),
        Column("roles", "岗位", "Roles", checks.words, group="staff_role", example="班主任、任课教师", width=20),
        Column("subjects", "任教学科", "Subjects", checks.words, group="subject", example="数学、科学", width=20),
        Column("qualification_type", "资格类型", "Qualification", checks.text(40), example="心理健康教育 B 证"),
        Column(
            "qualification_expiry",
            "资格到期日",
            "Qualification expires",
            _ANY_DAY,
            hint=_DATE_HINT,
            example="2028-06-30",
        ),
    ),
    key=("school_code", "staff_no"),
    key_name=("学校和工号", "school and staff number"),
    instead=_SCHOOL_BY_NAME,
)

_BENCHMARK_HINT = ("省均值、市均值、县均值、标准线等", "mean of province, city or county, standard line …")

RESULTS = Kind(
    "results",
    "监测结果",
    "Monitoring results",
    (
        Column("cycle_code", "监测周期", "Cycle", checks.text(40), True, example="2026-JC-01", width=16),
        Column("scope_level", "层级", "Level", checks.word, True, group="scope_level", example="学校"),
        Column("scope_code", "范围代码", "Scope", checks.text(60), True, example="2133000001", width=16),
        *_school(required=False),
        *_grade(required=False),
        Column("subject", "学科", "Subject", checks.word, True, group="subject", example="数学"),
        Column("indicator_code", "指标代码", "Indicator", checks.text(40), True, example="MATH-TOTAL", width=16),
        Column("value_type", "数值类型", "Type of value", checks.word, True, group="value_type", example="均分"),
        Column("direction", "方向", "Direction", checks.word, True, group="direction", example="越高越好"),
        Column("value", "数值", "Value", number(), True, value=True, example="482"),
        Column(
            "benchmark_type",
            "基准类型",
            "Benchmark",
            checks.word,
            True,
            group="benchmark_type",
            hint=_BENCHMARK_HINT,
            example="县均值",
        ),
        Column("benchmark_value", "基准值", "Benchmark value", number(), True, value=True, example="500"),
        Column("benchmark_se", "基准标准误", "Benchmark SE", number(0), value=True, example="1.2"),
        Column("n", "人数", "Pupils", number(1, whole=True), True, value=True, example="120"),
        Column("n_expected", "应测人数", "Pupils expected", number(1, whole=True), value=True, example="122"),
        Column("sd", "标准差", "Standard deviation", number(), value=True, example="100"),
        Column("deff", "设计效应", "Design effect", number(positive=True), value=True, example="1"),
    ),
    key=("cycle_code", "scope_level", "scope_code", "grade", "class_no", "subject", "indicator_code", "benchmark_type"),
    key_name=("周期、范围、学科、指标和基准", "cycle, scope, subject, indicator and benchmark"),
    partial=False,
    instead={"scope_code": frozenset({"school_code", "school_name"})},
    lead_value="value",
)

_PSEUDONYM_HINT = (
    "测评组自编的代号，不能是学籍号、身份证号或姓名",
    "a code of the assessment group: no student number, document number or name",
)


def _scores(code: str, zh: str, en: str, many: int) -> tuple[Column, ...]:
    columns = ((f"{code}_{n}", f"{zh}{n}", f"{en} {n}") for n in range(1, many + 1))
    return tuple(Column(name, zh_, en_, number(), value=True, example="482") for name, zh_, en_ in columns)


SCORES = Kind(
    "scores",
    "增值评价成绩",
    "Scores for value added",
    (
        Column("cycle_code", "监测周期", "Cycle", checks.text(40), True, example="2026-JC-01", width=16),
        Column(
            "pseudonym",
            "代号",
            "Pseudonym",
            scores_rows.pseudonym,
            True,
            hint=_PSEUDONYM_HINT,
            example="A00017",
        ),
        *_school(),
        Column("class_no", "班级", "Class", schools_in_rows.class_no, example="3班"),
        Column("subject", "学科", "Subject", checks.word, True, group="subject", example="数学"),
        *_scores("pre", "前测", "Earlier score", scores_rows.MOST_SCORES),
        Column("post", "后测", "Later score", number(), True, value=True, example="497"),
        *_scores("covariate", "协变量", "Covariate", scores_rows.MOST_COVARIATES),
    ),
    key=("cycle_code", "subject", "pseudonym"),
    key_name=("周期、学科和代号", "cycle, subject and pseudonym"),
    partial=False,
    instead=_SCHOOL_BY_NAME,
    lead_value="post",
)

FINDINGS = Kind(
    "findings",
    "设备与巡课发现",
    "Findings of equipment and lesson checks",
    (
        *_school(),
        Column(
            "topic",
            "检查内容",
            "What was checked",
            checks.word,
            True,
            group="check_topic",
            example="智能巡课",
            width=18,
        ),
        Column(
            "title", "发现的问题", "What was found", checks.text(120), True, example="班班通月开机不足两成", width=40
        ),
        Column(
            "known_on", "发现日期", "Found on", checks.date("2015-01-01"), True, hint=_DATE_HINT, example="2026-10-20"
        ),
        Column("reference", "依据", "Rests on", checks.text(200), True, example="班班通使用月报2026年10月", width=30),
        Column("category", "类别", "Category", checks.word, True, group="finding_category", example="管理"),
        Column("severity", "级别", "Severity", checks.word, True, group="severity", example="轻"),
        Column("subject", "学科", "Subject", checks.word, group="subject", example="数学"),
        *_grade(required=False),
        Column(
            "description", "具体情况", "Details", checks.text(1000), example="10 月开机 31 次，应开 160 次", width=50
        ),
    ),
    key=("school_code", "reference", "title"),
    key_name=("学校、依据和发现的问题", "school, what it rests on and what was found"),
    instead=_SCHOOL_BY_NAME,
)

_KEPT = ("空着就保留指标库里现有的", "left empty: what the list has stays")


def _level_code(code: str, zh: str, en: str) -> Column:
    return Column(code, f"{zh}监测的代码", f"Code of {en} monitoring", checks.text(40), hint=_KEPT, width=16)


INDICATORS = Kind(
    "indicators",
    "指标库",
    "List of indicators",
    (
        Column("code", "指标代码", "Code", indicator_rows.own_code, True, example="MATH-NUM", width=16),
        Column("name", "指标", "Indicator", checks.text(60), True, example="数与运算", width=24),
        Column("definition", "口径", "Definition", checks.text(500), hint=_KEPT, example="量尺分，均值 500", width=40),
        Column("subject", "学科", "Subject", checks.word, True, group="subject", example="数学"),
        Column("domain", "领域", "Field", checks.word, True, group="domain", example="学业"),
        Column("evaluation_type", "评价类型", "Type of evaluation", checks.word, True, group="evaluation_type", example="结果评价"),
        Column("object_code", "评价对象", "What is evaluated", checks.word, True, group="object_code", example="学校"),
        Column("value_type", "数值类型", "Type of value", checks.word, True, group="value_type", example="平均值"),
        Column("direction", "方向", "Direction", checks.word, True, group="direction", example="越高越好"),
        Column("family", "工具系列", "Instrument", checks.text(40), True, example="县数学量尺", width=18),
        Column("lowest", "最低可能值", "Lowest value", number(), hint=_KEPT, example="0"),
        Column("highest", "最高可能值", "Highest value", number(), hint=_KEPT, example="1000"),
        Column("index_margin", "固定幅度", "Fixed margin", number(0), hint=_KEPT),
        Column("unit_word", "单位", "Unit", checks.text(10), hint=_KEPT, example="分"),
        Column("retired", "停用", "Retired", checks.yes_no, group="yes_no", hint=_KEPT, example="否"),
        _level_code("national_code", "国家", "national"),
        _level_code("province_code", "省", "provincial"),
        _level_code("city_code", "市", "city"),
    ),
    key=("code",),
    key_name=("指标代码", "code"),
)  # fmt: skip

KINDS = {
    kind.code: kind for kind in (STUDENTS, CLASSES, STAFF, RESULTS, SCORES, FINDINGS, INDICATORS, ANSWERS, CONSENTS)
}
