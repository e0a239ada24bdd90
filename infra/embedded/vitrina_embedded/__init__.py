"""The embedded way to run: every part as a local process."""
