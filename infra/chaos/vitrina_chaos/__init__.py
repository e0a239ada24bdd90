"""A whole installation whose parts are killed at random while it is changed at random."""
