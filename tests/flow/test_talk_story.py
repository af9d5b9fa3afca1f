"""Replies, likes and the backchannel: each in its rooms, and nothing of the team's talk anywhere else (SPEC 3.1, 8)."""

from __future__ import annotations

import itertools
from dataclasses import replace

import pytest

from core.app import cards, commands
from core.domain.chat import Like, Message
from core.domain.form import Form
from core.domain.ids import SECOND, Instant, VenueId
from core.domain.people import Actor
from core.domain.surfaces import Place, Subject, Surface, audience_of, fits
from core.domain.view import Attendees, Moderators, Public, Quote, Speech
from tests.fakes.bot import ANN, BEN, CHAT, CLEO, DAN, DISCORD, DORA, HALL, OLGA, SLACK, Event, lively, someone, words

ZOE = someone("zoe")


def everybody() -> Event:
    return Event().opened(OLGA, DORA, ANN, CLEO)


def says(event: Event, actor: Actor, ref: str, body: str, to: str = "") -> None:
    room = CHAT if actor.platform == "slack" else HALL
    assert event.writes(actor, room, ref, body, to=to) is not None
    event.settle()


def copy_of(event: Event, body: str, venue: VenueId = DISCORD) -> Surface:
    """The post that carries this line there."""
    place = event.place("stage", venue).id
    for surface in event.store.rows(Surface):
        shown = event.content(surface) if surface.place == place and surface.ours else None
        if isinstance(shown, Speech) and words(shown) == body:
            return surface
    raise AssertionError(body)


def quote_of(event: Event, body: str, venue: VenueId = DISCORD) -> Quote | None:
    shown = event.content(copy_of(event, body, venue))
    assert isinstance(shown, Speech)
    return shown.quote


# -- replies --------------------------------------------------------------------------------------------------------


def test_a_reply_stands_under_what_it_answers_in_each_room_and_quotes_it_there():
    event = everybody()
    says(event, ANN, "1.1", "Which room?")
    head = copy_of(event, "Which room?")
    says(event, ANN, "1.2", "The big one", to="1.1")
    reply = copy_of(event, "The big one")
    assert reply.parent == head.id
    assert quote_of(event, "The big one") == Quote("Ann", "Which room?", HALL, head.ref or "")


def test_a_reply_to_a_copy_goes_into_the_thread_of_the_line_itself():
    event = everybody()
    says(event, ANN, "1.1", "Which room?")
    copy = copy_of(event, "Which room?")
    says(event, CLEO, "7.1", "The big one", to=copy.ref or "")
    native = next(it for it in event.store.rows(Surface) if it.ref == "1.1")
    assert copy_of(event, "The big one", SLACK).parent == native.id
    assert quote_of(event, "The big one", SLACK) == Quote("Ann", "Which room?", CHAT, "1.1")


def test_a_reply_to_what_nobody_knows_is_a_line_like_any_other():
    event = everybody()
    says(event, ANN, "1.2", "Alone", to="0.9")
    assert (copy_of(event, "Alone").parent, quote_of(event, "Alone")) == (None, None)


@pytest.mark.parametrize("what", ["interaction", "bar", "door"])
def test_replies_to_cards_stand_under_the_card_of_the_other_room(what):
    event = everybody()
    event.poll(question="Tea?\nReally?")
    event.settle()
    here, there = event.place("stage").id, event.place("stage", DISCORD).id
    posts = {it.place: it for it in event.store.rows(Surface) if it.subject.startswith(what) and it.ref}
    says(event, ANN, "1.2", "Nice", to=posts[here].ref or "")
    assert copy_of(event, "Nice").parent == posts[there].id
    quote = quote_of(event, "Nice")
    if what == "interaction":
        assert quote == Quote("Poll", "Tea? Really?", HALL, posts[there].ref or "")
    else:
        assert quote is None


def test_a_quote_is_short_follows_edits_and_goes_with_its_line():
    event = everybody()
    says(event, ANN, "1.1", "x" * 300)
    says(event, ANN, "1.2", "Short", to="1.1")
    quote = quote_of(event, "Short")
    assert quote is not None and len(quote.words) == 80 and quote.words.endswith("…")
    event.wait(1)
    event.edits(ANN, CHAT, "1.1", "Better words")
    quote = quote_of(event, "Short")
    assert quote is not None and quote.words == "Better words"
    event.wait(1)
    event.deletes(ANN, CHAT, "1.1")
    assert quote_of(event, "Short") is None


