"""Runs the system of compose.yaml for tests."""
