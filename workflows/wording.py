"""English words for a number of things, for sentences that code writes in both languages."""


def plural(n: int, noun: str, nouns: str = "") -> str:
    """ "1 row", "2 rows": the number and its noun; `nouns` where the plural is not the noun with an s."""
    return f"{n} {noun if n == 1 else nouns or noun + 's'}"
