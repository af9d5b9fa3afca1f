"""Interactions on the stand-in Discord, each rule proved with a bare discord.py client or a raw request."""

from __future__ import annotations

import asyncio
import datetime
import re
from typing import Any

import discord
import pytest
from discord import app_commands, ui

from adapters.sandbox.discord import DiscordHands, World
from tests.wire.test_sandbox_discord_kit import Clock, Raw, all_intents, connected, leaves, serving, until

Press = discord.Interaction[discord.Client]


def stage(**options: Any) -> tuple[World, Any]:
    world = World(**options)
    world.guild("Conference")
    for name in ("ann", "bob"):
        world.join(world.user(name, name.title()))
    world.channel("keynote-stage")
    return world, world.application("Sidestage")


def button(label: str = "Join", custom_id: str = "join") -> ui.View:
    view = ui.View(timeout=None)
    view.add_item(ui.Button(label=label, custom_id=custom_id))
    return view


class Listener(discord.Client):
    """Hands every interaction to the test."""

    def __init__(self) -> None:
        super().__init__(intents=all_intents(), guild_ready_timeout=0.05)
        self.heard: asyncio.Queue[Press] = asyncio.Queue()

    async def on_interaction(self, interaction: Press) -> None:
        await self.heard.put(interaction)

    def room(self) -> discord.TextChannel:
        return self.guilds[0].text_channels[0]


async def test_nobody_answers_in_time_and_the_person_reads_that_it_failed() -> None:
    """docs: interactions/receiving-and-responding: "you must send an initial response within 3 seconds"."""
    world, app = stage(patience=0.1)
    async with serving(world) as running, connected(Listener(), app) as client, DiscordHands(running.url, "ann") as ann:
        assert isinstance(client, Listener)
        post = await client.room().send("Doors", view=button())
        answered = await ann.press("keynote-stage", str(post.id), "Join")
        assert (answered.ok, answered.error) == (False, "This interaction failed")
        interaction = await client.heard.get()
        with pytest.raises(discord.NotFound) as told:
            await interaction.response.send_message("late")
        assert told.value.code == 10062
        assert world.actions[-1].ok is False


async def test_a_command_without_answer_says_that_the_application_did_not_respond() -> None:
    """docs: interactions/receiving-and-responding; the words are the client's."""
    world, app = stage(patience=0.1)
    async with serving(world) as running, connected(Listener(), app) as client, DiscordHands(running.url, "ann") as ann:
        tree = app_commands.CommandTree(client)

        @tree.command(name="slow", description="Says nothing")
        async def slow(interaction: Press) -> None:
            return

        await tree.sync()
        assert (await ann.command("keynote-stage", "/slow")).error == "The application did not respond"


async def test_a_second_response_is_refused_as_already_acknowledged() -> None:
    """docs: topics/opcodes-and-status-codes: 40060."""
    world, app = stage()
    async with serving(world) as running, connected(Listener(), app) as client, DiscordHands(running.url, "ann") as ann:
        assert isinstance(client, Listener)
        post = await client.room().send("Doors", view=button())
        pressing = asyncio.create_task(ann.press("keynote-stage", str(post.id), "Join"))
        interaction = await client.heard.get()
        await interaction.response.defer()
        assert (await pressing).ok
        raw, path = Raw(running, app), f"/interactions/{interaction.id}/{interaction.token}/callback"
        status, told, _ = await raw("POST", path, {"type": 4, "data": {"content": "again"}})
        assert (status, told["code"]) == (400, 40060)
        form = {"custom_id": "f", "title": "Late form", "components": [LABELLED]}
        status, told, _ = await raw("POST", path, {"type": 9, "data": form})
        assert (status, told["code"]) == (400, 40060), "a form cannot follow a defer"


LABELLED = {"type": 18, "label": "Name", "component": {"type": 4, "custom_id": "name", "style": 1}}


