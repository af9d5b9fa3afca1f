"""Announcements and crowd reactions: every limit at its edge, and which pages a button may open."""

from __future__ import annotations

import pytest

from core.domain.form import Invalid
from core.domain.interactions import announcement, reaction
from core.domain.interactions.kind import Count, Frame
from core.domain.text import plain
from core.domain.view import Buttons, Heading, LinkButton, Words
from tests.on_each import on_each
from tests.unit.hostile import SAMPLES

PAGE = "https://example.org/page"


def read(text: str = "Lunch!", title: str = "", label: str = "", address: str = "") -> announcement.Spec:
    return announcement.read({"text": (text,), "title": (title,), "label": (label,), "address": (address,)})


def problems(text: str = "Lunch!", title: str = "", label: str = "", address: str = "") -> dict[str, str]:
    with pytest.raises(Invalid) as refused:
        read(text, title, label, address)
    assert all(sentence.endswith(".") for sentence in refused.value.errors.values())
    return refused.value.errors


def test_the_length_of_each_text():
    for name, most in (("text", 1_000), ("title", 100)):
        for length in (1, most - 1, most):
            assert len(getattr(read(**{name: "x" * length}), name)) == length
        assert set(problems(**{name: "x" * (most + 1)})) == {name}
    for length in (1, 19, 20):
        assert len(read(label="x" * length, address=PAGE).label) == length
    assert set(problems(label="x" * 21, address=PAGE)) == {"label"}
    assert set(problems(text="")) == set(problems(text=" \u200b")) == {"text"}


def test_the_button_has_both_or_neither():
    assert "page that the button opens" in problems(label="Menu")["address"]
    assert "what the button says" in problems(address=PAGE)["label"]
    assert read(label="Menu", address=PAGE).address == PAGE
    assert read().label == read().address == ""


@pytest.mark.parametrize(
    "address",
    [
        PAGE,
        "HTTPS://Example.org",
        "https://a.b-c.example:8443/x?y=1&z=%20#top",
        "https://münchen.example/",
        "https://x.co",
    ],
)
def test_pages_that_a_button_opens(address):
    assert read(label="Go", address=address).address == address
    assert read(label="Go", address=f"  {address} ").address == address


@pytest.mark.parametrize(
    ("address", "sentence"),
    [
        ("http://example.org", "begins with https://"),
        ("javascript:alert(1)", "begins with https://"),
        ("example.org", "begins with https://"),
        ("https:/example.org", "begins with https://"),
        ("https://", "leads to no host"),
        ("https:///path", "leads to no host"),
        ("https://localhost/x", "leads to no host"),
        ("https://127.0.0.1/x", "leads to no host"),
        ("https://[::1]/x", "leads to no host"),
        ("https://[::1/x", "leads to no host"),
        ("https://-a.example", "leads to no host"),
        ("https://a..example", "leads to no host"),
        ("https://example.org:port/", "leads to no host"),
        ("https://example.org:99999/", "leads to no host"),
        ("https://bank.example@evil.example/", "names a user"),
        ("https://user:pass@evil.example/", "names a user"),
        ("https://evil.example /x", "a space or a sign"),
        ("https://evil.example\\@bank.example", "a space or a sign"),
        ("https://evil.example/\x01", "a space or a sign"),
        ("https://evil.example/\u202egpj", "a space or a sign"),
        ("https://evil.example/<b>", "a space or a sign"),
    ],
)
def test_pages_that_no_button_opens(address, sentence):
    assert sentence in problems(label="Go", address=address)["address"]


def test_the_length_of_an_address():
    long = "https://example.org/".ljust(512, "x")
    assert read(label="Go", address=long).address == long
    assert read(label="Go", address=long[:-1]).address == long[:-1]
    assert "513 characters; 512 fit" in problems(label="Go", address=long + "x")["address"]


@on_each("raw", SAMPLES)
def test_whatever_is_typed_is_kept_clean_or_refused(raw):
    try:
        spec = read(raw, raw, raw, raw)
    except Invalid as refused:
        assert set(refused.errors) <= {"text", "title", "label", "address"}
    else:
        assert announcement.read(announcement.write(spec)) == spec
    try:
        spec = read(raw)
    except Invalid:
        return
    assert announcement.read(announcement.write(spec)) == spec
    assert "\n" not in announcement.title(spec)


FRAME = Frame("i" * 16, False, None, None)


def test_the_first_line_is_the_title_or_the_text():
    short, whole = announcement.view(read("Lunch!"), FRAME), announcement.view(read("x" * 300), FRAME)
    assert [type(part) for part in short] == [type(part) for part in whole]
    assert isinstance(short[0], Heading) and plain(short[0].text) == "Lunch!"
    long = announcement.view(read("x" * 301), FRAME)
    assert [plain(part.text) for part in long if isinstance(part, Words)] == ["x" * 301]
    titled = announcement.view(read("Until two.", "Lunch"), FRAME)
    assert [plain(part.text) for part in titled if isinstance(part, Heading | Words)] == ["Lunch", "Until two."]


def test_the_button_opens_the_page_and_is_counted():
    (row,) = [part for part in announcement.view(read(label="Go", address=PAGE), FRAME) if isinstance(part, Buttons)]
    assert row.items == (LinkButton("Go", PAGE, f"click:{'i' * 16}"),)


def test_it_says_how_many_opened_the_page_and_what_cannot_be_known():
    linked = read(label="Go", address=PAGE)
    tally = announcement.tally(linked, (Count(announcement.CLICKED, "slack", 12, 2),))
    assert announcement.summary(linked, tally) == "12 opened the link on Slack; Discord does not tell."
    assert announcement.summary(read(), tally) == ""


def test_a_reaction_is_one_of_the_list_in_words():
    assert len(reaction.LIST) == 8
    for name, told in reaction.LIST.items():
        spec = reaction.read({"reaction": (name,)})
        said, _, emoji = told.rpartition(" ")
        assert not emoji.isascii() and said.isascii() and said, "never an emoji alone"
        assert reaction.title(spec) == told
    for typed in ("", "🎉", "Celebrate", "nothing"):
        with pytest.raises(Invalid, match="Pick one"):
            reaction.read({"reaction": (typed,)})


def test_a_reaction_names_the_session():
    head, note = reaction.view(reaction.Spec("celebrate"), Frame("i", True, None, None, session="Keynote"))
    assert isinstance(head, Heading) and plain(head.text) == "Celebrate 🎉"
    assert plain(note.text) == "Crowd reaction · from the moderators of “Keynote”"  # type: ignore[union-attr]
