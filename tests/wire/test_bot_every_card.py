"""Every button of every card once more when what it was for is over, archived, purged: a sentence, and no change.

Ids that nobody was ever shown, and those of other people's sessions, are pressed too (RELIABILITY 18, 43).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from adapters.slack.render import LINK_ACTION
from core.app.handle import furnishing
from core.app.intake import BUTTONS
from core.domain.ids import SECOND
from tests.wire.album import Album, Came, Control, forged
from tests.wire.audience import CHANNEL, has
from tests.wire.bot_stage import Stage, on_stage
from tests.wire.every_card import HOSTS, IN_MENU, ON_QUESTIONS, every_card, late

Check = Callable[[Sequence[Any]], None]
KEPT = ("session", "venue", "held", "person", "account", "member", "seat", "organiser", "message", "interaction",
        "ballot", "reaction", "invite", "draft", "audit", "question", "question_line", "upvote")  # fmt: skip
OWN = (
    "leave",
    "remove",
    "hide",
    "unhide",
    "clear",
    "unpublish",
    "delete",
    "more up",
    "more down",
    "feedmove",
    "feedunpin",
    "ok",
    "no",
    *(ON_QUESTIONS - {"qup"}),
    *IN_MENU,
)
"""What may still be done when a session is over: leaving, the team, what is shown of results and of the chat, questions
that wait for their answer, and tidying up."""
OVER = ("is over", "has ended", "is archived", "not live", "it is over")
REFUSED_WHEN_OVER = ("room", "details", "rules", "link", "new", "newof", "publish", "next", "more notify",
                     "more longer", "more duplicate", "askend", "extend",
                     "askendsession", "join", "vote", "react", "texts", "ask")  # fmt: skip
GONE = ("not there any more", "nothing to moderate", "another time", "in no session now", "any more")
HARMLESS = ("keep", "newsession", "import", "entercode", "linking", "linkcode", "linkform", "askunlink", "unlink")
"""Of no session."""
WRONG = ("", ":", ":nobody", ":{person}", ":{poll}", ":{session}", ":{session}:{session}", ":{session}:ended:x:y",
         ":{session}:moderator:nobody", ":{session}:organiser:{person}", ":poll:{poll}", ":quiz:{session}",
         ":{question}:on", ":{question}:approve", ":{question}:{question}",
         ":" + "é" * 30)  # fmt: skip
"""What stands behind a verb that somebody made up."""


def kept(stage: Stage) -> dict[str, list[str]]:
    """Every row that people's acts make."""
    return {name: sorted(map(repr, stage.rows(f"SELECT * FROM {name}"))) for name in KEPT}


async def unchanged(stage: Stage, album: Album, wanted: Sequence[Control]) -> dict[Control, Came]:
    """Press them; each is answered, and nothing changes."""
    before = kept(stage)
    came = {one: await album.press(one) for one in wanted}
    after = kept(stage)
    assert [(str(one), it) for one, it in came.items() if not it.answered] == []
    assert {name: set(before[name]) ^ set(after[name]) for name in KEPT if before[name] != after[name]} == {}
    return came


def each(album: Album, *but: str) -> list[Control]:
    """One of each kind a platform and session."""
    chosen = [
        one for one in sorted(album.controls, key=late) if not (one.made.startswith(but or ("-",)) or one.act in but)
    ]
    kinds = {
        (one.slack, one.act, tuple(one.made.split(":")[1:2]), one.made.rpartition(":")[2][:12]): one for one in chosen
    }
    return list(kinds.values())


def rehearsed(one: Control) -> bool:
    """On the card of a draft that was only tried: the start took it away."""
    return one.made.startswith("vote:r") and len(one.made.split(":")[1]) == 17


def told_of_the_end(came: dict[Control, Came], lasting: set[str]) -> None:
    for one, it in came.items():
        if one.made in lasting:
            assert "is over" not in it.text, (str(one), it)
        elif one.act in REFUSED_WHEN_OVER:
            wanted = GONE if rehearsed(one) else OVER
            assert any(words in it.text for words in wanted), (str(one), it)
        assert "Join the session first" not in it.text, (str(one), it)
        assert "cannot be used" not in it.text, (str(one), it)


