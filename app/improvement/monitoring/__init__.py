"""监测: what was measured, and what stands out in it.

A *cycle* (监测周期) gathers *results* (监测结果), one cell per unit, grade, subject and indicator, each with its
benchmark. Released results become *findings* (数据发现) by the rules of `finding_rules`: a *candidate* (候选) is both
certain and large enough, a *watch* (观察) only one of the two, a *strength* (优势) the mirror of a candidate. A person
confirms, explains, rejects or merges every finding before anybody has to act on it.
"""
