"""A session file: every mistake once, with its line, and never anything but a plan or mistakes."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from adapters.files.outlines import outline
from core.app.commands.importing import PARTS
from core.app.handle.shared_fields import SECRET, SHARING, fields_of
from core.app.intake import ROOM_KINDS
from core.domain.form import Field, Values
from core.domain.ids import MINUTE, SECOND, Instant, instant
from core.domain.interactions import KINDS
from core.domain.interactions.lasting import LASTING
from core.domain.interactions.parts import parts_of
from core.domain.plan import ROOM_KEYS, Plan, PlannedPerson, told
from core.domain.plan_keys import CLOSES, COMMON, RESULTS, common, interactions, json_schema
from core.domain.plan_nodes import FILE_BYTES, Many, Mistake, Named, Node, One
from core.domain.plan_reading import read
from tests.unit.hostile import SAMPLES, anything

NOW = instant(datetime(2026, 9, 21, 14, 0, tzinfo=UTC))
EXAMPLE = (Path(__file__).parents[2] / "config/example-session.yaml").read_text()
FIVE = "reactions:\n- 👏 Clap\n- 😄 Smile\n- 🔥 Fire\n- 😮 Wow\n- ❤️ Heart\n"
LEAST = "name: Keynote\nstart: 2026-11-14 14:30\nlength: 1h\n"
POLL = "interactions:\n- kind: poll\n  question: Tea?\n  options: [Yes, No]\n"
VENUE = "venues:\n- platform: slack\n  name: Acme\n"
SCHEMA = jsonschema.Draft202012Validator(json_schema())


def planned(text: str) -> Plan:
    plan = read(outline(text), NOW)
    assert isinstance(plan, Plan), told(plan)
    return plan


def mistakes(text: str) -> list[Mistake]:
    plan = read(outline(text), NOW)
    return [] if isinstance(plan, Plan) else list(plan)


# -- what is in order -----------------------------------------------------------------------------------------------


def test_the_example_file_is_in_order_and_holds_everything_that_may_be_said():
    plan = planned(EXAMPLE)
    assert (plan.id, plan.name, plan.zone) == ("keynote-2031", "Keynote: The road ahead", "Europe/Berlin")
    assert plan.starts_at == instant(datetime(2031, 11, 14, 13, 30, tzinfo=UTC))
    assert plan.ends_at - plan.starts_at == 60 * MINUTE
    slack, discord = plan.venues
    assert plan.said["disclaimer"].startswith("Everything you write, ask and vote in this session is recorded")
    rest = {name: value for name, value in plan.said.items() if name != "disclaimer"}
    assert rest == {
        "access": "gated",
        "consent_needed": True,
        "like": "👍",
        "reactions": ("👏 Clap", "❤️ Heart", "💡 Aha", "😮 Wow", "😄 Smile"),
        "slow": 10,
        "links": True,
        "words": ("buy now", "spam*"),
    }
    assert plan.questions["mode"] == "single"
    assert (plan.questions["opens"], plan.questions["closes"]) == ("09:00", "17:30")
    assert len(plan.questions["replies"]) == 2
    assert (plan.questions["approval"], plan.questions["sends"], plan.questions["direct"]) == (True, False, False)
    assert slack.rooms == (("door", "C012ABCDEF"),)
    assert slack.moderators[0] == PlannedPerson("U012ABCDEF", "Ana Petrova")
    assert discord.moderators == (PlannedPerson("123456789012345678", "Bo"),)
    where, which, again, survey, *_ = plan.interactions
    assert [it.sort for it in survey.spec.questions] == ["choice", "icons", "rating", "open"]
    assert (where.after, where.at) == (5 * MINUTE, plan.starts_at + 5 * MINUTE)
    assert (which.after, which.at, which.sharing) == (None, plan.starts_at + 20 * MINUTE, "end")
    assert (again.spec.options, again.at) == (("Yes", "No"), None)
    assert not list(SCHEMA.iter_errors(data(outline(EXAMPLE))))
    said = set(re.findall(r"[\w]+(?=:)", EXAMPLE))
    assert every_name(json_schema()) - said <= {"end", "stage", "queue", "backchannel"}


def every_name(schema: Any) -> set[str]:
    if isinstance(schema, list):
        return {name for one in schema for name in every_name(one)}
    if not isinstance(schema, dict):
        return set()
    own = set(schema.get("properties", ()))
    return own.union(*(every_name(one) for one in schema.values()))


def test_the_schema_is_one_and_keeps_what_each_kind_asks():
    jsonschema.Draft202012Validator.check_schema(json_schema())
    for name, kind in KINDS.items():
        keys = interactions().kinds[name].keys
        several = {"questions"} if "parts" in kind.TRAITS else set()
        assert set(keys) == {"kind", *common(kind), *several, *(field.name for field in kind.fields())}
        asked = {it.name for it in fields_of(kind)}
        assert ("results" in keys, "closes" in keys) == ("sharing" in asked, "closes" in asked)
        assert ("anonymous" in keys) == any(SECRET in it.picks for it in fields_of(kind))
        assert not {field.name for field in kind.fields()} & {"kind", *COMMON}
    assert set(RESULTS.picks) == {pick.value for pick in SHARING.picks}
    assert set(CLOSES.picks) == set(LASTING)
    assert set(ROOM_KEYS) <= set(ROOM_KINDS)
    assert len(PARTS) <= 5


def in_a_file(fields: Iterable[Field], values: Values) -> Iterable[str]:
    for field in fields:
        given = values[field.name]
        if field.each:
            yield f"{field.name}: {json.dumps(given[0].splitlines(), ensure_ascii=False)}"
        elif field.kind == "choices" and len(field.picks) == 1:
            yield f"{field.name}: {'true' if given else 'false'}"
        elif field.kind == "choices":
            yield f"{field.name}: {json.dumps(list(given))}"
        elif any(given):
            yield f"{field.name}: {json.dumps(given[0], ensure_ascii=False)}"


@pytest.mark.parametrize("name", KINDS)
def test_every_sample_of_every_kind_can_be_written_into_a_file(name: str):
    kind = KINDS[name]
    for sample in kind.samples():
        values = kind.write(sample)
        lines = [f"- kind: {name}"]
        lines += [f"  {line}" for line in in_a_file(kind.fields(), values)]
        if "parts" in kind.TRAITS:
            parts = parts_of(kind)
            if not parts.of(sample):
                continue  # a file asks for one at least
            lines.append("  questions:")
            for one in parts.of(sample):
                lines.append(f"  - kind: {one.sort}")
                lines += [f"    {line}" for line in in_a_file(parts.fields(one.sort), parts.write(one))]
        text = LEAST + "interactions:\n" + "\n".join(lines) + "\n"
        assert planned(text).interactions[0].spec == sample
        assert not list(SCHEMA.iter_errors(data(outline(text))))


def test_an_anonymous_quiz_for_the_leaderboard_is_refused_at_its_settings():
    quiz = LEAST + "interactions:\n- kind: quiz\n  question: How?\n  answers: [So (correct), Or so]\n"
    said = quiz + "  settings: [leaders]\n"
    (wrong,) = mistakes(said + "  anonymous: true\n")
    assert "Choose one of the two." in str(wrong)
    assert wrong.line == said.count("\n")
    assert planned(said).interactions[0].spec.leaders
    assert planned(quiz + "  anonymous: true\n").interactions[0].anonymous


SURVEY = "interactions:\n- kind: survey\n  questions:\n"


def test_a_survey_in_a_file_is_called_like_its_session_and_its_questions_are_counted_from_one():
    text = (
        LEAST
        + SURVEY
        + "  - kind: open\n    question: Why?\n  - kind: rating\n    question: How?\n    required: true\n"
    )
    spec = planned(text).interactions[0].spec
    assert spec.name == "Keynote" and spec.intro == KINDS["survey"].fields()[1].value[0]
    assert [(it.key, it.sort, it.required) for it in spec.questions] == [("1", "open", False), ("2", "rating", True)]


@pytest.mark.parametrize(
    ("question", "line", "words"),
    [
        ("  - question: Why?\n", 7, "“kind” is missing: one of choice, icons, rating, open."),
        ("  - kind: ratings\n    question: Why?\n", 7, "Did you mean “rating”?"),
        ("  - kind: open\n", 7, "“question” is missing"),
        ("  - kind: open\n    question: Why?\n    options: [a, b]\n", 9, "“options” is not known here."),
        ("  - kind: choice\n    question: Why?\n    options: [Tea, tea]\n", 9, "Two options read the same"),
        ("  - kind: choice\n    question: Why?\n    options: [Tea]\n", 9, "“options” has 1; write 2 at least."),
        ("  - kind: icons\n    question: Why?\n    icons: [Good, Bad]\n", 9, "Write an emoji and a word"),
        ("  - kind: rating\n    question: Why?\n    steps: 11\n", 9, "“steps” is one of: 2, 3"),
        ("  - kind: open\n    question: " + "Q" * 101 + "\n", 8, "“question” has 101 characters; 100 fit."),
    ],
)
def test_a_mistake_in_a_question_stands_at_its_own_line(question: str, line: int, words: str):
    whole = "  - kind: open\n    question: Fine?\n"
    (mistake,) = mistakes(LEAST + SURVEY + question + whole)
    assert mistake.line == line and words in mistake.told()


def test_a_survey_in_a_file_has_one_to_ten_questions():
    assert "“questions” is missing" in told(mistakes(LEAST + "interactions:\n- kind: survey\n"))
    one = "  - kind: open\n    question: Why?\n"
    assert len(planned(LEAST + SURVEY + one * 10).interactions[0].spec.questions) == 10
    assert "“questions” has 11; 10 fit." in told(mistakes(LEAST + SURVEY + one * 11))


def test_what_kinds_share_is_read_where_they_have_it():
    text = "interactions:\n- {kind: question, question: Why?, anonymous: true, closes: 5m, results: never}\n"
    (one,) = planned(LEAST + text + "- {kind: cloud, question: Which?, closes: open}\n").interactions[:1]
    assert (one.anonymous, one.lasts, one.sharing, one.spec.approval) == (True, 5 * MINUTE, "never", True)
    off = planned(LEAST + "interactions:\n- {kind: question, question: Why?, approval: false}\n").interactions[0]
    assert (off.anonymous, off.lasts, off.spec.approval) == (False, None, False)


def test_what_yaml_would_take_for_something_else_stays_what_was_written():
    plan = planned(LEAST + "interactions:\n- {kind: poll, question: 2026, options: [no, 14:30, 1.50, True, on]}\n")
    assert plan.interactions[0].spec.options == ("no", "14:30", "1.50", "True", "on")
    assert plan.interactions[0].spec.question == "2026"


@pytest.mark.parametrize(
    ("typed", "minutes"),
    [("+0m", 0), ("+10m", 10), ("+1h", 60), ("+ 5", 5), ("14:30", 0), ("14.45", 15), ("2026-11-14 15:00", 30)],
)
def test_times_of_interactions(typed: str, minutes: int):
    plan = planned(LEAST.replace("1h", "2h") + POLL + f'  at: "{typed}"\n')
    assert plan.interactions[0].at == plan.starts_at + minutes * MINUTE


def test_a_time_behind_midnight_is_that_of_the_next_day():
    plan = planned("name: Night\nstart: 2026-11-14 23:30\nend: 00:45\n" + POLL + "  at: 00:10\n")
    assert plan.ends_at - plan.starts_at == 75 * MINUTE
    assert plan.interactions[0].at == plan.starts_at + 40 * MINUTE


@pytest.mark.parametrize("typed", ["2026-11-14 14:30", "2026-11-14T14:30", "2026-11-14  14.30", "2026-11-14 14:30 "])
def test_ways_to_write_a_day_and_time(typed: str):
    assert planned(LEAST.replace("2026-11-14 14:30", f'"{typed}"')).starts_at == planned(LEAST).starts_at


# -- every mistake --------------------------------------------------------------------------------------------------

ZONED = LEAST + "timezone: Europe/Berlin\n"
KIND = "interactions:\n- kind: "
SKIPPED, TWICE = "2027-03-28 02:30", "2026-10-25 02:30"
MISTAKES: tuple[tuple[str, int, str], ...] = (
    # what YAML says
    ("", 1, "The file is empty"),
    ("# nothing\n", 1, "The file is empty"),
    ("name: [1", 1, "A list that begins with [ has no end"),
    ("name: {a: 1", 1, "A part that begins with { has no end"),
    ('\nname: "Keynote', 2, "A quote that begins here has no end"),
    ("name: Keynote: the road", 1, "A colon stands inside a text here"),
    ("name:\n\t- x", 2, "a tab cannot indent"),
    ("name: @x", 1, "A text cannot begin with this sign"),
    ("name: x\nnonsense", 2, "A name without a colon stands here"),
    ("a:\n  - b\n c: d", 3, "indented otherwise"),
    ("name: &x Keynote", 1, "“&x” marks something for repeating"),
    ("name: *x", 1, "“*x” repeats something"),
    ("name: !secret x", 1, "A tag"),
    ("name: !!python/object:os.system x", 1, "A tag"),
    ("---\nname: x\n---\nname: y\n", 3, "A second document begins here"),
    ("? [a, b]\n: c", 1, "A name is one word"),
    ("name: a\x01b", 1, "cannot be seen"),
    ("[" * 20, 1, "go too deep"),
    ("x: [" + "a," * 30_000, 1, "more than 20,000 values"),
    ("x" * (FILE_BYTES + 1), 1, "1,000,000 fit"),
    # shapes
    ("- a\n- b", 1, "holds names with values"),
    ("just words", 1, "holds names with values"),
    (LEAST + "naem: x", 4, "“naem” is not known here. Did you mean “name”?"),
    (LEAST + "zzz: x", 4, "“zzz” is not known here. These are: id, name"),
    (LEAST + "name: x", 4, "“name” stands here for the second time; the first is on line 1."),
    ("start: 2026-11-14 14:30\nlength: 1h", 1, "“name” is missing: the session's name."),
    ("name: x\nlength: 1h", 1, "“start” is missing: day and time, like 2026-11-14 14:30."),
    ("name: x\nstart: 2026-11-14 14:30", 1, "“length” or “end” is missing"),
    (LEAST + "end: 2026-11-14 15:30", 4, "Give “length” or “end”, not both."),
    (LEAST.replace("Keynote", "[a]"), 1, "“name” is one text; here stands a list."),
    (LEAST.replace("Keynote", "{a: b}"), 1, "“name” is one text; here stands a table of names."),
    (LEAST.replace("Keynote", ""), 1, "“name” is empty."),
    (LEAST.replace("Keynote", "'  '"), 1, "“name” is empty."),
    (LEAST.replace("Keynote", "~"), 1, "“name” is empty."),
    (LEAST.replace("Keynote", "k" * 121), 1, "“name” has 121 characters; 120 fit."),
    (LEAST + "id: two words", 4, "“id” is one word"),
    (LEAST + "access: closed", 4, "“access” is one of: gated, open."),
    (LEAST + "access: opn", 4, "Did you mean “open”?"),
    (LEAST + "consent: yes", 4, "“consent” is true or false."),
    (LEAST + "disclaimer: " + "x" * 2_001, 4, "“disclaimer” has 2,001 characters; 2,000 fit."),
    (LEAST + "slow: 7s", 4, "“slow” is one of: off, 5s, 10s, 30s, 1m, 5m."),
    (LEAST + "links: off", 4, "“links” is true or false."),
    (LEAST + KIND + "question\n  question: ''\n", 6, "“question” is empty."),
    (LEAST + KIND + "question\n  question: " + "q" * 301, 6, "“question” has 301 characters; 300 fit."),
    (LEAST + KIND + "question\n  question: Why?\n  approval: maybe", 7, "“approval” is true or false."),
    (LEAST + KIND + "question\n  question: Why?\n  anonymous: 1", 7, "“anonymous” is true or false."),
    (LEAST + KIND + "cloud\n  question: Why?\n  closes: 3m", 7, "“closes” is one of: open, 30s, 1m, 2m, 5m, 10m, 30m."),
    (LEAST + KIND + "cloud\n  question: Why?\n  words: tea", 7, "“words” is not known here."),
    (LEAST + KIND + "announcement\n  title: Lunch\n", 5, "“text” is missing"),
    (LEAST + KIND + "announcement\n  text: x\n  results: end", 7, "“results” is not known here."),
    (LEAST + KIND + "announcement\n  text: x\n  closes: 1m", 7, "“closes” is not known here."),
    (LEAST + KIND + "announcement\n  text: x\n  label: Go", 5, "Write the page that the button opens"),
    (LEAST + KIND + "announcement\n  text: x\n  label: Go\n  address: http://a.example", 8, "begins with https://"),
    (LEAST + KIND + "announcement\n  text: x\n  address: https://a.example", 5, "Write what the button says"),
    (LEAST + KIND + "announcement\n  text: " + "x" * 1_001, 6, "“text” has 1,001 characters; 1,000 fit."),
    (LEAST + KIND + "reaction\n  reaction: celebrat", 6, "Did you mean “celebrate”?"),
    (LEAST + KIND + "reaction\n  reaction: fire\n  anonymous: true", 7, "“anonymous” is not known here."),
    (LEAST + KIND + "reaction\n", 5, "“reaction” is missing"),
    (LEAST + "words: spam", 4, "“words” is a list"),
    (LEAST + f"words: [ok, {'w' * 61}]", 4, "“words” has 61 characters; 60 fit."),
    (LEAST + "questions: yes", 4, "“questions” holds names with values, such as “mode: …”."),
    (LEAST + "questions:\n  mode: singel", 5, "“mode” is one of: single, multi, public, off. Did you mean “single”?"),
    (LEAST + "questions:\n  hours: all day", 5, "Write the hours like 09:00-17:30."),
    (LEAST + "questions:\n  hours: 09:00-25:00", 5, "Write the hours like 09:00-17:30, or leave this empty"),
    (LEAST + "questions:\n  hours: 09:00-09:00", 5, "These hours begin and end at the same time."),
    (LEAST + "questions:\n  reply: " + "x" * 301, 5, "“reply” has 301 characters; 300 fit."),
    (LEAST + "questions:\n  replies: []", 5, "“replies” is empty."),
    (LEAST + "questions:\n  replies: [a, b, c, d, e, f, g, h, i, j, k]", 5, "“replies” has 11; 10 fit."),
    (LEAST + "questions:\n  direct: sometimes", 5, "“direct” is true or false."),
    (LEAST + "questions:\n  answers: true", 5, "“answers” is not known here."),
    (LEAST + "like: thumbs up", 4, "“like” is one emoji"),
    (LEAST + "like: ◆", 4, "“like” is one emoji that both Slack and Discord have"),
    (LEAST + "reactions: [👏 Clap, 🔥 Fire]", 4, "reactions"),
    (LEAST + FIVE.replace("🔥 Fire", "Fire"), 7, "Write an emoji and a word"),
    (LEAST + FIVE.replace("🔥 Fire", "':our_own: Fire'"), 7, "no emoji that both Slack and Discord have"),
    (LEAST + FIVE.replace("🔥 Fire", "👏🏽 Fire"), 7, "too like another one"),
    (LEAST + FIVE.replace("Fire", "Thirteen chars"), 7, "a word here has up to 12"),
    (LEAST + "like: 👍👍👍👍👍👍👍👍👍👍👍👍👍", 4, "“like” is one emoji"),
    (LEAST + "venues: Acme", 4, "“venues” is a list"),
    (LEAST + "venues: []", 4, "“venues” is empty. Fill it, or remove it."),
    (LEAST + "venues:", 4, "“venues” is a list"),
    (LEAST + "interactions:\n- poll", 5, "holds names with values, beginning with “kind: …”."),
    (LEAST + "interactions:\n- question: x", 5, "“kind” is missing"),
    (LEAST + "interactions:\n- kind: pol", 5, "Did you mean “poll”?"),
    (LEAST + "interactions:\n- kind: [poll]", 5, "“kind” is one of"),
    (LEAST + POLL.replace("Tea?", "t" * 301), 6, "“question” has 301 characters; 300 fit."),
    (LEAST + POLL.replace("Yes, No", "Yes"), 7, "“options” has 1; write 2 at least."),
    (LEAST + POLL.replace("Yes, No", "1, 2, 3, 4, 5, 6"), 7, "“options” has 6; 5 fit."),
    (LEAST + POLL.replace("[Yes, No]", "Yes or no"), 7, "“options” is a list"),
    (LEAST + POLL.replace("[Yes, No]", f"\n  - Yes\n  - {'n' * 56}"), 9, "“options” has 56 characters; 55 fit."),
    (LEAST + POLL + "  several: both", 8, "“several” is true or false."),
    (LEAST + POLL + "  results: later", 8, "“results” is one of: live, end, never."),
    (LEAST + POLL + "  quiz: 1", 8, "“quiz” is not known here."),
    (LEAST + f"{'x' * 900}: 1", 4, "…” is not known here."),
    (LEAST + f"id: a\n? {'x' * 2_000}\n: 1", 5, "…” is not known here."),
    (LEAST + f"id: *{'x' * 900}", 4, "…” repeats something"),
    # sense
    (ZONED.replace("Berlin", "Berln"), 4, "This timezone is not known."),
    (LEAST.replace("2026-11-14", "2026-11-31"), 2, "There is no such day."),
    (LEAST.replace("14:30", "24:30"), 2, "There is no such time of day."),
    (LEAST.replace("2026-11-14 14:30", "14:30"), 2, "Write day and time like 2026-11-14 14:30."),
    (LEAST.replace("2026-11-14 14:30", "now"), 2, "Write day and time"),
    (LEAST.replace("2026", "2096"), 2, "Choose a day within the next 10 years."),
    (LEAST.replace("2026-11-14", "2026-09-20"), 2, "would be over already"),
    (ZONED.replace("2026-11-14 14:30", SKIPPED), 2, "this time is skipped"),
    (ZONED.replace("2026-11-14 14:30", TWICE), 2, f"comes twice. Add “first” or “second”: {TWICE} first."),
    (LEAST.replace("1h", "long"), 3, "Write a length like 10m or 1h30m"),
    (LEAST.replace("1h", "25h"), 3, "a day at most"),
    (LEAST.replace("length: 1h", "end: 2026-11-14 14:00"), 3, "The end lies before the start."),
    (LEAST.replace("length: 1h", "end: 2026-11-16 14:00"), 3, "at most a day long"),
    (LEAST.replace("length: 1h", "end: soon"), 3, "Write day and time like 2026-11-14 14:30, or 15:30."),
    (LEAST.replace("Keynote", '"\u200b"'), 1, "Write a name of 1 to 120 characters."),
    (LEAST + 'disclaimer: "\u200b"', 4, "“disclaimer” is empty."),
    (LEAST + POLL.replace("Yes, No", "Tea, tea"), 7, "Two options read the same"),
    (LEAST + POLL.replace("Tea?", '"\u200b"'), 6, "Write the question."),
    (LEAST + POLL + "  at: later", 8, "Write day and time like 2026-11-14 14:30, or 15:30."),
    (LEAST + POLL + "  at: +long", 8, "Write how long after the start, like +10m"),
    (LEAST + POLL + "  at: +1h", 8, "This lies outside the session."),
    (LEAST + POLL + "  at: 2026-11-14 14:29", 8, "This lies outside the session."),
    (LEAST + POLL + "  at: 14:29", 8, "This lies outside the session."),
    # venues
    (LEAST + "venues:\n- platform: slck\n  name: x", 5, "“platform” is one of: slack, discord. Did you mean “slack”?"),
    (LEAST + "venues:\n- platform: slack", 5, "“name” or “id” is missing"),
    (LEAST + VENUE + "  id: T123", 7, "Give “name” or “id”, not both."),
    (LEAST + "venues:\n- platform: slack\n  id: acme", 6, "Write the id"),
    (LEAST + VENUE + VENUE.partition("\n")[2], 7, "This venue stands on line 5 already."),
    (LEAST + VENUE + "  rooms: {lobby: C123}", 7, "“lobby” is not known here."),
    (LEAST + VENUE + "  rooms: {stage: '#keynote'}", 7, "Write the channel's id or its link"),
    (LEAST + VENUE + "  rooms: {stage: '123456789012345678'}", 7, "This is no channel of Slack."),
    (LEAST + VENUE + "  rooms:\n    stage: C123\n    door: C123", 9, "This channel is a room on line 8 already"),
    (LEAST + VENUE + "  moderators: [ana]", 7, "Write the member's id"),
    (LEAST + VENUE + "  moderators: ['123456789012345678']", 7, "This is no member id of Slack."),
    (LEAST + VENUE + "  moderators: [U123 Ana, U123]", 7, "This person stands on line 7 already."),
    (LEAST + VENUE + "  moderators: [U123]\n  speakers: [U123]", 8, "This person is among the moderators"),
    (LEAST + VENUE + f"  speakers: [{', '.join(f'U{n:03}' for n in range(51))}]", 7, "“speakers” has 51; 50 fit."),
)


@pytest.mark.parametrize(("text", "line", "sentence"), MISTAKES, ids=range(len(MISTAKES)))
def test_every_mistake_is_told_once_with_its_line(text: str, line: int, sentence: str):
    found = mistakes(text)
    assert [(it.line, sentence in it.sentence) for it in found] == [(line, True)], found
    assert found[0].sentence.endswith((".", "?"))
    assert len(found[0].sentence) <= 250
    if not isinstance(node := outline(text), tuple):
        assert SCHEMA.is_valid(data(node)) == (not found[0].shape)


def test_all_mistakes_of_a_file_come_in_one_list_in_the_order_of_the_file():
    text = """\
