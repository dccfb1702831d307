"""一本账: where every item stands by unit, category and state; rates with their definition; frozen daily and told weekly.

Words: 快照 (a day's frozen figures and ledger), 台账 (the ledger: one line an item). Colours and counts are computed
from dates and states, never typed.
"""
