"""The mood of chat lines, by TextBlob."""
