"""Answers to a post of several lines, and links to messages: what they lead to in the other venue (SPEC 3.1 to 3.3)."""

from __future__ import annotations

from dataclasses import replace

import pytest

from adapters.discord.parse import content
from adapters.discord.reading import Unnamed
from adapters.slack.reading import Names, read
from core.app import ways
from core.domain.chat import Message
from core.domain.ids import SubjectId, SurfaceId, VenueId
from core.domain.people import Actor
from core.domain.surfaces import Subject, Surface
from core.domain.text import Doc, Item, Jump, Leaf, Link, Quoted, Styled, doc, dump, load
from core.domain.view import Quote, Speech
from tests.fakes.bot import ANN, BEN, CHAT, CLEO, DAN, DISCORD, DORA, HALL, OLGA, SLACK, Event, words


def everybody() -> Event:
    return Event().opened(OLGA, DORA, ANN, BEN, CLEO, DAN)


def says(event: Event, actor: Actor, ref: str, body: str | Doc, to: str = "") -> None:
    event.wait(1)
    room = CHAT if actor.platform == "slack" else HALL
    assert event.writes(actor, room, ref, body, to=to) is not None
    event.settle()


def copy_of(event: Event, body: str, venue: VenueId = DISCORD) -> Surface:
    place = event.place("stage", venue).id
    for surface in event.store.rows(Surface):
        shown = event.content(surface) if surface.place == place and surface.ours else None
        if isinstance(shown, Speech) and body in words(shown):
            return surface
    raise AssertionError(body)


def shown(event: Event, body: str, venue: VenueId = DISCORD) -> Speech:
    found = event.content(copy_of(event, body, venue))
    assert isinstance(found, Speech)
    return found


def together(event: Event, *bodies: str, venue: VenueId = DISCORD, ref: str = "777") -> Surface:
    """These copies go out as one post, as the jobs do it where a room is busy."""
    carrier = Surface(
        SurfaceId(f"carrier{ref}"), SubjectId(f"bundle:carrier{ref}"), event.place("stage", venue).id, ref=ref, shown=1
    )
    event._save(carrier)
    event._save(Subject(carrier.subject))
    for body in bodies:
        event.change(copy_of(event, body, venue), bundle=carrier.id, ref=None)
    return carrier


def quote_of(event: Event, body: str, venue: VenueId = DISCORD) -> Quote | None:
    return shown(event, body, venue).quote


# -- answers to several lines in one post -----------------------------------------------------------------------------


def busy(*, venue: VenueId = DISCORD) -> Event:
    """Three lines of the other venue stand in one post here."""
    event = everybody()
    first, second = (ANN, BEN) if venue == DISCORD else (CLEO, DAN)
    for number, (actor, body) in enumerate([(first, "Which room?"), (second, "And when?"), (first, "Thanks")]):
        says(event, actor, f"1.{number}", body)
    together(event, "Which room?", "And when?", "Thanks", venue=venue)
    return event


@pytest.mark.parametrize(
    ("venue", "who", "name"), [(DISCORD, CLEO, "Ann"), (SLACK, ANN, "Cleo")], ids=["on Discord", "in a Slack thread"]
)
def test_an_answer_to_several_lines_in_one_post_quotes_the_first_and_counts_the_others(venue, who, name):
    event, there = busy(venue=venue), SLACK if venue == DISCORD else DISCORD
    says(event, who, "9.1", "The big one", to="777")
    written = CHAT if there == SLACK else HALL
    assert quote_of(event, "The big one", there) == Quote(name, "Which room? (and 2 more lines)", written, "1.0")
    assert copy_of(event, "The big one", there).parent is None, "it is said to none of them alone"


def test_what_is_quoted_of_several_lines_follows_each_of_them():
    event = busy()
    says(event, CLEO, "9.1", "The big one", to="777")
    answer = copy_of(event, "The big one", SLACK)
    for change, told in (
        (lambda: event.edits(ANN, CHAT, "1.0", "Which hall?"), "Which hall? (and 2 more lines)"),
        (lambda: event.deletes(ANN, CHAT, "1.2"), "Which hall? (and 1 more line)"),
        (lambda: event.deletes(ANN, CHAT, "1.0"), "And when?"),
    ):
        before = event.versions()[answer.subject]
        event.wait(1)
        change()
        assert event.versions()[answer.subject] > before, "it is shown anew"
        quote = quote_of(event, "The big one", SLACK)
        assert quote is not None and quote.words == told
        event.settle()
    event.deletes(BEN, CHAT, "1.1")
    assert quote_of(event, "The big one", SLACK) is None


