"""Plumbing that every service of Vitrina needs."""
