"""Exporter of Example, an invented vendor: the folder to copy for a new platform."""