async def test_a_token_dies_after_fifteen_minutes() -> None:
    """docs: interactions/receiving-and-responding: "Interaction tokens are valid for 15 minutes"."""
    clock = Clock()
    world, app = stage(clock=clock)
    async with serving(world) as running, connected(Listener(), app) as client, DiscordHands(running.url, "ann") as ann:
        assert isinstance(client, Listener)
        post = await client.room().send("Doors", view=button())
        pressing = asyncio.create_task(ann.press("keynote-stage", str(post.id), "Join"))
        interaction = await client.heard.get()
        await interaction.response.send_message("in", ephemeral=True)
        await pressing
        clock.now += 14 * 60
        await interaction.edit_original_response(content="still in")
        clock.now += 2 * 60
        raw = Raw(running, app)
        status, told, _ = await raw("POST", f"/webhooks/{app.id}/{interaction.token}", {"content": "too late"})
        assert (status, told["code"]) == (401, 50027)
        pressing = asyncio.create_task(ann.press("keynote-stage", str(post.id), "Join"))
        second = await client.heard.get()
        clock.now += 16 * 60
        path = f"/interactions/{second.id}/{second.token}/callback"
        status, told, _ = await raw("POST", path, {"type": 6})
        assert (status, told["code"]) == (404, 10062)
        pressing.cancel()


async def test_a_private_answer_is_seen_by_one_person_until_the_client_reloads() -> None:
    """docs: resources/message, flag EPHEMERAL; not in the channel's history, no event tells of it."""
    world, app = stage()
    async with serving(world) as running, connected(Listener(), app) as client:
        assert isinstance(client, Listener)
        heard: list[str] = []

        @client.event
        async def on_message(message: discord.Message) -> None:
            heard.append(message.content)

        async with DiscordHands(running.url, "ann") as ann, DiscordHands(running.url, "bob") as bob:
            post = await client.room().send("Doors", view=button())
            pressing = asyncio.create_task(ann.press("keynote-stage", str(post.id), "Join"))
            interaction = await client.heard.get()
            await interaction.response.send_message("only you", ephemeral=True)
            assert [each.text for each in (await pressing).private] == ["only you"]
            assert [each.text for each in await ann.look("keynote-stage")] == ["Doors", "only you"]
            assert [each.text for each in await bob.look("keynote-stage")] == ["Doors"]
            assert [each.content async for each in client.room().history()] == ["Doors"]
            await ann.reload()
            assert [each.text for each in await ann.look("keynote-stage")] == ["Doors"]
            assert heard == ["Doors"]


async def test_the_first_follow_up_keeps_the_visibility_of_the_defer() -> None:
    """docs: interactions/receiving-and-responding, deferred responses: the follow-up edits the deferred message."""
    world, app = stage()
    async with serving(world) as running, connected(Listener(), app) as client, DiscordHands(running.url, "ann") as ann:
        assert isinstance(client, Listener)
        post = await client.room().send("Doors", view=button())
        pressing = asyncio.create_task(ann.press("keynote-stage", str(post.id), "Join"))
        interaction = await client.heard.get()
        await interaction.response.defer(ephemeral=False, thinking=True)
        seen = await ann.settle("keynote-stage", lambda posts: len(posts) == 2)
        assert seen[-1].text == "Sidestage is thinking..."
        await interaction.followup.send("meant to be private", ephemeral=True)
        await pressing
        async with DiscordHands(running.url, "bob") as bob:
            assert (await bob.look("keynote-stage"))[-1].text == "meant to be private"


class Question(ui.Modal, title="Ask the speaker"):
    intro: ui.TextDisplay[Any] = ui.TextDisplay("Everybody sees your name.")
    text: ui.Label[Any] = ui.Label(
        text="Question", component=ui.TextInput(style=discord.TextStyle.paragraph, max_length=300)
    )
    kind: ui.Label[Any] = ui.Label(
        text="Kind",
        component=ui.RadioGroup(
            options=[discord.RadioGroupOption(label="Open"), discord.RadioGroupOption(label="Private", value="p")]
        ),
    )
    flags: ui.Label[Any] = ui.Label(
        text="Flags",
        component=ui.CheckboxGroup(
            options=[
                discord.CheckboxGroupOption(label="Urgent"),
                discord.CheckboxGroupOption(label="Anonymous", value="a"),
            ],
            min_values=0,
            required=False,
        ),
    )
    topic: ui.Label[Any] = ui.Label(
        text="Topic",
        component=ui.Select(
            options=[discord.SelectOption(label="Stage", value="s"), discord.SelectOption(label="Food")]
        ),
    )

    async def on_submit(self, interaction: Press) -> None:
        parts: list[Any] = [each.component for each in (self.text, self.kind, self.flags, self.topic)]
        answer = f"{parts[0].value}|{parts[1].value}|{','.join(parts[2].values)}|{','.join(parts[3].values)}"
        await interaction.response.send_message(answer, ephemeral=True)