def test_a_quote_of_what_is_there_no_more_is_left_out():
    event = everybody()
    says(event, ANN, "1.1", "Nice")
    (line,) = event.store.rows(Message)
    for what in ("interaction:none", "message:none", "bundle:none"):
        event.change(event.store.rows(Message)[0], reply_to=what)
        assert quote_of(event, "Nice") is None
    assert line.reply_to is None


def test_a_line_without_words_is_no_line():
    event = everybody()
    assert event.writes(ANN, CHAT, "1.1", "\u200b ") is None
    assert event.store.rows(Message) == []


def test_a_reply_to_a_line_that_was_removed_has_no_parent():
    event = everybody()
    says(event, ANN, "1.1", "Going")
    event.deletes(ANN, CHAT, "1.1")
    event.settle()
    says(event, ANN, "1.2", "Still here", to="1.1")
    assert copy_of(event, "Still here").parent is None


def test_a_line_among_others_in_one_post_is_answered_at_that_post():
    event = everybody()
    says(event, ANN, "1.1", "Which room?")
    carrier = Surface("carrier", "bundle:carrier", event.place("stage", DISCORD).id, ref="777", shown=1)  # type: ignore[arg-type]
    event._save(carrier)
    event._save(Subject(carrier.subject))
    event.change(copy_of(event, "Which room?"), bundle=carrier.id)
    says(event, ANN, "1.2", "The big one", to="1.1")
    assert copy_of(event, "The big one").parent == carrier.id


def test_long_replies_are_all_in_the_thread_and_only_the_first_piece_quotes():
    event = everybody()
    says(event, ANN, "1.1", "Which room?")
    says(event, ANN, "1.2", "word " * 700, to="1.1")
    line = next(it for it in event.store.rows(Message) if it.reply_to is not None)
    pieces = [it for it in event.store.rows(Surface) if it.subject == f"message:{line.id}" and it.ours]
    assert len(pieces) > 1 and len({it.parent for it in pieces}) == 1
    shown = [event.content(it) for it in sorted(pieces, key=lambda it: it.part)]
    assert [bool(it.quote) for it in shown if isinstance(it, Speech)] == [True] + [False] * (len(pieces) - 1)


# -- likes ----------------------------------------------------------------------------------------------------------


def likes(
    event: Event, actor: Actor, ref: str, *, on: bool = True, at: int = 0, room: str = "", emoji: str = "👍"
) -> bool:
    room = room or (CHAT if actor.platform == "slack" else HALL)
    fields = event.envelope(actor, room, Instant(event.now + at * SECOND)).fields()
    return event.do(commands.GiveLike(**fields, ref=ref, emoji=emoji, on=on)) is not None


def count(event: Event, body: str = "Hello", venue: VenueId = DISCORD) -> int:
    shown = event.content(copy_of(event, body, venue))
    assert isinstance(shown, Speech)
    return shown.likes


def liked() -> Event:
    event = lively(OLGA, ANN, BEN, CLEO, DAN)
    event.settle()
    says(event, ANN, "1.1", "Hello")
    return event


def test_a_copy_shows_the_likes_from_elsewhere_and_not_its_own():
    event = liked()
    for actor in (BEN, ANN, OLGA):
        assert likes(event, actor, "1.1")
    assert likes(event, CLEO, copy_of(event, "Hello").ref or "")
    assert count(event) == 3, "Cleo's own stands there as the platform's"
    assert likes(event, BEN, "1.1", on=False, at=1)
    assert count(event) == 2


def test_a_like_changes_the_post_and_the_same_one_again_does_not():
    event = liked()
    line = copy_of(event, "Hello").subject
    before = event.versions()[line]
    likes(event, BEN, "1.1")
    assert event.versions()[line] == before + 1
    likes(event, BEN, "1.1", at=1)
    assert event.versions()[line] == before + 1
    assert not likes(event, BEN, "1.1", on=False, at=-1), "older news change nothing"
    assert count(event) == 1


def test_in_every_order_the_newest_news_of_a_like_wins():
    told = [(False, 1), (True, 2), (False, 3), (True, 4)]
    ends = set()
    for order in itertools.permutations(told):
        event = liked()
        for on, at in order:
            likes(event, BEN, "1.1", on=on, at=at)
        ends.add(count(event))
    assert ends == {1}


