"""What people write in answer: read by moderators first, shown under names that may be shown, in clouds, never by
who is blocked; announcements in Updates, and crowd reactions that are over at once."""

from __future__ import annotations

from dataclasses import replace

import pytest

from core.app import commands
from core.app.outcome import Outcome
from core.domain.chat import Message
from core.domain.form import Form
from core.domain.ids import InteractionId
from core.domain.interactions import question
from core.domain.interactions.life import Ballot, Interaction
from core.domain.people import Actor, Audit, Member
from core.domain.sessions import Session
from core.domain.view import Card
from tests.fakes.asking import asked, card_of, drafted
from tests.fakes.bot import ANN, BEN, CHAT, CLEO, DAN, HALL, OLGA, Event, actions, buttons, lively, someone, words

HOLD = ("yes",)
DECISIONS = (("Decline 1", "declined", 0), ("Approve 1", "approved", 1), ("Decline 1", "declined", 0))


def ask(event: Event, *boxes: str, **more: str | tuple[str, ...]) -> str:
    return asked(event, "question", question="What would you change?", approval=boxes or HOLD, **more)


def answers(event: Event, actor: Actor, ident: str, text: str, field: str = "answer") -> Outcome:
    event.wait(1)
    room = CHAT if actor.platform == "slack" else HALL
    form = event.presses(actor, f"answer:{ident}", room).reply
    assert isinstance(form, Form), words(form)
    return event.sends(actor, form, room, **{field: text})


def desk(event: Event, ident: str, by: Actor = OLGA) -> Card:
    page = event.presses(by, f"answers:{ident}", CHAT).reply
    assert isinstance(page, Card)
    return page


def decides(event: Event, ident: str, label: str, by: Actor = OLGA) -> Outcome:
    return event.presses(by, buttons(desk(event, ident, by))[label], CHAT)


def twin_of(event: Event, ident: str) -> str:
    return next(words(it) for _, surface, it in event.shown() if surface.subject == f"twin:{ident}")


def states(event: Event) -> dict[str, str]:
    return {row.words: row.state for row in event.store.rows(Ballot)}


# -- open questions -------------------------------------------------------------------------------------------------


def test_an_answer_is_shown_when_a_moderator_has_approved_it():
    event = Event().opened(OLGA, ANN, CLEO)
    one = ask(event)
    told = words(answers(event, ANN, one, "More breaks"))
    assert told.startswith("Your answer: “More breaks”. Others can read it when a moderator has approved it.")
    assert "More breaks" not in card_of(event, one) and "1 answer" in card_of(event, one)
    assert "1 waits for approval" in twin_of(event, one)
    assert "More breaks" in words(desk(event, one)) and "Ann:" in words(desk(event, one))
    assert words(decides(event, one, "Approve 1")).startswith("Approved.")
    assert "Ann: More breaks" in card_of(event, one)
    assert "approval" not in twin_of(event, one)
    assert [row.deed for row in event.store.rows(Audit)][-1] == "approve answer"


def test_what_was_approved_can_be_declined_and_the_other_way_round():
    event = lively(OLGA, ANN)
    one = ask(event)
    answers(event, ANN, one, "Tea")
    for label, state, shown in (
        ("Decline 1", "declined", 0),
        ("Approve 1", "approved", 1),
        ("Decline 1", "declined", 0),
    ):
        assert decides(event, one, label).done
        assert states(event) == {"Tea": state}
        assert card_of(event, one).count("Tea") == shown


def test_those_that_wait_come_first_and_the_oldest_of_them():
    event = lively(OLGA, ANN, BEN, CLEO, DAN)
    one = ask(event)
    for actor, text in ((ANN, "first"), (BEN, "second"), (CLEO, "third")):
        answers(event, actor, one, text)
    decided = words(decides(event, one, "Approve 1"))
    assert "Approved." in decided and "2 wait for approval" in decided, "this one does not wait any more"
    told = words(desk(event, one))
    assert told.index("second") < told.index("third") < told.index("first")
    assert "2 wait for approval" in told
    assert set(buttons(desk(event, one))) == {"Approve 1", "Decline 1", "Approve 2", "Decline 2", "Decline 3"}


