"""The one registry of interaction kinds: a new kind is its file and its line here (see ADDING.md)."""

from __future__ import annotations

from collections.abc import Mapping

from core.domain.interactions import announcement, cloud, poll, question, quiz, rating, reaction, survey, vote
from core.domain.interactions.kind import Kind

KINDS: Mapping[str, Kind] = {
    poll.NAME: poll,
    quiz.NAME: quiz,
    rating.NAME: rating,
    vote.NAME: vote,
    question.NAME: question,
    cloud.NAME: cloud,
    announcement.NAME: announcement,
    survey.NAME: survey,
    reaction.NAME: reaction,
}
