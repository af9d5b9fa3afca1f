"""Answered questions in the feed: in whose words, under whose name, and what becomes of them (SPEC 4.6 to 4.8, 6.1)."""

from __future__ import annotations

from dataclasses import replace

from core.app.outcome import Outcome
from core.app.session_cards import pace
from core.domain.ids import SECOND, subject
from core.domain.people import Actor
from core.domain.questions import Question
from core.domain.sessions import Venue
from core.domain.surfaces import KEPT, Place, Surface, usable
from core.domain.view import Card, Option, Select
from tests.fakes.bot import ANN, BEN, CHAT, CLEO, DAN, DISCORD, DORA, HALL, OLGA, SLACK, Event, buttons, someone, words
from tests.flow.test_questions_story import asks, form_of, one

ASKED, ANSWER = "Will the recordings be public?", "Yes, on Friday."
LINE = f"Answered · {ASKED} – “{ANSWER}”"
LONG = "Yes.\n" + "All of them, each with its slides and a transcript. " * 20


def event(*joining: Actor) -> Event:
    """Olga in Slack and Dora in Discord moderate; Discord has a room for the feed."""
    made = Event().with_rooms()
    venue = made.store.tables[Venue][(DISCORD,)]
    made.store.tables[Venue][(DISCORD,)] = replace(venue, can=frozenset({"feed"}))
    made.presses(OLGA, f"advance:{made.session}:live", CHAT)
    for actor in joining or (OLGA, DORA, ANN, BEN, CLEO):
        made.joins(actor)
    if not joining:
        made.appoints(DORA, "moderator")
    made.settle()
    return made


def asks_by_form(made: Event, actor: Actor, *, named: bool = False, text: str = ASKED) -> Question:
    form = form_of(made.presses(actor, f"ask:{made.session}", room_of(actor)))
    made.sends(actor, form, room_of(actor), text=text, options=("named",) if named else ())
    return max(made.store.rows(Question), key=lambda it: it.number)


def answers(made: Event, question: Question, text: str = ANSWER, *then: str, by: Actor = OLGA) -> Outcome:
    return made.sends(by, form_of(made.presses(by, f"qreply:{question.id}")), answer=text, then=("done", *then))


def publishes(made: Event, question: Question, by: Actor = OLGA, **changed: str) -> Outcome:
    form = form_of(made.presses(by, f"qmore:{question.id}", room_of(by), ("publish",)))
    return made.sends(by, form, room_of(by), **changed)


def published(made: Event, *, named: bool = False, shown: str = "anonymous", text: str = ANSWER) -> Question:
    question = asks_by_form(made, CLEO, named=named)
    made.wait(1)
    answers(made, question, text)
    publishes(made, question, asker=shown)
    made.settle()
    return question


def room_of(actor: Actor) -> str:
    return CHAT if actor.platform == "slack" else HALL


def feed(made: Event, actor: Actor = ANN) -> list[str]:
    return words(made.types(actor, "/stage feed", room_of(actor))).split("\n")[1:]


def room(made: Event, what: str = "feed") -> list[str]:
    made.settle()
    return [words(it) for it in made.room(made.ref("feed", DISCORD), what)]


def redrawn(made: Event, question: Question) -> bool:
    """Whether it is shown anew since this was asked last."""
    ident = f"feed:{made.session}:answer:{question.id}"
    version = made.versions()[ident]
    before = made.__dict__.setdefault("seen", {}).get(ident, 1)
    made.__dict__["seen"][ident] = version
    return version > before


def posts(made: Event, what: str) -> list[Surface]:
    return [it for it in made.store.rows(Surface) if it.subject.startswith(what) and not it.gone and not it.dead]


def pick(reply: object, placeholder: str) -> tuple[Option, ...]:
    assert isinstance(reply, Card)
    return next((it.options for it in reply.parts if isinstance(it, Select) and it.placeholder == placeholder), ())


# -- into the feed ----------------------------------------------------------------------------------------------------


