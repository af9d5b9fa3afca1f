"""Posting, editing, deleting and reacting, for bots, webhooks and people alike; permissions are checked by the callers.

An ephemeral message sits in its channel marked with its one reader: it is in no history and no event tells of it.
"""

from __future__ import annotations

from mimetypes import guess_type
from typing import Any

from adapters.sandbox.discord import shapes, threads
from adapters.sandbox.discord.errors import invalid_form, refusal
from adapters.sandbox.discord.mentions import pinged
from adapters.sandbox.discord.model import (
    COMPONENTS_V2,
    EPHEMERAL,
    REPLY,
    THREAD_NOTICE,
    Channel,
    Json,
    Message,
    User,
)
from adapters.sandbox.discord.world import World

OLD_EDITS, OLD_WINDOW = 3, 6.0
"""Edits of messages older than an hour in so many seconds a channel (observed, docs.discord.food/resources/message);
Discord documents the error (30046), not the number."""


def number_components(components: list[Json]) -> list[Json]:
    """Components with the ids that Discord fills in: 1, 2, … in order, skipping those given."""
    given = {each["id"] for each in walk(components) if each.get("id")}
    count = 0

    def numbered(each: Json) -> Json:
        nonlocal count
        made = dict(each)
        if not made.get("id"):
            count += 1
            while count in given:
                count += 1
            made["id"] = count
        for key in ("component", "accessory"):
            if isinstance(made.get(key), dict):
                made[key] = numbered(made[key])
        if isinstance(made.get("components"), list):
            made["components"] = [numbered(inner) for inner in made["components"]]
        if made["type"] in (3, 5, 6, 7, 8):
            made.setdefault("min_values", 1)
            made.setdefault("max_values", 1)
        for key in ("media", "file"):
            if isinstance(made.get(key), dict):
                made[key] = _media(made[key])
        if isinstance(made.get("items"), list):
            made["items"] = [each_item | {"media": _media(each_item["media"])} for each_item in made["items"]]
        return made

    return [numbered(each) for each in components]


def _media(given: Json) -> Json:
    return {"id": "0", "proxy_url": given.get("url"), "height": None, "width": None, "content_type": None} | given


def walk(components: list[Json]) -> list[Json]:
    """All components, nested ones too, in the order in which they are seen."""
    found: list[Json] = []
    for each in components:
        found.append(each)
        found += walk(each.get("components") or [])
        found += walk([each[key] for key in ("component", "accessory") if isinstance(each.get(key), dict)])
    return found


def uploaded(components: list[Json], attachments: list[Json]) -> list[Json]:
    """Media that name an upload (attachment://…) with its address; without that upload the request is refused."""
    known = {each["filename"]: each["url"] for each in attachments}
    for each in walk(components):
        for media in [each.get("media"), each.get("file"), *(item["media"] for item in each.get("items") or [])]:
            name = str((media or {}).get("url") or "")
            if media is None or not name.startswith("attachment://"):
                continue
            if name.removeprefix("attachment://") not in known:
                error = {"code": "UNFURLED_MEDIA_ITEM_REFERENCED_ATTACHMENT_NOT_FOUND", "message": "No such attachment"}
                raise invalid_form({"components": {"_errors": [error]}})
            media["url"] = media["proxy_url"] = known[name.removeprefix("attachment://")]
            media["attachment_id"] = media["url"].split("/")[-2]
    return components


def embeds_of(given: list[Json]) -> list[Json]:
    return [{"type": "rich", **each} for each in given]


