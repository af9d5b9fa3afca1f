"""One of each kind of interaction: made by its form, seen as it will look, published, ended."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta

from adapters.sandbox.hands import Post
from config.story import CHANNEL, QUEUE, Player, Story, has

VOTE = "I will try one new thing from tonight"
QUIZ = "When did the very first Python reach other people?"
RATING = "The keynote as a whole"
QUESTION = "What should the next evening be about?"
CLOUD = "Tonight in up to three words"
NEWS = "After the show"
SURVEY = "How was your evening?"
CHEER = "Applause"
PAGE = "https://example.org/road-ahead"
ANSWERS = ("1989", "1991", "1994")
RIGHT = "B"
TALKS = ("The keynote", "The live coding", "The questions")
Values = Mapping[str, str | Sequence[str]]

FORMS: Mapping[str, tuple[str, Values]] = {
    VOTE: ("vote", {"Statement": VOTE}),
    QUIZ: (
        "quiz",
        {
            "Question": QUIZ,
            "Answers, one a line": "\n".join(f"* {it}" if it == ANSWERS[1] else it for it in ANSWERS),
            "Settings": ["Show the correct answer when it ends", "Count it for the leaderboard"],
            "Closes": "After 30 seconds",
        },
    ),
    RATING: ("rating", {"What is rated": RATING, "Results": "Share when it ends"}),
    QUESTION: ("question", {"Question": QUESTION}),
    CLOUD: ("cloud", {"Question": CLOUD}),
    NEWS: (
        "announcement",
        {
            "Title": NEWS,
            "Text": "The slides stand there already, the recording comes on Friday.",
            "Button": "See the slides",
            "Page that the button opens": PAGE,
        },
    ),
    SURVEY: ("survey", {"Name of the survey": SURVEY}),
    CHEER: ("reaction", {"Everybody sees": "Applause 👏"}),
}
"""What each is about → the command's word, and what is filled into its form."""
WORDS = {VOTE: "crowd vote", RATING: "rating", QUESTION: "open question", CLOUD: "word cloud", SURVEY: "survey"}
"""Those that a moderator ends; the quiz closes by itself."""
PARTS: Sequence[tuple[str, Values]] = (
    (
        "Multiple choice",
        {
            "Question": "What did you like best?",
            "Options, one a line": "\n".join(TALKS),
            "Rule": ["Everybody must answer it"],
        },
    ),
    ("Icon choice", {"Question": "How was the chat?"}),
    ("Rating", {"Question": "How was the sound?"}),
    ("Open question", {"Question": "What was missing?"}),
    ("Multiple choice", {"Question": "Will you come again?", "Options, one a line": "Yes\nNo"}),
    ("Rating", {"Question": "And all in all?", "Rule": ["Everybody must answer it"]}),
)
"""The four sorts of questions; more than five, so that Discord shows them in two pages."""


# -- drafts ---------------------------------------------------------------------------------------------------------


async def drafts(story: Story) -> None:
    """Made on both platforms; the first two in the order in which the run of show publishes them."""
    host, guest = story.one_each(manages=True)
    await _make(story, host, VOTE)
    await _make(story, host, QUIZ)
    await asyncio.gather(_made_in_slack(story, host), _made_in_discord(story, guest))


async def _made_in_slack(story: Story, host: Player) -> None:
    await _make(story, host, CLOUD)
    card = await _make(story, host, SURVEY)
    await story.act(host, "press", CHANNEL, card.id, "Questions")
    for number, (sort, values) in enumerate(PARTS, 1):
        page = await story.see(host, lambda post: post.private and has(post, "Add a question"), CHANNEL)
        opened = await story.act(host, "choose", CHANNEL, page.id, "Add a question", [sort])
        await story.fill_for(host, opened, dict(values), f"Question {number} is saved.", CHANNEL)
    await story.press(host, "Show the draft", CHANNEL)
    whole = await _draft(story, host, SURVEY, f"{len(PARTS)} questions")
    story.tell(host.name, host.platform, f"makes the survey “{SURVEY}” of {len(PARTS)} questions, each by its form")
    story.claims.check("the survey's draft tells how long it takes", "about a minute" in whole.text, whole.text)


async def _made_in_discord(story: Story, host: Player) -> None:
    for about in (RATING, QUESTION, CHEER):
        await _make(story, host, about)
    card = await _make(story, host, NEWS)
    opened = await story.act(host, "choose", CHANNEL, card.id, "More", ["Publish at a time"])
    due = datetime.now(UTC) + timedelta(seconds=5)
    due = due.replace(second=0, microsecond=0) + timedelta(minutes=1)
    await story.fill(host, opened, {"Publish at": f"{due:%H:%M}"}, CHANNEL)
    await story.see(host, lambda post: post.private and "It publishes itself at that time" in post.text, CHANNEL)
    story.facts["due"] = due.timestamp()
    story.tell(host.name, host.platform, f"lets the announcement “{NEWS}” publish itself at {due:%H:%M}")


async def _make(story: Story, host: Player, about: str) -> Post:
    """By its form; the moderator sees the exact card, alone."""
    name, values = FORMS[about]
    opened = await story.command(host, f"/mod {name}")
    done = await story.fill(host, opened, dict(values), CHANNEL)
    if done.sheet is not None:
        await host.hands.close()
    card = await _draft(story, host, about, "Saved as a draft. This is how it will look:")
    story.claims.check(f"{host.name} sees the {name} as it will look, before anybody else", card.private, card)
    story.tell(host.name, host.platform, f"makes the {name} “{about}” and sees it as a draft")
    return card