@pytest.mark.timeout(180)
@pytest.mark.shows("old-cards", "refused", on="both")
async def test_buttons_of_what_is_over_archived_and_purged_get_their_sentence_and_change_nothing(
    tmp_path: Path, outgoing: Check, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(furnishing, "DOORS_AFTER", SECOND)
    async with on_stage(tmp_path, outgoing) as stage:
        album = await every_card(stage)
        step = next(it for it in album.of("advance") if it.who == "ana")
        sessions = {name: ident for ident, name in stage.rows("SELECT id, name FROM session")}
        await album.press(forged(step, f"advance:{sessions['Workshop']}:announced"))
        for host in HOSTS:
            await stage.see(host, lambda post: has(post, "Join session"), channel="workshop-door")
        for name in ("Workshop", "Keynote"):
            assert "has ended" in (await album.press(forged(step, f"advance:{sessions[name]}:ended"))).text
        archives = tuple(f"advance:{ident}:archived" for ident in sessions.values())
        surveys = [it for (it,) in stage.rows("SELECT id FROM interaction WHERE kind = 'survey'")]
        lasting = {f"{verb}:{it}" for it in surveys for verb in ("askend", "answer")}
        mine = (*OWN, *(f"end:{it}" for it in surveys))  # a survey is taken, and ended, after the session
        told_of_the_end(await unchanged(stage, album, each(album, *mine, *archives)), lasting)
        for archive in archives:
            assert "is archived" in (await album.press(forged(step, archive))).text
        told_of_the_end(await unchanged(stage, album, each(album, *mine)), lasting)
        purge(stage)
        for one, it in (await unchanged(stage, album, each(album))).items():
            assert one.verb in HARMLESS or any(words in it.text for words in GONE), (str(one), it)


def purge(stage: Stage) -> None:
    """As if its time had come: nothing of the sessions is left."""
    with stage.bot.store.writer.connect() as database:
        session = ("interaction", "ballot", "message", "session", "member", "held", "draft", "surface", "place")
        for name in (*session, "question", "question_line", "upvote", "numbering", "question_rules"):
            database.execute(text(f"DELETE FROM {name}"))
        database.execute(text("COMMIT"))


@pytest.mark.timeout(180)
@pytest.mark.shows("refused", "team-only", on="both")
@pytest.mark.parametrize("every", [3, pytest.param(1, marks=pytest.mark.long)], ids=lambda every: f"every {every}.")
async def test_made_up_buttons_and_those_of_others_get_a_sentence_and_change_nothing(
    tmp_path: Path, outgoing: Check, every: int
) -> None:
    """Each verb is tried with a third of what may stand behind it, on each platform; in the long form with all."""
    async with on_stage(tmp_path, outgoing) as stage:
        await stage.live("ana", "bo", "mira", "nova")
        await stage.poll()
        for who in ("mira", "nova"):
            await stage.press(who, "Vote A")
            await stage.read(who, "Your vote: A")
            await stage.told(who, "command", "/stage menu")
        await stage.told("bo", "command", "/stage ask Where is lunch?")
        stage.hosting = ["ana"]  # the next session is held in Slack alone
        for who in HOSTS:
            await stage.people[who].reload()
        await stage.prepare("23:58", name="Elsewhere")
        album = Album(stage, ("mira", "nova"))
        album.take()
        ids = {name: ident for ident, name in stage.rows("SELECT id, name FROM session")}
        known = {"session": ids["Keynote"], "person": stage.rows("SELECT id FROM person WHERE name = 'Bo'")[0][0]}
        known |= {"poll": stage.rows("SELECT id FROM interaction")[0][0]}
        known |= {"question": stage.rows("SELECT id FROM question")[0][0]}
        for who in ("mira", "nova"):
            card = next(it for it in album.of("menu") if it.who == who and it.where == "private")
            made = [
                verb + behind.format(**known)
                for turn, verb in enumerate(BUTTONS)
                for behind in WRONG[turn % every :: every]
            ]
            mine = [one for one in made if one != LINK_ACTION and not one.startswith(f"leave:{known['session']}")]
            came = await unchanged(stage, album, [forged(card, one) for one in mine])
            assert not [str(one) for one, it in came.items() if "operation" in it.text or "not saved" in it.text]
        for step in ("announced", "ended", "archived"):
            foreign = next(it for it in album.of("menu") if it.who == "nova")
            for foreign_made in (
                f"advance:{ids['Elsewhere']}:{step}",
                f"link:{ids['Elsewhere']}",
                f"team:{ids['Elsewhere']}",
            ):
                (it,) = (await unchanged(stage, album, [forged(foreign, foreign_made)])).values()
                assert "Only " in it.text
        assert CHANNEL in await stage.listed("bo")
