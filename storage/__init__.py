"""Everything that is kept, on SQLite or PostgreSQL; the only place that speaks SQL."""
