"""Slack's names of emoji as Unicode; a workspace's own emoji stay ``:name:``."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache

_FLAG = re.compile(r"flag-([a-z]{2})")
_NAME = re.compile(r"[a-z0-9_+'-]{1,100}")
_FIRST_FLAG_LETTER = 0x1F1E6
KEPT = 512
"""A crowd uses few different emoji."""

DIFFERENT: Mapping[str, str] = {
    "simple_smile": "🙂",
    "the_horns": "🤘",
    "spock-hand": "🖖",
    "face_palm": "🤦",
    "medal": "🎖️",
    "first_place_medal": "🥇",
    "second_place_medal": "🥈",
    "third_place_medal": "🥉",
    "female-technologist": "👩‍💻",
    "person_doing_cartwheel": "🤸",
    "juggling": "🤹",
    "rain_cloud": "🌧️",
    "lightning": "🌩️",
    "lightning_cloud": "🌩️",
    "partly_sunny_rain": "🌦️",
    "mostly_sunny": "🌤️",
    "sun_small_cloud": "🌤️",
    "barely_sunny": "🌥️",
    "sun_behind_cloud": "🌥️",
    "snow_cloud": "🌨️",
    "keycap_star": "*️⃣",
    "eject": "⏏️",
    "face_with_cowboy_hat": "🤠",
    "grinning_face_with_star_eyes": "🤩",
    "grinning_face_with_one_large_and_one_small_eye": "🤪",
    "smiling_face_with_3_hearts": "🥰",
    "i_love_you_hand_sign": "🤟",
    "hand_with_index_and_middle_fingers_crossed": "🤞",
    "mother_christmas": "🤶",
}
"""Names of Slack's that the library does not know."""


@lru_cache(KEPT)
def unicode_of(name: str) -> str:
    """``thumbsup::skin-tone-2`` is 👍. Nothing for what is no name."""
    bare = name.partition("::")[0]
    if not _NAME.fullmatch(bare):
        return ""
    if flag := _FLAG.fullmatch(bare):
        return "".join(chr(_FIRST_FLAG_LETTER + ord(letter) - ord("a")) for letter in flag[1])
    return DIFFERENT.get(bare) or _looked_up(bare) or f":{bare}:"


_TONED = re.compile(r":([^:]+):(?::skin-tone-([2-6])(?:-[2-6])?:)?")
_TONES = {str(number): chr(0x1F3F9 + number) for number in range(2, 7)}
_PICTURE = "\ufe0f"


@lru_cache(KEPT)
def spelled(shortcode: str) -> str:
    """``:wave::skin-tone-3:`` as the person sees it, 👋🏼; a workspace's own emoji keep their name, without a tone."""
    found = _TONED.fullmatch(shortcode)
    if found is None or not (shown := unicode_of(found[1])):
        return shortcode
    return _toned(shown, _TONES[found[2]]) if found[2] and not shown.startswith(":") else shown


def _toned(shown: str, tone: str) -> str:
    """A tone stands behind each person or hand of an emoji that has one, in the place of the sign for a picture."""
    import emoji

    first, *others = shown.split("\u200d")
    one = "\u200d".join([first.removesuffix(_PICTURE) + tone, *others])
    each = "\u200d".join(part.removesuffix(_PICTURE) + tone for part in (first, *others))
    return next((it for it in (one, each) if emoji.is_emoji(it)), shown)


def _looked_up(name: str) -> str:
    import emoji  # its table takes 50 ms to load, and most processes see no reaction for a while

    flat = name.replace("-", "_")
    person = re.sub(r"^(fe)?male_", lambda it: "woman_" if it[1] else "man_", flat)
    for tried in (name, flat, name.removeprefix("large_"), f"family_{flat}", person):
        found = emoji.emojize(f":{tried}:", language="alias")
        if found != f":{tried}:":
            return str(found)
    return ""
