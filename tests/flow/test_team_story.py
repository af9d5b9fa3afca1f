"""The team: organisers add and remove people, it holds at once, it is written down, and nobody else can."""

from __future__ import annotations

from dataclasses import replace

import pytest

from core.app.authorize import parts_of
from core.app.outcome import FormDraft, Inbox, Outcome
from core.domain.form import Form
from core.domain.ids import AccountId, VenueId
from core.domain.interactions.life import Interaction
from core.domain.people import Account, Actor, Audit, Member, Organiser, Person
from core.domain.view import Button, Card
from tests.contract.test_commands import check_card, check_form
from tests.fakes.bot import ANN, BEN, CHAT, CLEO, DISCORD, DORA, HALL, OLGA, SLACK, Event, buttons, someone, words

ZOE = someone("zoe")
"""Somebody who never did anything."""


def room(actor: Actor) -> str:
    return CHAT if actor.platform == "slack" else HALL


def team(event: Event, by: Actor = OLGA) -> Card:
    reply = event.types(by, "/mod team", room(by)).reply
    assert isinstance(reply, Card)
    return reply


def add(event: Event, who: Actor, post: str, by: Actor = OLGA) -> Outcome:
    form = event.presses(by, f"addteam:{event.session}", room(by)).reply
    assert isinstance(form, Form), words(form)
    return event.sends(by, form, room(by), person=(who.account, who.nick), **{"as": post})


def ident(event: Event, who: Actor) -> str:
    return next(it.person for it in event.store.rows(Account) if it.id == who.account)


def remove(event: Event, who: Actor, post: str, by: Actor = OLGA) -> Outcome:
    return event.presses(by, f"remove:{event.session}:{post}:{ident(event, who)}", room(by))


def roles(event: Event) -> dict[str, str]:
    named = {it.id: it.name for it in event.store.rows(Person)}
    return {named[it.person]: it.role for it in event.store.rows(Member)}


def audit(event: Event) -> list[tuple[str, str, str]]:
    named = {it.id: it.name for it in event.store.rows(Person)}
    rows = sorted(event.store.rows(Audit), key=lambda it: (it.at, it.id))
    assert all(it.session == event.session and it.venue in (SLACK, DISCORD) for it in rows)
    return [(named[it.person], it.deed, named[it.object]) for it in rows if not it.deed.startswith("use as")]


def test_the_team_is_shown_with_a_button_beside_everyone_who_can_go():
    event = Event().live(OLGA, ANN)
    add(event, ANN, "speaker")
    add(event, ZOE, "moderator")
    add(event, BEN, "organiser")
    card = team(event)
    check_card(card)
    told = words(card)
    assert "Organiser: Olga · Slack, by the platform's own settings" in told
    assert "Organiser: Ben · Slack" in told
    assert "Moderator: Dora · Discord, has not joined yet" in told
    assert "Moderator: Olga · Slack\n" in told
    assert "Moderator: Zoe · Slack, has not joined yet" in told
    assert "Speaker: Ann · Slack" in told
    form = event.presses(OLGA, buttons(card)["Add"], CHAT).reply
    assert isinstance(form, Form)
    check_form(form)


def test_the_setup_card_leads_to_the_team():
    event = Event().made()
    setup = buttons(event.types(OLGA, "/mod session setup", CHAT).reply)
    assert "Team of “Keynote”" in words(event.presses(OLGA, setup["Team"], CHAT))


def test_somebody_who_never_acted_becomes_a_person_and_a_moderator_who_still_has_to_consent():
    event = Event().live(OLGA)
    assert words(add(event, ZOE, "moderator")).startswith("Zoe is a moderator now.")
    assert roles(event) == {"Olga": "moderator", "Dora": "moderator", "Zoe": "moderator"}
    refused = event.types(ZOE, "/mod poll", CHAT)
    assert "Join the session first" in words(refused)
    event.joins(ZOE)
    assert isinstance(event.types(ZOE, "/mod poll", CHAT).reply, Form)
    assert len([it for it in event.store.rows(Account) if it.id == ZOE.account]) == 1


