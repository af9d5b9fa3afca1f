"""Discord: payloads become commands, cards become components."""
