"""What a workspace leaves to its admins, and whom nobody can bring into a channel: guests, strangers and the like."""

from __future__ import annotations

from adapters.sandbox.slack.model import Channel, User
from adapters.sandbox.slack.world import Workspace

ACTIONS = ("post", "create", "create_private", "archive", "invite", "kick", "pin", "rename", "convert")
"""What an owner may leave to admins (``Workspace.only_admins``); everybody else then gets ``restricted_action``."""


def restricted(space: Workspace, actor: User, action: str) -> bool:
    """Whether a setting of the workspace keeps this actor from it."""
    return action in space.only_admins and not (actor.admin or actor.owner)


POSTING = ("read_only", "thread_only", "non_threadable")
"""What a channel's posting permissions may leave to admins (``Channel.posting``): all of it, what begins a thread, or
what answers in one."""


def cannot_post(space: Workspace, actor: User, room: Channel, thread: str | None) -> str:
    """The error of docs.slack.dev/reference/methods/chat.postMessage for this actor; empty when they may.

    Direct messages have no such settings.
    """
    if room.direct or actor.admin or actor.owner:
        return ""
    if restricted(space, actor, "post"):
        return "restricted_action"
    kept = {"read_only": True, "thread_only": thread is None, "non_threadable": thread is not None}
    return f"restricted_action_{room.posting}_channel" if kept.get(room.posting) else ""


def cannot_invite(space: Workspace, actor: User, room: Channel, user: User | None) -> str:
    """The error of docs.slack.dev/reference/methods/conversations.invite for this person; empty when they may come."""
    if user is None:
        return "user_not_found"
    if user is actor:
        return "cant_invite_self"
    if user.id in room.members:
        return "already_in_channel"
    if user.deleted:
        return "cant_invite"
    if user.team != space.id and user.team not in room.teams:
        # Somebody of another company comes in only where the channel is shared with that company.
        return "cant_invite"
    if user.guest and not (actor.admin or actor.owner):
        here = any(user.id in one.members for one in space.channels.values() if not one.direct)
        return "ura_max_channels" if user.guest == "single" and here else "user_is_restricted"
    return ""
