"""Sets an installation of compose.yaml up: secrets and configuration, the database, the demo's sources."""
