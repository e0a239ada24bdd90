"""What an exporter of a signage platform needs."""
