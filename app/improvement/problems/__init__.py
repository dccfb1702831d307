"""问题清单: problem lists and their items, from drafting over sign-for, objection and cause analysis to closure and reopening."""