def test_two_news_of_one_instant_end_the_same_in_any_order():
    ends = set()
    for order in ((0, 1), (1, 0)):
        event = liked()
        given = [
            commands.GiveLike(
                **event.envelope(BEN, CHAT, delivery=f"like {number}").fields(), ref="1.1", emoji="👍", on=bool(number)
            )
            for number in range(2)
        ]
        for number in order:
            event.do(given[number])
        ends.add(count(event))
    assert ends == {1}


@pytest.mark.parametrize(
    ("actor", "ref", "emoji"),
    [(BEN, "1.1", "❤️"), (BEN, "9.9", "👍"), (ZOE, "1.1", "👍"), (replace(BEN, bot=True), "1.1", "👍")],
    ids=["another emoji", "on nothing of ours", "a stranger", "a bot"],
)
def test_what_is_no_like_leaves_nothing(actor, ref, emoji):
    event = liked()
    assert not likes(event, actor, ref, emoji=emoji)
    assert event.store.rows(Like) == []


@pytest.mark.parametrize("values", [{"blocked": True}, {"consented_at": None}, {"consent_hash": "old"}])
def test_likes_of_the_blocked_and_of_who_did_not_consent_are_not_counted(values):
    event = liked()
    event.change(event.member(BEN), **values)
    assert not likes(event, BEN, "1.1")
    olga = event.member(OLGA)
    event.change(olga, consented_at=None)
    assert not likes(event, OLGA, "1.1"), "moderators consent too"
    assert event.store.rows(Like) == []


def test_likes_on_cards_and_elsewhere_change_no_line():
    event = liked()
    here = event.place("stage").id
    bar = next(it for it in event.store.rows(Surface) if it.subject.startswith("bar") and it.place == here)
    before = event.versions()
    assert likes(event, BEN, bar.ref or "")
    assert event.versions() == before
    assert not likes(event, BEN, "1.1", room="C-none")
    event.deletes(ANN, CHAT, "1.1")
    before = event.versions()
    likes(event, BEN, "1.1")
    assert event.versions() == before


# -- backchannel ----------------------------------------------------------------------------------------------------


CANARY = "canary-0717"


def team_talks() -> Event:
    """Everything that can be done with the team's words, and a whole event around them."""
    event = everybody()
    event.appoints(ANN, "speaker")
    event.settle()
    here, there = event.ref("backchannel"), event.ref("backchannel", DISCORD)
    says(event, CLEO, "7.7", "Good evening")
    for number, (actor, room) in enumerate(((OLGA, here), (ANN, here), (DORA, there))):
        event.writes(actor, room, f"5.{number}", f"{CANARY} {number}")
        event.settle()
    event.writes(OLGA, here, "5.8", f"{CANARY} reply", to="5.0")
    event.edits(OLGA, here, "5.0", f"{CANARY} edited", at=Instant(event.now + SECOND))
    likes(event, ANN, "5.0", room=here)
    event.writes(OLGA, event.ref("queue"), "6.1", f"{CANARY} in the queue")
    event.edits(OLGA, event.ref("queue"), "6.1", f"{CANARY} edited in the queue")
    event.poll()
    event.settle()
    return event


def test_lines_of_the_backchannel_go_to_the_other_backchannels():
    event = team_talks()
    here = [words(it) for it in event.room(event.ref("backchannel"), "message")]
    there = [words(it) for it in event.room(event.ref("backchannel", DISCORD), "message")]
    assert here == [f"{CANARY} 2"]
    assert set(there) == {f"{CANARY} edited", f"{CANARY} 1", f"{CANARY} reply"}
    reply = next(it for it in event.room(event.ref("backchannel", DISCORD), "message") if words(it).endswith("reply"))
    assert isinstance(reply, Speech) and reply.quote is not None and reply.quote.words == f"{CANARY} edited"
    event.deletes(OLGA, event.ref("backchannel"), "5.0", at=Instant(event.now + 2 * SECOND))
    assert f"{CANARY} edited" not in repr(event.room(event.ref("backchannel", DISCORD), "message"))


@pytest.mark.parametrize("actor", [CLEO, DAN, BEN, ZOE])
def test_lines_of_others_in_the_backchannel_are_not_taken(actor):
    event = team_talks()
    before = event.store.rows(Message)
    room = event.ref("backchannel", DISCORD if actor.platform == "discord" else SLACK)
    assert event.writes(actor, room, "8.8", "Hello team") is None
    assert event.store.rows(Message) == before


