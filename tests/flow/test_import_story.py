"""A session from a file: made, brought up to date, refused with every mistake; drafts that publish themselves."""

from __future__ import annotations

from dataclasses import replace

from core.domain.form import Form
from core.domain.ids import MINUTE, Instant, PersonId
from core.domain.interactions.life import Interaction
from core.domain.people import Account, Member, Organiser, Person
from core.domain.sessions import Held, Session
from core.domain.surfaces import Place
from tests.fakes.bot import (
    ANN,
    CHAT,
    DISCORD,
    OLGA,
    Event,
    buttons,
    someone,
    words,
)

FILE = """\
id: keynote
name: Keynote
start: 2026-09-22 14:30
length: 1h
timezone: Europe/Berlin
interactions:
- kind: poll
  question: Tea?
  options: [Yes, No]
  at: +10m
- kind: poll
  question: Which topic first?
  options: [Async, Typing]
  several: true
  results: end
"""


def imports(event: Event, text: str, actor=OLGA, room: str = CHAT):
    form = event.types(actor, "/mod import", room).reply
    assert isinstance(form, Form), words(form)
    return event.sends(actor, form, room, file=text)


def imported(text: str = FILE) -> Event:
    event = Event()
    outcome = imports(event, text)
    assert outcome.done, words(outcome)
    (session,) = event.store.rows(Session)
    event.session = session.id
    return event


def drafts(event: Event) -> list[Interaction]:
    return sorted(event.store.rows(Interaction), key=lambda it: it.created_at)


def test_a_file_makes_a_session_with_its_drafts_in_order():
    event = Event()
    outcome = imports(event, FILE)
    assert "“Keynote” is made from the file." in words(outcome)
    assert "2 interactions are drafted. One has a time" in words(outcome)
    assert {"Announce", "Add a venue"} <= set(buttons(outcome.reply))
    (session,) = event.store.rows(Session)
    assert (session.state, session.zone, session.ends_at - session.starts_at) == ("draft", "Europe/Berlin", 60 * MINUTE)
    tea, topic = drafts(event)
    assert (tea.spec.question, tea.sharing, tea.scheduled_at) == ("Tea?", "live", session.starts_at + 10 * MINUTE)
    assert (topic.spec.several, topic.sharing, topic.scheduled_at) == (True, "end", None)
    event.session = session.id
    member = event.member(OLGA)
    assert member is not None and member.role == "moderator"


def test_the_form_comes_back_with_every_mistake_and_what_was_typed():
    event = Event()
    wrong = FILE.replace("length", "lenght").replace("Europe/Berlin", "Europe/Berln").replace("[Yes, No]", "[Yes]")
    outcome = imports(event, wrong)
    form = outcome.reply
    assert isinstance(form, Form)
    assert form.problem.splitlines() == [
        "There are 4 mistakes in the file. Nothing was made.",
        "Line 1: “length” or “end” is missing: how long it is, like 1h30m.",
        "Line 4: “lenght” is not known here. Did you mean “length”?",
        "Line 5: This timezone is not known. Write it like Europe/Berlin or UTC.",
        "Line 9: “options” has 1; write 2 at least.",
    ]
    assert not outcome.done
    assert not event.store.rows(Session)
    again = event.types(OLGA, "/mod import", CHAT).reply
    assert isinstance(again, Form)
    assert again.fields[0].value == (wrong,)
    event.sends(OLGA, again, CHAT, file=FILE)
    empty = event.types(OLGA, "/mod import", CHAT).reply
    assert isinstance(empty, Form)
    assert empty.fields[0].value == (), "what was sent is not offered again"


def test_of_many_mistakes_ten_are_told():
    event = Event()
    form = imports(event, FILE + "".join(f"nonsense{number}: 1\n" for number in range(13))).reply
    assert isinstance(form, Form)
    assert form.problem.startswith("There are 13 mistakes")
    assert form.problem.endswith("\nand 3 more")
    assert len(form.problem.splitlines()) == 12


def test_a_long_file_comes_in_parts():
    event = Event()
    form = event.types(OLGA, "/mod import", CHAT).reply
    assert isinstance(form, Form)
    lines = FILE.splitlines()
    outcome = event.sends(
        OLGA, form, CHAT, file="\n".join(lines[:6]), second="\n".join(lines[6:10]), third="\n".join(lines[10:])
    )
    assert outcome.done, words(outcome)
    assert len(drafts(event)) == 2


def test_only_organisers_import():
    event = Event()
    assert "Only organisers" in words(event.types(ANN, "/mod import", CHAT))
    form = event.types(OLGA, "/mod import", CHAT).reply
    assert isinstance(form, Form)
    assert "Only organisers" in words(event.sends(ANN, form, CHAT, file=FILE))
    assert not event.store.rows(Session)


