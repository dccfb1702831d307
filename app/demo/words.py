"""Everyday sentences of an education bureau, for the story of the demo county; invented."""

from __future__ import annotations

from dataclasses import dataclass

REQUIREMENTS = "各单位签收后 10 个工作日内完成归因诊断，30 个工作日内报方案；措施要对准原因，佐证宜精不宜多。"
SUMMARY = "两项措施按期完成，复测结果达到方案目标。分层练习和集体备课已写进教学常规，后续由教研组每月抽查。"
SUPPORT = (
    "抽查两个班 80 份作业，错因集中在审题和列式",
    "推门听课 6 节，学生独立思考时间平均不足 4 分钟",
    "学生访谈 24 人，多数说不清怎样检查结果",
    "查阅近三个月备课记录，集体备课只有 2 次",
    "家长问卷 210 份，三成孩子作业超过一个半小时",
)
HYPOTHESES = (
    "单元练习没有分层，基础薄弱的学生跟不上",
    "集体备课流于形式，新教师得不到指导",
    "课堂提问面窄，后三分之一学生很少发言",
    "作业量大而重复，错题没有回到课堂",
    "评价只看总分，知识点薄弱处没有被看见",
)
INTERPRETATIONS = (
    "结合课堂观察和作业抽样，学生在基本运算上错误不多，失分集中在需要两步以上推理的题目，说明课堂上独立思考和表达的机会偏少，需要从备课和练习设计入手改进。",
    "该校近两次监测在同一内容领域都偏低，与全县均值的差距没有缩小，访谈显示教师对学情的判断主要靠经验，缺少单元错因统计，建议作为本轮整改的重点。",
    "从班级分布看，差距不是个别班级造成的，而是整个年级的共同表现，与教研组两年内更换三名骨干教师有关，需要在教师配备和集体备课上同时着力。",
)
CAUSES = (
    ("teaching", "单元练习没有分层，学困生长期跟不上"),
    ("teaching", "课堂提问集中在少数学生"),
    ("management", "集体备课两周一次，且没有学情分析"),
    ("resource", "新任教师 3 名，没有固定师傅带教"),
    ("data", "单元检测不做错因统计，补救没有依据"),
)
OTHER_CAUSES = (
    ("management", "制度上墙后没有落实到人，缺岗没有人补"),
    ("management", "日常检查只看材料，很少到现场"),
    ("resource", "人手和时间没有排进学期计划"),
    ("data", "台账分散在各年级，没有人汇总"),
    ("management", "上次检查指出后只发了通知，没有回看"),
)
"""Of what does not come from a measurement."""
OTHER_GROUNDS = (
    "翻看近三个月检查台账，集中补签的有 4 次",
    "访谈教职工 6 人，3 人说不清由谁负责",
    "随机抽 5 天的记录，2 天缺页",
    "家长访谈 12 人，多数不知道找谁反映",
    "对照学期工作计划，没有这一项的安排和时间",
)
WHYS = {
    CAUSES[0][1]: "为什么错得多？练习没有分层。为什么没有分层？备课时没有学情数据。为什么没有数据？单元错因没有统计。",
    CAUSES[1][
        1
    ]: "为什么后排很少发言？提问总落在举手的几个人。为什么只问举手的？怕冷场、赶进度。为什么赶？备课没有留独立思考的时间。",
    CAUSES[2][
        1
    ]: "为什么没有学情分析？备课只对进度。为什么只对进度？没有人提前汇总错题。为什么没有人？备课组分工里没有这一项。",
    CAUSES[3][
        1
    ]: "为什么没有师傅？骨干教师两年内调走。为什么没有补上？带教不算工作量。为什么不算？学校还没有带教办法。",
    CAUSES[4][1]: "为什么不统计？批完只登分数。为什么只登分数？统计表要手工填。为什么没有简化？没有人负责定统一的表。",
    OTHER_CAUSES[0][
        1
    ]: "为什么缺岗？没有排班。为什么没有排？以为值周教师兼着。为什么这样以为？分工表只写到处室，没有写到人。",
    OTHER_CAUSES[1][
        1
    ]: "为什么没有发现？检查只看材料。为什么不到现场？一人查全校，时间不够。为什么只有一人？没有轮值安排。",
    OTHER_CAUSES[2][
        1
    ]: "为什么一直没有做？没有时间。为什么没有时间？没有排进计划。为什么没有排？开学前没有征求具体做事的人的意见。",
    OTHER_CAUSES[3][
        1
    ]: "为什么看不出问题？台账没有汇总。为什么没有汇总？各年级表式不同。为什么不同？学校没有统一表式。",
    OTHER_CAUSES[4][
        1
    ]: "为什么又出现？上次只发了通知。为什么没有回看？没有定回看的日子。为什么没有定？没有人对结果负责。",
}
"""Statement of a cause → what was asked on the way to it."""


