"""What somebody has missed, in words; and what is over can still be read (SPEC 6.2, 6.4)."""

from __future__ import annotations

import pytest

from core.domain.form import Form
from core.domain.ids import Instant
from core.domain.people import Actor
from core.domain.sessions import Session
from tests.fakes.bot import ANN, BEN, CHAT, CLEO, DOOR, HALL, OLGA, Event, buttons, someone, words
from tests.flow.test_feed_story import event, moderates


def told(made: Event, actor: Actor = ANN, back: str = "", room: str = CHAT) -> list[str]:
    """The lines without their times."""
    lines = words(made.types(actor, f"/stage catchup {back}".strip(), room)).split("\n")[2:]
    return [line.partition(" · ")[2].partition("  ")[0] for line in lines if " · " in line]


def announces(made: Event, text: str) -> None:
    form = made.types(OLGA, "/mod message", CHAT).reply
    assert isinstance(form, Form)
    made.sends(OLGA, form, CHAT, text=text)


def busy() -> Event:
    """Ann wrote, then something of every sort happened, a minute apart."""
    made = event()
    made.writes(ANN, CHAT, "1.1", "Off for lunch")
    made.wait(60)
    poll = made.poll(question="Tea?")
    made.wait(60)
    made.writes(CLEO, HALL, "2.1", "The slides")
    made.settle()
    form = made.types(OLGA, f"/mod moderate {CHAT}/{copied(made)}", CHAT).reply
    assert isinstance(form, Form)
    made.sends(OLGA, form, CHAT, do="pin")
    made.wait(60)
    made.votes(OLGA, poll, "0")
    made.presses(OLGA, f"end:{poll}", CHAT)
    made.wait(60)
    announces(made, "Back at two.")
    made.wait(60)
    made.poll(question="Cake?")
    made.wait(60)
    return made


def copied(made: Event) -> str:
    from core.domain.surfaces import Surface

    stage = made.place("stage").id
    return next(it.ref for it in made.store.rows(Surface) if it.place == stage and it.ours and "message" in it.subject)


MISSED = [
    "Pinned · Cleo: The slides",
    "Poll ended · Tea? – Yes 100 %, No 0 %",
    "Update · Back at two.",
    "Poll open now · Cake?",
]


def test_it_begins_where_the_person_was_last_active_and_is_told_newest_last():
    made = busy()
    assert told(made) == MISSED
    first = words(made.types(ANN, "/stage catchup", CHAT)).split("\n")[1]
    assert first.startswith("Since ") and first.endswith("when you last wrote, answered, liked or reacted")


@pytest.mark.parametrize("deed", ["line", "vote", "like", "reaction"])
def test_every_deed_is_activity(deed: str):
    made = busy()
    poll = made.poll(question="More?")
    made.wait(1)
    if deed == "line":
        made.writes(ANN, CHAT, "1.9", "Here again")
    elif deed == "vote":
        made.votes(ANN, poll, "0")
    elif deed == "like":
        from core.app import commands

        made.do(commands.GiveLike(**made.envelope(ANN, CHAT).fields(), ref="1.1", emoji="👍", on=True))
    else:
        made.presses(ANN, f"react:{made.session}:0", CHAT)
    assert told(made) == []
    assert "Nothing was pinned, asked, answered or announced since then." in words(
        made.types(ANN, "/stage catchup", CHAT)
    )
    longer = buttons(made.types(ANN, "/stage catchup", CHAT).reply)["Last 20 minutes"]
    assert "Back at two." in words(made.presses(ANN, longer, CHAT))


def test_who_has_done_nothing_yet_reads_the_last_twenty_minutes():
    made = busy()
    made.joins(BEN)
    assert told(made, BEN) == MISSED
    made.wait(17 * 60)
    assert told(made, BEN) == MISSED[1:]


def test_how_far_back_can_be_said():
    made = busy()
    assert told(made, back="2m") == MISSED[2:]
    assert told(made, back="1h") == MISSED
    assert "Say how far back" in words(made.types(ANN, "/stage catchup soon", CHAT))