def test_the_same_file_again_changes_nothing_and_a_changed_one_changes_the_drafts():
    event = imported()
    before = [(it.id, it.spec) for it in drafts(event)]
    assert imports(event, FILE).done
    assert [(it.id, it.spec) for it in drafts(event)] == before
    changed = FILE.replace("name: Keynote", "name: The keynote").replace("Tea?", "Tea or coffee?")
    changed += "- kind: poll\n  question: Lunch?\n  options: [Now, Later]\n"
    outcome = imports(event, changed)
    assert "“The keynote” is what the file says now." in words(outcome)
    assert [it.spec.question for it in drafts(event)] == ["Tea or coffee?", "Which topic first?", "Lunch?"]
    assert [it.id for it in drafts(event)][:2] == [ident for ident, _ in before]
    assert len(event.store.rows(Session)) == 1


def test_what_is_in_front_of_the_others_in_the_file_is_listed_before_them():
    event = imported()
    new = FILE.replace(
        "- kind: poll\n  question: Tea?",
        "- kind: poll\n  question: New?\n  options: [A, B]\n- kind: poll\n  question: Tea?",
    )
    imports(event, new)
    assert [it.spec.question for it in drafts(event)] == ["New?", "Tea?", "Which topic first?"]


def test_what_is_published_or_announced_stays_and_is_named():
    event = imported()
    event.advances("live")
    event.joins(OLGA)
    tea = drafts(event)[0]
    event.presses(OLGA, f"publish:{tea.id}", CHAT)
    changed = (
        FILE.replace("length: 1h", "length: 2h").replace("Yes, No", "Yes, No, Perhaps").replace("Which topic", "What")
    )
    told = words(imports(event, changed))
    assert "“Keynote” is what the file says now." in told
    assert "\nNot done:\nIt is announced already" in told
    assert "change name and times with /mod session details" in told
    assert "“Tea?” is live and stays as it is." in told
    assert [it.spec.question for it in drafts(event)] == ["Tea?", "What first?"]
    assert drafts(event)[0].spec.options == ("Yes", "No")
    fewer = FILE[: FILE.index("- kind: poll\n  question: Which")]
    assert "“What first?” is not in the file any more and stays a draft." in words(imports(event, fewer))


def test_a_session_that_is_over_is_not_meant_again():
    event = imported()
    event.advances("live")
    event.advances("ended")
    outcome = imports(event, FILE)
    assert not outcome.done
    assert isinstance(outcome.reply, Form)
    assert "Give the file another id" in outcome.reply.problem


def test_without_an_id_name_and_start_tell_which_session_it_is():
    plain = FILE.replace("id: keynote\n", "")
    event = imported(plain)
    imports(event, plain.replace("Tea?", "Juice?"))
    assert len(event.store.rows(Session)) == 1
    imports(event, plain.replace("14:30", "16:30"))
    assert len(event.store.rows(Session)) == 2


def test_what_the_file_does_not_say_stays_as_somebody_set_it():
    event = imported(FILE + "slow: 10s\nwords: [spam]\nconsent: false\nlike: 🎉\naccess: open\n")
    session = event.state()
    assert (session.slow, session.words, session.consent_needed, session.like) == (10, ("spam",), False, "🎉")
    form = event.presses(OLGA, f"rules:{event.session}", CHAT).reply
    assert isinstance(form, Form)
    event.sends(OLGA, form, CHAT, disclaimer="Mind: this is recorded.")
    imports(event, FILE + "slow: off\n")
    after = event.state()
    assert (after.slow, after.words, after.disclaimer, after.access) == (
        0,
        ("spam",),
        "Mind: this is recorded.",
        "open",
    )
    event.advances("announced")
    told = words(imports(event, FILE + "slow: 1m\nlike: 👏\ndisclaimer: Other\n"))
    for sentence in ("with /mod session chat", "with /mod session texts", "with /mod session rules"):
        assert sentence in told
    own = "reactions: [👏 Clap, 🔥 Fire, 💡 Aha, 😮 Wow, 😄 Smile]\n"
    assert "with /mod session texts" in words(imports(event, FILE + own))
    assert event.state() == replace(after, state="announced", version=event.state().version)


VENUES = """\
venues:
- platform: slack
  name: The slack place
  rooms: {stage: C0STAGE, queue: C0QUEUE}
  moderators: [U0MIRA Mira Kowalska]
  speakers: [U0SPEAK]
- platform: discord
  name: The discord place
  moderators: [123456789012345678 Bo]
"""


