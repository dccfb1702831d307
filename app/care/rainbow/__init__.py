"""心灵彩虹码: facts from five sources become points, floors and a *proposed* tier (建议层级) that people confirm.

A *rule set* (规则集) holds every number and is pinned by each *assessment* (评估). *Undetermined* (信息不足) is an answer
of its own: what is missing is never taken for green.
"""
