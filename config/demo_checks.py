"""What the demo checks when all is quiet: the servers' own records and the database, never what the bot says."""

from __future__ import annotations

import contextlib
import json
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any

from config import demo_kinds
from config.demo_script import Part, Script
from config.stage_set import StageSet
from config.story import BACKCHANNEL, STAGE, Player, Story, has
from config.story_answers import FIVE
from config.story_chat import LIKE, shown_by_bot
from config.story_poll import FIRST, OPTIONS, SECOND, tally
from config.story_questions import PUBLISHED
from core.app.derived import Counts, Joined
from core.app.unit_of_work import key
from core.domain.ids import InteractionId
from core.domain.interactions import KINDS
from core.domain.interactions.kind import Tally
from core.domain.interactions.life import Ballot, Interaction
from core.domain.interactions.secret import BallotKey
from storage.sealed import key_file
from storage.store import open_store

DISCORD_EPOCH = 1_420_070_400.0
"""Message ids of Discord count milliseconds from 2015 on."""


async def servers(story: Story, stage: StageSet) -> dict[str, Any]:
    """What both servers wrote down of the bot's requests and of people's presses."""
    return {
        "slack": (await stage.ask("slack", "requests"))["requests"],
        "discord": await stage.ask("discord", "requests"),
        "acts": [*(await stage.ask("slack", "actions"))["actions"], *await stage.ask("discord", "actions")],
    }


def check_servers(story: Story, records: dict[str, Any]) -> dict[str, Any]:
    """Returns the figures."""
    every = [*records["slack"], *records["discord"]]
    invalid = [it for it in every if it["violations"]]
    story.claims.check("no request of the bot breaks a documented rule", not invalid, invalid[:3])
    refused = sum(it["status"] == 429 or it.get("answered") in ("ratelimited", "rate_limited") for it in every)
    _check_answers(story)
    for question in (FIRST, SECOND):
        _check_presses(story, question, records["acts"])
    _check_backchannel(story, every)
    _check_questions(story, every)
    return {
        "requests": len(every),
        "requests_slack": len(records["slack"]),
        "requests_discord": len(records["discord"]),
        "requests_invalid": len(invalid),
        "requests_refused_as_too_fast": refused,
        "edits_slack": sum(it["method"] == "chat.update" for it in records["slack"]),
        "edits_discord": sum(it["method"] == "PATCH" and "/messages/" in it["route"] for it in records["discord"]),
    }


def _check_answers(story: Story) -> None:
    """A press while the bot was dead has no answer; every other one has."""
    missed = [it for it in story.acts if not it.ok]
    excused = [it for it in missed if any(it.began < up and it.ended > down for down, up in story.down)]
    story.facts["acts"], story.facts["acts_unanswered"] = len(story.acts), len(missed)
    wrong = [it for it in missed if it not in excused]
    claim = f"each of {len(story.acts) - len(excused)} presses and commands while the bot was up was answered in time"
    story.claims.check(claim, not wrong, wrong[:3])


def _check_presses(story: Story, question: str, acts: Iterable[dict[str, Any]]) -> None:
    """The servers counted the presses themselves: each person's last answered one is their vote."""
    cards = {story.facts["cards"][question, platform] for platform in ("slack", "discord")}
    names = {name: story.script.human(player.name) for name, player in story.accounts.items()}
    last: dict[str, tuple[float, tuple[str, ...]]] = {}
    for act in acts:
        if act["post"] not in cards or act["verb"] not in ("press", "choose") or not act["ok"]:
            continue
        picked = act.get("values") or act.get("value") or ()
        chosen = (act["label"][-1],) if act["verb"] == "press" else tuple(map(_letter, picked))
        who = names[act["user"].lower()]
        if who not in last or last[who][0] <= act["at"]:
            last[who] = (act["at"], chosen)
    counted = Counter(letter for _, letters in last.values() for letter in letters)
    wanted = tally(story, question)
    story.claims.check(f"the servers' own count of presses is the tally of “{question}”",
                       counted == wanted, (counted, wanted))  # fmt: skip


def _letter(picked: object) -> str:
    """What Slack recorded as the words of the option, Discord as its value."""
    said = str(picked)
    return "ABCDE"[int(said)] if said.isdigit() else said[0]


def _check_backchannel(story: Story, every: Iterable[dict[str, Any]]) -> None:
    """What carries a word of the backchannel goes where no line of the stage ever went."""
    behind, stage = set(), set()
    public = [line.reads for line in story.lines if len(line.reads) > 20]
    for it in every:
        path = it["arguments"].get("path") or it["arguments"]
        where = path.get("webhook_id") or path.get("channel_id") or path.get("channel")
        sent = json.dumps(it["arguments"], ensure_ascii=False)
        if any(line in sent for line in story.behind):
            behind.add(where)
        elif any(line in sent for line in public):
            stage.add(where)
    allowed = behind <= set(story.facts["backchannels"]) | {it for it in behind if it not in stage}
    claim = "no request carries a word of the backchannel anywhere but to a backchannel"
    story.claims.check(claim, bool(behind) and allowed and not behind & stage, (behind, stage))


def _check_questions(story: Story, every: Iterable[dict[str, Any]]) -> None:
    """A question that was not published goes to the queue rooms and to whoever asked it."""
    private = [text for index, text in enumerate(story.facts["questions"]) if index != PUBLISHED]
    went = set()
    for it in every:
        path = it["arguments"].get("path") or it["arguments"]
        if any(text in json.dumps(it["arguments"], ensure_ascii=False) for text in private):
            went.add(path.get("channel_id") or path.get("channel"))
    claim = "no request carries a word of a private question to a room that attendees or speakers read"
    story.claims.check(claim, bool(went) and not went & set(story.facts["shared"]), went)


