"""Emoji that every platform has, as people type them, and the five reactions as five lines (SPEC 1.7, 7.1)."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import lru_cache

from core.domain.reactions import KINDS, WORD_LIMIT, bare
from core.domain.words import one_line

NEWEST = 15.0
"""Slack and Discord draw the emoji of Unicode up to this version; of later ones some show a box."""
_TONES = dict.fromkeys(range(0x1F3FB, 0x1F400))
_NAME = re.compile(r":[a-z0-9_+'-]{1,70}:")
HOW = "Write an emoji and a word, like “👏 Clap”."


@lru_cache(1024)
def standard(typed: str) -> str:
    """The emoji that is meant by 👏, 👏🏽 or ``:clap:``, without its tone; empty where not every platform has it."""
    import emoji  # its table takes 50 ms to load, and it is needed only when somebody chooses emoji

    meant = emoji.emojize(typed, language="alias") if _NAME.fullmatch(typed) else typed
    plain = bare(meant).translate(_TONES)
    for one in (meant.translate(_TONES), f"{plain}\ufe0f", plain):
        known = emoji.EMOJI_DATA.get(one)
        if known and known["status"] == emoji.STATUS["fully_qualified"] and known["E"] <= NEWEST:
            return one
    return ""


def as_like(typed: str) -> str:
    """As a session keeps it: an emoji that all have, or ``:name:`` of a workspace's own; empty for anything else."""
    one = one_line(typed)
    return standard(one) or (one if _NAME.fullmatch(one) else "")


def read_five(lines: Sequence[str]) -> tuple[tuple[str, ...], Mapping[int, str]]:
    """The five as a session keeps them, and what is wrong by the number of the line; -1: with all of it."""
    wrong: dict[int, str] = {}
    found: list[str] = []
    if len(lines) != len(KINDS):
        wrong[-1] = f"These are {len(lines)}; write exactly five, one a line."
    emojis: set[str] = set()
    words: set[str] = set()
    for number, line in enumerate(lines):
        sign, _, word = one_line(line).partition(" ")
        one = standard(sign)
        if not word:
            wrong[number] = HOW
        elif not one:
            wrong[number] = f"“{sign[:20]}” is no emoji that both Slack and Discord have. {HOW}"
        elif len(word) > WORD_LIMIT:
            wrong[number] = f"“{word[:30]}” has {len(word)} characters; a word here has up to {WORD_LIMIT}."
        elif bare(one) in emojis or word.casefold() in words:
            wrong[number] = f"“{one} {word}” is too like another one: five different emoji and words are needed."
        else:
            emojis.add(bare(one))
            words.add(word.casefold())
            found.append(f"{one} {word}")
    return tuple(found), wrong
