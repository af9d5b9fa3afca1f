"""Types of the part of TextBlob 0.20 that works without its corpora."""

from typing import NamedTuple

class Sentiment(NamedTuple):
    polarity: float
    subjectivity: float

class AssessedSentiment(NamedTuple):
    polarity: float
    subjectivity: float
    assessments: list[tuple[list[str], float, float, str | None]]

class TextBlob:
    raw: str
    def __init__(self, text: str) -> None: ...
    @property
    def sentiment(self) -> Sentiment: ...
    @property
    def sentiment_assessments(self) -> AssessedSentiment: ...
    @property
    def polarity(self) -> float: ...
    @property
    def subjectivity(self) -> float: ...
    def correct(self) -> TextBlob: ...
