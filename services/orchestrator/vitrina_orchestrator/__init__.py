"""What runs: exporters as containers or processes."""
