"""Stand-in Slack and Discord servers to run, test and play against; they know the wire and nothing of the bot."""
