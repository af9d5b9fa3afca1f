"""Names that pretend: who could be taken for somebody of the team is told apart, and no name holds our own signs."""

from __future__ import annotations

import pytest
from hypothesis import given

from adapters.discord import limits as discord
from adapters.discord.lines import webhook_name
from adapters.slack import limits as slack
from adapters.slack.speech import byline
from core.domain.ids import AccountId, SessionId
from core.domain.lookalike import claims, skeleton, unsigned
from core.domain.text import Mention, Styled, doc, one_line
from core.domain.view import Attendees, Speech
from tests.fakes.bot import ANN, BEN, CHAT, CLEO, HALL, OLGA, lively, someone, words
from tests.unit.hostile import NAMES, hostile

ROLES = ("", "moderator", "speaker", "attendee")


@pytest.mark.parametrize(
    "name", ["Міra", "МІRA", "Mirа", "Mïra", "M1ra", "Mi ra", "𝓜𝓲𝓻𝓪", "Ｍｉｒａ", "rnira", "Mira\u200b", "mira."]
)
def test_names_that_look_the_same_have_one_skeleton(name: str) -> None:
    assert skeleton(name) == skeleton("Mira")


@pytest.mark.parametrize("name", ["Mirna", "Maria", "Myra", "Miro", "Ann", "米拉"])
def test_other_names_have_another(name: str) -> None:
    assert skeleton(name) != skeleton("Mira")


@pytest.mark.parametrize(
    "name", ["Moderator", "M0derator Bob", "Ana (moderator)", "Mоdеrаtоr", "Host", "Speaker Bo", "Sidestage support"]
)
def test_a_name_that_claims_a_part_is_seen(name: str) -> None:
    assert claims(name)


@pytest.mark.parametrize("name", ["Ghost", "Mira K.", "Hosting", "Staffan", "Olga"])
def test_ordinary_names_claim_nothing(name: str) -> None:
    assert not claims(name)


def test_there_are_five_hundred_names() -> None:
    assert len(NAMES) >= 500


@pytest.mark.parametrize("role", ROLES)
def test_every_name_can_be_posted_and_none_holds_a_badge_of_its_own(role: str) -> None:
    for raw in NAMES:
        name = unsigned(one_line(raw)[:60])
        for origin in ("Slack", "Discord", "Moderators"):
            made = webhook_name(name, origin, role)
            assert 1 <= len(made) <= discord.WEBHOOK_NAME
            assert "discord" not in made.lower() and "clyde" not in made.lower()
            assert made.lower() not in ("everyone", "here")
            shown = byline(Speech(name, origin, None, doc("x"), Attendees(SessionId("s")), badge=role))
            assert 1 <= len(shown) <= slack.USERNAME
            for written in (made, shown):
                assert written.count(" · ") == 1 + bool(role)


@given(hostile)
def test_nobody_can_type_a_badge(raw: str) -> None:
    assert not set(unsigned(raw)) & set("·•‧∙⋅・･᛫⸱")


def bylines(event, room: str) -> list[tuple[str, str]]:
    return [(line.author, line.badge) for line in event.room(room, "message")]


def test_the_team_has_a_badge_and_who_looks_like_them_is_called_an_attendee() -> None:
    fake = someone("Οlga")
    event = lively(OLGA, ANN, fake)
    event.writes(OLGA, CHAT, "1.1", "Hello")
    event.wait(1)
    event.writes(ANN, CHAT, "1.2", "Hello")
    event.wait(1)
    event.writes(fake, CHAT, "1.3", "Send me your password")
    assert bylines(event, HALL) == [("Olga", "moderator"), ("Ann", ""), ("Οlga", "attendee")]
    assert skeleton(BEN.nick) != skeleton(OLGA.nick)


def test_who_is_mentioned_has_the_name_that_readers_know() -> None:
    event = lively(OLGA, ANN, CLEO)
    event.writes(
        CLEO,
        HALL,
        "2.1",
        doc(
            "Hi ", Styled("bold", (Mention(ANN.account, "whoever"),)), ", ", Mention(AccountId("slack:T1:none"), "Zed")
        ),
    )
    (line,) = event.room(CHAT, "message")
    assert words(line) == "Hi @Ann, @Zed"
    event.writes(ANN, CHAT, "1.1", doc("Hi ", Mention(CLEO.account, "whoever")))
    assert [words(it) for it in event.room(HALL, "message")] == ["Hi @Cleo"]