def test_a_changed_answer_needs_approval_anew_and_is_not_approved_unseen():
    event = lively(OLGA, ANN)
    one = ask(event)
    answers(event, ANN, one, "Tea")
    old = buttons(desk(event, one))["Approve 1"]
    answers(event, ANN, one, "Something rude")
    refused = event.presses(OLGA, old, CHAT)
    assert not refused.done and "changed meanwhile" in words(refused) and "Something rude" in words(refused)
    assert states(event) == {"Something rude": "waiting"}
    answers(event, ANN, one, "Tea")
    assert event.presses(OLGA, old, CHAT).done, "these are the words that the moderator read"
    answers(event, ANN, one, "Tea")
    assert states(event) == {"Tea": "approved"}, "the same words again change nothing"
    answers(event, ANN, one, "Milk")
    assert states(event) == {"Milk": "waiting"}
    assert "Milk" not in card_of(event, one) and "Tea" not in card_of(event, one)


def test_an_approval_does_not_write_over_an_answer_that_came_meanwhile():
    event = lively(OLGA, ANN)
    one = ask(event)
    answers(event, ANN, one, "Tea")
    (before,) = event.store.rows(Ballot)
    decides(event, one, "Approve 1")
    (approved,) = event.store.rows(Ballot)
    assert (approved.at, approved.delivery) == (before.at, before.delivery), "so a newer one stays, whoever writes last"


def test_without_the_box_answers_are_shown_at_once_and_can_be_declined():
    event = lively(OLGA, ANN)
    one = asked(event, "question", question="Why?", approval=())
    answers(event, ANN, one, "Because")
    assert "Ann: Because" in card_of(event, one)
    decides(event, one, "Decline 1")
    assert "Because" not in card_of(event, one)


def test_five_stand_on_the_card_and_all_of_them_on_pages():
    event = lively(OLGA, ANN)
    one = asked(event, "question", question="Why?", approval=())
    people = [someone(f"p{number}") for number in range(13)]
    for number, actor in enumerate(people):
        event.joins(actor)
        answers(event, actor, one, f"Reason {number}.")
    card = card_of(event, one)
    assert [f"Reason {number}." in card for number in range(13)] == [False] * 8 + [True] * 5
    assert "and 8 more" in card
    page = event.presses(ANN, f"said:{one}", CHAT).reply
    seen = words(page)
    while "Show more" in buttons(page):
        page = event.presses(ANN, buttons(page)["Show more"], CHAT).reply
        seen += words(page)
    assert sorted(seen.count(f"Reason {number}.") for number in range(13)) == [1] * 13
    assert "Show the first" in buttons(page)


@pytest.mark.parametrize("sharing", ["end", "never"])
def test_hidden_answers_are_in_no_card_and_on_no_page(sharing):
    event = lively(OLGA, ANN)
    one = asked(event, "question", question="Why?", approval=(), sharing=sharing)
    answers(event, ANN, one, "Because")
    assert "Because" not in card_of(event, one) and "1 answer" not in card_of(event, one)
    assert "not shown now" in words(event.presses(ANN, f"said:{one}", CHAT))
    event.presses(OLGA, f"end:{one}", CHAT)
    assert ("Because" in card_of(event, one)) == (sharing == "end")
    assert event.presses(ANN, f"said:{one}", CHAT).done == (sharing == "end")


def test_nobody_is_named_where_it_is_anonymous_before_the_end_and_after():
    event = lively(OLGA, ANN)
    one = ask(event, "yes", "secret")
    answers(event, ANN, one, "Tea")
    page = desk(event, one)
    assert "Ann" not in words(page) and "“Tea”" in words(page)
    assert all(len(it) <= 100 for it in actions(page))
    old = buttons(page)["Approve 1"]
    event.presses(OLGA, f"end:{one}", CHAT)
    event.wait(10)
    event.ticks()
    assert "changed meanwhile" in words(event.presses(OLGA, old, CHAT)), "it stands under another name by now"
    assert decides(event, one, "Approve 1").done
    assert "“Tea”" in card_of(event, one) and "Ann" not in card_of(event, one)