naem: Keynote
start: 2026-11-31 14:30
length: forever
timezone: Mars/Base
access: all
venues:
- platform: slack
  moderators: [ana]
interactions:
- kind: poll
  question:
  options: [Tea, tea]
  at: sometime
- kind: pool
"""
    assert [it.line for it in mistakes(text)] == [1, 1, 2, 3, 4, 5, 7, 8, 11, 12, 13, 14]


def test_people_read_the_first_ten_and_how_many_more():
    found = mistakes(LEAST + "".join(f"x{number}: 1\n" for number in range(13)))
    lines = told(found).splitlines()
    assert len(lines) == 11
    assert (lines[0].startswith("Line 4: “x0” is not"), lines[-1]) == (True, "and 3 more")


def test_a_mistake_that_is_made_again_is_told_in_short():
    found = [Mistake(line, 1, "Say less." if line == 3 else "Say more.") for line in (1, 2, 3, 4)]
    assert told(found) == "Line 1: Say more.\nLine 2: the same\nLine 3: Say less.\nLine 4: Say more."


@pytest.mark.parametrize("raw", [b"\xff\xfe", b"name: caf\xe9", "\ufeff".encode() + LEAST.encode(), b"\x00"])
def test_bytes_are_read_as_utf_8_or_told_to_be_none(raw: bytes):
    found = read(outline(raw), NOW)
    assert isinstance(found, Plan) or (len(found) == 1 and found[0].line == 1)


def test_windows_and_mac_lines_count_the_same():
    wrong = LEAST + "nonsense: 1\n"
    for end in ("\r\n", "\r"):
        assert mistakes(wrong.replace("\n", end)) == mistakes(wrong)


# -- the reader and the schema agree, whatever the file -------------------------------------------------------------


def data(node: Any) -> Any:
    """As an editor's YAML 1.2 reads it: of a name that stands twice the first counts here too."""
    match node:
        case Many(items=items):
            return [data(item) for item in items]
        case Named(entries=entries):
            found: dict[str, Any] = {}
            for name, value in entries:
                found.setdefault(name.text, data(value))
            return found
        case One(text=text, kind="null"):
            return None
        case One(text=text, kind="boolean"):
            return text.lower() == "true"
        case One(text=text, kind="number"):
            return 7
        case One(text=text):
            return text
    raise AssertionError(node)