def test_what_a_moderator_deletes_is_quoted_no_more_by_answers_to_its_post():
    event = busy()
    says(event, CLEO, "9.1", "The big one", to="777")
    answer = copy_of(event, "The big one", SLACK)
    before = event.versions()[answer.subject]
    form = event.types(OLGA, f"/mod moderate {CHAT}/1.0", CHAT).reply
    event.sends(OLGA, form, CHAT, do="delete")  # type: ignore[arg-type]
    assert event.versions()[answer.subject] > before
    quote = quote_of(event, "The big one", SLACK)
    assert quote is not None and quote.words == "And when? (and 1 more line)"


def test_the_only_line_that_is_left_of_a_post_is_what_is_answered():
    event = busy()
    for ref, actor in (("1.1", BEN), ("1.2", ANN)):
        event.deletes(actor, CHAT, ref)
    says(event, CLEO, "9.1", "The big one", to="777")
    native = next(it for it in event.store.rows(Surface) if it.ref == "1.0")
    assert copy_of(event, "The big one", SLACK).parent == native.id
    assert quote_of(event, "The big one", SLACK) == Quote("Ann", "Which room?", CHAT, "1.0")


def test_an_answer_to_a_line_that_stands_among_others_elsewhere_leads_to_their_post():
    event = busy()
    says(event, BEN, "1.9", "The big one", to="1.0")
    assert quote_of(event, "The big one") == Quote("Ann", "Which room?", HALL, "777")


def test_a_long_first_line_leaves_room_for_the_number_of_the_others():
    event = everybody()
    says(event, ANN, "1.0", "x" * 300)
    says(event, BEN, "1.1", "Short")
    together(event, "xxx", "Short")
    says(event, CLEO, "9.1", "Well", to="777")
    quote = quote_of(event, "Well", SLACK)
    assert quote is not None and len(quote.words) == 80 and quote.words.endswith("… (and 1 more line)")


# -- links to messages ------------------------------------------------------------------------------------------------


SITE = "https://acme.slack.com/"
GUILD, ROOM = "20", "30"


def slack_line(url: str) -> Doc:
    return read({"text": f"See <{url}>"}, Names("T1", site=SITE))


def discord_line(url: str) -> Doc:
    return content({"content": f"See {url}", "guild_id": GUILD}, Unnamed())


def link(event: Event, room: str, ref: str, label: str = "") -> Link:
    return Link(f"https://chat.example/{room}/{ref}", label, room, ref)


def way(event: Event, body: Doc, *, by: Actor = ANN, ref: str = "5.5") -> Doc:
    says(event, by, ref, (Leaf("See "), *body))
    there = DISCORD if by.platform == "slack" else SLACK
    return shown(event, "See ", there).body[1:]


@pytest.mark.parametrize(
    ("address", "leads"),
    [
        ("archives/C123/p1700000000000100", ("C123", "1700000000.000100")),
        ("archives/C123/p1700000000000200?thread_ts=1700000000.000100&cid=C123", ("C123", "1700000000.000200")),
        ("archives/C123", ("", "")),
        ("archives/C123/p17", ("", "")),
        ("team/U1", ("", "")),
    ],
)
def test_slack_s_links_to_messages_are_known(address, leads):
    (*_, made) = slack_line(SITE + address)
    assert made == Link(SITE + address, "", *leads)
    (*_, other) = slack_line(f"https://other.slack.com/{address}")
    assert other == Link(f"https://other.slack.com/{address}"), "another workspace's"