def test_the_last_name_is_shown_only_by_who_wants_that():
    event = lively(OLGA)
    mira = someone("mira")
    event.joins(mira, name="Mira Kovac")
    one = asked(event, "question", question="Why?", approval=())
    answers(event, mira, one, "Because")
    assert "Mira Kovac: Because" in card_of(event, one)
    form = event.types(mira, "/stage settings", CHAT).reply
    assert isinstance(form, Form)
    event.sends(mira, form, CHAT, settings=("toasts",))
    assert "Mira: Because" in card_of(event, one)


def test_who_is_blocked_is_on_no_card_and_waits_nowhere_until_unblocked():
    event = Event().opened(OLGA, ANN, BEN)
    one = ask(event)
    answers(event, ANN, one, "Spam")
    answers(event, BEN, one, "Tea")
    decides(event, one, "Approve 1")
    assert "Spam" in card_of(event, one)
    event.writes(ANN, CHAT, "1.1", "Hello")
    (line,) = event.store.rows(Message)
    form = event.presses(OLGA, f"moderate:{line.id}", CHAT).reply
    assert isinstance(form, Form)
    before = event.versions()
    assert event.sends(OLGA, form, CHAT, do="block").done
    assert event.versions()[f"interaction:{one}"] > before[f"interaction:{one}"], "the card is shown anew"
    assert "Spam" not in card_of(event, one) and "Spam" not in words(desk(event, one))
    assert "1 waits for approval" in twin_of(event, one)
    assert "Spam" not in words(event.presses(BEN, f"said:{one}", CHAT))
    assert "not available" in words(event.presses(ANN, f"answer:{one}", CHAT))
    event.presses(OLGA, f"unblock:{event.session}:{event.person(ANN)}", CHAT)
    assert "Spam" in card_of(event, one)


def test_what_the_blocked_wrote_anonymously_does_not_come_back_when_its_key_is_gone():
    event = Event().opened(OLGA, ANN, BEN)
    one = ask(event, "secret")
    answers(event, ANN, one, "Spam")
    answers(event, BEN, one, "Tea")
    member = next(it for it in event.store.rows(Member) if it.person == event.person(ANN))
    event.store.tables[Member][(member.session, member.person)] = replace(member, blocked=True)
    for _ in range(2):
        shown = (card_of(event, one), words(desk(event, one)), words(event.presses(BEN, f"said:{one}", CHAT)))
        assert not any("Spam" in it for it in shown) and all("Tea" in it for it in shown)
        event.presses(OLGA, f"end:{one}", CHAT)
        event.wait(10)
        event.ticks()
    assert [(row.words, row.account) for row in event.store.rows(Ballot)] == [("Tea", "")]


def test_words_and_votes_of_who_is_blocked_do_not_count_until_unblocked():
    event = Event().opened(OLGA, ANN, BEN)
    one, poll = asked(event, "cloud", question="Today?"), event.poll()
    answers(event, ANN, one, "rude", "words")
    answers(event, BEN, one, "tea", "words")
    event.votes(ANN, poll, "0")
    assert "rude" in card_of(event, one) and "1 vote" in card_of(event, poll)
    event.writes(ANN, CHAT, "1.1", "Hello")
    (line,) = event.store.rows(Message)
    form = event.presses(OLGA, f"moderate:{line.id}", CHAT).reply
    assert isinstance(form, Form)
    before = event.versions()
    assert event.sends(OLGA, form, CHAT, do="block").done
    assert all(event.versions()[f"interaction:{it}"] > before[f"interaction:{it}"] for it in (one, poll))
    assert "rude" not in card_of(event, one) and "tea" in card_of(event, one)
    assert "0 votes" in card_of(event, poll)
    edited = event.presses(OLGA, f"edit:{poll}", CHAT).reply
    assert isinstance(edited, Form)
    assert "options" not in {it.name for it in edited.fields}, "their vote stands for one of these options still"
    event.presses(OLGA, f"unblock:{event.session}:{event.person(ANN)}", CHAT)
    assert "rude" in card_of(event, one) and "1 vote" in card_of(event, poll)