def test_a_moderator_edits_the_wording_and_it_is_in_every_feed_without_a_name():
    made = event()
    question = asks_by_form(made, CLEO, named=True)
    answers(made, question)
    form = form_of(made.presses(OLGA, f"qmore:{question.id}", CHAT, ("publish",)))
    assert form.title == "Publish Q1"
    assert [(it.name, it.value) for it in form.fields] == [
        ("wording", (ASKED,)),
        ("answer", (ANSWER,)),
        ("asker", ("anonymous",)),
    ], "nobody's name is the default, whoever agreed"
    assert feed(made) == [
        "Nothing is here yet. What is pinned, asked and answered comes here, newest first.",
        "Questions: 1 asked · 1 answered",
    ]
    told = made.sends(OLGA, form, CHAT, wording="Are the recordings public?")
    assert words(told) == "Q1 is in the feed. The asker is shown as Anonymous."
    line = "Answered · Are the recordings public? – “Yes, on Friday.”"
    for actor in (ANN, CLEO, OLGA):
        assert feed(made, actor)[:2] == [line, "asked by Anonymous"]
    assert room(made) == [f"{line}\nasked by Anonymous"]
    assert "Q1 answered by Olga in under a minute · published" in words(made.room(made.ref("queue"), "question")[0])
    assert "answered and published" in "\n".join(made.direct(CLEO, "receipt"))
    assert "Q1 · answered and published" in words(made.types(CLEO, "/stage questions", HALL))
    assert line in words(made.presses(ANN, f"menu:{made.session}:stage", CHAT))


def test_a_name_is_shown_only_where_its_bearer_agreed_and_a_moderator_chose_so():
    made = event()
    silent, open_ = asks_by_form(made, ANN), asks_by_form(made, CLEO, named=True)
    for question in (silent, open_):
        answers(made, question)
    form = form_of(made.presses(OLGA, f"qmore:{silent.id}", CHAT, ("publish",)))
    assert [it.label for it in form.fields[-1].picks] == ["Anonymous"]
    told = made.sends(OLGA, form, CHAT, asker="name")
    assert words(told).endswith("shown as Anonymous."), "a form that was made by hand changes nothing"
    made.wait(1)
    assert words(publishes(made, open_, asker="name")).endswith("shown as Cleo.")
    assert feed(made)[:4] == [LINE, "asked by Cleo", LINE, "asked by Anonymous"]


def test_the_tick_of_the_reply_form_publishes_without_a_name_and_keeps_what_was_edited():
    made = event()
    question = asks_by_form(made, CLEO, named=True)
    form = form_of(made.presses(OLGA, f"qreply:{question.id}"))
    assert [it.label for it in form.fields[-1].picks][1] == "Publish to the feed (asker shown as Anonymous)"
    answers(made, question, ANSWER, "publish")
    assert feed(made)[:2] == [LINE, "asked by Anonymous"]
    publishes(made, question, wording="Are they public?", asker="name")
    made.presses(OLGA, f"qdo:{question.id}:reopen")
    answers(made, question, "On Monday.", "publish")
    assert feed(made)[:2] == ["Answered · Are they public? – “On Monday.”", "asked by Cleo"]


def test_what_has_no_answer_or_was_merged_is_not_published():
    made = event()
    first, second = asks_by_form(made, CLEO), asks_by_form(made, ANN, text="And the slides?")
    told = made.presses(OLGA, f"qmore:{first.id}", CHAT, ("publish",))
    assert words(told) == "Q1 has no answer yet. Answer it first, then publish it."
    answers(made, first)
    form = form_of(made.presses(OLGA, f"qmore:{first.id}", CHAT, ("publish",)))
    made.presses(OLGA, f"qdo:{first.id}:reopen")
    made.presses(OLGA, f"qmergewith:{first.id}:{second.id}")
    again = form_of(made.sends(OLGA, form, CHAT))
    assert again.problem == "Q1 was merged into another question. Publish that one."
    assert room(made) == []


