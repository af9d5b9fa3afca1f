"""The five reactions as each platform names them, in any skin tone; emoji of a place's own are none of them."""

from __future__ import annotations

import pytest

from adapters.discord.acts import emoji
from adapters.slack.emojis import unicode_of
from core.domain.emojis import standard
from core.domain.reactions import five, kind_of

SLACK = ("clap", "heart", "thinking_face", "open_mouth", "smile")
DISCORD = ("👏", "❤️", "🤔", "😮", "😄")


@pytest.mark.parametrize("kind", range(5))
def test_each_is_known_by_slacks_name_and_by_discords_sign(kind: int) -> None:
    assert kind_of(unicode_of(SLACK[kind]), ()) == kind_of(emoji({"name": DISCORD[kind], "id": None}), ()) == str(kind)
    assert five(())[kind].emoji == DISCORD[kind] == standard(f":{SLACK[kind]}:")


def test_a_tone_does_not_matter() -> None:
    assert kind_of(unicode_of("clap::skin-tone-4"), ()) == kind_of(emoji({"name": "👏🏽", "id": None}), ()) == "0"


def test_an_emoji_of_a_places_own_is_none_of_them() -> None:
    assert kind_of(unicode_of("clap-hard"), ()) is None
    assert kind_of(emoji({"name": "clap", "id": "123"}), ()) is None