async def test_a_form_with_every_kind_of_input_comes_back_as_it_was_filled() -> None:
    """docs: components/reference: Label, RadioGroup, CheckboxGroup, and modal submissions."""
    world, app = stage()
    async with serving(world) as running, connected(Listener(), app) as client, DiscordHands(running.url, "ann") as ann:
        tree = app_commands.CommandTree(client)

        @tree.command(name="ask", description="Ask a question")
        async def ask(interaction: Press) -> None:
            await interaction.response.send_modal(Question())

        await tree.sync()
        opened = await ann.command("keynote-stage", "/ask")
        assert opened.sheet is not None
        assert (opened.sheet.title, opened.sheet.text) == ("Ask the speaker", "Everybody sees your name.")
        assert [each.kind for each in opened.sheet.entries] == ["paragraph", "radio", "checkboxes", "select"]
        refused = await ann.fill({"Kind": "Private"})
        assert not refused.ok
        assert refused.sheet is not None
        assert refused.sheet.entries[0].error == "This field is required."
        sent = await ann.fill({"Question": "Why?", "Flags": ["Anonymous"], "Topic": "Stage"})
        assert [each.text for each in sent.private] == ["Why?|p|a|s"]
        with pytest.raises(LookupError):
            await ann.fill({})
        assert not world.violations


async def test_a_form_cannot_answer_a_form() -> None:
    """docs: interactions/receiving-and-responding: MODAL is "not available for MODAL_SUBMIT"."""
    world, app = stage(patience=1.0)
    async with serving(world) as running, connected(Listener(), app) as client, DiscordHands(running.url, "ann") as ann:
        assert isinstance(client, Listener)
        post = await client.room().send("Doors", view=button())
        pressing = asyncio.create_task(ann.press("keynote-stage", str(post.id), "Join"))
        first = await client.heard.get()
        raw = Raw(running, app)
        form = {"custom_id": "f", "title": "Form", "components": [LABELLED]}
        await raw("POST", f"/interactions/{first.id}/{first.token}/callback", {"type": 9, "data": form})
        assert (await pressing).sheet is not None
        filling = asyncio.create_task(ann.fill({"Name": "Ann"}))
        second = await client.heard.get()
        path = f"/interactions/{second.id}/{second.token}/callback"
        status, told, _ = await raw("POST", path, {"type": 9, "data": form})
        assert (status, told["code"], leaves(told["errors"])) == (400, 50035, {"type": "BASE_TYPE_CHOICES"})
        await raw("POST", path, {"type": 7, "data": {"content": "Doors, one inside"}})
        assert (await filling).ok
        assert (await ann.look("keynote-stage"))[0].text == "Doors, one inside"


async def test_a_typed_subcommand_arrives_nested_with_its_options() -> None:
    """docs: interactions/application-commands, subcommands and subcommand groups."""
    world, app = stage()
    heard: list[str] = []
    async with serving(world) as running, connected(Listener(), app) as client, DiscordHands(running.url, "ann") as ann:
        tree = app_commands.CommandTree(client)
        group = app_commands.Group(name="mod", description="For moderators")

        @group.command(name="poll", description="A poll")
        async def poll(interaction: Press, question: str, minutes: int, who: discord.Member) -> None:
            heard.append(f"{question}|{minutes}|{who.display_name}")
            await interaction.response.send_message("made", ephemeral=True)

        tree.add_command(group)
        await tree.sync()
        answered = await ann.command("keynote-stage", "/mod poll question:What is next? minutes:5 who:@Bob")
        assert answered.ok
        assert heard == ["What is next?|5|Bob"]
        with pytest.raises(LookupError):
            await ann.command("keynote-stage", "/mod pool")


async def test_a_command_for_managers_is_not_offered_to_others() -> None:
    """docs: interactions/application-commands#permissions: default_member_permissions."""
    world, app = stage()
    world.join(world.user("mia", "Mia"), manage=True)
    async with serving(world) as running, connected(Listener(), app) as client:
        tree = app_commands.CommandTree(client)

        @tree.command(name="publish", description="Publish")
        @app_commands.default_permissions(manage_guild=True)
        async def publish(interaction: Press) -> None:
            await interaction.response.send_message("published", ephemeral=True)

        await tree.sync()
        async with DiscordHands(running.url, "ann") as ann, DiscordHands(running.url, "mia") as mia:
            with pytest.raises(LookupError):
                await ann.command("keynote-stage", "/publish")
            assert (await mia.command("keynote-stage", "/publish")).ok