def test_a_long_answer_is_read_on_a_page_of_its_own():
    made = event()
    question = published(made, text=LONG)
    page = made.types(ANN, "/stage feed", CHAT).reply
    (option,) = pick(page, "Read a whole answer")
    assert option.label == ASKED
    told = made.presses(ANN, f"qfull:{made.session}", CHAT, (option.value,))
    assert words(told).split("\n\n")[0].startswith(f"Answered in “Keynote”\n{ASKED}\nYes.\nAll of them")
    assert LONG.strip() in words(told)
    (shown,) = made.room(made.ref("feed", DISCORD), "feed")
    assert LONG.strip() in words(made.presses(CLEO, buttons(shown)["Read all"], HALL))
    assert words(made.presses(DAN, f"qfull:{question.id}", HALL)).startswith("Join the session first")
    made.presses(OLGA, f"qdo:{question.id}:unpublish")
    for reader in (ANN, DAN):
        assert words(made.presses(reader, f"qfull:{question.id}", room_of(reader))).startswith("This is not in the")
    short = published(event())
    assert short.number == 1
    assert not pick(event().types(ANN, "/stage feed", CHAT).reply, "Read a whole answer")


# -- changed, taken out ----------------------------------------------------------------------------------------------


def test_changing_the_wording_changes_it_where_it_stands():
    made = event()
    question = published(made)
    before = [it.ref for it in posts(made, "feed")]
    made.wait(60)
    chosen = pick(made.types(DORA, "/stage feed", HALL).reply, "Change an item")
    card = made.presses(DORA, f"feeditem:{made.session}", HALL, (chosen[0].value,)).reply
    assert list(buttons(card)) == ["Change wording", "Unpublish", "Move up", "Move down", "Move to top"]
    assert words(card) == f"{LINE}\nasked by Anonymous"
    form = form_of(made.presses(DORA, buttons(card)["Change wording"], HALL))
    made.sends(DORA, form, HALL, answer="Yes, on Monday.")
    assert room(made) == [f"Answered · {ASKED} – “Yes, on Monday.”\nasked by Anonymous"]
    assert [it.ref for it in posts(made, "feed")] == before
    assert made.store.tables[Question][(question.id,)].published_at < made.now


def test_unpublished_it_is_nowhere_and_published_again_it_is_news_in_its_last_wording():
    made = event()
    question = published(made)
    publishes(made, question, wording="Are they public?")
    made.settle()
    card = made.presses(DORA, f"feeditem:{made.session}", HALL, (f"answer.{question.id}",)).reply
    assert words(made.presses(DORA, buttons(card)["Unpublish"], HALL)) == "Q1 is not in the feed any more."
    assert room(made) == []
    assert feed(made)[0].startswith("Nothing is here yet")
    assert "published" not in words(made.room(made.ref("queue"), "question")[0])
    assert "not in the feed any more" in words(made.presses(DORA, buttons(card)["Move to top"], HALL))
    assert words(made.presses(DORA, buttons(card)["Unpublish"], HALL)) == "Q1 is not published."
    form = form_of(made.presses(OLGA, buttons(card)["Change wording"], CHAT))
    assert [it.value for it in form.fields[:2]] == [("Are they public?",), (ANSWER,)]
    made.sends(OLGA, form, CHAT)
    assert len(room(made)) == len(posts(made, "feed")) == 1


def test_moderators_move_answers_among_the_other_items_and_nobody_else_can():
    made = event()
    first = published(made)
    made.wait(1)
    second = asks_by_form(made, ANN, text="And the slides?")
    answers(made, second, "Tomorrow.", "publish")
    slides = "Answered · And the slides? – “Tomorrow.”"
    assert [it for it in feed(made) if it.startswith("Answered")] == [slides, LINE]
    assert not pick(made.types(ANN, "/stage feed", CHAT).reply, "Change an item")
    refused = made.presses(ANN, f"feedmove:{made.session}:answer:{first.id}:top", CHAT)
    assert not refused.done
    told = made.presses(OLGA, f"feedmove:{made.session}:answer:{first.id}:up", CHAT)
    assert words(told).startswith("It is number 1 of 2 in the feed now.")
    assert [it for it in feed(made) if it.startswith("Answered")] == [LINE, slides]
    assert words(made.presses(OLGA, f"feedmove:{made.session}:other:{first.id}:up", CHAT)).startswith("This button is")
    before = len(posts(made, "feed"))
    made.presses(OLGA, f"feedmove:{made.session}:answer:{second.id}:top", CHAT)
    assert [it.split("\n")[0] for it in room(made)][-1] == slides
    assert len(posts(made, "feed")) == before