def put(
    world: World,
    channel: Channel,
    author: User,
    body: Json,
    *,
    attachments: list[Json] | None = None,
    webhook_id: str | None = None,
    application_id: str | None = None,
    only: str | None = None,
    reference: Message | None = None,
    interaction: Json | None = None,
    kind: int = 0,
    granted: int | None = None,
    points: Json | None = None,
) -> Message:
    """A new message; ``body`` is a checked message body of Discord's API."""
    may = world.granted(author, channel) if granted is None else granted
    content = str(body.get("content") or "")
    made = Message(world.ids.next(), channel, author, content.strip(), type=REPLY if reference and not kind else kind)
    made.embeds = embeds_of(body.get("embeds") or [])
    made.attachments = attachments or []
    made.components = uploaded(number_components(body.get("components") or []), made.attachments)
    made.flags = int(body.get("flags") or 0) | (EPHEMERAL if only else 0)
    made.created = world.clock()
    made.tts = bool(body.get("tts"))
    made.nonce = str(body["nonce"]) if body.get("nonce") is not None else None
    made.webhook_id, made.application_id, made.only, made.interaction = webhook_id, application_id, only, interaction
    recipients = {each.id for each in channel.recipients}
    replied = reference.author.id if reference else None
    made.pinged = pinged(content, made.components, _allowed(made, body), channel.guild, recipients, may, replied)
    if only is not None:
        made.pinged.users = tuple(each for each in made.pinged.users if each == only)
        made.pinged.roles, made.pinged.everyone = (), False
    made.reference = points
    if reference is not None:
        made.reference = {"type": 0, "channel_id": channel.id, "message_id": reference.id}
        if channel.guild is not None:
            made.reference["guild_id"] = channel.guild.id
    if only is None and channel.is_thread and channel.archived:
        threads.archive(world, channel, archived=False)
        world.change_channel(channel)
    channel.messages[made.id] = made
    if only is None:
        channel.last_message_id = made.id
        tell(world, "MESSAGE_CREATE", made)
        if channel.is_thread and threads.may_add(channel, author, may):
            for each in made.pinged.users:  # A mention in a thread brings the person in.
                if threads.sees_parent(channel, each):
                    threads.add(world, channel, each)
    return made


def _allowed(one: Message, body: Json) -> Json | None:
    """What may ping: where nothing is said everything, but users alone in interactions and webhooks."""
    given: Json | None = body.get("allowed_mentions")
    return {"parse": ["users"]} if given is None and one.webhook_id is not None else given


def tell_thread(world: World, channel: Channel, who: User, started: Channel) -> None:
    """The notice in the parent channel: its content is the thread's name, its reference leads there."""
    points = {"type": 0, "channel_id": started.id, "guild_id": channel.guild.id if channel.guild else None}
    put(world, channel, who, {"content": started.name}, kind=THREAD_NOTICE, points=points)


def tell(world: World, name: str, one: Message) -> None:
    data: Json = dict(shapes.message(one))
    channel = one.channel
    if channel.guild is not None:
        data["guild_id"] = channel.guild.id
        member = channel.guild.members.get(one.author.id)
        if member is not None and one.webhook_id is None:
            data["member"] = shapes.member(member, with_user=False)
    data["channel_type"] = channel.type
    world.emit(name, data, guild=channel.guild, channel=channel, message=one)


def change(
    world: World, one: Message, body: Json, *, attachments: list[Json] | None = None, author: bool = True
) -> Message:
    """Edit: only the keys that were given change; null clears."""
    now = world.clock()
    one.history.append(one.content)
    if "content" in body:
        one.content = str(body["content"] or "").strip()
    if "embeds" in body:
        one.embeds = embeds_of(body["embeds"] or [])
    if "attachments" in body or attachments:
        kept = {str(each.get("id")) for each in body.get("attachments") or []}
        one.attachments = [each for each in one.attachments if each["id"] in kept] + (attachments or [])
    if "components" in body:
        one.components = uploaded(number_components(body["components"] or []), one.attachments)
    if "flags" in body and body["flags"] is not None:
        one.flags |= int(body["flags"]) & (COMPONENTS_V2 | 4)
        if not int(body["flags"]) & 4:
            one.flags &= ~4
    if author:
        one.edited = now
        recipients = {each.id for each in one.channel.recipients}
        may = world.granted(one.author, one.channel)
        if {"content", "components", "allowed_mentions"} & body.keys():
            one.pinged = pinged(one.content, one.components, _allowed(one, body), one.channel.guild, recipients, may)
    one.drawn = None
    if one.only is None:
        tell(world, "MESSAGE_UPDATE", one)
    return one