class Vote(ui.DynamicItem[ui.Button[ui.View]], template=r"vote:(?P<n>\d+)"):
    def __init__(self, number: int) -> None:
        super().__init__(ui.Button(label=f"Option {number}", custom_id=f"vote:{number}"))
        self.number = number

    @classmethod
    async def from_custom_id(cls, interaction: Press, item: Any, match: re.Match[str], /) -> Vote:
        return cls(int(match["n"]))

    async def callback(self, interaction: Press) -> None:
        await interaction.response.send_message(f"voted {self.number}", ephemeral=True)


async def test_a_button_beside_a_section_is_pressed_after_a_restart() -> None:
    """docs: components/reference#section; discord.py finds the button by its pattern alone."""
    world, app = stage()
    async with serving(world) as running:
        async with connected(Listener(), app) as client:
            assert isinstance(client, Listener)
            view = ui.LayoutView(timeout=None)
            view.add_item(ui.Container(ui.TextDisplay("# Poll"), ui.Section("First", accessory=Vote(1))))
            post = await client.room().send(view=view)
        async with connected(Listener(), app) as client, DiscordHands(running.url, "ann") as ann:
            client.add_dynamic_items(Vote)
            seen = await ann.look("keynote-stage")
            assert seen[0].text == "Poll\nFirst"
            answered = await ann.press("keynote-stage", str(post.id), "Option 1")
            assert [each.text for each in answered.private] == ["voted 1"]
        assert not world.violations


async def test_a_select_brings_its_values_and_updates_its_message() -> None:
    """docs: components/reference#string-select and response type UPDATE_MESSAGE."""
    world, app = stage()

    class Pick(ui.View):
        @ui.select(placeholder="Choose", options=[discord.SelectOption(label="Tea", value="t")])
        async def pick(self, interaction: Press, select: ui.Select[Any]) -> None:
            await interaction.response.edit_message(content=f"you took {select.values}", view=None)

    async with serving(world) as running, connected(Listener(), app) as client, DiscordHands(running.url, "ann") as ann:
        assert isinstance(client, Listener)
        post = await client.room().send("Drinks", view=Pick())
        assert (await ann.choose("keynote-stage", str(post.id), "Choose", ["Tea"])).ok
        seen = (await ann.look("keynote-stage"))[0]
        assert (seen.text, seen.controls) == ("you took ['t']", ())


async def test_the_server_counts_who_pressed_what_last() -> None:
    """No platform rule: an independent count for tests of tallies."""
    world, app = stage()
    async with serving(world) as running, connected(Listener(), app) as client, DiscordHands(running.url, "ann") as ann:
        assert isinstance(client, Listener)
        view = button("Yes", "y")
        view.add_item(ui.Button(label="No", custom_id="n"))
        post = await client.room().send("Poll", view=view)

        @client.event
        async def on_interaction(interaction: Press) -> None:
            await interaction.response.defer()

        for label in ("Yes", "No"):
            assert (await ann.press("keynote-stage", str(post.id), label)).ok
        await until(lambda: len(world.actions) == 2)
        assert running.server.control.presses() == {
            str(post.id): {"n": {"label": "No", "people": ["ann"], "answered": ["ann"]}}
        }


async def test_commands_and_buttons_work_in_direct_messages() -> None:
    """docs: interactions/application-commands, contexts: BOT_DM; the interaction brings a user, no member."""
    world, app = stage()
    heard: list[str] = []
    async with serving(world) as running, connected(Listener(), app) as client, DiscordHands(running.url, "ann") as ann:
        tree = app_commands.CommandTree(client)

        @tree.command(name="link", description="Link accounts")
        async def link(interaction: Press) -> None:
            heard.append(f"{interaction.user.name} {interaction.guild}")
            await interaction.response.send_message("Here?", view=button("Yes", "y"))

        @client.event
        async def on_interaction(interaction: Press) -> None:
            if interaction.type is discord.InteractionType.component:
                await interaction.response.edit_message(content="Done", view=None)

        await tree.sync()
        assert (await ann.command("@bot", "/link")).ok
        post = (await ann.look("@bot"))[0]
        assert (await ann.press("@bot", post.id, "Yes")).ok
        assert [each.text for each in await ann.look("@bot")] == ["Done"]
        assert heard == ["ann None"]