def test_a_name_goes_with_its_bearer_and_the_words_stay():
    made = event()
    question = published(made, named=True, shown="name")

    def shown_as(name: str) -> bool:
        return redrawn(made, question) and room(made) == [f"{LINE}\nasked by {name}"]

    redrawn(made, question)
    form = form_of(made.types(CLEO, "/stage settings", HALL))
    made.sends(CLEO, form, HALL, name="Cleo Vance")
    assert shown_as("Cleo Vance")
    form = form_of(made.types(CLEO, "/stage settings", HALL))
    made.sends(CLEO, form, HALL, settings=("toasts",))
    assert shown_as("Cleo"), "the last name is not for others"
    made.presses(OLGA, f"qblocked:{one(made).id}")
    assert shown_as("Anonymous")
    made.presses(OLGA, f"unblock:{made.session}:{made.person(CLEO)}", CHAT)
    assert shown_as("Cleo")
    made.presses(CLEO, f"leave:{made.session}", HALL)
    assert shown_as("Anonymous")
    assert feed(made)[:2] == [LINE, "asked by Anonymous"]
    made.joins(CLEO, name="Cleo")
    assert shown_as("Cleo")


def test_who_takes_a_question_back_is_named_no_more():
    made = event()
    question = published(made, named=True, shown="name")
    form = made.presses(OLGA, f"qread:{question.id}").reply
    (line, *_) = pick(form, "Delete a line")
    redrawn(made, question)
    made.presses(OLGA, f"qdelete:{question.id}", CHAT, (line.value,))
    assert redrawn(made, question)
    assert room(made) == [f"{LINE}\nasked by Anonymous"]


def test_who_deletes_a_published_answer_reads_that_it_stands_in_the_feed_and_can_take_it_out():
    made = event()
    question = published(made)
    (*_, line) = pick(made.presses(OLGA, f"qread:{question.id}").reply, "Delete a line")
    told = made.presses(OLGA, f"qdelete:{question.id}", CHAT, (line.value,))
    assert "gone from the asker's conversation" in words(told)
    assert "What was published of Q1 still stands in the feed." in words(told)
    assert room(made) == [f"{LINE}\nasked by Anonymous"]
    assert words(made.presses(OLGA, buttons(told.reply)["Unpublish"], CHAT)) == "Q1 is not in the feed any more."
    assert room(made) == []


# -- the sum ----------------------------------------------------------------------------------------------------------


def test_the_sum_of_all_questions_is_public_and_a_card_of_its_own():
    made = event()
    assert not [it for it in made.store.rows(Surface) if it.subject.startswith("sums")], "there is nothing to tell"
    assert not any("asked" in it for it in feed(made)[1:])
    every = [asks_by_form(made, actor, text=f"Number {actor.nick}?") for actor in (ANN, BEN, CLEO, DORA)]
    assert room(made, "sums") == ["Questions: 4 asked · 0 answered"]
    what = subject("sums", made.session)
    assert pace(what) == pace(subject("bar", made.session)) > 0, "a crowd of questions is not a crowd of edits"
    before = made.versions()[what]
    answers(made, every[0])
    made.presses(OLGA, f"qmergewith:{every[1].id}:{every[2].id}")
    made.sends(OLGA, form_of(made.presses(OLGA, f"qmore:{every[3].id}", CHAT, ("decline",))), CHAT, reason="")
    summed = "Questions: 4 asked · 1 answered · 1 merged · 1 declined"
    assert room(made, "sums") == [summed]
    assert made.versions()[what] > before
    assert feed(made)[-1] == summed
    assert summed in words(made.presses(ANN, f"menu:{made.session}:stage", CHAT))
    assert len(posts(made, "sums")) == 1
    for mode, expected in (("off", []), ("multi", [summed])):
        form = form_of(made.presses(OLGA, f"qrules:{made.session}", CHAT))
        made.sends(OLGA, form, CHAT, mode=mode)
        assert room(made, "sums") == expected
        assert len(posts(made, "sums")) == len(expected)
        assert (summed in feed(made)) == bool(expected)


