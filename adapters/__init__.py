"""Everything that talks to the outside: chat platforms, the web, the stand-in servers."""
