"""The page to play in: both stand-in servers as people have them before them, in one browser window."""