def test_a_feed_room_that_comes_later_has_what_was_published_and_the_sum():
    made = event()
    published(made)
    made.wait(1)
    old = made.place("feed", DISCORD)
    made.reports(DISCORD, made.ref("feed", DISCORD), gone="deleted")
    made.presses(DORA, f"room:{made.session}:feed", "D-news")
    made.settle()
    new = made.place("feed", DISCORD)
    assert new.id != old.id
    assert [words(it) for it in made.room("D-news")] == [
        f"{LINE}\nasked by Anonymous",
        "Questions: 1 asked · 1 answered",
    ]


def test_a_feed_room_that_is_found_again_has_each_thing_once():
    made = event()
    published(made)
    ref = made.ref("feed", DISCORD)
    made.reports(DISCORD, ref, gone="left")
    asks_by_form(made, ANN, text="And the slides?")
    answers(made, one(made, 2), "Tomorrow.", "publish")
    made.presses(DORA, f"room:{made.session}:feed", ref)
    made.settle()
    assert sorted(words(it).split("\n")[0] for it in made.room(ref)) == [
        "Answered · And the slides? – “Tomorrow.”",
        LINE,
        "Questions: 2 asked · 2 answered",
    ]


# -- catching up, and one's own ----------------------------------------------------------------------------------------


def test_catching_up_tells_what_was_answered_and_how_much_was_asked():
    made = event()
    made.wait(1_800)
    published(made)
    asks(made, ANN, "And the slides?")
    made.wait(1)
    told = words(made.types(BEN, "/stage catchup 20m", CHAT))
    assert "2 questions were asked and 1 answered." in told
    assert f" · {LINE}  (asked by Anonymous)" in told
    made.wait(1_800)
    assert "Nothing was pinned, asked, answered" in words(made.types(BEN, "/stage catchup 20m", CHAT))


def test_the_menu_tells_where_ones_own_questions_stand_and_leads_to_them():
    made = event()
    form = form_of(made.presses(OLGA, f"qrules:{made.session}", CHAT))
    made.sends(OLGA, form, CHAT, mode="multi")

    def menu() -> Card:
        reply = made.presses(ANN, f"menu:{made.session}:stage", CHAT).reply
        assert isinstance(reply, Card)
        return reply

    assert "My questions" not in buttons(menu()), "there is none"
    assert form_of(made.presses(ANN, buttons(menu())["Ask a question"], CHAT)).title == "Ask a question"
    answers(made, asks_by_form(made, ANN, text="First?"))
    for actor in (BEN, CLEO, ANN):
        asks_by_form(made, actor, text=f"From {actor.nick}?")
        made.wait(1)
    assert "My questions: Q1 answered · Q4 received, 3rd in line\n" in words(menu())
    told = words(made.presses(ANN, buttons(menu())["My questions"], CHAT))
    assert told.split("\n")[1:3] == ["Q4 · received: From Ann?", "Q1 · answered: First?"]
    for number in range(5):
        asks_by_form(made, ANN, text=f"More {number}?")
    assert "My questions: Q6 received, 5th in line · Q7 " in words(menu()), "the newest, in their order"
    assert " · and 3 more\n" in words(menu())
    for number in range(6, 10):
        answers(made, one(made, number))
    assert "My questions: Q4 received, 3rd in line · Q5 " in words(menu()), "what is open comes before the rest"
    made.advances("ended")
    assert "Ask a question" not in buttons(menu())
    assert "Q1 · answered: First?" in words(made.presses(ANN, f"questions:{made.session}:1", CHAT)), (
        "one's own can be read after the end"
    )


