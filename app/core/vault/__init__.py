"""Field encryption: texts sealed per value, keys per school, a master key file outside the database (decisions 22–25).

Words: a *master key* lives in a file of its own and wraps the *school keys*; a school key (one per school, purpose and
generation, kept as rows) wraps the *data key* of each sealed value; the data key travels in the value's own header. A
*place* says where a sealed value belongs; moved anywhere else it does not open.
"""

from app.core.vault.blind_index import normalised
from app.core.vault.master import KeyMissing, MasterKeys
from app.core.vault.ring import KeyRing, KeyStore, MemoryStore, SchoolKey
from app.core.vault.suites import INTL, SM, SUITES, SealBroken, Suite
from app.core.vault.token import Place

__all__ = [
    "INTL",
    "SM",
    "SUITES",
    "KeyMissing",
    "KeyRing",
    "KeyStore",
    "MasterKeys",
    "MemoryStore",
    "Place",
    "SchoolKey",
    "SealBroken",
    "Suite",
    "normalised",
]