def test_a_speaker_without_consent_is_nothing_yet():
    event = Event().live(OLGA)
    poll = event.poll()
    add(event, ZOE, "speaker")
    assert not event.votes(ZOE, poll, "0").done
    event.joins(ZOE)
    assert event.votes(ZOE, poll, "0").done


def test_removing_asks_once_more():
    event = Event().live(OLGA, ANN)
    add(event, ANN, "moderator")
    (press,) = [it for it in buttons_of(team(event)) if it.spoken == "Remove Ann as moderator"]
    asked = event.presses(OLGA, press, CHAT)
    assert words(asked) == "Remove Ann as moderator of “Keynote”? It holds at once."
    assert roles(event)["Ann"] == "moderator"
    assert words(event.presses(OLGA, buttons(asked.reply)["Keep"], CHAT)) == "Nothing was changed."
    done = event.presses(OLGA, buttons(asked.reply)["Remove"], CHAT)
    assert words(done).startswith("Ann is not a moderator any more.")
    assert roles(event)["Ann"] == "attendee"


def buttons_of(card: Card) -> list[Button]:
    return [it.button for part in card.parts for it in getattr(part, "items", ()) if getattr(it, "button", None)]


def test_a_form_that_was_open_is_refused_after_the_removal_and_leaves_nothing():
    event = Event().live(OLGA, ANN)
    add(event, ANN, "moderator")
    form = event.types(ANN, "/mod poll", CHAT).reply
    assert isinstance(form, Form)
    poll = event.poll()
    remove(event, ANN, "moderator")
    before = (event.store.rows(Interaction), event.store.rows(FormDraft), event.versions())
    for typed in ({"question": "Mine?", "options": "Yes\nNo"}, {"question": "Mine?", "options": ""}):
        refused = event.sends(ANN, form, CHAT, **typed)
        assert not refused.done
        assert words(refused) == "Only moderators of this session can do that. Ask one of them."
    for press in (
        f"hide:{poll}",
        f"askend:{poll}",
        f"end:{poll}",
        f"list:{event.session}",
        f"new:poll:{event.session}",
    ):
        assert words(event.presses(ANN, press, CHAT)).startswith("Only moderators")
    assert (event.store.rows(Interaction), event.store.rows(FormDraft), event.versions()) == before
    kept = [it.outcome for it in event.store.rows(Inbox)]
    assert not any("Mine?" in words(it) for it in kept)


def test_an_organiser_made_here_may_do_all_that_organisers_do_and_nothing_once_removed():
    event = Event().live(OLGA, ANN)
    assert words(event.types(ANN, "/mod session create", CHAT)).startswith("Only organisers")
    add(event, ANN, "organiser")
    form = event.types(ANN, "/mod session create", CHAT).reply
    team_form = event.presses(ANN, f"addteam:{event.session}", CHAT).reply
    setup = event.types(ANN, "/mod session setup", CHAT)
    assert isinstance(form, Form) and isinstance(team_form, Form) and setup.done
    assert words(add(event, BEN, "speaker", by=ANN)).startswith("Ben is a speaker now.")
    remove(event, ANN, "organiser")
    for sent in (
        event.sends(ANN, form, CHAT, name="Mine"),
        event.sends(ANN, team_form, CHAT, person=(ZOE.account, "Zoe"), **{"as": "organiser"}),
        event.presses(ANN, buttons(setup.reply)["Add a venue"], CHAT),
        remove(event, BEN, "speaker", by=ANN),
        event.types(ANN, "/mod team", CHAT),
    ):
        assert not sent.done and words(sent).startswith("Only organisers")
    assert ZOE.account not in {it.id for it in event.store.rows(Account)}
    assert roles(event)["Ben"] == "speaker"


def test_who_removes_themselves_as_organiser_is_out_at_once():
    event = Event().live(OLGA, ANN)
    add(event, ANN, "organiser")
    assert words(remove(event, ANN, "organiser", by=ANN)) == "Ann is not an organiser any more."
    assert not event.types(ANN, "/mod team", CHAT).done


