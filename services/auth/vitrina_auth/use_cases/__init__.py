"""What auth does: one verb, one function, one transaction."""