@pytest.mark.parametrize("verb", ["answers", "ok", "no"])
def test_attendees_and_strangers_approve_nothing(verb):
    event = lively(OLGA, ANN, BEN)
    one = ask(event)
    answers(event, ANN, one, "Tea")
    (ballot,) = event.store.rows(Ballot)
    made = f"{verb}:{one}:{ballot.person}:x"
    for actor in (ANN, BEN, someone("nobody"), replace(OLGA, bot=True)):
        refused = event.presses(actor, made, CHAT)
        assert not refused.done and "Tea" not in words(refused)
    assert states(event) == {"Tea": "waiting"}
    assert "Join the session first" in words(event.presses(someone("nobody"), f"said:{one}", CHAT))


def test_after_the_end_moderators_still_approve_and_nobody_answers():
    event = lively(OLGA, ANN, BEN)
    one = ask(event)
    answers(event, ANN, one, "Tea")
    event.presses(OLGA, f"end:{one}", CHAT)
    event.wait(60)
    assert not event.presses(BEN, f"answer:{one}", CHAT).done
    assert decides(event, one, "Approve 1").done
    assert "Ann: Tea" in card_of(event, one)


def test_an_empty_answer_comes_back_and_a_good_one_comes_back_to_be_changed():
    event = lively(OLGA, ANN)
    one = ask(event)
    again = answers(event, ANN, one, "x" * 501).reply
    assert isinstance(again, Form) and "500 fit" in again.fields[0].error
    later = event.presses(ANN, f"answer:{one}", CHAT).reply
    assert isinstance(later, Form) and later.fields[0].value == ("x" * 501,)
    event.sends(ANN, later, CHAT, answer="Tea")
    last = event.presses(ANN, f"answer:{one}", CHAT).reply
    assert isinstance(last, Form) and last.fields[0].value == ("Tea",)


def test_a_live_question_that_was_answered_keeps_question_and_secrecy_when_it_is_edited():
    event = lively(OLGA, ANN)
    one = ask(event, "yes", "secret")
    answers(event, ANN, one, "Tea")
    form = event.presses(OLGA, f"edit:{one}", CHAT).reply
    assert isinstance(form, Form)
    assert [it.name for it in form.fields] == ["approval", "sharing", "closes"]
    assert event.sends(OLGA, form, CHAT, approval=()).done
    (after,) = event.store.rows(Interaction)
    assert after.anonymous and not after.spec.approval


# -- the rules of the chat ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("kind", "field"), [("question", "answer"), ("cloud", "words")])
def test_what_others_can_read_keeps_the_rules_of_the_chat(kind, field):
    event = lively(OLGA, ANN)
    (row,) = event.store.rows(Session)
    event.store.tables[Session][(row.id,)] = replace(row, words=("spam*",), links=False, slow=300)
    one = asked(event, kind, question="Why?")
    for typed, sentence in (("Spammers", "a word that is not wanted"), ("https://a.example/x", "Links are off")):
        again = answers(event, ANN, one, typed, field).reply
        assert isinstance(again, Form) and sentence in again.fields[0].error
        assert again.fields[0].value == (typed,)
    assert not event.store.rows(Ballot)
    assert answers(event, ANN, one, "Tea", field).done
    assert answers(event, ANN, one, "Milk", field).done, "its pace does not matter"
    assert answers(event, OLGA, one, "spam", field).done, "the team may write what it wants"


# -- word clouds ----------------------------------------------------------------------------------------------------