def test_rooms_and_people_of_the_venue_are_taken_as_by_hand():
    event = imported(FILE + VENUES)
    places = {it.kind: it for it in event.store.rows(Place) if it.session == event.session}
    assert (places["stage"].ref, places["queue"].ref, places["queue"].state) == ("C0STAGE", "C0QUEUE", "exposed")
    accounts = {it.id: it.person for it in event.store.rows(Account)}
    names = {it.id: it.name for it in event.store.rows(Person)}
    roles = {it.person: it.role for it in event.store.rows(Member)}
    assert names[accounts["slack:T1:U0MIRA"]] == "Mira Kowalska"
    assert roles[accounts["slack:T1:U0MIRA"]] == "moderator"
    assert roles[accounts["slack:T1:U0SPEAK"]] == "speaker"
    assert imports(event, FILE + VENUES).done, "and again they are what they are"


def test_who_is_known_by_an_id_only_gets_a_name_when_they_come():
    event = imported(FILE + VENUES)
    event.advances("announced")
    speaker = replace(someone("U0SPEAK"), nick="Lena Speaks")
    assert speaker.account == "slack:T1:U0SPEAK"
    form = event.presses(speaker, f"join:{event.session}").reply
    assert isinstance(form, Form)
    assert form.fields[0].value == ("Lena Speaks",)
    event.sends(speaker, form)
    assert "Lena Speaks" in {it.name for it in event.store.rows(Person)}
    assert "U0SPEAK" not in {it.name for it in event.store.rows(Person)}


def test_other_venues_are_held_only_where_who_imports_organises_too():
    event = Event()
    told = words(imports(event, FILE + VENUES))
    assert "Discord “The discord place” is not known to the bot yet" in told
    event = Event().with_rooms()  # the bot has met Discord
    told = words(imports(event, FILE + VENUES))
    assert "Discord “The discord place” is not held yet: press Add a venue" in told
    event.store.tables.setdefault(Organiser, {})[(DISCORD, event.person(OLGA))] = Organiser(
        DISCORD, PersonId(event.person(OLGA))
    )
    imports(event, FILE + VENUES)
    new = next(it.id for it in event.store.rows(Session) if it.id != event.session)
    assert {it.venue for it in event.store.rows(Held) if it.session == new} == {OLGA.venue, DISCORD}
    assert "discord:123456789012345678" in {it.id for it in event.store.rows(Account)}


def test_a_room_that_another_session_has_is_not_taken_and_named():
    event = Event().with_rooms()
    outcome = imports(event, FILE + VENUES.replace("C0STAGE", CHAT).replace(CHAT, "C0STAGE"))
    assert outcome.done
    other = FILE.replace("id: keynote", "id: other") + VENUES
    assert "stage C0STAGE: This channel has a purpose already" in words(imports(event, other))


def test_a_draft_with_a_time_publishes_itself_while_the_session_is_live():
    event = imported()
    session = event.state()
    event.now = Instant(session.starts_at - 60 * MINUTE)
    event.advances("announced")
    event.now = Instant(session.starts_at)
    event.ticks()
    assert event.state().state == "live"
    event.now = Instant(session.starts_at + 10 * MINUTE - 1)
    event.ticks()
    assert [it.state for it in drafts(event)] == ["draft", "draft"]
    event.now = Instant(session.starts_at + 10 * MINUTE)
    event.ticks()
    assert [it.state for it in drafts(event)] == ["live", "draft"]
    event.ticks()
    assert [it.state for it in drafts(event)] == ["live", "draft"]


def test_a_time_that_counts_from_the_start_moves_with_it_and_a_wall_time_stays():
    event = imported(FILE + "- kind: poll\n  question: Late?\n  options: [A, B]\n  at: 15:00\n")
    before = event.state().starts_at
    event.advances("live")
    session = event.state()
    assert session.starts_at == event.now < before
    tea, _, late = drafts(event)
    assert tea.scheduled_at == event.now + 10 * MINUTE
    assert late.scheduled_at == before + 30 * MINUTE
    event.wait(10 * 60)
    event.ticks()
    assert [it.state for it in drafts(event)] == ["live", "draft", "draft"]


def test_a_draft_published_by_hand_is_not_published_twice_and_its_time_is_listed():
    event = imported()
    event.advances("live")
    event.joins(OLGA)
    assert "publishes itself at" in words(event.types(OLGA, "/mod live", CHAT))
    tea = drafts(event)[0]
    event.presses(OLGA, f"publish:{tea.id}", CHAT)
    event.presses(OLGA, f"end:{tea.id}", CHAT)
    event.wait(10 * 60)
    event.ticks()
    assert drafts(event)[0].state == "ended"


def test_a_time_taken_out_of_the_file_or_past_already_leaves_the_draft_to_a_hand():
    event = imported()
    event.advances("live")
    imports(event, FILE.replace("  at: +10m\n", ""))
    event.wait(10 * 60)
    event.ticks()
    assert drafts(event)[0].state == "draft"
    told = words(imports(event, FILE))
    assert "“Tea?”: its time has passed, so publish it by hand." in told
    event.ticks()
    assert drafts(event)[0].state == "draft"