def words() -> st.SearchStrategy[One]:
    known = ["poll", "slack", "gated", "end", "2026-11-14 14:30", "+10m", "1h", "U123 Ana", "C123", "👍", "x" * 121]
    texts = st.sampled_from(known) | st.sampled_from(SAMPLES) | anything
    strings = texts.map(lambda text: One(1, 1, text))
    others = st.sampled_from([One(1, 1, "7", "number"), One(1, 1, "true", "boolean"), One(1, 1, "", "null")])
    return strings | others


def nodes() -> st.SearchStrategy[Node]:
    names = st.sampled_from(sorted(every_name(json_schema()))).map(lambda name: One(1, 1, name)) | words()
    return st.recursive(
        words(),
        lambda inner: (
            st.lists(inner, max_size=4).map(lambda items: Many(1, 1, tuple(items)))
            | st.lists(st.tuples(names, inner), max_size=6).map(lambda pairs: Named(1, 1, tuple(pairs)))
        ),
        max_leaves=12,
    )


@st.composite
def mutated(draw: st.DrawFn) -> Node:
    """The example with a few of its parts taken out, doubled, or changed for something else."""
    root = outline(EXAMPLE)
    assert not isinstance(root, tuple)
    for _ in range(draw(st.integers(1, 3))):
        root = _changed(draw, root)
    return root