def test_words_are_counted_changed_and_drawn():
    event = lively(OLGA, ANN, BEN, CLEO)
    one = asked(event, "cloud", question="Today?")
    assert words(answers(event, ANN, one, "Tea milk", "words")).startswith("Your words: milk, Tea.")
    answers(event, BEN, one, "tea", "words")
    answers(event, CLEO, one, "tea coffee", "words")
    assert "tea 3, coffee 1, milk 1" in card_of(event, one)
    assert "3 people, 5 words · Slack 2, Discord 1" in card_of(event, one)
    answers(event, ANN, one, "sugar", "words")
    assert "tea 2, coffee 1, sugar 1" in card_of(event, one)
    event.presses(OLGA, f"end:{one}", CHAT)
    assert "Word cloud ended · Today? – tea 2, coffee 1, sugar 1" in words(event.types(ANN, "/stage feed", CHAT))


# -- announcements --------------------------------------------------------------------------------------------------

MENU = {"label": "See the menu", "address": "https://example.org/menu"}


def clicks(event: Event, actor: Actor, ident: str) -> Outcome | None:
    fields = event.envelope(actor, CHAT).fields()
    return event.do(commands.CountClick(**fields, interaction=InteractionId(ident)))


def test_an_announcement_stands_in_the_chat_in_updates_and_in_the_feed_also_after_the_end():
    event = Event().opened(OLGA, ANN, CLEO)
    event.wait(1)
    one = asked(event, "announcement", title="Lunch", text="In the foyer.", **MENU)
    assert "Lunch" in card_of(event, one) and "Announcement · from the moderators" in card_of(event, one)
    event.wait(1)
    form = event.types(OLGA, "/mod message", CHAT).reply
    assert isinstance(form, Form)
    event.sends(OLGA, form, CHAT, text="Later words")
    assert "Nothing is open for voting now." in words(event.types(ANN, "/stage menu", CHAT))
    told = words(event.types(ANN, "/stage updates", CHAT))
    assert told.index("Later words") < told.index("Lunch") < told.index("In the foyer.")
    assert "Announcement · Lunch" in words(event.types(ANN, "/stage feed", CHAT))
    event.presses(OLGA, f"advance:{event.session}:ended", CHAT)
    assert next(it for it in event.store.rows(Interaction)).state == "live", "what was said was said"
    assert "In the foyer." in words(event.types(ANN, "/stage updates", CHAT))
    assert "In the foyer." in card_of(event, one)


def test_an_announcement_that_was_unpublished_is_nowhere():
    event = lively(OLGA, ANN)
    one = asked(event, "announcement", text="Wrong words")
    event.presses(OLGA, f"unpublish:{one}", CHAT)
    for line in ("/stage updates", "/stage feed", "/stage menu"):
        assert "Wrong words" not in words(event.types(ANN, line, CHAT))


def test_its_words_can_be_mended_while_it_stands():
    event = lively(OLGA, ANN)
    one = asked(event, "announcement", text="Luncj", **MENU)
    clicks(event, ANN, one)
    form = event.presses(OLGA, f"edit:{one}", CHAT).reply
    assert isinstance(form, Form)
    event.sends(OLGA, form, CHAT, text="Lunch")
    assert "Lunch" in card_of(event, one)
    assert "Lunch" in words(event.types(ANN, "/stage updates", CHAT))


def test_who_opened_the_page_is_counted_once_and_told_nothing():
    event = Event().opened(OLGA, ANN, BEN)
    one = asked(event, "announcement", text="Lunch", **MENU)
    assert "0 opened the link on Slack; Discord does not tell." in twin_of(event, one)
    for actor in (ANN, ANN, BEN):
        outcome = clicks(event, actor, one)
        assert outcome is None or outcome.reply is None
    clicks(event, someone("nobody"), one)
    assert [row.choice for row in event.store.rows(Ballot)] == ['"clicked"'] * 2
    assert "2 opened the link on Slack; Discord does not tell." in twin_of(event, one)
    event.presses(OLGA, f"unpublish:{one}", CHAT)
    (before,) = {row.person for row in event.store.rows(Ballot)} - {event.person(ANN)}
    assert before == event.person(BEN)


