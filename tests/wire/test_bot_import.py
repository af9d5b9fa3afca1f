"""A session from a file, by chat: pasted into the form, with every mistake told, on both platforms (SPEC 13.1)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from adapters.sandbox.hands import Sheet
from core.domain.interactions import KINDS
from tests.wire.audience import CHANNEL, QUEUE, has
from tests.wire.bot_sides import Check, Side, on_every_side
from tests.wire.bot_stage import Stage, on_stage

FILE, UPLOAD = "Session file", "Or the file itself"


def file(**changes: str) -> str:
    """Begins tomorrow."""
    tomorrow = datetime.now(UTC) + timedelta(days=1)
    return f"""\
id: keynote
name: Keynote
start: {tomorrow:%Y-%m-%d} 14:30
length: {changes.get("length", "1h")}
timezone: UTC
interactions:
- kind: poll
  question: Which topic?
  options: [Tea, Coffee, Water]
  at: +0m
- kind: poll
  question: {changes.get("second", "Lunch when?")}
  options: [Now, Later]
"""


async def mistaken(stage: Stage, side: Side, values: dict[str, Any]) -> tuple[Sheet, str]:
    """Send a file that is not in order; the form as it is open then, and all that is told."""
    host = side.host
    if side.slack:
        sheet = await stage.again(host, values, CHANNEL)
        return sheet, sheet.text
    told = await stage.send(host, values, CHANNEL)
    return await stage.form(host, await stage.press(host, "Try again", channel=CHANNEL)), told


@pytest.mark.shows("import", "import-mistakes", "scheduled")
@on_every_side
async def test_a_file_is_pasted_mended_and_imported_and_a_draft_publishes_itself(
    tmp_path: Path, outgoing: Check, side: Side
) -> None:
    async with on_stage(tmp_path, outgoing, mode=side.mode) as stage:
        host = side.host
        stage.hosting.sort(key=lambda who: who != host)
        await stage.form(host, await stage.people[host].command(CHANNEL, "/mod import"))
        wrong = file(length="later").replace("question: Lunch", "qestion: Lunch")
        sheet, told = await mistaken(stage, side, {FILE: wrong})
        for mistake in (
            "There are 3 mistakes in the file. Nothing was made.",
            "Line 4: Write a length like 10m or 1h30m, a day at most.",
            "Line 11: “question” is missing: question.",
            "Line 12: “qestion” is not known here. Did you mean “question”?",
        ):
            assert mistake in told, told
        assert str(sheet.entries[0].value).strip() == wrong.strip()
        answer = await stage.send(host, {FILE: file()}, CHANNEL)
        assert "“Keynote” is made from the file." in answer
        assert "2 interactions are drafted. One has a time: it publishes itself then" in answer
        assert stage.rows("SELECT count(*) FROM interaction WHERE state = 'draft'") == [(2,)]
        await stage.form(host, await stage.people[host].command(CHANNEL, "/mod import"))
        answer = await stage.send(host, {FILE: file(second="Lunch where?")}, CHANNEL)
        assert "“Keynote” is what the file says now." in answer
        await stage.go("announce")
        await stage.find(host, QUEUE)
        stage.chat = "keynote-stage"
        await stage.go("start")
        await stage.join(host)
        # It was due at the start; the card of the session names it too.
        await stage.see(host, lambda post: "Which topic?" in post.text and "Tea" in post.text)
        await stage.people[host].command(CHANNEL, "/mod live")
        listed = await stage.read(host, "Lunch where?", channel=CHANNEL)
        assert "draft" in listed.text


@pytest.mark.shows("import", on="discord")
async def test_on_discord_the_file_itself_can_be_put_into_the_form(tmp_path: Path, outgoing: Check) -> None:
    """Nothing of it is cut: a form's own inputs hold 4,000 characters each."""
    async with on_stage(tmp_path, outgoing, platforms=("discord",)) as stage:
        await stage.form("bo", await stage.people["bo"].command(CHANNEL, "/mod import"))
        polls = "".join(
            f"- kind: poll\n  question: Question {number}, {'so ' * 90}?\n  options: [Yes, No]\n"
            for number in range(60)
        )
        assert len(polls) > 15_000
        told = await stage.send("bo", {UPLOAD: ["session.yaml", file() + polls + "nonsense: 1\n"]}, CHANNEL)
        assert "There is a mistake in the file. Nothing was made.\nLine 194: “nonsense” is not known here." in told
        await stage.form("bo", await stage.press("bo", "Try again", channel=CHANNEL))
        told = await stage.send("bo", {UPLOAD: ["session.yaml", file() + polls]}, CHANNEL)
        assert "“Keynote” is made from the file." in told
        assert "62 interactions are drafted" in told
        await stage.form("bo", await stage.people["bo"].command(CHANNEL, "/mod import"))
        assert "The file is empty." in await stage.send("bo", {}, CHANNEL)
        await stage.form("bo", await stage.press("bo", "Try again", channel=CHANNEL))
        put = stage.discord.files_url
        stage.discord.files_url = "http://127.0.0.1:1"
        told = await stage.send("bo", {UPLOAD: ["session.yaml", file()]}, CHANNEL)
        assert "The file could not be fetched from Discord just now." in told
        stage.discord.files_url = put


