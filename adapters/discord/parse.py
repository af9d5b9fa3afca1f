"""From raw gateway and history payloads to commands: total, no network, no cache, nothing decided here."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import partial

import discord

from adapters.discord import commands, forms, limits, render
from adapters.discord.markup import pointed
from adapters.discord.reading import Names, Reader, Unnamed
from adapters.discord.shapes import Json, inner, number, several, text
from adapters.discord.words import size
from core.app import commands as c
from core.app.commands import Command
from core.app.intake import Envelope, pressed, submitted
from core.app.verbs import VERBS, Verb, chosen, said, typed
from core.domain.ids import AccountId, DeliveryKey, Instant, VenueId, instant
from core.domain.people import Ability, Actor
from core.domain.text import Doc, Leaf, Link, Node, leading

COMMAND, COMPONENT, MODAL_SUBMIT = 2, 3, 5
REPLY = 19
SAID = (0, REPLY)
"""Message types that somebody wrote: default and reply; all others are Discord's own notices."""
MANAGES = discord.Permissions(manage_guild=True).value | discord.Permissions(administrator=True).value
ABILITIES: frozenset[Ability] = frozenset({"mentions", "threads", "voice", "files", "feed"})
VOICES = (2, 13)
"""Types of channels in which people listen: voice and stage."""
NOBODY = AccountId("discord:")
"""Who deleted a line: Discord does not say."""


@dataclass(slots=True)
class Ours:
    """What is our own: dropped before anything else (RELIABILITY 36)."""

    application: str = ""
    user: str = ""
    webhooks: set[str] = field(default_factory=set)

    def wrote(self, message: Json) -> bool:
        ours = {self.application, self.user} - {""}
        return (
            text(inner(message, "author"), "id") in ours
            or text(message, "application_id") in ours
            or text(message, "webhook_id") in self.webhooks
        )


def snowflake_time(ident: str | int) -> Instant:
    """When a thing was made, as its id tells: milliseconds since Discord's epoch above bit 22.

    The lowest 12 bits count what was made within the millisecond; they stand for its microseconds, so that two lines
    of one millisecond keep their order.
    """
    bits = int(ident) if str(ident).isascii() and str(ident).isdigit() else 0
    return Instant(((bits >> 22) + limits.DISCORD_EPOCH) * 1000 + min(bits & 0xFFF, 999))