def test_ten_lines_at_most_the_newest_and_how_many_more_there_are():
    made = event()
    for number in range(17):
        announces(made, f"Number {number}.")
        made.wait(1)
    shown = words(made.types(ANN, "/stage catchup 20m", CHAT))
    assert "Number 7." in shown and "Number 16." in shown and "Number 6." not in shown
    assert "And 7 more before that: open the feed." in shown
    assert shown.index("Number 7.") < shown.index("Number 16.")


def test_hidden_results_and_what_was_taken_away_are_not_told():
    made = event()
    poll = made.poll(question="Tea?", sharing="never")
    made.votes(ANN, poll, "0")
    made.presses(OLGA, f"end:{poll}", CHAT)
    away = made.poll(question="Gone?")
    made.presses(OLGA, f"unpublish:{away}", CHAT)
    made.writes(ANN, CHAT, "1.1", "unpinned")
    made.settle()
    moderates(made, "1.1", "pin")
    moderates(made, "1.1", "unpin")
    shown = words(made.types(CLEO, "/stage catchup", HALL))
    assert "Poll ended · Tea?" in shown and "100 %" not in shown and "vote" not in shown.partition("Since")[2][60:]
    assert "Gone?" not in shown and "unpinned" not in shown


def test_it_is_a_press_in_the_menu_too_and_only_for_who_joined():
    made = busy()
    press = buttons(made.presses(ANN, f"menu:{made.session}:stage", CHAT).reply)["Catch me up"]
    assert "Back at two." in words(made.presses(ANN, press, CHAT))
    assert "Join the session first" in words(made.types(BEN, "/stage catchup", CHAT))
    assert "Join the session first" in words(made.presses(BEN, press, CHAT))


@pytest.mark.parametrize("line", ["/stage updates", "/stage feed", "/stage catchup 20m"])
@pytest.mark.parametrize("state", ["ended", "archived"])
def test_what_is_over_can_be_read_by_who_was_there(line: str, state: str):
    made = busy()
    for to in ("ended", "archived")[: 1 if state == "ended" else 2]:
        made.advances(to)
    made.settle()
    for room in (CHAT, ""):
        assert "Tea?" in words(made.types(ANN, line, room)) or "Back at two." in words(made.types(ANN, line, room))
    assert not made.types(BEN, line, "").done
    assert not made.types(someone("eve"), line, CHAT).done


def test_the_menu_leads_to_the_session_that_is_over():
    made = busy()
    for to in ("ended", "archived"):
        made.advances(to)
    made.settle()
    nowhere = made.types(ANN, "/stage menu", "").reply
    assert "“Keynote” is over; its feed and updates stay." in words(nowhere)
    made.presses(ANN, buttons(nowhere)["Last session"])
    menu = made.presses(ANN, f"menu:{made.session}:updates").reply
    assert "Back at two." in words(menu)
    assert "Last session" not in buttons(made.types(BEN, "/stage menu", "").reply or nowhere)


def test_of_several_that_are_over_it_is_the_latest():
    made = busy()
    for to in ("ended", "archived"):
        made.advances(to)
    first, made.session = made.session, made.session
    made.wait(4000)
    second = Event.made(made, name="Workshop").session
    made.presses(OLGA, f"room:{second}:door", DOOR)
    made.advances("announced")
    made.joins(ANN)
    assert "Feed of “Workshop”" in words(made.types(ANN, "/stage feed", ""))
    made.advances("live")
    for to in ("ended", "archived"):
        made.advances(to)
    assert "Feed of “Workshop”" in words(made.types(ANN, "/stage feed", "")) and first != second
    made.change(made.store.tables[Session][(first,)], ends_at=Instant(made.now + 1))
    for line, words_of_it in (("feed", "Feed of “Keynote”"), ("catchup 3h", "“Keynote”"), ("updates", "of “Keynote”")):
        assert words_of_it in words(made.types(ANN, f"/stage {line}", ""))
