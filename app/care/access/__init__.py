"""查阅: who may see what of a child beyond the daily work, and who has looked.

紧急查看 (break-glass): a counsellor opens the answers of a child that is in nobody's hands, for an hour, told at once.
身份查看: the county knows a case by its code number until the school's custodian opens the name. 查阅记录: who looked.
"""
