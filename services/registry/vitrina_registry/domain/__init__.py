"""Rules of what should run; no I/O, no frameworks."""
