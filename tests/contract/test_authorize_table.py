"""Who may do what, typed by hand from the privacy matrix, against the core's one table (I14)."""

from __future__ import annotations

import itertools
from dataclasses import replace
from typing import get_args

import pytest

from core.app.authorize import (
    TABLE,
    Deed,
    Part,
    allowed,
    authorize,
    authorize_with_consent,
    parts_of,
)
from core.domain.ids import AccountId, Instant, PersonId, SessionId, VenueId
from core.domain.people import Actor, Member, Organiser, Role, fingerprint
from core.domain.refused import Refused
from core.domain.sessions import Session
from core.domain.view import Button
from tests.on_each import on_each

SESSION = Session(SessionId("s"), "Keynote", "live", Instant(0), Instant(1), "UTC")
ACTOR = Actor(AccountId("slack:T1:a"), "slack", VenueId("slack:T1"))
JOINED = Member(
    SESSION.id, PersonId("p"), consented_at=Instant(0), consent_hash=fingerprint(SESSION.disclaimer), consent_version=1
)

MADE = Organiser(ACTOR.venue, PersonId("p"))

# N not in the session (a moderator of another one too), U without consent, B blocked, A attendee, Sp speaker,
# Su speaker who has not consented yet, M moderator, Mu moderator who has not consented yet, W organiser by the
# platform, O organiser made with /mod team, X bot; + several at once. Ox was an organiser, Oy is one elsewhere.
ROLES: dict[str, tuple[Actor, Member | None, Organiser | None]] = {
    "N": (ACTOR, None, None),
    "U": (ACTOR, Member(SESSION.id, PersonId("p")), None),
    "B": (ACTOR, replace(JOINED, blocked=True), None),
    "A": (ACTOR, JOINED, None),
    "Sp": (ACTOR, replace(JOINED, role="speaker"), None),
    "Su": (ACTOR, Member(SESSION.id, PersonId("p"), role="speaker"), None),
    "M": (ACTOR, replace(JOINED, role="moderator"), None),
    "Mu": (ACTOR, Member(SESSION.id, PersonId("p"), role="moderator"), None),
    "BM": (ACTOR, replace(JOINED, role="moderator", blocked=True), None),
    "W": (replace(ACTOR, manages=True), None, None),
    "WA": (replace(ACTOR, manages=True), JOINED, None),
    "WB": (replace(ACTOR, manages=True), replace(JOINED, blocked=True), None),
    "O": (ACTOR, None, MADE),
    "OA": (ACTOR, JOINED, MADE),
    "OB": (ACTOR, replace(JOINED, blocked=True), MADE),
    "OM": (ACTOR, replace(JOINED, role="moderator"), MADE),
    "Ox": (ACTOR, JOINED, replace(MADE, active=False)),
    "Oy": (ACTOR, JOINED, replace(MADE, venue=VenueId("slack:T2"))),
    "X": (replace(ACTOR, bot=True, manages=True), replace(JOINED, role="moderator"), MADE),
}
MATRIX = """
                      N   U   B   A   Sp  Su  M   Mu  BM  W   WA  WB  O   OA  OB  OM  Ox  Oy  X
join                  Y   Y   -   Y   Y   Y   Y   Y   -   Y   Y   -   Y   Y   -   Y   Y   Y   -
write chat            -   -   -   Y   Y   -   Y   Y   -   -   Y   -   -   Y   -   Y   Y   Y   -
write backchannel     -   -   -   -   Y   -   Y   Y   -   -   -   -   -   -   -   Y   -   -   -
moderate              -   -   -   -   -   -   Y   Y   -   -   -   -   -   -   -   Y   -   -   -
change settings       Y   Y   Y   Y   Y   Y   Y   Y   Y   Y   Y   Y   Y   Y   Y   Y   Y   Y   -
leave                 -   Y   Y   Y   Y   Y   Y   Y   Y   -   Y   Y   -   Y   Y   Y   Y   Y   -
link accounts         Y   Y   Y   Y   Y   Y   Y   Y   Y   Y   Y   Y   Y   Y   Y   Y   Y   Y   -
delete own line       -   Y   Y   Y   Y   Y   Y   Y   Y   -   Y   Y   -   Y   Y   Y   Y   Y   -
vote                  -   -   -   Y   Y   -   Y   Y   -   -   Y   -   -   Y   -   Y   Y   Y   -
react                 -   -   -   Y   Y   -   Y   Y   -   -   Y   -   -   Y   -   Y   Y   Y   -
ask questions         -   -   -   Y   Y   -   Y   Y   -   -   Y   -   -   Y   -   Y   Y   Y   -
answer questions      -   -   -   -   -   -   Y   Y   -   -   -   -   -   -   -   Y   -   -   -
see shared results    -   -   -   Y   Y   -   Y   Y   -   -   Y   -   -   Y   -   Y   Y   Y   -
see all results       -   -   -   -   -   -   Y   Y   -   -   -   -   -   -   -   Y   -   -   -
make interactions     -   -   -   -   -   -   Y   Y   -   -   -   -   -   -   -   Y   -   -   -
run the session       -   -   -   -   -   -   Y   Y   -   -   -   -   -   -   -   Y   -   -   -
create sessions       -   -   -   -   -   -   -   -   -   Y   Y   Y   Y   Y   Y   Y   -   -   -
map rooms             -   -   -   -   -   -   -   -   -   Y   Y   Y   Y   Y   Y   Y   -   -   -
appoint               -   -   -   -   -   -   -   -   -   Y   Y   Y   Y   Y   Y   Y   -   -   -
"""
HEADS, *LINES = MATRIX.strip("\n").splitlines()
CELLS = [
    (role, line[:20].strip(), cell == "Y")
    for line in LINES
    for role, cell in zip(HEADS.split(), line[20:].split(), strict=True)
]


