"""Real PostgreSQL and NATS for tests, and callers with tokens."""
