"""Exporter of Addreality."""
