"""Rules of users, sessions and keys, without I/O."""