@pytest.mark.shows("import", "refused", on="both")
async def test_only_organisers_are_given_the_form(tmp_path: Path, outgoing: Check) -> None:
    async with on_stage(tmp_path, outgoing) as stage:
        for who in ("mira", "nova"):
            told = await stage.told(who, "command", "/mod import", channel=CHANNEL)
            assert "Only organisers can do that here" in told


@pytest.mark.shows("import", "import-mistakes")
@on_every_side
async def test_a_long_file_in_parts_comes_back_whole_with_its_first_mistakes(
    tmp_path: Path, outgoing: Check, side: Side
) -> None:
    async with on_stage(tmp_path, outgoing, mode=side.mode, platforms=side.alone) as stage:
        host = side.host
        await stage.people[host].command(CHANNEL, "/stage menu")
        await stage.form(host, await stage.press(host, "Import a session", channel=CHANNEL))
        polls = [f"- kind: poll\n  question: Question {n}, {'so ' * 60}?\n  options: [Yes, *no]\n" for n in range(30)]
        parts = {FILE: file() + "".join(polls[:9]), "Its second part": "".join(polls[9:20])}
        parts["Its third part"] = "".join(polls[20:]).replace("*no", "No]\n  nonsense: [")
        sheet, told = await mistaken(stage, side, parts)
        assert "There is a mistake in the file. Nothing was made.\nLine 16: “*no” repeats something" in told
        assert [str(entry.value).strip() for entry in sheet.entries[:3]] == [text.strip() for text in parts.values()]
        mended = {label: text.replace("*no", "No").replace("kind: poll", "kind: pol") for label, text in parts.items()}
        _, told = await mistaken(stage, side, mended)
        assert "There are 32 mistakes in the file" in told
        assert f"Line 7: “kind” is one of: {', '.join(KINDS)}. Did you mean “poll”?" in told
        assert "Line 11: the same" in told and "and 22 more" in told
        whole = {label: text.replace("\n  nonsense: []", "") for label, text in mended.items()}
        whole = {label: text.replace("kind: pol\n", "kind: poll\n") for label, text in whole.items()}
        assert "32 interactions are drafted" in await stage.send(host, whole, CHANNEL)


@pytest.mark.shows("import")
@on_every_side
async def test_rooms_and_moderators_of_the_file_are_there_when_it_is_announced(
    tmp_path: Path, outgoing: Check, side: Side
) -> None:
    async with on_stage(tmp_path, outgoing, mode=side.mode, platforms=side.alone) as stage:
        host, guest = side.host, side.guest
        (channel,) = [room.id for room in await stage.people[host].channels() if room.name == CHANNEL]
        people = next(iter(stage.slack.workspaces.values())).users if side.slack else stage.discord.users
        (ident,) = [one.id for one in people.values() if one.name == guest]
        text = file() + (
            f"venues:\n- platform: {side.alone[0]}\n  name: {side.venue}\n"
            f"  rooms: {{stage: '{channel}'}}\n  moderators: ['{ident} Someone']\n"
        )
        await stage.form(host, await stage.people[host].command(CHANNEL, "/mod import"))
        told = await stage.send(host, {FILE: text}, CHANNEL)
        assert "“Keynote” is made from the file." in told
        assert "Not done" not in told, told
        stage.hosting = [host]
        await stage.go("announce")
        await stage.find(guest, QUEUE)
        desk = await stage.read(guest, "Desk: Keynote", channel=QUEUE)
        assert "Next up: Poll “Which topic?”" in desk.text
        await stage.see(guest, lambda post: has(post, "Drafts 2"), channel=QUEUE)
        await stage.go("start")
        await stage.read(guest, "Which topic?")
        await stage.join(guest)
        assert "Team of “Keynote”" in await stage.told(host, "command", "/mod team", channel=CHANNEL)