async def _draft(story: Story, host: Player, about: str, words: str = "") -> Post:
    def mine(post: Post) -> bool:
        return post.private and about in post.text and words in post.text and has(post, "More")

    return await story.see(host, mine, CHANNEL)


# -- published ------------------------------------------------------------------------------------------------------


async def open_four(story: Story) -> None:
    """One by the desk's Publish next, the others by the button under the draft."""
    host, guest = story.one_each(manages=True)
    await asyncio.gather(_next_at_the_desk(story, host), _publish(story, guest, RATING, "1 poor"))
    await asyncio.gather(_publish(story, host, CLOUD, "Add words"), _publish(story, guest, QUESTION, "Answer"))


async def _next_at_the_desk(story: Story, host: Player) -> None:
    desk = await story.see(host, lambda post: has(post, "Publish next") and VOTE in post.text, QUEUE)
    await story.act(host, "press", QUEUE, desk.id, "Publish next")
    await story.see(host, lambda post: post.private and "Published." in post.text and VOTE in post.text, QUEUE)
    story.tell(host.name, host.platform, f"publishes the crowd vote “{VOTE}” by the desk's Publish next")
    await _stands(story, VOTE, "Count me in")


async def quiz(story: Story) -> None:
    """The next one in the run of show, by command; it closes by itself."""
    host = story.one_each(manages=True)[0]
    await story.command(host, "/mod next")
    await story.see(host, lambda post: post.private and "Published." in post.text and QUIZ in post.text, CHANNEL)
    story.tell(host.name, host.platform, f"publishes the quiz “{QUIZ}” by /mod next; it closes after 30 seconds")
    await _stands(story, QUIZ, "Answer A")


async def survey(story: Story) -> None:
    await _publish(story, story.one_each(manages=True)[0], SURVEY, "Take survey")


async def cheer(story: Story) -> None:
    """Everybody sees it once."""
    host = story.one_each(manages=True)[1]
    card = await _draft(story, host, CHEER)
    await story.act(host, "press", CHANNEL, card.id, "Send to everyone")
    for player in story.one_each():
        await story.see(player, lambda post: not post.private and CHEER in post.text and "Crowd reaction" in post.text)
        story.claims.check(f"the crowd reaction is seen in {player.platform}", True)
    story.tell(host.name, host.platform, f"sends the crowd reaction “{CHEER}”")


async def _publish(story: Story, host: Player, about: str, button: str) -> None:
    card = await _draft(story, host, about)
    await story.act(host, "press", CHANNEL, card.id, "Publish now")
    await story.see(host, lambda post: post.private and "Published." in post.text and about in post.text, CHANNEL)
    story.tell(host.name, host.platform, f"publishes “{about}”")
    await _stands(story, about, button)


async def _stands(story: Story, about: str, button: str) -> None:
    """In every stage; where, is remembered."""
    for player in story.one_each():
        card = await story.see(player, lambda post: not post.private and about in post.text and _begins(post, button))
        story.facts.setdefault("cards", {})[about, player.platform] = card.id


def _begins(post: Post, button: str) -> bool:
    return any(it.label.startswith(button) for it in post.controls)


async def news(story: Story) -> None:
    """It publishes itself; a few open its page."""
    for player in story.one_each():
        card = await story.see(
            player, lambda post: not post.private and NEWS in post.text and has(post, "See the slides")
        )
        (link,) = [it for it in card.controls if it.label == "See the slides"]
        story.facts.setdefault("cards", {})[NEWS, player.platform] = card.id
        story.claims.check(f"the announcement published itself and its button opens the page in {player.platform}",
                           (link.url or "").startswith(PAGE), link)  # fmt: skip
    story.tell("bot", "both", f"has published the announcement “{NEWS}” at its time")


# -- ended ----------------------------------------------------------------------------------------------------------


async def end(story: Story, about: str) -> None:
    await _press_end(story, about)
    await ended(story, about)


async def _press_end(story: Story, about: str) -> None:
    host = story.one_each(manages=True)[0]
    twin = await story.see(host, lambda post: not post.private and has(post, "End") and about in post.text, QUEUE)
    await story.act(host, "press", QUEUE, twin.id, "End")
    await story.press_for(host, f"End {WORDS[about]}", "Ended.", QUEUE)
    story.tell(host.name, host.platform, f"ends “{about}”")


async def ended(story: Story, about: str) -> None:
    """What its cards and its twins say then is kept for the count."""
    told = story.facts.setdefault("told", {}).setdefault(about, {})
    for player in story.one_each():
        ident = story.facts["cards"][about, player.platform]
        card = await story.see(player, lambda post, ident=ident: post.id == ident and "ended" in post.text)  # type: ignore[misc]
        story.claims.check(f"the final card of “{about}” in {player.platform} takes no answers",
                           not any(it.kind != "link" and it.label != "All answers" for it in card.controls),
                           card.controls)  # fmt: skip
        told[player.platform] = card
    for host in story.one_each(manages=True):
        told[f"the twin in {host.platform}"] = await story.see(host, lambda post: _twin(post, about), QUEUE)
    story.tell("bot", "both", " · ".join(told["slack"].text.splitlines()[:2]))


def _twin(post: Post, about: str) -> bool:
    return not post.private and not has(post, "New") and about in post.text and "ended" in post.text


async def end_all(story: Story) -> None:
    some = (RATING, VOTE, QUESTION, CLOUD)
    for about in some:
        await _press_end(story, about)
    for about in some:
        await ended(story, about)
