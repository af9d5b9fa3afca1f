"""Which of the open questions asks the same, by RapidFuzz; a wrong suggestion costs more than a missed one (SPEC 4.9).

Both texts are brought to their words that say something, then compared letter by letter (``fuzz.ratio``). Measured on
COVID-Q (Wei et al. 2020; 1,600 questions of real people, grouped by what they ask; all are about one thing, so that
those that differ look alike), as the bot sees them, each with those before it, forty times 300 in random order:
precision 0.95, recall 0.03, where plain text has 0.014. On the Medical Question Pairs (McCreery et al. 2020), which
doctors wrote to look unlike: precision 0.94, recall 0.01. So what is suggested is nearly always right, and what is put
in other words is left to moderators. Stemming (Snowball), word order set aside (``token_sort_ratio``), words as a set
(``token_set_ratio``) and TF-IDF (scikit-learn) were measured too: no more found at this precision, at a higher cost.
tests/bench/alike.py measures it anew.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence

from rapidfuzz import fuzz, process

ALIKE = 90
"""Of 100; two less and more than one suggestion in ten is wrong."""
LEAST = 2
"""Words that say something; with fewer all of its words are compared."""
ASKS = frozenset(("how", "what", "when", "where", "which", "who", "why"))
"""What is asked for: kept, but says nothing by itself."""
_TELLS = "the what how why when where which does did should would could there this that you can is are be have has"
TELLS = frozenset(_TELLS.split())
"""One of these is in nearly every English question, and hardly in another language's."""
_SAYS_NOTHING = """
    a about actually also am an and any are as at be been being but by can could did do does doing done ever for from
    get gets going got had has have having he hello her hi his i if in is it its just know like may me might must my of
    on or our please really shall she should so some still tell than thanks that the their them then there these they
    this those to us want was we were will with would you your
"""
SAYS_NOTHING = frozenset(_SAYS_NOTHING.split())
_DENIES = "not no never without dont cant cannot isnt arent wont doesnt didnt"
DENIES = frozenset(_DENIES.split())


class Comparer:
    """Holds nothing; may be called from threads. English loses what says nothing, other languages are taken whole."""

    def essence(self, text: str) -> str:
        words = _words(text)
        if TELLS.isdisjoint(words):
            return " ".join(words)
        kept = [it for it in words if it not in SAYS_NOTHING]
        return " ".join(kept if len(ASKS.union(kept)) >= len(ASKS) + LEAST else words)

    def closest(self, essence: str, others: Sequence[str]) -> tuple[int, float] | None:
        """Which of the others it is closest to, and how close it is (0 to 1); None where none asks the same."""
        if not essence:
            return None
        left = {index: other for index, other in enumerate(others) if other and _agree(essence, other)}
        found = process.extractOne(essence, left, scorer=fuzz.ratio, score_cutoff=ALIKE)
        return (found[2], found[1] / 100) if found else None


def _words(text: str) -> list[str]:
    plain = unicodedata.normalize("NFKC", text).casefold().replace("'", "").replace("’", "")
    return "".join(it if it.isalnum() or unicodedata.category(it)[0] == "M" else " " for it in plain).split()


def _agree(one: str, other: str) -> bool:
    """A number, a "not" or a "when" makes it another question, however much of the rest is the same."""
    first, second = set(one.split()), set(other.split())
    if any(it in DENIES or any(sign.isdigit() for sign in it) for it in first ^ second):
        return False
    return first & ASKS == second & ASKS or not first & ASKS or not second & ASKS