def refuse_old_edit(world: World, one: Message, edits: dict[str, list[float]]) -> None:
    """Messages older than an hour bear few edits, all of a channel together (error 30046)."""
    now = world.clock()
    if now - one.created < 3600:
        return
    done = [each for each in edits.get(one.channel.id, []) if each > now - OLD_WINDOW]
    if len(done) >= OLD_EDITS:
        raise refusal(30046)
    edits[one.channel.id] = [*done, now]


def remove(world: World, one: Message) -> None:
    one.channel.messages.pop(one.id, None)
    if one.only is None:
        data: Json = {"id": one.id, "channel_id": one.channel.id}
        if one.channel.guild is not None:
            data["guild_id"] = one.channel.guild.id
        world.emit("MESSAGE_DELETE", data, guild=one.channel.guild, channel=one.channel)


def find(channel: Channel, message_id: str, *, reader: str | None = None) -> Message:
    found = channel.messages.get(message_id)
    if found is None or (found.only is not None and found.only != reader):
        raise refusal(10008)
    return found


def react(world: World, one: Message, who: User, emoji: str, *, on: bool) -> None:
    people = one.reactions.setdefault(emoji, [])
    if on == (who.id in people):
        return
    if on:
        people.append(who.id)
    else:
        people.remove(who.id)
    if not people:
        del one.reactions[emoji]
    data: Json = {
        "user_id": who.id,
        "channel_id": one.channel.id,
        "message_id": one.id,
        "message_author_id": one.author.id,
        "emoji": {"id": None, "name": emoji},
        "burst": False,
        "type": 0,
    }
    if one.channel.guild is not None:
        data["guild_id"] = one.channel.guild.id
        if on:
            data["member"] = shapes.member(one.channel.guild.members[who.id])
    name = "MESSAGE_REACTION_ADD" if on else "MESSAGE_REACTION_REMOVE"
    world.emit(name, data, guild=one.channel.guild, channel=one.channel)


def history(channel: Channel, query: dict[str, str]) -> list[Message]:
    """Newest first, as the list route answers; after, before and around are exclusive of one another."""
    limit = int(query.get("limit", 50))
    public = [each for each in channel.messages.values() if each.only is None]
    if "after" in query:
        mark = int(query["after"])
        return [each for each in public if int(each.id) > mark][:limit][::-1]
    if "before" in query:
        mark = int(query["before"])
        return [each for each in public if int(each.id) < mark][-limit:][::-1]
    if "around" in query:
        mark = int(query["around"])
        older = [each for each in public if int(each.id) < mark][-(limit // 2) :]
        newer = [each for each in public if int(each.id) >= mark][: limit - len(older)]
        return (older + newer)[::-1]
    return public[-limit:][::-1]


def saved_files(world: World, files: list[tuple[str, str, bytes]], described: list[Any]) -> list[Json]:
    """Uploaded files as attachment objects; ``files`` are (field name, file name, bytes)."""
    made: list[Json] = []
    for field, name, content in files:
        index = field.removeprefix("files[").removesuffix("]")
        told: Json = next((each for each in described if str(each.get("id")) == index), {})
        key = world.ids.next()
        world.files[key] = content
        address = f"{world.files_url}/{key}/{told.get('filename', name)}"
        made.append(
            {
                "id": key,
                "filename": told.get("filename", name),
                **({"description": told["description"]} if told.get("description") else {}),
                "size": len(content),
                "url": address,
                "proxy_url": address,
                "content_type": guess_type(name)[0] or "application/octet-stream",
            }
        )
    return made