def test_an_organiser_of_one_place_is_none_of_another():
    event = Event().live(OLGA, ANN)
    add(event, ANN, "organiser")
    made = next(it for it in event.store.rows(Organiser))
    assert made.venue == SLACK
    there = replace(ANN, venue=DISCORD)
    assert "organiser" not in parts_of(there, None, None, made)
    elsewhere = replace(ANN, venue=VenueId("slack:T9"), manages=True)
    assert not event.presses(elsewhere, f"team:{event.session}").done, "the session is not held there"


def test_the_last_moderator_stays_until_the_session_is_over():
    event = Event().live(OLGA)
    assert remove(event, DORA, "moderator").done
    assert "the only moderator" in words(team(event))
    assert "Remove Olga as moderator" not in {it.spoken for it in buttons_of(team(event))}
    sentence = "“Keynote” needs a moderator, and this is the only one. Add another one first."
    assert words(remove(event, OLGA, "moderator")) == sentence
    assert words(event.presses(OLGA, f"askremove:{event.session}:moderator:{ident(event, OLGA)}", CHAT)) == sentence
    assert words(add(event, OLGA, "speaker")) == sentence
    assert roles(event)["Olga"] == "moderator"
    event.presses(OLGA, f"advance:{event.session}:ended", CHAT)
    assert remove(event, OLGA, "moderator").done
    assert roles(event)["Olga"] == "attendee"


def test_a_blocked_moderator_does_not_count_as_one():
    event = Event().live(OLGA, ANN)
    add(event, ANN, "moderator")
    remove(event, DORA, "moderator")
    block(event, ANN)
    assert "needs a moderator" in words(remove(event, OLGA, "moderator"))
    assert words(add(event, ANN, "speaker")) == "Ann is blocked in this session, so that is not possible."


def block(event: Event, who: Actor) -> None:
    rows = event.store.tables[Member]
    primary = (event.session, ident(event, who))
    rows[primary] = replace(rows[primary], blocked=True)


def test_the_platforms_own_organisers_cannot_be_removed():
    event = Event().live(OLGA)
    refused = remove(event, OLGA, "organiser")
    assert words(refused).startswith("Nobody made this person an organiser here.")
    assert event.types(OLGA, "/mod team", CHAT).done


def test_every_change_is_written_down_and_nothing_else():
    event = Event().live(OLGA, ANN, CLEO)
    start = audit(event)
    event.wait(1)
    add(event, ANN, "moderator")
    event.wait(1)
    add(event, ANN, "moderator")
    add(event, ANN, "speaker")
    event.wait(1)
    add(event, BEN, "organiser")
    event.wait(1)
    add(event, CLEO, "moderator", by=DORA)
    event.wait(1)
    remove(event, CLEO, "moderator", by=DORA)
    event.wait(1)
    remove(event, BEN, "organiser")
    remove(event, BEN, "organiser")
    remove(event, ANN, "moderator")
    event.wait(1)
    add(event, BEN, "moderator", by=OLGA)
    assert audit(event)[len(start) :] == [
        ("Olga", "appoint moderator", "Ann"),
        ("Olga", "appoint speaker", "Ann"),
        ("Olga", "appoint organiser", "Ben"),
        ("Dora", "appoint moderator", "Cleo"),
        ("Dora", "remove moderator", "Cleo"),
        ("Olga", "remove organiser", "Ben"),
        ("Olga", "appoint moderator", "Ben"),
    ]


def test_who_makes_a_session_or_enters_its_code_is_written_down_as_its_moderator():
    assert set(audit(Event().with_rooms())) == {
        ("Olga", "appoint moderator", "Olga"),
        ("Dora", "appoint moderator", "Dora"),
    }


