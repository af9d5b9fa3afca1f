"""The form of a kind: its own fields and those that kinds share by their traits, on one page (SPEC 5.1)."""

from __future__ import annotations

from dataclasses import dataclass, replace

from core.domain.form import PAGE_FIELDS, Field, Form, Invalid, Pick, Values, first
from core.domain.ids import SessionId
from core.domain.interactions import KINDS
from core.domain.interactions.kind import Kind
from core.domain.interactions.lasting import LASTING, OPEN_ENDED
from core.domain.interactions.life import Interaction, Sharing
from core.domain.view import action

SHARING = Field(
    "sharing",
    "Results",
    "choice",
    value=("live",),
    picks=(Pick("Share while it is open", "live"), Pick("Share when it ends", "end"), Pick("Never share", "never")),
)
CLOSES = Field(
    "closes",
    "Closes",
    "choice",
    value=(OPEN_ENDED,),
    picks=tuple(Pick(label, name) for name, (label, _) in LASTING.items()),
)
SECRET = Pick("Anonymous: nobody can tie an answer to a person after the end", "secret")
SHARING_SECRET = replace(
    SHARING,
    label="Results, and who answered what",
    hint=SECRET.label,
    picks=(*SHARING.picks, *(Pick(f"{it.label}; anonymous", f"{it.value} secret") for it in SHARING.picks)),
)
"""For a form with no room for a box of its own: Discord shows five fields a page."""


@dataclass(frozen=True, slots=True)
class Settings:
    """What every interaction has besides what its kind asks."""

    sharing: Sharing = "live"
    anonymous: bool = False
    lasts: int | None = None


def settings_of(interaction: Interaction) -> Settings:
    return Settings(interaction.sharing, interaction.anonymous, interaction.lasts)


def form_of(kind_name: str, session: SessionId, called: str = "") -> Form:
    """The form that makes an interaction of this kind in this session, which is called so."""
    kind = KINDS[kind_name]
    return Form(
        title=f"New {kind.TITLE.lower()}",
        action=action("made", kind_name, session),
        submit="Done",
        again=action("new", kind_name, session),
        fields=tuple(replace(it, value=(called,)) if it.fills and called else it for it in fields_of(kind)),
    )


def fields_of(kind: Kind, *, answered: bool = False) -> tuple[Field, ...]:
    """``answered``: somebody has answered, so what they answered to is not asked again (SPEC 5.7)."""
    own = tuple(it for it in kind.fields() if not (answered and it.name in kind.FROZEN))
    shared: list[Field] = []
    if "shared" in kind.TRAITS:
        shared.append(SHARING)
    if "answered" in kind.TRAITS and "outlasts" not in kind.TRAITS:
        shared.append(CLOSES)
    if "secret" in kind.TRAITS and not answered:
        own = _with_secret(own, PAGE_FIELDS - len(shared))
        if not secret_in(own):
            shared = [SHARING_SECRET if it is SHARING else it for it in shared]
    return (*own, *shared)


def secret_in(fields: tuple[Field, ...]) -> str:
    """The name of the field that asks whether it is anonymous; empty where none does."""
    return next((it.name for it in fields if SECRET in it.picks or it.picks == SHARING_SECRET.picks), "")


def _with_secret(own: tuple[Field, ...], most: int) -> tuple[Field, ...]:
    """The box for anonymity stands with the kind's own boxes, or by itself where there is room."""
    for index, one in enumerate(own):
        if one.kind == "choices":
            return (*own[:index], replace(one, picks=(*one.picks, SECRET)), *own[index + 1 :])
    if len(own) < most:
        return (*own, Field("secret", "Who answered what", "choices", required=False, picks=(SECRET,)))
    return own


def read_settings(kind: Kind, values: Values, before: Settings) -> Settings:
    """What was picked; what was not asked stays as it was. Raises Invalid."""
    fields = fields_of(kind)
    sharing, closes = first(values, "sharing") or before.sharing, first(values, "closes")
    together = SHARING_SECRET in fields
    sharing, _, beside = sharing.partition(" ") if together else (sharing, "", "")
    errors = {}
    if sharing not in ("live", "end", "never") or beside not in ("", "secret"):
        errors["sharing"] = "Pick one of these."
    if closes and closes not in LASTING:
        errors["closes"] = "Pick one of these."
    if errors:
        raise Invalid(errors)
    asked = secret_in(fields)
    told = bool(beside) or (not together and "secret" in values.get(asked, ()))
    anonymous = told if asked in values else before.anonymous
    checked: Sharing = "live" if sharing == "live" else "end" if sharing == "end" else "never"
    return Settings(checked, anonymous, LASTING[closes][1] if closes else before.lasts)


def written(interaction: Interaction, *, answered: bool = False) -> Values:
    """What fills the form with the interaction as it is."""
    kind = KINDS[interaction.kind]
    values = dict(kind.write(interaction.spec))
    values["sharing"] = (interaction.sharing,)
    known = {length: name for name, (_, length) in LASTING.items()}
    values["closes"] = (known.get(interaction.lasts, OPEN_ENDED),)
    fields = fields_of(kind, answered=answered)
    if interaction.anonymous and (asked := secret_in(fields)):
        if SHARING_SECRET in fields:
            values[asked] = (f"{interaction.sharing} secret",)
        else:
            values[asked] = (*values.get(asked, ()), "secret")
    return values
