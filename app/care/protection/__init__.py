"""个人信息保护: the register of purposes with their legal basis, and the impact assessments without which none begins.

A purpose stands in config/protection/purposes.yaml; an assessment says of one purpose or one recipient why it is needed,
what can go wrong and what is done about it, and is approved by another person (PIPL 55, 56; security 40, 87).
"""
