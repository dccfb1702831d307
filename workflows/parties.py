"""Whom a record waits for: the names of the parties as the state strip and the handbook show them."""

from typing import Final

from workflows.parts import Sentence

PARTIES: Final[dict[str, Sentence]] = {
    "appeal_panel": Sentence("没有参加决定的复核人", "persons who took no part in the decision"),
    "approver": Sentence("批准人", "the person who approves"),
    "assessment": Sentence("测评组", "the assessment group"),
    "citizen": Sentence("写信人", "the writer of the letter"),
    "counselor": Sentence("学校心理教师", "the school counsellor"),
    "carer": Sentence("负责这项任务的人", "whoever has the task"),
    "custodian": Sentence("学校心理工作负责人", "the head of the school's psychological work"),
    "drafter": Sentence("起草人", "the person who drafts"),
    "evaluator": Sentence("评价员", "the evaluator"),
    "group_head": Sentence("领导小组组长", "the head of the leading group"),
    "guardian": Sentence("监护人和学生", "the guardians and the student"),
    "handler": Sentence("经办人", "the case handler"),
    "importer": Sentence("导入人", "the person who imports"),
    "inspector": Sentence("督学", "the inspector"),
    "interpreter": Sentence("教研员或评价员", "the subject researcher or the evaluator"),
    "leading_group": Sentence("领导小组", "the leading group"),
    "office": Sentence("领导小组办公室", "the leading group's office"),
    "other_assessor": Sentence("另一名测评组成员", "another member of the assessment group"),
    "owner": Sentence("措施负责人", "the owner of the measure"),
    "party": Sentence("当事单位或当事人", "the party concerned"),
    "protection": Sentence("个人信息保护负责人", "the data protection officer"),
    "qualified": Sentence("有资质的专业人员", "a qualified person"),
    "receiver": Sentence("接收单位", "the unit that receives it"),
    "reviewer": Sentence("审核人", "the person who reviews"),
    "school": Sentence("学校", "the school"),
    "second_reader": Sentence("核对发布的第二人", "the second person who checks the release"),
    "second_signer": Sentence("核对签署的第二人", "the second person who checks and signs"),
    "second_person": Sentence("复核导入的第二人", "the second person who checks the import"),
    "student": Sentence("学生", "the student"),
    "submitter": Sentence("提交人", "the person who submits"),
    "unit_head": Sentence("责任单位负责人", "the head of the responsible unit"),
    "verifier": Sentence("核验人", "the person who verifies"),
}

ROLES: Final[dict[str, Sentence]] = {
    "assessment_member": Sentence("测评大组成员", "assessment group member"),
    "dept_head": Sentence("责任科室负责人", "department head"),
    "dpo": Sentence("个人信息保护负责人", "data protection officer"),
    "evaluator": Sentence("评价员", "evaluator"),
    "inspector": Sentence("督学", "inspector"),
    "leading_group_head": Sentence("领导小组组长", "leading group head"),
    "office_director": Sentence("办公室主任", "office director"),
    "principal": Sentence("校长", "principal"),
    "psych_center_lead": Sentence("县心理辅导中心负责人", "head of the county counselling centre"),
    "school_coordinator": Sentence("学校项目联络员", "school coordinator"),
    "school_counselor": Sentence("学校心理教师", "school counsellor"),
    "security_admin": Sentence("安全管理员", "security administrator"),
    "school_psych_lead": Sentence("学校心理工作负责人", "head of the school's psychological work"),
}
"""The roles that are told of a step or of a late record, as the handbook names them."""