async def test_a_message_command_brings_its_message() -> None:
    """docs: interactions/application-commands#message-commands."""
    world, app = stage()
    async with serving(world) as running, connected(Listener(), app) as client, DiscordHands(running.url, "ann") as ann:
        tree = app_commands.CommandTree(client)

        @tree.context_menu(name="Report")
        async def report(interaction: Press, message: discord.Message) -> None:
            await interaction.response.send_message(f"reported {message.content!r}", ephemeral=True)

        await tree.sync()
        post = await ann.write("keynote-stage", "rude words")
        answered = await ann.menu("keynote-stage", post, "Report")
        assert [each.text for each in answered.private] == ["reported 'rude words'"]


async def test_a_press_while_the_bot_is_away_fails_and_its_late_answer_is_unknown() -> None:
    """docs: events/gateway#resuming and interactions/receiving-and-responding."""
    world, app = stage(patience=0.05)
    async with serving(world) as running, connected(Listener(), app) as client, DiscordHands(running.url, "ann") as ann:
        assert isinstance(client, Listener)
        post = await client.room().send("Doors", view=button())
        running.hub.drop()
        answered = await ann.press("keynote-stage", str(post.id), "Join")
        assert answered.error == "This interaction failed"
        interaction = await asyncio.wait_for(client.heard.get(), 10)
        with pytest.raises(discord.NotFound):
            await interaction.response.defer()


async def test_an_event_delivered_twice_is_answered_once() -> None:
    """No platform rule: the fault of a gateway that delivers twice; the second answer is 40060."""
    world, app = stage()
    async with serving(world) as running, connected(Listener(), app) as client, DiscordHands(running.url, "ann") as ann:
        assert isinstance(client, Listener)
        post = await client.room().send("Doors", view=button())
        running.hub.copies = 2
        pressing = asyncio.create_task(ann.press("keynote-stage", str(post.id), "Join"))
        first, second = await client.heard.get(), await client.heard.get()
        await first.response.defer()
        with pytest.raises(discord.HTTPException) as told:
            await second.response.defer()
        assert told.value.code == 40060
        assert (await pressing).ok


async def test_a_person_in_timeout_does_not_write() -> None:
    """docs: resources/guild#modify-guild-member: communication_disabled_until."""
    world, app = stage()
    async with serving(world) as running, connected(Listener(), app) as client, DiscordHands(running.url, "ann") as ann:
        member = client.guilds[0].get_member(int(world.named("ann").id))
        assert member is not None
        await member.timeout(datetime.timedelta(minutes=5))
        with pytest.raises(PermissionError):
            await ann.write("keynote-stage", "let me speak")


async def test_lingering_brings_the_private_word_after_a_bare_acknowledgement() -> None:
    """docs: interactions/receiving-and-responding, follow-up messages after DEFERRED_UPDATE_MESSAGE."""
    world, app = stage()
    async with serving(world) as running, connected(Listener(), app) as client, DiscordHands(running.url, "ann") as ann:
        assert isinstance(client, Listener)
        running.people.linger = 2.0
        post = await client.room().send("Poll", view=button("Yes", "y"))
        pressing = asyncio.create_task(ann.press("keynote-stage", str(post.id), "Yes"))
        interaction = await client.heard.get()
        await interaction.response.defer()
        await interaction.followup.send("Your vote is in", ephemeral=True)
        assert [each.text for each in (await pressing).private] == ["Your vote is in"]


async def test_a_private_message_is_changed_by_its_own_button() -> None:
    """docs: interactions/receiving-and-responding: UPDATE_MESSAGE on an ephemeral message."""
    world, app = stage()
    async with serving(world) as running, connected(Listener(), app) as client, DiscordHands(running.url, "ann") as ann:
        assert isinstance(client, Listener)
        post = await client.room().send("Doors", view=button())

        @client.event
        async def on_interaction(interaction: Press) -> None:
            data: Any = interaction.data
            if data["custom_id"] == "join":
                await interaction.response.send_message("Sure?", view=button("Sure", "sure"), ephemeral=True)
            else:
                await interaction.response.edit_message(content="Welcome", view=None)

        asked = await ann.press("keynote-stage", str(post.id), "Join")
        assert (await ann.press("keynote-stage", asked.private[0].id, "Sure")).ok
        seen = await ann.look("keynote-stage")
        assert [(each.text, each.private) for each in seen] == [("Doors", False), ("Welcome", True)]
        assert not world.violations
