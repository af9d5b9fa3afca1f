"""Files that people write: read into the core's own trees."""