@pytest.mark.parametrize("by", [ANN, BEN, CLEO, someone("nobody")], ids=lambda it: it.nick)
def test_only_organisers_change_the_team(by):
    event = Event().live(OLGA, ANN, BEN, CLEO)
    add(event, ANN, "moderator")
    add(event, CLEO, "speaker")
    form = event.presses(OLGA, f"addteam:{event.session}", CHAT).reply
    assert isinstance(form, Form)
    before = event.store.rows(Member), event.store.rows(Audit)
    for tried in (
        event.types(by, "/mod team", CHAT),
        event.presses(by, f"team:{event.session}", CHAT),
        event.presses(by, f"addteam:{event.session}", CHAT),
        event.presses(by, f"askremove:{event.session}:speaker:{ident(event, CLEO)}", CHAT),
        remove(event, CLEO, "speaker", by=by),
        event.sends(by, form, CHAT, person=(by.account, by.nick), **{"as": "organiser"}),
    ):
        assert not tried.done and words(tried).startswith("Only organisers")
    assert (event.store.rows(Member), event.store.rows(Audit)) == before


@pytest.mark.parametrize(
    ("person", "post", "wrong"),
    [
        ((), "moderator", "person"),
        (("", "Eve"), "moderator", "person"),
        (("discord:77", "Eve"), "moderator", "person"),
        (("slack:T1:" + "U" * 300, "Eve"), "speaker", "person"),
        (("slack:T1:eve", ""), "speaker", "person"),
        (("slack:T1:eve", "\u200b"), "speaker", "person"),
        (("slack:T1:eve", "Eve"), "emperor", "as"),
        (("slack:T1:eve", "Eve"), "", "as"),
    ],
)
def test_what_cannot_be_picked_is_asked_for_again(person, post, wrong):
    event = Event().live(OLGA)
    before = event.store.rows(Person), event.store.rows(Member)
    form = event.presses(OLGA, f"addteam:{event.session}", CHAT).reply
    assert isinstance(form, Form)
    again = event.sends(OLGA, form, CHAT, person=person, **{"as": post}).reply
    assert isinstance(again, Form)
    assert [it.name for it in again.fields if it.error] == [wrong]
    assert (event.store.rows(Person), event.store.rows(Member)) == before


def test_a_long_team_has_pages():
    event = Event().live(OLGA)
    for number in range(19):
        add(event, someone(f"p{number:02}"), "speaker")
    first = team(event)
    check_card(first)
    second = event.presses(OLGA, buttons(first)["Show more"], CHAT).reply
    third = event.presses(OLGA, buttons(second)["Show more"], CHAT).reply
    told = "\n".join(words(it) for it in (first, second, third))
    assert all(f"Speaker: P{number:02} · Slack" in told for number in range(19))
    assert "Show more" not in buttons(third)
    for odd in (f"team:{event.session}:77", f"team:{event.session}:-1", f"team:{event.session}:x"):
        assert words(event.presses(OLGA, odd, CHAT)) == words(first)


def test_old_and_forged_buttons_are_explained():
    event = Event().live(OLGA, ANN)
    add(event, ANN, "speaker")
    assert words(remove(event, ANN, "moderator")) == "This person is not a moderator any more."
    for made in (
        f"remove:{event.session}:emperor:x", f"remove:{event.session}", "askremove",
        f"remove:{event.session}:moderator:x", "remove:nowhere:moderator:x", "team:nowhere", "addteam:nowhere",
    ):  # fmt: skip
        assert not event.presses(OLGA, made, CHAT).done


def test_the_name_of_a_person_who_is_known_stays_their_own():
    event = Event().live(OLGA)
    event.joins(ANN, name="Ann the Second")
    add(event, replace(ANN, nick="Another"), "moderator")
    assert roles(event)["Ann the Second"] == "moderator"
    assert AccountId("slack:T1:ann") == ANN.account


def test_somebody_blocked_does_not_come_back_as_moderator_by_a_code():
    event = Event().live(DORA)
    ident = next(it for it in event.store.rows(Member) if it.person == event.person(DORA))
    event.store.tables[Member][(ident.session, ident.person)] = replace(ident, blocked=True, role="attendee")
    code = words(event.presses(OLGA, f"link:{event.session}", CHAT)).partition("Code: ")[2][:8]
    assert not event.types(DORA, f"/mod session enter {code}", HALL).done
    member = event.member(DORA)
    assert member is not None
    assert member.role == "attendee"
