"""权利请求: guardians and students ask for sight, a copy, a correction, an erasure or an explanation of a child's data.

The data protection officer answers within 15 working days by code number, without ever seeing the child's rows; what is
handed over is put together by the system, sealed, and opened behind the code of whoever asked (security 43).
"""
