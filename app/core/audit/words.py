"""What stands in the trail as a code, in words: kinds of entries, steps that belong to no workflow, tables."""

from __future__ import annotations

from app.core.casework.records import MOVABLES
from workflows import catalogue
from workflows.vocabulary import Sentence

KINDS: dict[str, Sentence] = {
    "step": Sentence("办理", "Step"),
    "write": Sentence("修改", "Change"),
    "system": Sentence("系统", "System"),
    "read": Sentence("查阅", "Read"),
    "denial": Sentence("拒绝", "Refusal"),
    "sign_in": Sentence("登录", "Sign-in"),
}
STEPS: dict[str, Sentence] = {
    "read": Sentence("查阅受保护的数据", "Read protected data"),
    "read.student": Sentence("打开一名学生的页面", "Opened a student's page"),
    "reading.crossed": Sentence(
        "一小时内打开的学生页面超过限额", "Opened more students' pages in an hour than the budget"
    ),
    "reading.steady": Sentence("一天内打开的学生页面超过限额", "Opened more students' pages in a day than the budget"),
    "reading.stopped": Sentence("超过限额，先要新的验证码", "Over the budget: a new code was asked for"),
    "reading.tell": Sentence("记下一次查阅提醒", "Noted an alert about reading"),
    "keys.shred": Sentence("销毁旧密钥", "Old keys destroyed"),
    "reading.settle": Sentence("处理查阅提醒", "Settled an alert about reading"),
    "sign_in.password": Sentence("密码正确，等验证码", "Password given, second factor awaited"),
    "sign_in.password_refused": Sentence("账号或密码不对", "Name or password refused"),
    "sign_in.code": Sentence("登录", "Signed in"),
    "sign_in.code_refused": Sentence("验证码不对", "Code refused"),
    "sign_in.enrolled": Sentence("绑定验证器并登录", "Second factor enrolled, signed in"),
    "sign_in.recovery_code": Sentence("用备用码登录", "Signed in with a recovery code"),
    "sign_in.recovery_code_refused": Sentence("备用码不对", "Recovery code refused"),
    "sign_in.no_role": Sentence("没有在任岗位，未进入", "Turned away without a role"),
    "sign_in.confirmed_at_console": Sentence("在命令行验证", "Confirmed at the console"),
    "sign_in.confirmed_again": Sentence("再次验证", "Confirmed again"),
    "sign_in.signed_out": Sentence("退出登录", "Signed out"),
    "sign_in.switched_role": Sentence("换了身份", "Switched role"),
    "sign_in.ended_by_owner": Sentence("本人结束了别处的登录", "Ended own sessions elsewhere"),
    "access.asked": Sentence("申请设置密码", "Asked for a new password"),
    "access.password_set": Sentence("用一次性码设了密码", "Password set with a code"),
    "county.open": Sentence("新建一个县", "County opened"),
    "account.open": Sentence("开账号", "Account opened"),
    "account.disable": Sentence("停用账号", "Account disabled"),
    "account.enable": Sentence("恢复账号", "Account enabled"),
    "account.end_sessions": Sentence("结束全部登录", "Sessions ended"),
    "account.release_code": Sentence("发一次性码", "One-time code released"),
    "account.reset_factor": Sentence("重置验证器", "Second factor reset"),
    "account.change_password": Sentence("改密码", "Password changed"),
    "account.change_factor": Sentence("换绑手机", "Second factor moved"),
    "account.renew_recovery_codes": Sentence("换备用码", "Recovery codes renewed"),
    "account.choose_language": Sentence("换语言", "Language chosen"),
    "role.grant": Sentence("给岗位", "Role granted"),
    "role.decline": Sentence("没给岗位", "Role declined"),
    "role.give_first": Sentence("任命最早的管理员", "First administrator named"),
    "role.end": Sentence("结束岗位", "Role ended"),
    "role.over": Sentence("岗位到期", "Term of a role over"),
    "outbox.redrive": Sentence("重发失败的消息", "Failed message sent again"),
    "calendar.declare": Sentence("登记工作日历", "Working days declared"),
    "audit.seal": Sentence("封存过期日志", "Old entries sealed"),
    "audit.verify": Sentence("要求校验链条", "Verification asked for"),
    "audit.record_drill": Sentence("记下一次演练", "Drill recorded"),
    "deadline.sweep": Sentence("到期提醒", "Deadlines swept"),
    "yearly_audit.count": Sentence("汇总年度审计的数据", "Data of the yearly audit counted"),
    "yearly_audit.recount": Sentence("要求重新汇总年度审计", "Counting of the yearly audit asked for"),
    "yearly_audit.write": Sentence("写年度审计的结论", "Conclusion of the yearly audit written"),
    "yearly_audit.paper": Sentence("打印年度审计", "Yearly audit printed"),
    "controls.ask": Sentence("要求测量等保控制点", "Measuring of the controls asked for"),
    "controls.take": Sentence("测量等保控制点", "Controls measured"),
    "controls.paper": Sentence("打印等保证据", "Evidence of controls printed"),
    "progress.freeze": Sentence("定格每周进度", "Weekly progress frozen"),
}
TABLES: dict[str, Sentence] = {
    "accounts": Sentence("账号", "Account"),
    "persons": Sentence("人员", "Person"),
    "role_assignments": Sentence("岗位", "Role"),
    "role_requests": Sentence("岗位申请", "Request for a role"),
    "units": Sentence("单位", "Unit"),
    "students": Sentence("学生", "Student"),
    "deadlines": Sentence("期限", "Deadline"),
    "outbox": Sentence("消息", "Message"),
    "reading_alarms": Sentence("查阅提醒", "Alert about reading"),
    "control_reports": Sentence("等保证据", "Evidence of controls"),
    "incident_drills": Sentence("事故演练", "Incident drill"),
}


def step_words(code: str) -> Sentence:
    """A step in words; its code where nobody gave it any."""
    if code in STEPS:
        return STEPS[code]
    try:
        found = catalogue.step(code)
    except KeyError:
        return Sentence(code, code)
    machine = catalogue.WORKFLOWS[found.machine]
    return Sentence(f"{machine.zh}：{found.zh}", f"{machine.en}: {found.en}")


def table_words(name: str | None) -> Sentence:
    """A table in words."""
    if not name:
        return Sentence("", "")
    if name in MOVABLES:
        workflow = MOVABLES[name].workflow
        return Sentence(workflow.zh, workflow.en)
    return TABLES.get(name, Sentence(name, name))