def _changed(draw: st.DrawFn, node: Node) -> Node:
    deeper = draw(st.integers(0, 5)) > 0
    if isinstance(node, Named) and node.entries and deeper:
        at = draw(st.integers(0, len(node.entries) - 1))
        name, value = node.entries[at]
        how = draw(st.sampled_from(("deeper", "deeper", "deeper", "drop", "double", "rename")))
        one = {
            "deeper": lambda: ((name, _changed(draw, value)),),
            "drop": lambda: (),
            "double": lambda: ((name, value), (name, _changed(draw, value))),
            "rename": lambda: ((draw(words()), value),),
        }[how]()
        return Named(node.line, node.column, (*node.entries[:at], *one, *node.entries[at + 1 :]))
    if isinstance(node, Many) and node.items and deeper:
        at = draw(st.integers(0, len(node.items) - 1))
        many = draw(st.integers(0, 2))
        items = tuple(_changed(draw, node.items[at]) for _ in range(many))
        return Many(node.line, node.column, (*node.items[:at], *items, *node.items[at + 1 :]))
    return draw(nodes())


@given(mutated() | nodes())
def test_the_reader_and_the_schema_find_the_same_files_in_shape(node: Node):
    found = read(node, NOW)
    shapely = isinstance(found, Plan) or not any(it.shape for it in found)
    assert shapely == SCHEMA.is_valid(data(node)), (found, [it.message for it in SCHEMA.iter_errors(data(node))])