async def backchannels(story: Story) -> None:
    """What attendees see, in every room they find; and which rooms are the backchannels."""
    story.facts["backchannels"] = [
        room.id
        for host in story.one_each(manages=True)
        for room in await host.hands.channels()
        if room.name == BACKCHANNEL
    ]
    for player in story.one_each():
        rooms = [*await story.rooms(player), "@bot"]
        seen = [post.text for room in rooms for post in await player.hands.look(room)]
        leaked = [line for line in story.behind if any(line in text for text in seen)]
        story.claims.check(f"no word of the backchannel is in any of {player.name}'s rooms in {player.platform}",
                           not leaked and BACKCHANNEL not in rooms, leaked or rooms)  # fmt: skip
    await _times(story)


async def _times(story: Story) -> None:
    """When each line was written and when it stood on the other platform, by the servers' own ids."""
    found: dict[str, list[float]] = {"slack": [], "discord": []}
    for player in story.one_each():
        foreign = {it.reads: it for it in story.lines if it.who.platform != player.platform and not it.gone}
        for shown in shown_by_bot(await player.hands.look(STAGE), list(foreign)):
            line = foreign[shown.text]
            found[line.who.platform].append(
                written(player.platform, shown.post.id) - written(line.who.platform, line.id)
            )
        likes = sum(
            len(who) for it in await player.hands.look(STAGE) for emoji, who in it.reactions.items() if _like(emoji)
        )
        story.facts.setdefault("likes_seen", {})[player.platform] = likes
    given = sum(len(line.liked) for line in story.lines)
    seen = sum(story.facts["likes_seen"].values())
    story.claims.check(f"all {given} likes stand as reactions where they were given", given == seen, seen)
    story.facts["seconds"] = found


def _like(emoji: str) -> bool:
    return emoji in (LIKE, "+1", "thumbsup", ":+1:")


def written(platform: str, ident: str) -> float:
    return float(ident) if platform == "slack" else (int(ident) >> 22) / 1000 + DISCORD_EPOCH


def check_database(stage: StageSet, story: Story, acts: Iterable[dict[str, Any]]) -> None:
    store = open_store(stage.database_url, secret=key_file(stage.folder / "sidestage.key"))
    try:
        (session,) = store.outbox.sessions()
        every = [InteractionId(it) for it in store.outbox.published(session)]
        work = store.read(
            lambda _: [
                key(Joined, session),
                *(key(kind, one) for one in every for kind in (Counts, Interaction, BallotKey)),
                *(key(Ballot, interaction=one) for one in every),
            ]
        )
    finally:
        store.close()
    joined, people = work.get(Joined, session), len(story.script.people) + len(story.guests)
    claim = f"{people} people joined, as the database has it"
    story.claims.check(claim, joined is not None and joined.number == people, joined)
    tallies: dict[str, Tally] = {}
    kinds: Counter[str] = Counter()
    for one in every:
        interaction, counts = work.get(Interaction, one), work.get(Counts, one)
        assert interaction is not None
        kind = KINDS[interaction.kind]
        kinds[kind.NAME] += 1
        tallies[kind.title(interaction.spec)] = kind.tally(interaction.spec, counts.counts if counts else ())
        if interaction.anonymous:
            _check_nameless(story, kind.title(interaction.spec), work.all(Ballot, interaction=one),
                            work.get(BallotKey, one))  # fmt: skip
    for question in OPTIONS:
        kept = Counter(dict(zip("ABCDE", tallies[question].options, strict=False)))
        wanted = tally(story, question)
        story.claims.check(f"the database's tally of “{question}” is the same", +kept == +wanted, (kept, wanted))
    wanted_kinds = Counter([*KINDS, "poll"])
    story.claims.check("one of each kind and a second poll were published", kinds == wanted_kinds, kinds)
    demo_kinds.check(story, acts, tallies)


def _check_nameless(story: Story, question: str, ballots: Sequence[Ballot], kept: object) -> None:
    """Anonymous: what is left of the answers is tied to nobody."""
    told = [it for it in ballots if it.account or it.at or it.delivery]
    known = {it.person for it in ballots} & set(story.accounts)
    right = bool(ballots) and kept is None and not told and not known
    claim = f"none of {len(ballots)} ballots on “{question}” has an account, a time or a delivery, and the key is gone"
    story.claims.check(claim, right and question in story.wanted, (kept, told[:2]))


def plan_people(script: Script, guests: Iterable[Part], platform: str) -> list[dict[str, Any]]:
    rights = {"slack": "admin", "discord": "manages"}[platform]
    return [
        {"name": it.name} | ({rights: True} if it.role == "moderator" else {})
        for it in (*script.parts, *guests)
        if it.platform == platform
    ]


async def reactions(story: Story) -> None:
    """The stage bar on both platforms tells how many pressed each of the five, as the servers wrote it down."""
    acts = [*(await story.stage.ask("slack", "actions"))["actions"], *await story.stage.ask("discord", "actions")]
    counted = demo_kinds.reactions(story, acts, FIVE)
    for player in story.one_each():
        shown: Counter[str] = Counter()

        async def told(player: Player = player, shown: Counter[str] = shown) -> bool:
            posts = await player.hands.look(STAGE)
            bar = next(it for it in reversed(posts) if has(it, "Menu") and not it.private)
            shown.clear()
            shown.update(demo_kinds.on_the_bar(bar, FIVE))
            return shown == counted

        with contextlib.suppress(AssertionError):  # what is wrong is told by the claim
            await story.until("the bar tells all reactions", told)
        claim = f"the five reactions in {player.platform} are the servers' own count of presses"
        story.claims.check(claim, shown == counted, (shown, counted))
    story.facts["reactions"] = counted