@pytest.mark.parametrize(
    ("steps", "leads"),
    [
        ((GUILD, ROOM, "40"), (ROOM, "40")),
        ((GUILD, ROOM), ("", "")),
        (("21", ROOM, "40"), ("", "")),
        (("@me", ROOM, "40"), ("", "")),
        ((GUILD, ROOM, "40", "50"), ("", "")),
    ],
)
def test_discord_s_links_to_messages_are_known(steps, leads):
    url = "/".join(("https://discord.com/channels", *steps))
    (*_, made) = discord_line(url)
    assert made == Link(url, "", *leads)


def test_links_in_styles_quotes_and_lists_are_known_too():
    url = f"{SITE}archives/C123/p1700000000000100"
    inner = {"type": "rich_text_section", "elements": [{"type": "link", "url": url, "style": {"bold": True}}]}
    items = {"type": "rich_text_list", "style": "bullet", "elements": [inner]}
    quote = {"type": "rich_text_quote", "elements": inner["elements"]}
    told = read({"blocks": [{"type": "rich_text", "elements": [items, quote]}]}, Names("T1", site=SITE))
    known = Styled("bold", (Link(url, "", "C123", "1700000000.000100"),))
    assert told[0] == Item((known,), 0, None) and Quoted((known,)) in told


@pytest.mark.parametrize("by", [ANN, CLEO], ids=["from Slack", "from Discord"])
def test_a_link_to_a_line_leads_to_its_copy(by):
    event = everybody()
    says(event, by, "1.1", "Which room?")
    here, there = (CHAT, DISCORD) if by == ANN else (HALL, SLACK)
    copy = copy_of(event, "Which room?", there)
    room = HALL if by == ANN else CHAT
    assert way(event, (link(event, here, "1.1"),), by=by) == (Jump(room, copy.ref or "", ways.THIS),)


def test_a_link_to_a_copy_leads_to_the_line_itself_under_its_own_words():
    event = everybody()
    says(event, CLEO, "70", "Which room?")
    copy = copy_of(event, "Which room?", SLACK)
    assert way(event, (link(event, CHAT, copy.ref or "", "what Cleo asked"),)) == (Jump(HALL, "70", "what Cleo asked"),)


def test_a_link_to_an_answer_in_a_thread_leads_to_the_answer():
    event = everybody()
    says(event, ANN, "1.1", "Which room?")
    says(event, ANN, "1.2", "The big one", to="1.1")
    assert way(event, (link(event, CHAT, "1.2"),)) == (Jump(HALL, copy_of(event, "The big one").ref or "", ways.THIS),)


def test_a_link_to_a_card_leads_to_the_card_of_the_other_room():
    event = everybody()
    poll = event.poll()
    event.settle()
    here, there = event.place("stage").id, event.place("stage", DISCORD).id
    posts = {it.place: it.ref or "" for it in event.store.rows(Surface) if it.subject == f"interaction:{poll}"}
    assert way(event, (link(event, CHAT, posts[here]),)) == (Jump(HALL, posts[there], ways.THIS),)


def test_links_to_and_from_posts_of_several_lines_lead_to_the_post_and_to_its_first_line():
    event = busy()
    assert way(event, (link(event, CHAT, "1.1"),)) == (Jump(HALL, "777", ways.THIS),)
    says(event, CLEO, "9.9", (Leaf("Look: "), link(event, HALL, "777")))
    assert shown(event, "Look: ", SLACK).body[1:] == (Jump(CHAT, "1.0", ways.THIS),)


def test_a_way_stands_inside_styles_quotes_and_lists_and_among_others_in_a_post():
    event = everybody()
    says(event, ANN, "1.1", "Which room?")
    says(event, ANN, "1.2", "Filler")
    to = (link(event, CHAT, "1.1"),)
    jump = (Jump(HALL, copy_of(event, "Which room?").ref or "", ways.THIS),)
    says(event, ANN, "5.5", (Leaf("See "), Styled("bold", to), Leaf("\n"), Quoted(to), Leaf("\n"), Item(to)))
    wanted = (Leaf("See "), Styled("bold", jump), Leaf("\n"), Quoted(jump), Leaf("\n"), Item(jump))
    assert shown(event, "See ").body == wanted
    carrier = together(event, "See ", "Filler")
    bundle = event.content(carrier)
    assert wanted in [line.body for line in bundle.lines]  # type: ignore[union-attr]


