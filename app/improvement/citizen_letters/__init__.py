"""群众来信: letters to the inspector of a school, from the box at the gate to the rating of the answer (好差评).

Words: a *box* (督学信箱) is a school's public page to write by; a *letter* is what a citizen wrote, known to its writer by a
*code* that is shown once; the office *sorts* it (分办) to an inspector or a department, who *answers*; the citizen *rates*
the answer (好, 中, 差), and a bad rating sends it back once to another person. Text, contact, answers and remarks are
sealed; only the one who answers opens the contact. A school never sees who wrote, nor that somebody did.
"""
