"""Questions, from the press to what the asker and the moderators see (SPEC 4)."""
