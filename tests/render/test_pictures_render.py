"""Pictures in messages, once they are files: the block or component of each platform, within every limit."""

from __future__ import annotations

import pytest

from adapters.discord import render as discord
from adapters.discord.pictures import Drawn, with_files
from adapters.slack.render import render as slack
from core.domain import view as v
from core.domain.drawing import Bar, Bars, Cloud, Drawing
from core.domain.ids import SessionId
from tests.render import limits_discord, limits_slack

HERE = v.Attendees(SessionId("s"))
TEA = Bars("Tea?", (Bar("Yes", 3, 0.75), Bar("No", 1, 0.25)))
WORDS = Cloud("One word?", (("great", 2), ("fun", 1)))
ALT = "Tea? Yes 75 %, No 25 %."
CARD = v.Card(HERE, (v.Heading("Tea?"), v.Picture(TEA, ALT), v.Picture(WORDS, "great 2, fun 1")))
FILES: dict[Drawing, str] = {TEA: "F0123456789", WORDS: "F0123456780"}


def test_on_slack_a_file_is_an_image_block_and_the_text_says_it() -> None:
    made = slack(CARD, files=FILES)
    assert limits_slack.broken(made.blocks, made.text) == []
    assert made.blocks[1:] == [
        {"type": "image", "slack_file": {"id": "F0123456789"}, "alt_text": ALT},
        {"type": "image", "slack_file": {"id": "F0123456780"}, "alt_text": "great 2, fun 1"},
    ]
    assert made.text == f"Tea?\n{ALT}\ngreat 2, fun 1"


def test_on_slack_each_picture_without_a_file_is_words() -> None:
    made = slack(CARD, files={WORDS: "F0123456780"})
    assert limits_slack.broken(made.blocks, made.text) == []
    assert [one["type"] for one in made.blocks] == ["section", "context", "image"]
    assert slack(CARD).text == made.text


ALTS = ("", " ", "x" * 5_000, "👩‍👩‍👧‍👦" * 1_000, "<!here> *no*\nsecond line")


@pytest.mark.parametrize("alt", ALTS, ids=lambda it: ascii(it[:8]))
def test_whatever_is_said_of_a_picture_fits(alt: str) -> None:
    card = v.Card(HERE, (v.Heading("Tea?"), v.Picture(TEA, alt)))
    made = slack(card, files=FILES)
    assert limits_slack.broken(made.blocks, made.text) == []
    assert 1 <= len(made.blocks[1]["alt_text"]) <= 2000
    body = discord.card(card, names={TEA: "results-1.png"})
    assert limits_discord.broken(body) == []
    assert limits_discord.described("MessageCreateRequest", body) == []
    (item,) = body["components"][0]["components"][1]["items"]
    assert 1 <= len(item["description"]) <= 1024


def test_on_discord_a_file_is_shown_by_a_gallery_and_described() -> None:
    drawn = Drawn({TEA: b"one", WORDS: b"two"})
    body = discord.card(CARD, names=drawn.names)
    first, second = (name for name, _ in drawn.files())
    assert limits_discord.broken(body) == []
    assert limits_discord.described("MessageCreateRequest", body) == []
    assert body["components"][0]["components"][1:] == [
        {"type": 12, "items": [{"media": {"url": f"attachment://{first}"}, "description": ALT}]},
        {"type": 12, "items": [{"media": {"url": f"attachment://{second}"}, "description": "great 2, fun 1"}]},
    ]
    assert body["attachments"] == [
        {"id": "0", "filename": first, "description": ALT},
        {"id": "1", "filename": second, "description": "great 2, fun 1"},
    ]
    assert [data for _, data in drawn.files()] == [b"one", b"two"]


def test_on_discord_an_edit_names_what_it_has_and_numbers_what_is_new() -> None:
    drawn = Drawn({TEA: b"one", WORDS: b"two"})
    first, second = (name for name, _ in drawn.files())
    edit = with_files(discord.card(CARD, names=drawn.names), {first: "1234567890"})
    assert edit["attachments"] == [
        {"id": "1234567890"},
        {"id": "0", "filename": second, "description": "great 2, fun 1"},
    ]
    assert limits_discord.described("MessageEditRequestPartial", edit) == []


def test_on_discord_a_picture_that_was_not_drawn_is_words() -> None:
    body = discord.card(CARD)
    assert "attachments" not in body
    assert ALT in "".join(discord.texts(body["components"])).replace("\\", "")


def test_names_tell_pictures_apart_by_what_they_show() -> None:
    names = Drawn({TEA: b"one", WORDS: b"two"}).names
    assert len(set(names.values())) == 2
    assert Drawn({TEA: b"one"}).names[TEA] == names[TEA]
    assert Drawn({TEA: b"other"}).names[TEA] != names[TEA]
