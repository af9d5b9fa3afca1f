"""The tables, by what they keep; all of them are had from :mod:`storage.tables`."""
