"""Names that look like another's: whoever shows them says beside the name, in words of ours, who is on the team.

The table holds the letters of other scripts that Unicode's own list of confusables (UTS 39) draws like Latin ones and
that keyboards and name generators have. The whole list (6,000 signs, most of them in no font) would be shipped and
read at every start for nothing more than a hint beside a name; the packages that carry it are kept by nobody.
"""

from __future__ import annotations

import re
import unicodedata

from core.domain.words import one_line

_LIKE: dict[str, str] = {
    "a": "аɑαａạą", "b": "ЬьƄｂв", "c": "сϲⅽᴄ", "d": "ԁժⅾ", "e": "еҽєёε℮", "f": "ƒғ", "g": "ɡց", "h": "һհнℎ",
    "i": "іɩιıӏׁ׀ו!|1ιї", "j": "јϳ", "k": "κкқ", "l": "ⅼӀاןℓ", "m": "мⅿṃ", "n": "ոռпηɴ", "o": "оοσօ०০੦૦௦๐໐ӧөθ0",
    "p": "рρϱ", "q": "ԛգ", "r": "гᴦɾ", "s": "ѕꜱ5$", "t": "тτ", "u": "υսцμ", "v": "νѵⅴט", "w": "ԝաѡωш", "x": "хχⅹ",
    "y": "уүγʏ", "z": "ᴢʐ2",
}  # fmt: skip
_TABLE = {ord(sign): letter for letter, signs in _LIKE.items() for sign in signs}
_TEAM = ("moderator", "organiser", "organizer", "speaker", "administrator", "host", "staff", "support", "sidestage")
_SEPARATORS = re.compile(r"[·•‧∙⋅・･᛫⸱]")


def skeleton(name: str) -> str:
    """What is left of a name when one looks quickly: names with the same skeleton can be taken for each other."""
    bare = unicodedata.normalize("NFKD", unicodedata.normalize("NFKC", name).casefold())
    letters = bare.translate(_TABLE).replace("l", "i").replace("rn", "m").replace("vv", "w")
    return "".join(char for char in letters if char.isalnum())


def claims(name: str) -> bool:
    """Whether a name says that its bearer is on the team."""
    words = {skeleton(word) for word in re.split(r"[\W_]+", unicodedata.normalize("NFKC", name)) if word}
    whole = skeleton(name)
    return any(skeleton(word) in words for word in _TEAM) or any(skeleton(word) in whole for word in _TEAM[:3])


def unsigned(name: str) -> str:
    """The name without the sign that stands before what we say of its bearer."""
    return one_line(_SEPARATORS.sub(" ", name)) or "Somebody"
