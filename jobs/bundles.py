"""How many lines one post holds, by the weight of what they are spelled with."""

from __future__ import annotations

from core.domain.text import Leaf, plain, weight
from core.domain.view import Speech

BUNDLE_WEIGHT = 1_990
"""One post's lines: Discord holds 2,000 characters and takes a post every 2 s, so 20 lines a second need all of it."""
NAME_MARKUP = 7
"""Around a name in a bundle: its style, a colon, a line end."""
DIRECTION_MARKS = 2
"""They keep a name's direction to itself, where it could have another one."""
LINE_OVERHEAD = 80
"""The same for a line with markup of its own."""


def weight_in_bundle(line: Speech) -> int:
    """Links, mentions and styles are spelled longer than they read, each platform in its own way."""
    markup = NAME_MARKUP if all(isinstance(node, Leaf) for node in line.body) else LINE_OVERHEAD
    marks = 0 if line.author.isascii() else DIRECTION_MARKS
    return weight(plain(line.body)) + weight(line.author) + marks + markup