def test_a_speaker_who_has_left_is_not_carried():
    event = team_talks()
    event.presses(ANN, f"leave:{event.session}", CHAT)
    assert event.writes(ANN, event.ref("backchannel"), "8.8", "Hello team") is None


def test_the_backchannel_is_bridged_before_the_doors_and_after_the_end():
    event = Event().made(start="23:00")
    event.joins(OLGA)
    event.advances("announced")
    event.settle()
    assert event.writes(OLGA, event.ref("backchannel"), "5.1", "Ready?") is not None
    event.advances("open")
    event.advances("ended")
    assert event.writes(OLGA, event.ref("backchannel"), "5.2", "Well done") is not None
    room = event.ref("backchannel")
    event.advances("archived")
    assert event.writes(OLGA, room, "5.3", "Gone") is None


def test_what_is_said_in_the_queue_is_stored_nowhere():
    assert "in the queue" not in repr(team_talks().store.tables)


def test_no_word_of_the_team_is_on_any_surface_that_attendees_can_see():
    event = team_talks()
    places = {it.id: it for it in event.store.rows(Place)}
    walked = 0
    for surface in event.store.rows(Surface):
        content = event.content(surface)
        if content is None:
            continue
        walked += 1
        assert fits(content.audience, places[surface.place])
        readers = audience_of(places[surface.place])
        if CANARY in repr(content):
            assert places[surface.place].kind == "backchannel"
            assert not fits(content.audience, replace(places[surface.place], kind="stage"))
            assert not fits(content.audience, replace(places[surface.place], kind="door"))
        assert not isinstance(readers, Public | Attendees) or CANARY not in repr(content)
    assert walked > 15
    for actor in (CLEO, DAN, ZOE, replace(ZOE, manages=True)):
        for tab in ("stage", "settings", "interactions", "setup"):
            assert CANARY not in repr(event.presses(actor, f"menu:{event.session}:{tab}", HALL))


def test_a_line_of_the_team_shows_nothing_even_where_a_surface_was_forged():
    event = team_talks()
    lines = {it.subject for it in event.store.rows(Surface) if CANARY in repr(event.content(it))}
    assert len(lines) == 4
    for place in event.store.rows(Place):
        for what in lines:
            forged = Surface("forged", what, place.id)  # type: ignore[arg-type]
            content = cards.content(forged, event.store.read(lambda have, it=forged: cards.needs(it, have)))  # type: ignore[misc]
            assert content is not None
            meant = place.kind in ("backchannel", "queue") and place.session == event.session
            assert fits(content.audience, place) is meant


def test_the_public_sees_the_same_whatever_the_team_says():
    def public(word: str) -> list[object]:
        event = everybody()
        says(event, CLEO, "7.7", "Good evening")
        event.writes(OLGA, event.ref("backchannel"), "5.1", word)
        event.writes(DORA, event.ref("queue", DISCORD), "5.2", word)
        event.settle()
        team = Moderators(event.session)
        seen = [(place.id, content) for place, _, content in event.shown() if not fits(team, place)
                and place.kind != "backchannel"]  # fmt: skip
        return [*seen, event.presses(CLEO, f"menu:{event.session}", HALL)]

    assert public("apples") == public("pears and much more of it")


@pytest.mark.parametrize("how", ["deleted by its author", "deleted by a moderator", "edited"])
def test_what_is_deleted_or_edited_is_quoted_no_longer(how):
    event = Event().opened(ANN, BEN, CLEO, OLGA)
    event.writes(ANN, CHAT, "1.1", "The password is swordfish")
    event.writes(BEN, CHAT, "1.2", "Please take that back", to="1.1")
    event.settle()
    assert any("swordfish" in repr(it) for it in event.room(HALL, "message") if "take that back" in repr(it))
    if how == "deleted by its author":
        event.deletes(ANN, CHAT, "1.1")
    elif how == "edited":
        event.edits(ANN, CHAT, "1.1", "Nothing to see", at=Instant(event.now + SECOND))
    else:
        form = event.types(OLGA, f"/mod moderate {CHAT}/1.1", CHAT).reply
        assert isinstance(form, Form)
        event.sends(OLGA, form, CHAT, do="delete")
    event.settle()
    assert not any("swordfish" in repr(it) for it in event.room(HALL, "message"))
    assert any("take that back" in repr(it) for it in event.room(HALL, "message"))
