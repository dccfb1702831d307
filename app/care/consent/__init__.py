"""知情同意: who agreed to what, and by what code guardians and students come in without an account.

Words: a *round* (征询) asks all students of chosen classes for one purpose; a *consent* is one student's; an *answer*
(答复) is what one guardian or the student said, never changed; a *personal code* (个人码) opens one child's page for
thirty minutes to whoever also knows the birth date and the end of a guardian's telephone number (decision 76).
"""
