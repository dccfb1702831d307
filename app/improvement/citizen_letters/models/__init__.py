"""Tables of citizens' letters: the letter, the key of its code, the boxes, and answers shown to everybody."""

from app.improvement.citizen_letters.models.boxes import LetterBox, PublicReply
from app.improvement.citizen_letters.models.letters import CitizenLetter, CitizenLetterCode

__all__ = ["CitizenLetter", "CitizenLetterCode", "LetterBox", "PublicReply"]