@pytest.mark.parametrize("what", ["unknown", "other room", "deleted", "removed", "not here", "let go"])
def test_what_does_not_stand_there_stays_a_link(what):
    event = everybody()
    says(event, ANN, "1.1", "Which room?")
    to = link(event, "C-other" if what == "other room" else CHAT, "9.9" if what == "unknown" else "1.1", "that")
    if what == "deleted":
        event.deletes(ANN, CHAT, "1.1")
        event.settle()
    if what == "removed":
        event.change(copy_of(event, "Which room?"), dead="it was removed on the platform")
    if what == "not here":
        event.change(copy_of(event, "Which room?"), ref=None)
    if what == "let go":
        says(event, ANN, "5.5", (Leaf("See "), to))
        surface, place = copy_of(event, "See "), event.place("stage")
        event.change(place, state="released")
        body = event.content(surface).body  # type: ignore[union-attr]
        assert body[1:] == (Link(to.url, "that"),)
        return
    assert way(event, (to,)) == (Link(to.url, "that"),)


def test_an_edit_brings_a_way_and_takes_it():
    event = everybody()
    says(event, ANN, "1.1", "Which room?")
    says(event, ANN, "1.2", "See nothing")
    event.wait(1)
    event.edits(ANN, CHAT, "1.2", (Leaf("See "), link(event, CHAT, "1.1")))
    jump = Jump(HALL, copy_of(event, "Which room?").ref or "", ways.THIS)
    assert shown(event, "See ").body == (Leaf("See "), jump)
    event.wait(1)
    event.edits(ANN, CHAT, "1.2", "See here")
    assert shown(event, "See ").body == (Leaf("See here"),)


def test_where_it_leads_is_kept_with_the_line_and_older_lines_read_as_they_were():
    tree = doc("See ", Link("https://a.example", "a"), Link("https://b.example", "", "C1", "1.1"))
    assert load(dump(tree)) == tree
    assert load('[["link","https://a.example","a"]]') == (Link("https://a.example", "a"),)
    event = everybody()
    says(event, ANN, "1.1", (link(event, CHAT, "0.1"),))
    (message,) = event.store.rows(Message)
    assert message.body == (link(event, CHAT, "0.1"),)
    assert replace(message.body[0], room="", ref="") == Link("https://chat.example/C-chat/0.1")


# -- who wrote it -----------------------------------------------------------------------------------------------------


def test_a_new_part_and_a_new_name_stand_over_what_is_written_from_then_on_and_edit_nothing():
    """Neither platform lets a posted message have another name, so nothing is edited in vain."""
    event = everybody()
    says(event, ANN, "1.1", "Before")
    before = event.versions()[copy_of(event, "Before").subject]
    event.appoints(ANN, "speaker")
    form = event.types(ANN, "/stage settings", CHAT).reply
    event.wait(1)
    event.sends(ANN, form, CHAT, name="Anna")  # type: ignore[arg-type]
    event.settle()
    assert event.versions()[copy_of(event, "Before").subject] == before
    says(event, ANN, "1.2", "After", to="1.1")
    after = shown(event, "After")
    assert (after.author, after.badge) == ("Anna", "speaker")
    assert after.quote is not None and after.quote.author == "Anna", "quotes are ours"


def test_who_hides_the_last_name_has_the_first_one_over_new_lines_in_quotes_and_in_posts_of_several_lines():
    event = Event().opened(OLGA, DORA, BEN, CLEO)
    event.joins(ANN, name="Ann Smith")
    event.settle()
    says(event, ANN, "1.1", "Before")
    says(event, BEN, "1.2", "Filler")
    assert shown(event, "Before").author == "Ann Smith"
    carrier = together(event, "Before", "Filler")
    form = event.types(ANN, "/stage settings", CHAT).reply
    event.wait(1)
    event.sends(ANN, form, CHAT, settings=("toasts", "private_chat"))  # type: ignore[arg-type]
    event.settle()
    says(event, ANN, "1.3", "After", to="1.1")
    after, post = shown(event, "After"), event.content(carrier)
    assert after.author == "Ann" and after.quote is not None and after.quote.author == "Ann"
    assert "Ann" in [line.author for line in post.lines]  # type: ignore[union-attr]
    assert "Smith" not in repr((after, post))
