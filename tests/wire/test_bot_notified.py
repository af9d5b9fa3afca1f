"""People who want to be told are told by a mention, and nobody else by anything (SPEC 6.3)."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from adapters.sandbox.discord import changes
from adapters.sandbox.discord.model import Message, Role
from adapters.sandbox.hands import Post
from tests.wire.audience import CHANNEL, DOOR, NOTIFY, QUEUE, STAGE, has, shared, until
from tests.wire.bot_sides import Check
from tests.wire.bot_stage import Stage, on_stage

ROLE = "Keynote: notify"
ZERO_WIDTH = "\u200b"

TOASTS = "Allow toast notifications"


def role_of(stage: Stage) -> Role | None:
    return next((it for it in stage.discord.only_guild().roles.values() if it.name == ROLE), None)


def holders(stage: Stage) -> set[str]:
    role = role_of(stage)
    people = stage.discord.only_guild().members.values()
    return {it.user.name for it in people if role is not None and role.id in it.roles}


def pings(stage: Stage) -> list[tuple[str, ...]]:
    """Whom each message that notified anybody at all did notify."""
    every = (it for channel in stage.discord.channels.values() for it in channel.messages.values())
    return [_named(stage, it) for it in every if it.pinged]


def _named(stage: Stage, one: Message) -> tuple[str, ...]:
    roles = stage.discord.only_guild().roles
    everyone = ("everyone",) if one.pinged.everyone else ()
    return (*everyone, *(roles[it].name for it in one.pinged.roles), *one.pinged.users)


async def settings(stage: Stage, who: str, *chosen: str) -> None:
    await stage.form(who, await stage.people[who].command(STAGE, "/stage settings"))
    await stage.send(who, {"Settings": list(chosen)})


async def join_quietly(stage: Stage, who: str) -> None:
    opened = await stage.press(who, "Join session", shared, DOOR)
    await stage.fill_join(who, opened, Settings=["Enable private chat"])
    await stage.find(who, STAGE)


def asked(question: str) -> Callable[[Post], bool]:
    return lambda post: question in post.text and shared(post) and has(post, "A")


@pytest.mark.shows("notify", on="discord")
async def test_who_wants_to_be_told_is_told_once_and_nobody_else(tmp_path: Path, outgoing: Check) -> None:
    async with on_stage(tmp_path, outgoing) as stage:
        stage.hosting.reverse()
        await stage.live("bo", "nova", "mira", made=True)
        await join_quietly(stage, "sam")
        await until(lambda: holders(stage) == {"bo", "nova"})
        role = role_of(stage)
        assert role is not None and not role.permissions and not role.mentionable
        await stage.poll("Tea <@&1> @everyone?", f"Tea <@&{role.id}>\n@here\n@everyone", notify=True)
        told = await stage.read("nova", f"For @{ROLE}")
        assert f"<@&{role.id}>" in told.text.replace(ZERO_WIDTH, ""), "what somebody typed is shown as it was typed"
        assert pings(stage) == [(ROLE,)]
        assert "For @" not in (await stage.read("mira", "@everyone?")).text, "Slack mentions nobody"
        sent = posts_with_mentions(stage)
        assert [it["allowed_mentions"] for it in sent] == [{"parse": [], "roles": [role.id]}]
        answer = await stage.people["nova"].press(STAGE, told.id, told.controls[0].label)
        assert answer.ok
        await stage.read("nova", "1 ")
        await until(lambda: any(_edited(it) for it in stage.discord.requests))
        assert all(it["allowed_mentions"] == {"parse": []} for it in _bodies(stage, "PATCH"))
        # Once in ten minutes, and the draft stays.
        card = await stage.draft("bo", "Again?")
        again = await stage.told("bo", "choose", card.id, "More", [NOTIFY], channel=CHANNEL)
        assert "once in ten minutes is enough" in again
        assert stage.rows("SELECT state FROM interaction ORDER BY created_at") == [("live",), ("draft",)]
        assert "Again?" in await stage.told("bo", "command", "/mod live", channel=CHANNEL)
        await stage.people["bo"].command(CHANNEL, "/mod next")
        await stage.see("bo", lambda post: post.private and "Published." in post.text, channel=CHANNEL)
        assert "For @" not in (await stage.read("nova", "Again?")).text
        # People change their minds.
        await settings(stage, "nova", "Enable private chat")
        await until(lambda: holders(stage) == {"bo"})
        await settings(stage, "sam", TOASTS)
        await until(lambda: holders(stage) == {"bo", "sam"})
        await stage.people["sam"].command(STAGE, "/stage leave")
        await stage.press("sam", "Leave")
        await until(lambda: holders(stage) == {"bo"})
        await stage.people["bo"].write(STAGE, f"<@&{role.id}> @everyone look")
        await stage.read("mira", "look")
        # What is over tells nobody.
        for label, test in (("End session", shared), ("End session", lambda post: has(post, "Keep it open"))):
            await stage.press("bo", label, test, QUEUE)
        await stage.press("bo", "Archive", channel=QUEUE)
        await stage.press("bo", "Archive", lambda post: has(post, "Keep them"), QUEUE)
        await until(lambda: role_of(stage) is None)


def _edited(request: Any) -> bool:
    return request.method == "PATCH" and "/messages/" in request.route


def _bodies(stage: Stage, method: str) -> list[Any]:
    sent = (it for it in stage.discord.requests if it.method == method and "/messages" in it.route)
    return [body for it in sent if (body := it.arguments.get("body") or {}).get("allowed_mentions")]


def posts_with_mentions(stage: Stage) -> list[Any]:
    return [it for it in _bodies(stage, "POST") if it["allowed_mentions"] != {"parse": []}]


@pytest.mark.shows("notify", on="discord")
async def test_without_the_right_to_mention_moderators_read_so_and_it_mends_by_itself(
    tmp_path: Path, outgoing: Check
) -> None:
    async with on_stage(tmp_path, outgoing, platforms=("discord",)) as stage:
        own = next(it for it in stage.discord.only_guild().roles.values() if it.managed)
        held = own.permissions
        own.permissions &= ~(1 << 17)
        await stage.live("bo", "nova", made=True)
        words = "In Discord nobody can be notified: the bot may not mention roles. Give it Mention @"
        await stage.read("bo", words, channel=QUEUE)
        await stage.poll(notify=True)
        assert "For @" not in (await stage.read("nova", "Which topic?")).text
        own.permissions = held
        changes.grant(stage.discord, stage.discord.named("sidestage"), own)
        await stage.read("bo", "In Discord people can be notified again.", 20, QUEUE)
        await until(lambda: holders(stage) == {"bo", "nova"})
        assert pings(stage) == [], "the poll is out already"
        told = [it.text for it in await stage.posts("bo", QUEUE) if "can be notified" in it.text]
        assert len(told) == 1, "one sentence, whoever finds it"


@pytest.mark.shows("notify", on="discord")
async def test_without_a_platform_that_mentions_the_card_does_not_offer_it(tmp_path: Path, outgoing: Check) -> None:
    async with on_stage(tmp_path, outgoing, platforms=("slack",)) as stage:
        await stage.live("ana")
        card = await stage.draft("ana", "Which?")
        more = next(control for control in card.controls if control.label == "More")
        assert [*more.options] == ["Publish at a time", "Duplicate", "Delete"]
