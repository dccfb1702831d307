"""督导指标体系: the county's tree of inspection indicators, in versions; visits look at the observation points of it.

Words: a *tree* is one version; its *nodes* are indicators of three levels (一级, 二级, 三级) and, below, *observation points*
(观测点), each with what to look for, the kinds of proof, the stages of schooling and the topics it is meant for; a *term* says
from which day to which day a tree is the one in force for a stage.
"""