@dataclass(frozen=True)
class Kit:
    """What is said of an item on its way: of one that was measured, and of one that came from a check or a complaint."""

    causes: tuple[tuple[str, str], ...]
    grounds: tuple[str, ...]
    objections: tuple[str, ...]
    voided: str
    upheld: str
    reassigned: tuple[str, str]
    """Code of the department that takes it, and why."""
    measures: tuple[tuple[str, str, str], ...]
    """Title, kind, what has to be shown."""
    assurance: tuple[str, ...]
    risks: tuple[str, ...]
    budget: str
    guidance: tuple[str, ...]
    progress: tuple[str, ...]
    evidence: tuple[str, ...]
    seen: str
    not_enough: str
    results: tuple[str, ...]
    suspended: str


TEACHING = Kit(
    causes=CAUSES,
    grounds=SUPPORT,
    objections=(
        "我校该年级今年由两所学校合并，前测数据不含并入学校学生，直接比较不合适，请核对应测名单后再定。",
        "本指标所在科目由教研室统一安排送教，责任单位定为学校不妥，请研究是否由教研室牵头。",
    ),
    voided="核对应测名单后确认，并入学校学生不应计入，本项依据不成立",
    upheld="应测名单已与学校核对，合并前的学生不在其中，维持原交办",
    reassigned=("02", "送教由教研室统一安排，改由教研室牵头，学校配合"),
    measures=(
        ("分层练习与错因台账", "teaching", "每月错因统计表"),
        ("集体备课改为每周一次并附学情分析", "research_activity", "备课记录与学情分析"),
        ("新任教师跟岗城关第一小学", "training", "跟岗记录与汇报课"),
        ("课堂提问覆盖后三分之一学生", "teaching", "课堂观察记录"),
        ("作业减量提质，控制在规定时间内", "management", "作业时长抽查表"),
    ),
    assurance=(
        "校长每周听课一节，教研组长每两周抽查一次错因台账，月末例会通报。",
        "分管副校长牵头，经费从教师培训专项列支，教研室每月到校指导一次。",
        "备课组长每周五汇总错因，教务处月底抽查一个班，结果在教师会上说明。",
    ),
    risks=(
        "骨干教师可能借调；已安排替补教师同步参加备课。",
        "期末工作集中，可能影响统计进度；数据小组提前一周收集。",
        "新教师跟岗占用课时；由同年级教师轮流代课，课表已排好。",
    ),
    budget="教师培训专项经费",
    guidance=(
        "方向对头。建议把“错因统计”具体到每单元前三类错误，便于学期末比较。",
        "措施宜少而实，请明确谁来抽查、多久一次，避免只留活动照片。",
        "目标值可以达到。请写清复测用哪一套题，和这一次能不能比。",
    ),
    progress=(
        "两个备课组已统一模板，错因统计做到第四单元；新教师已完成第一轮跟岗。",
        "分层练习全年级铺开，抽查 60 份作业，订正率明显提高；困难是周末作业仍偏多。",
        "集体备课开了四次，每次都带上单元错题；有一个班因代课没有跟上，下月补。",
        "课堂观察做了两轮，后排学生发言多了；提问的层次还不够，教研组下周专门研究。",
    ),
    evidence=("单元错因统计表", "集体备课记录汇编", "课堂观察量表（三次）", "跟岗学习汇报课记录"),
    seen="统计表和两次课堂记录，能看出前后变化",
    not_enough="表中只有一次数据，看不出变化。请补前后两次统计",
    results=(
        "连续三个单元统计，同类错误减少约三成，后三分之一学生发言次数翻了一番。",
        "集体备课坚持 12 次，学情分析进入教案，随堂检测合格率从六成升到八成。",
        "两次抽查作业，重复练习减少一半，错题订正率从五成升到九成。",
    ),
    suspended="校舍加固，部分年级借址上课，学期末前无法开展对照教学",
)
ON_THE_SPOT = Kit(
    causes=OTHER_CAUSES,
    grounds=OTHER_GROUNDS,
    objections=(
        "来件所指的时间我校正在维修停用，当天没有开放，请核对日期和地点后再定。",
        "这件事由局里统一签订合同的单位承担，责任单位定为学校不妥，请研究由科室牵头。",
    ),
    voided="与来件单位核对后确认，所指时间学校停用维修，本项依据不成立",
    upheld="现场登记和来件一致，当天确实开放，维持原交办",
    reassigned=("01", "合同由局里统一签订，改由基础教育科牵头，学校配合"),
    measures=(
        ("责任到岗：排班写到人并在校内公示", "management", "排班表与到岗签名"),
        ("每周到现场查一次，当天登记当天改", "management", "现场检查登记表"),
        ("统一台账表式，月末由专人汇总", "management", "月度台账汇总表"),
        ("向家长公示办理情况和联系人", "management", "公示照片与日期"),
        ("学期末请没有经办过的人到现场再看一次", "management", "回看记录"),
    ),
    assurance=(
        "分管副校长每周看一次登记，月末例会通报，没有到岗的当天补查。",
        "责任写进岗位职责，纳入学期考核，局科室每月抽查一次。",
        "总务处、德育处各出一人轮值，校长每月到现场看一次。",
    ),
    risks=(
        "人员请假可能断档；已排好替补并公示。",
        "学期末事多，登记容易漏；由值周领导当天签字。",
        "需要添置的设备到货可能晚；先借用别处的。",
    ),
    budget="学校公用经费",
    guidance=(
        "请写清谁来查、多久一次，查到问题当天怎么处理。",
        "建议把标准写到能当场核对的程度，避免只留照片。",
        "上次也提过同样的问题，请把上次为什么没有坚持写进风险。",
    ),
    progress=(
        "排班表已公示，两周内到岗签名齐全；周三下午有一次空岗，已补排。",
        "现场查了四次，发现两处当天改好；登记表还要再简化。",
        "台账已按新表式填写，第一次月末汇总完成；一个年级交得晚。",
        "办理情况已公示，接到家长来电三次，都在两天内答复。",
    ),
    evidence=("到岗签名表（一个月）", "现场检查登记表", "月度台账汇总表", "公示照片"),
    seen="连续四周的登记，能看出前后变化",
    not_enough="只有一周的登记，看不出是否坚持。请补满四周",
    results=(
        "连续四周登记齐全，抽查两次都有人在岗。",
        "现场查了八次，后四次没有再发现同样的问题。",
        "台账逐月汇总，账物相符；家长来电由每月五次降到一次。",
    ),
    suspended="校舍加固，相关场所停用，措施暂时无法推行",
)


