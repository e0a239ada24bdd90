"""A vendor asked once, read-only, to find out which assumptions about its API hold; what it said is kept, redacted."""
