"""Exporter of CubicMedia."""
