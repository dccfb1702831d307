"""筛查: which questions a campaign asks, who answers them, and what the answers say.

A *scale* (量表) is data: a file of items, scores and bands, scored by `scales.scoring`, its answers judged by
`scales.validity`. A *campaign* (测评批次) puts scales before students; a *task* (测评任务) is one student's part in it.
"""
