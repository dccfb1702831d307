"""成效与销号: whether a problem item got better, and whether it may be closed.

A *measure* (测量) is one end of a comparison, baseline or follow-up; the *comparability checks* (可比性) say whether
the two may be compared at all; the *adjustment* (回归校正) takes away what would have come by itself because the unit
was chosen for being low; the *outcome* (结论) is one of six words. People decide on it, and may depart from it only
with reasons; the *closure request* (销号申请) then takes the item to its end.
"""