def test_a_long_conversation_is_read_whole_in_pages_and_so_is_an_answer_that_cannot_be_opened():
    made = event()
    question = asks_by_form(made, CLEO)
    long = [f"{number} {'words and more of them ' * 55}end {number}" for number in range(4)]
    for text in long:
        made.wait(1)
        answers(made, question, text)
        made.presses(OLGA, f"qdo:{question.id}:reopen")
    read = [words(made.presses(OLGA, f"qread:{question.id}:{page}", CHAT)) for page in range(2)]
    for number, text in enumerate(long):
        assert sum(text in page for page in read) == 1, f"line {number} stands on one page, whole"
    assert all(len(page) < 3_600 for page in read)
    made.settle()
    assert long[-1] not in words(made.types(CLEO, "/stage questions", HALL)), "it is where it was sent"
    place = made.store.tables[Place][(made.store.tables[Question][(question.id,)].place,)]
    made.change(place, state="dead")
    assert long[-1] in words(made.types(CLEO, "/stage questions", HALL))


def test_after_the_end_and_put_away_questions_and_answers_can_be_read_on():
    made = event()
    question = published(made, text=LONG)
    waiting = asks_by_form(made, ANN, text="And the slides?")
    made.advances("ended")
    answers(made, waiting, "Tomorrow.", "publish")
    assert "Q1 · answered and published" in words(made.types(CLEO, "/stage questions", HALL))
    assert any("And the slides?" in it for it in room(made))
    made.advances("archived")
    made.settle()
    assert any(it.startswith("Answered · And the slides?") for it in feed(made))
    assert LONG.strip() in words(made.presses(CLEO, f"qfull:{question.id}", HALL))
    assert "Q2 · answered and published" in words(made.types(ANN, "/stage questions", CHAT))
    asker = made.store.tables[Place][(made.store.tables[Question][(question.id,)].place,)]
    assert usable(asker) and asker.ref not in made.archived


# -- desks -----------------------------------------------------------------------------------------------------------


def many(number: int) -> Event:
    """So many people, each with one question, one second apart."""
    made = event(OLGA)
    for index in range(number):
        actor = someone(f"guest{index:03}")
        made.joins(actor)
        asks(made, actor, f"Question {index}?")
        made.wait(1)
    return made


def test_a_desk_that_comes_later_shows_the_oldest_open_questions_and_no_closed_ones():
    made = many(55)
    answers(made, one(made, 1))
    made.presses(OLGA, f"qreply:{one(made, 2).id}")
    made.settle()
    made.reports(SLACK, made.ref("queue"), gone="deleted")
    made.presses(OLGA, f"room:{made.session}:queue", "C-desk")
    made.reports(SLACK, "C-desk")
    made.settle()
    place = made.place("queue")
    assert place.ref == "C-desk"
    shown = [words(it).split(" ")[0] for it in made.room("C-desk", "question")]
    assert shown == [f"Q{number}" for number in range(2, 52)]
    assert "54 pending" not in words(made.room("C-desk", "desk")[0])
    assert "53 pending" in words(made.room("C-desk", "desk")[0])
    answers(made, one(made, 3))
    made.presses(OLGA, f"qdo:{one(made, 54).id}:resolve")
    made.settle()
    shown = [words(it).split(" ")[0] for it in made.room("C-desk", "question")]
    assert "Q52" in shown, "the next one follows where one of the oldest is closed"
    assert not {"Q53", "Q54", "Q55"} & set(shown), "one by one"


def test_a_crowd_of_questions_moves_the_desk_card_no_more_often_than_it_may():
    made = event(OLGA)
    most, pause = KEPT["queue"]
    before = made.place("queue").kept
    moved = 0
    for index in range(300):
        actor = someone(f"guest{index:03}")
        made.joins(actor)
        asks(made, actor, f"Question {index}?")
        made.wait(0.5)
        made.ticks()
        kept = made.place("queue").kept
        moved += kept != before
        before = kept
    assert 150 * SECOND // pause - 1 <= moved <= 150 * SECOND // pause
    assert most < 300