def time_snowflake(at: Instant) -> str:
    """The lowest id of a thing made at this instant."""
    return str(max(0, at // 1000 - limits.DISCORD_EPOCH) << 22)


# -- who ------------------------------------------------------------------------------------------------------------


def actor(user: Json, member: Json, guild: str, names: Names) -> Actor:
    ident = text(user, "id")
    return Actor(
        account=AccountId(f"discord:{ident}"),
        platform="discord",
        venue=VenueId(f"discord:{guild}"),
        venue_name=(names.guild(guild) or "") if guild else "",
        nick=called(user, member),
        avatar=avatar(user, member, guild),
        manages=_manages(member),
        bot=bool(user.get("bot")),
        can=ABILITIES,
    )


def called(user: Json, member: Json) -> str:
    """What the app shows over a person's messages: the server's nickname, else the display name, else the username."""
    return text(member, "nick") or text(user, "global_name") or text(user, "username")


def _manages(member: Json) -> bool:
    """Owners hold every permission, so the sum that an interaction brings says it all."""
    held = text(member, "permissions")
    return held.isascii() and held.isdigit() and bool(int(held) & MANAGES)


def avatar(user: Json, member: Json, guild: str) -> str | None:
    """The address of the picture seen in this server; still, so that it is the same for everyone."""
    ident = text(user, "id")
    if guild and (picture := text(member, "avatar")):
        return f"{discord.Asset.BASE}/guilds/{guild}/users/{ident}/avatars/{picture}.png?size=128"
    if picture := text(user, "avatar"):
        return f"{discord.Asset.BASE}/avatars/{ident}/{picture}.png?size=128"
    return None


# -- interactions ---------------------------------------------------------------------------------------------------


def user_of(payload: Json) -> Json:
    """In a server the user is inside the member, in direct messages it stands alone."""
    return inner(inner(payload, "member"), "user") or inner(payload, "user")


def envelope(payload: Json, now: Instant, names: Names) -> Envelope:
    """Who acted, when and where, of an interaction."""
    ident, guild = text(payload, "id"), text(payload, "guild_id")
    who = actor(user_of(payload), inner(payload, "member"), guild, names)
    if number(inner(payload, "channel"), "type") in VOICES:
        who = replace(who, can=ABILITIES | {"voice here"})
    return Envelope(
        who,
        DeliveryKey(f"interaction:{ident}"),
        Instant(min(snowflake_time(ident), now)),
        "event",
        text(payload, "channel_id"),
    )


def interaction(payload: Json, now: Instant, names: Names | None = None) -> Command | None:
    """The command of an interaction; None for kinds that are no act (pings, autocompletion)."""
    known = names or Unnamed()
    came, data = envelope(payload, now, known), inner(payload, "data")
    kind = number(payload, "type")
    if kind == COMMAND:
        return _command(came, data)
    if kind == COMPONENT:
        return pressed(came, render.action_of(text(data, "custom_id")), forms.picked(data))
    if kind == MODAL_SUBMIT:
        told = inner(data, "resolved")
        typed_in = forms.values(several(data, "components"), lambda user: _person(user, told), forms.uploads(told))
        made = text(data, "custom_id")
        if again := forms.repeated(made, typed_in):
            came = replace(came, delivery=DeliveryKey(f"modal:{text(user_of(payload), 'id')}:{again}"))
        return submitted(came, forms.meaning(made), typed_in)
    return None


def _person(user: str, resolved: Json) -> tuple[str, ...]:
    """A picked user as a form's value: the account and the name seen in this server; bots are nobody."""
    told = inner(inner(resolved, "users"), user)
    if told.get("bot") is True:
        return ()
    return (f"discord:{user}", called(told, inner(inner(resolved, "members"), user)))


def _command(came: Envelope, data: Json) -> Command:
    if number(data, "type") == commands.MESSAGE:
        return _of_menu(came, data)
    group, path, given = commands.called(data)
    for verb in VERBS:
        if verb.group == group and verb.path == path:
            given = {name: located(value) for name, value in given.items()}
            return said(chosen(came, verb, given), _words(verb, given))
    return typed(came, group, " ".join(path))


def _of_menu(came: Envelope, data: Json) -> Command:
    """An entry of a message's menu."""
    if text(data, "name") == commands.ASK:
        return c.OpenAskForm(**came.fields(), channel=came.room, ref=text(data, "target_id"))
    if text(data, "name") == commands.MODERATE:
        return c.OpenModerateForm(**came.fields(), channel=came.room, ref=text(data, "target_id"))
    return c.Explain(
        **came.fields(), sentence="This menu entry is from another time. Load Discord anew and look again."
    )


def _words(verb: Verb, given: Mapping[str, str]) -> str:
    """What was chosen, as somebody would type it."""
    return " ".join([verb.group, *verb.path, *(given[it.name] for it in verb.arguments if given.get(it.name))])


_MESSAGE_LINK = re.compile(r"<?https?://[^\s/]+/channels/(?:@me|\d+)/(\d+)/(\d+)/?>?")
_ELSEWHERE = re.compile(r"\s*<?https?://[^\s/]+/archives/([A-Z0-9]+)/p(\d{1,12})(\d{6})(?:[?#][^\s>]*)?>?\s*")


def located(typed_in: str) -> str:
    """A message's link as ``channel/message``, a Slack workspace's too; anything else as it is."""
    if found := _ELSEWHERE.fullmatch(typed_in):
        return f"{found[1]}/{found[2]}.{found[3]}"
    return f"{found[1]}/{found[2]}" if (found := _MESSAGE_LINK.fullmatch(typed_in.strip())) else typed_in


# -- lines ----------------------------------------------------------------------------------------------------------


def is_line(message: Json, ours: Ours) -> bool:
    """Whether somebody else wrote this."""
    known = text(message, "id").isdigit() and bool(inner(message, "author"))
    return known and number(message, "type") in SAID and not ours.wrote(message)


def is_blank(message: Json) -> bool:
    """Nothing at all to see: what arrives when the message content intent is missing."""
    shown = ("content", "attachments", "embeds", "sticker_items", "poll", "components", "message_snapshots")
    return not any(message.get(key) for key in shown)


def line(message: Json, now: Instant, names: Names | None = None, guild: str = "") -> c.PostLine | None:
    """The line of a new message, or of one read back, which may have been edited since."""
    came = _said(message, now, names or Unnamed(), guild, "line")
    body = content(message, names or Unnamed(), guild)
    if not body:
        return None
    written, fields = came.at, came.fields() | {"ref": text(message, "id"), "reply_to": answered(message)}
    edited_at = _edit_time(message, now)
    if edited_at is None:
        return c.PostLine(**fields, body=body)
    return c.PostLine(**fields | {"at": max(edited_at, written)}, body=body, written=written)


def answered(message: Json) -> str:
    """The message of the same channel that this one replies to; forwarding names another in the same way (type 1)."""
    told = inner(message, "message_reference")
    elsewhere = text(told, "channel_id") not in ("", text(message, "channel_id"))
    return "" if number(message, "type") != REPLY or number(told, "type") or elsewhere else text(told, "message_id")


def edit(message: Json, now: Instant, names: Names | None = None, guild: str = "") -> c.EditLine | None:
    """The edit that a message has had; None for changes that are none of its author's, such as an unfurled link."""
    edited_at = _edit_time(message, now)
    if edited_at is None or "content" not in message:
        return None
    came = _said(message, now, names or Unnamed(), guild, "edit")
    fields = came.fields() | {"at": edited_at, "delivery": DeliveryKey(f"{came.delivery}:{edited_at}")}
    return c.EditLine(**fields, ref=text(message, "id"), body=content(message, names or Unnamed(), guild))


def deletion(ident: str, channel: str, guild: str, now: Instant) -> c.DeleteLine:
    """Discord tells neither who deleted nor when; so it is arrival, by nobody."""
    return c.DeleteLine(
        actor=Actor(NOBODY, "discord", VenueId(f"discord:{guild}")),
        delivery=DeliveryKey(f"delete:{guild}:{channel}:{ident}"),
        at=now,
        at_source="arrival",
        room=channel,
        ref=ident,
    )


def _said(message: Json, now: Instant, names: Names, guild: str, what: str) -> Envelope:
    ident, channel = text(message, "id"), text(message, "channel_id")
    home = text(message, "guild_id") or guild
    who = actor(inner(message, "author"), inner(message, "member"), home, names)
    if message.get("webhook_id"):
        # Whoever may use a webhook gives it any name; it is nobody's account.
        who = Actor(AccountId(f"discord:{message['webhook_id']}"), "discord", who.venue, bot=True)
    key = DeliveryKey(f"{what}:{home}:{channel}:{ident}")
    return Envelope(who, key, Instant(min(snowflake_time(ident), now)), "event", channel)


def _edit_time(message: Json, now: Instant) -> Instant | None:
    stamp = message.get("edited_timestamp")
    if not isinstance(stamp, str):
        return None
    try:
        return Instant(min(instant(datetime.fromisoformat(stamp)), now))
    except (ValueError, TypeError, OverflowError):
        return None


def content(message: Json, names: Names, guild: str = "") -> Doc:
    """What the message says, with its files as links and whatever else is in it as words."""
    home = text(message, "guild_id") or guild
    people = {text(one, "id"): called(one, inner(one, "member")) or "somebody" for one in several(message, "mentions")}
    reader = Reader(people, names, home)
    nodes: list[Node] = list(leading(reader.read(text(message, "content")), partial(pointed, home)))
    for snapshot in several(message, "message_snapshots"):
        other = inner(snapshot, "message")
        nodes += [*_break(nodes), Leaf("(forwarded) "), *reader.read(text(other, "content"))]
        nodes += _extras(other, nodes)
    return (*nodes, *_extras(message, nodes))


def _break(before: list[Node]) -> list[Node]:
    return [Leaf("\n")] if before else []


def _extras(message: Json, before: list[Node]) -> list[Node]:
    made: list[Node] = []
    for one in several(message, "attachments"):
        if url := text(one, "url"):
            label = f"{text(one, 'filename') or 'file'}, {size(number(one, 'size'))}"
            made += [*_break([*before, *made]), Link(url, label)]
    for one in several(message, "sticker_items"):
        made += [*_break([*before, *made]), Leaf(f"(sticker: {text(one, 'name')})")]
    return made