@given(st.text(max_size=300) | anything | st.binary(max_size=200))
@example("a: \ud800")
@example("!")
@example("? ")
@example("- - - -")
@example("&a")
@example("<<: *a")
@example("%YAML 9.9\n---\na: 1")
def test_any_text_gives_a_plan_or_mistakes_and_never_an_exception(text: str | bytes):
    found = read(outline(text), NOW)
    assert isinstance(found, Plan) or (found and all(it.line >= 1 and it.column >= 1 and it.sentence for it in found))


PUT = st.sampled_from([":", "- ", "\n", "\t", "[", "{", '"', "#", "|", "  "])


@given(st.data())
def test_any_cut_or_change_of_the_example_gives_a_plan_or_mistakes_in_the_file(given_data: st.DataObject):
    start = given_data.draw(st.integers(0, len(EXAMPLE)))
    end = given_data.draw(st.integers(start, min(len(EXAMPLE), start + 40)))
    put = given_data.draw(
        st.text(max_size=10) | st.sampled_from([":", "- ", "\n", "\t", "[", "{", '"', "#", "|", "  "])
    )
    text = EXAMPLE[:start] + put + EXAMPLE[end:]
    found = read(outline(text), NOW)
    if not isinstance(found, Plan):
        last = len(re.split("\r\n|[\n\r\x85\u2028\u2029]", text))
        assert found and all(1 <= it.line <= last for it in found)


@given(st.text(alphabet="0123456789-: T.+hm", max_size=20), st.integers(0, 10_000))
def test_any_time_is_one_or_a_mistake(typed: str, seconds: int):
    text = f"name: x\nstart: '{typed}'\nlength: 1h\n{POLL}  at: '{typed}'\n"
    found = read(outline(text), Instant(NOW + seconds * SECOND))
    assert isinstance(found, Plan) or found
