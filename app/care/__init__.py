"""心灵彩虹码: from consent to screening, a proposed tier that people confirm, and the help that follows.

Nothing here is imported by another area but the factory and the demo: what leaves this wall are counts.
"""