def kit_of(criteria: str) -> Kit:
    """The words for an item: one with yes/no criteria came from a check, a complaint or a school's own look (decision 41)."""
    return ON_THE_SPOT if criteria else TEACHING


LIST_SUMMARY = "清单各项已销号或并入下一轮。分层练习、集体备课和错因统计三项做法写进了全县教学常规。"

OTHER_SOURCES = (
    (
        "petition",
        "信访件〔2026〕{number}号",
        "课后服务收费公示不清，家长多次反映",
        "management",
        "minor",
        "收费项目与标准在校门口公示；每学期由家长委员会核对一次；退费三个工作日内办结",
    ),
    (
        "safety",
        "安全检查通报〔2026〕{number}号",
        "晚托期间两个楼层无人巡查",
        "management",
        "moderate",
        "晚托巡查表上墙并逐日签名；抽查两晚均有人在岗",
    ),
    (
        "device",
        "班班通使用月报〔2026〕{number}号",
        "班班通月开机不足两成，多数教师只用来放课件",
        "resource",
        "minor",
        "连续两个月开机率不低于六成；抽查五节课有互动或反馈的使用",
    ),
    (
        "inspection",
        "督查专报〔2026〕{number}号",
        "体育与健康课被其他学科占用",
        "student_development",
        "minor",
        "课表与实际一致；随机抽查三个班一周无占课；学生访谈十人无相反说法",
    ),
    (
        "audit",
        "审计报告〔2026〕{number}号",
        "实验耗材入库没有验收记录",
        "resource",
        "minor",
        "入库验收双人签字；账物抽查十种相符",
    ),
    (
        "opinion",
        "舆情转办单〔2026〕{number}号",
        "家长群里布置书面作业超过规定时长",
        "management",
        "moderate",
        "年级作业公示逐日更新；抽查三周书面作业不超时",
    ),
    (
        "device",
        "智能巡课记录〔2026〕{number}号",
        "科学课连续四周没有开出分组实验",
        "teacher",
        "moderate",
        "实验开出率达到课程标准要求；抽查三次实验记录与课表一致",
    ),
    (
        "patrol",
        "巡察反馈〔2026〕{number}号",
        "教研经费使用方向与计划不符",
        "management",
        "moderate",
        "经费支出与年度计划一一对应；教研组长参与审核并留痕",
    ),
    (
        "inspection",
        "督查专报〔2026〕{number}号",
        "新任教师没有固定师傅带教",
        "teacher",
        "minor",
        "每名新教师有一名师傅和带教计划；每月互听课两节以上有记录",
    ),
    (
        "self_check",
        "学校自查报告〔2026〕{number}号",
        "图书室开放时间不足，借阅量偏低",
        "resource",
        "minor",
        "每周开放不少于十五小时；每生学期借阅不少于五册",
    ),
    (
        "safety",
        "安全检查通报〔2026〕{number}号",
        "食堂留样记录不完整",
        "management",
        "severe",
        "连续四周留样记录完整；突击抽查两次均符合要求",
    ),
)
SCENARIOS = {
    "petition": ("decision", "risk_warning"), "safety": ("risk_warning",), "device": ("supervision", "resources"),
    "inspection": ("supervision",), "audit": ("decision", "supervision"), "opinion": ("risk_warning",),
    "patrol": ("supervision",), "self_check": ("resources",), "subject": ("precision_teaching", "quality_monitoring"),
    "student_development": ("health", "quality_monitoring"), "management": ("evaluation", "quality_monitoring"),
}  # fmt: skip
"""Where a finding became known, or what a measured one is about → its application scenarios."""
CRITERIA = {title: criteria for _source, _paper, title, _category, _severity, criteria in OTHER_SOURCES}
"""Title → yes/no criteria of an item without statistics (decision 41)."""
ON_SITE = (
    "到校核查一次，查阅记录并访谈教师 4 人，情况属实",
    "突击抽查两次，现场拍照登记，学校分管负责人签字确认",
    "调阅近三个月台账，缺失处已逐条登记",
)
OTHER_INTERPRETATIONS = (
    "经现场核查，问题属实，主要是制度上墙而没有人负责落实，学校自查表连续两个月空白，需要明确到岗到人的责任，并由科室跟进一个学期，防止只改材料、不改做法。",
    "来件反映的情况与抽查一致，涉及的不是个别班级，而是年级层面的安排，家长与教师说法吻合，应从排课和公示两个环节同时整改，并在学期末由督学再看一次。",
    "同类问题在去年的检查中已经出现，当时以通知代替整改，没有看到效果，这次要求写明可核验的标准，由非经办人到现场核对后才能结束。",
)
OWN_PROBLEMS = (
    ("晨读组织松散，前十分钟利用率低", "值周教师到岗率不低于九成五；随机抽查六次晨读均有明确任务"),
    ("学困生辅导没有记录，家长不了解进展", "每名学困生有辅导记录；每月与家长沟通一次"),
    ("备课组活动记录不全，听评课流于形式", "每周活动记录齐全；听评课有改进建议并回看"),
    ("课间楼道拥挤，低年级学生容易磕碰", "分楼层错时下课；连续四周无磕碰登记"),
)
