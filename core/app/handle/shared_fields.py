"""The form of a kind: its own fields and those that kinds share by their traits, on one page (SPEC 5.1)."""

from __future__ import annotations

from dataclasses import dataclass, replace

from core.domain.form import FIELD_LIMIT, Field, Form, Invalid, Pick, Values, first
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
        own = _with_secret(own, FIELD_LIMIT - len(shared))
    return (*own, *shared)


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
    sharing, closes = first(values, "sharing") or before.sharing, first(values, "closes")
    errors = {}
    if sharing not in ("live", "end", "never"):
        errors["sharing"] = "Pick one of these."
    if closes and closes not in LASTING:
        errors["closes"] = "Pick one of these."
    if errors:
        raise Invalid(errors)
    asked = [it.name for it in fields_of(kind) if SECRET in it.picks]
    told = [values[name] for name in asked if name in values]
    anonymous = any("secret" in picked for picked in told) if told else before.anonymous
    checked: Sharing = "live" if sharing == "live" else "end" if sharing == "end" else "never"
    return Settings(checked, anonymous, LASTING[closes][1] if closes else before.lasts)


def written(interaction: Interaction) -> Values:
    """What fills the form with the interaction as it is."""
    kind = KINDS[interaction.kind]
    values = dict(kind.write(interaction.spec))
    values["sharing"] = (interaction.sharing,)
    known = {length: name for name, (_, length) in LASTING.items()}
    values["closes"] = (known.get(interaction.lasts, OPEN_ENDED),)
    if interaction.anonymous:
        for it in fields_of(kind):
            if SECRET in it.picks:
                values[it.name] = (*values.get(it.name, ()), "secret")
    return values
