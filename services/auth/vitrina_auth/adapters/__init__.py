"""PostgreSQL, Argon2 and joserfc, fitted to the ports of the use cases."""
