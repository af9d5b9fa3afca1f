"""Use cases: what can be asked for, who may ask it, and what is visible afterwards."""
