"""What should run: exporter types, exporters, sources."""
