"""Which of the open questions asks the same, by RapidFuzz; a moderator decides, so a suggestion is a line (SPEC 4.9).

Both texts are brought to their words that say something, then compared letter by letter (``fuzz.ratio``) and, where
that finds nothing, by the words that both hold (Sørensen and Dice over sorted words, ``Indel``). Measured by
tests/bench/alike.py:

- Medical Question Pairs (McCreery et al. 2020), which doctors wrote to look unlike: precision 0.93, recall 0.07; by
  letters alone 0.94 and 0.01.
- COVID-Q (Wei et al. 2020; 1,600 questions of real people, grouped by what they ask; all are about one thing, so that
  those that differ look alike), each with those before it, forty times 300 in random order: precision 0.52, recall
  0.06; by letters alone 0.95 and 0.03; plain text 0.95 and 0.014.

So what is put in wholly other words is left to moderators. Stemming (Snowball), words as a set (``token_set_ratio``)
and TF-IDF (scikit-learn) were measured too: little more is found, at a higher cost.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping, Sequence

from rapidfuzz import fuzz, process
from rapidfuzz.distance import Indel

ALIKE = 90
"""Of 100; two less and more than one suggestion in ten is wrong."""
SHARED = 0.75
"""Of what both say; with less the half of what is suggested is wrong even where people ask about many things."""
LEAST = 2
"""Words that say something; with fewer all of its words are compared."""
ASKS = frozenset(("how", "what", "when", "where", "which", "who", "why"))
"""What is asked for: kept, but says nothing by itself."""
_TELLS = "the what how why when where which does did should would could there this that you can is are be have has"
TELLS = frozenset(_TELLS.split())
"""One of these is in nearly every English question, and hardly in another language's."""
_SAYS_NOTHING = """
    a about actually also am an and any are as at be been being but by can could did do does doing done ever for
    from get gets going gonna got had has have having he hello her hi his i if in is it its just know like made
    make makes may me might must my of on or our please really shall she should so some still tell than thanks
    that the their them then there these they this those to us want was we were will with would you your
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
        return (found[2], found[1] / 100) if found else _by_words(essence, left)


def _by_words(essence: str, others: Mapping[int, str]) -> tuple[int, float] | None:
    """In another order, or with a word more: what they share of all that both say (Sørensen and Dice)."""
    mine = _said(essence)
    shared = {
        index: said for index, other in others.items() if len(set(mine).intersection(said := _said(other))) >= LEAST
    }
    found = process.extractOne(mine, shared, scorer=Indel.normalized_similarity, score_cutoff=SHARED)
    return (found[2], found[1]) if found else None


def _said(essence: str) -> tuple[str, ...]:
    """Its words in order of the alphabet: compared in order, two such lists have in common what both hold."""
    return tuple(sorted({it for it in essence.split() if it not in ASKS}))


def _words(text: str) -> list[str]:
    plain = unicodedata.normalize("NFKC", text).casefold().replace("'", "").replace("’", "")
    return "".join(it if it.isalnum() or unicodedata.category(it)[0] == "M" else " " for it in plain).split()


def _agree(one: str, other: str) -> bool:
    """A number, a "not" or a "when" makes it another question, however much of the rest is the same."""
    first, second = set(one.split()), set(other.split())
    if any(it in DENIES or any(sign.isdigit() for sign in it) for it in first ^ second):
        return False
    return first & ASKS == second & ASKS or not first & ASKS or not second & ASKS