def may(role: str, deed: str) -> bool:
    actor, member, organiser = ROLES[role]
    try:
        authorize(actor, SESSION, member, deed, organiser)  # type: ignore[arg-type]
    except Refused as refused:
        assert refused.sentence.endswith(".")
        return False
    return True


@on_each("role, deed, yes", CELLS)
def test_every_cell_of_the_matrix(role, deed, yes):
    assert may(role, deed) is yes


def test_the_matrix_names_every_deed_and_part():
    assert {deed for _, deed, _ in CELLS} == set(get_args(Deed)) == set(TABLE)
    assert {role for role, _, _ in CELLS} == set(ROLES)
    seen = {part for actor, member, organiser in ROLES.values() for part in parts_of(actor, SESSION, member, organiser)}
    assert seen == set(get_args(Part))


def test_what_is_unknown_is_denied():
    for parts in itertools.combinations(get_args(Part), 2):
        assert not allowed(frozenset(parts), "fly")  # type: ignore[arg-type]
    for deed in get_args(Deed):
        assert not allowed(frozenset(), deed)
        assert not allowed(frozenset({"emperor"}), deed)  # type: ignore[arg-type]


def deeds(actor: Actor, member: Member | None, organiser: Organiser | None) -> set[str]:
    return {deed for deed in get_args(Deed) if allowed(parts_of(actor, SESSION, member, organiser), deed)}


LESSER: dict[Role, tuple[Role, ...]] = {
    "moderator": ("speaker", "attendee"),
    "speaker": ("attendee",),
    "attendee": (),
}


def test_losing_a_role_never_adds_a_deed():
    for actor, (_, member, made) in itertools.product((ACTOR, replace(ACTOR, manages=True)), ROLES.values()):
        had = deeds(actor, member, made)
        assert deeds(replace(actor, manages=False), member, made) <= had
        assert deeds(actor, member, None) == deeds(actor, member, replace(MADE, active=False)) <= had
        if member is not None:
            for role in LESSER[member.role]:
                assert deeds(actor, replace(member, role=role), made) <= had, (role, member)
            assert deeds(actor, replace(member, blocked=True), made) <= had | {"delete own line", "leave"}
            assert deeds(actor, replace(member, consented_at=None), made) <= had
            assert deeds(actor, None, made) <= had | {"join", "change settings"}
        assert deeds(replace(actor, bot=True), member, made) == set()


OUTSIDE = ("join", "change settings", "link accounts", "create sessions", "map rooms", "appoint")
"""Of settings there are none before one joins: a stranger reads that."""


def test_outside_any_session_only_organisers_may_do_anything():
    assert parts_of(ACTOR, None, None) == {"stranger"}
    for deed in get_args(Deed):
        for parts in (parts_of(replace(ACTOR, manages=True), None, None), parts_of(ACTOR, None, None, MADE)):
            assert allowed(parts, deed) is (deed in OUTSIDE)


def test_deeds_that_show_something_of_the_person_need_consent_of_moderators_too():
    actor, member, _ = ROLES["Mu"]
    with pytest.raises(Refused, match="Join the session first") as refused:
        authorize_with_consent(actor, SESSION, member, "vote")
    assert refused.value.buttons == (Button("Join session", "join:s", "primary"),)
    authorize_with_consent(*ROLES["M"][:1], SESSION, ROLES["M"][1], "vote")


def test_a_new_text_takes_everything_back_until_it_is_accepted():
    changed = replace(SESSION, disclaimer="Another text.")
    actor, member, _ = ROLES["A"]
    assert parts_of(actor, changed, member) == {"unconsented"}
    assert parts_of(actor, replace(changed, consent_needed=False), member) == {"attendee"}


@pytest.mark.parametrize(
    ("role", "deed", "sentence"),
    [
        ("N", "vote", "Join the session first; it is one short form."),
        ("B", "vote", "This is not available to you in this session."),
        ("B", "run the session", "This is not available to you in this session."),
        ("A", "run the session", "Only moderators of this session can do that. Ask one of them."),
        ("X", "vote", "Bots cannot take part."),
        ("M", "create sessions", ("Only organisers can do that here: workspace admins in Slack, members "
         "with Manage Server in Discord, and whom they made one with /mod team.")),
    ],
)  # fmt: skip
def test_the_sentence_says_what_to_do(role, deed, sentence):
    actor, member, _ = ROLES[role]
    with pytest.raises(Refused) as refused:
        authorize(actor, SESSION, member, deed)
    assert refused.value.sentence == sentence
