"""The interaction kinds and their one registry."""
