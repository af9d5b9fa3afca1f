"""Results drawn as PNG pictures by a process of its own; nothing that draws is ever imported in the bot's."""
