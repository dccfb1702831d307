"""诊—改—评: from a county's monitoring results to a problem that is closed, and seen again in the next cycle.

`monitoring` holds cycles, results and findings; `problems` the lists and their items; `plans` what is done about them
and the evidence; `effects` whether it helped, and the closing. A feature may read those before it in this sentence,
never those after it: what comes later is told by an outbox row or found by the name of its table.
"""
