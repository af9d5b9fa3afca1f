"""README's table of kinds says what the story over the wire does, for every kind that there is."""

from __future__ import annotations

from core.domain.interactions import KINDS
from tests.contract import kinds_table
from tests.wire.kinds_told import ACTS, KINDS_TOLD


def test_readme_shows_what_can_be_done_with_each_kind():
    shown = kinds_table.README.read_text()
    made = kinds_table.placed(shown, kinds_table.table(KINDS_TOLD))
    assert shown == made, f"make it anew: {kinds_table.WRITE}"


def test_every_kind_has_its_row_and_no_act_is_left_out_without_a_reason():
    assert list(KINDS_TOLD) == list(KINDS)
    for name, kind in KINDS_TOLD.items():
        assert kind.none.keys() <= set(ACTS), name
        assert all(len(reason) > 10 for reason in kind.none.values()), name
