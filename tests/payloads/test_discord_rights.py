"""What roles and overwrites add up to: held against the stand-in's own reckoning, whatever stands in a channel."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.discord import rights
from adapters.discord.rights import overwrite
from adapters.sandbox.discord import permissions, shapes
from adapters.sandbox.discord.model import Channel, Guild, Member, Overwrite, Role, User

SERVER, BOT, ROLES = "1", "2", ("10", "11", "12")
BITS = [rights.VIEW, rights.SEND, rights.PRUNING, rights.REACT, rights.READ_BACK]
held = st.sets(st.sampled_from(BITS), max_size=5).map(sum)


@given(
    given_by=st.lists(st.one_of(held, st.just(rights.ADMINISTRATOR)), min_size=4, max_size=4),
    mine=st.sets(st.sampled_from(ROLES)),
    marks=st.dictionaries(st.sampled_from((SERVER, BOT, *ROLES)), st.tuples(held, held)),
)
def test_it_adds_up_as_discord_describes(
    given_by: list[int], mine: set[str], marks: dict[str, tuple[int, int]]
) -> None:
    """docs: topics/permissions#permission-overwrites, both times written from there."""
    roles = {ident: Role(ident, ident, bits) for ident, bits in zip((SERVER, *ROLES), given_by, strict=True)}
    guild = Guild(SERVER, "Here", "owner", roles)
    me = Member(User(BOT, "bot"), 0.0, sorted(mine))
    room = Channel("5", 0, "room", guild)
    room.overwrites = {ident: Overwrite(ident, int(ident == BOT), *bits) for ident, bits in marks.items()}
    told_roles, told_room = [shapes.role(one) for one in roles.values()], shapes.channel(room)
    found = rights.within(rights.granted(told_roles, SERVER, mine), told_room, SERVER, {*mine, BOT})
    expected = permissions.within(guild, me, room)
    assert bool(found & rights.VIEW) == bool(expected & rights.VIEW)
    if expected & rights.VIEW:
        assert [found & bit for bit in BITS] == [expected & bit for bit in BITS]
    nobody = permissions.within(guild, Member(User("0", "nobody"), 0.0), room)
    assert rights.everyone_reads(told_roles, told_room, SERVER) == bool(nobody & rights.VIEW)


def role(ident: str, bits: int = 0, **more: Any) -> dict[str, Any]:
    return {"id": ident, "permissions": str(bits), **more}


@pytest.mark.parametrize(
    ("marks", "team", "private"),
    [
        ([], True, False),
        ([overwrite(SERVER, 0, deny=rights.VIEW)], True, True),
        ([overwrite(SERVER, 0, deny=rights.VIEW), overwrite("10", 0, rights.VIEW)], True, False),
        ([overwrite(SERVER, 0, deny=rights.VIEW), overwrite("10", 0, rights.VIEW)], False, True),
        ([overwrite(SERVER, 0, deny=rights.VIEW), overwrite("10", 0, rights.SEND)], True, True),
        ([overwrite(SERVER, 0, deny=rights.VIEW), overwrite("11", 0, rights.VIEW)], True, True),
        ([overwrite(SERVER, 0, deny=rights.VIEW), overwrite("12", 0, rights.VIEW)], True, True),
        ([overwrite(SERVER, 0, deny=rights.VIEW), overwrite("99", 0, rights.VIEW)], True, True),
        ([overwrite(SERVER, 0, deny=rights.VIEW), overwrite("77", 1, rights.VIEW)], True, True),
    ],
    ids=["open", "shut", "a role", "a stage's role", "no view", "administrators", "a bot", "no such role", "a person"],
)
def test_a_teams_room_is_shut_where_no_strange_role_may_look(
    marks: list[dict[str, Any]], team: bool, private: bool
) -> None:
    roles = [
        role(SERVER, rights.VIEW),
        role("10"),
        role("11", rights.ADMINISTRATOR),
        role("12", tags={"bot_id": "5"}, managed=True),
    ]
    assert rights.shut(roles, {"id": "5", "permission_overwrites": marks}, SERVER, team) == private