def test_who_is_blocked_and_other_kinds_are_not_counted():
    event = lively(OLGA, ANN, BEN)
    one, poll = asked(event, "announcement", text="Lunch", **MENU), event.poll()
    member = next(it for it in event.store.rows(Member) if it.person == event.person(ANN))
    event.store.tables[Member][(member.session, member.person)] = replace(member, blocked=True)
    assert clicks(event, ANN, one) is None
    assert clicks(event, BEN, poll) is None and clicks(event, BEN, "nothing") is None
    assert not event.store.rows(Ballot)


def test_the_twin_of_an_announcement_ends_nothing():
    event = Event().opened(OLGA)
    one = asked(event, "announcement", text="Lunch")
    twin = next(it for _, surface, it in event.shown() if surface.subject == f"twin:{one}")
    assert isinstance(twin, Card)
    assert "End" not in buttons(twin)
    assert "opened" not in words(twin), "there is no page to open"


def test_updates_are_shown_in_whole_on_as_many_pages_as_they_take():
    event = lively(OLGA, ANN)
    for number in range(7):
        event.wait(1)
        asked(event, "announcement", text=f"{number}" * 1_000)
    page, seen = event.types(ANN, "/stage updates", CHAT).reply, ""
    for _ in range(9):
        assert len(words(page)) <= 4_000, "Discord shows so much"
        seen += words(page)
        if "Show older" not in buttons(page):
            break
        page = event.presses(ANN, buttons(page)["Show older"], CHAT).reply
    assert all(f"{number}" * 1_000 in seen for number in range(7))
    assert "Show the newest" in buttons(page)


# -- crowd reactions ------------------------------------------------------------------------------------------------


def reaction(event: Event) -> str:
    form = event.types(OLGA, "/mod reaction", CHAT).reply
    assert isinstance(form, Form)
    draft = event.sends(OLGA, form, CHAT, reaction="celebrate").reply
    send = buttons(draft)["Send to everyone"]
    assert "from the moderators of “Keynote”" in words(draft)
    assert event.presses(OLGA, send, CHAT).done
    return send.action.split(":")[1]


def test_a_crowd_reaction_is_shown_once_in_every_stage_and_is_nothing_to_answer():
    event = Event().opened(OLGA, ANN, CLEO)
    one = reaction(event)
    assert "Celebrate 🎉" in card_of(event, one) and "from the moderators of “Keynote”" in card_of(event, one)
    assert {place.ref for place, surface, _ in event.shown() if surface.subject == f"interaction:{one}"} == {CHAT, HALL}
    assert not [it for _, it, _ in event.shown() if it.subject == f"twin:{one}"]
    for line in ("/stage menu", "/stage feed", "/stage updates"):
        assert "Celebrate" not in words(event.types(ANN, line, CHAT))
    (row,) = event.store.rows(Interaction)
    assert (row.state, row.published_at) == ("ended", row.ended_at), "kept for the report"
    again = event.presses(OLGA, f"publish:{one}", CHAT)
    assert not again.done


def test_words_behind_its_command_are_no_reaction():
    event = lively(OLGA)
    form = event.types(OLGA, "/mod reaction 🎉", CHAT).reply
    assert isinstance(form, Form) and form.fields[0].value == ()
    typed = event.types(OLGA, "/mod announcement Lunch is ready", CHAT).reply
    assert isinstance(typed, Form)
    assert {it.name: it.value for it in typed.fields if it.value} == {"text": ("Lunch is ready",)}


def test_what_is_said_of_waiting_answers():
    assert [question.waiting(number) for number in (1, 2, 1_200)] == [
        "1 waits for approval", "2 wait for approval", "1,200 wait for approval",
    ]  # fmt: skip
    assert drafted(lively(OLGA), "cloud", question="Today?")
