"""HTTP behind the edge: decode, one use case, present."""
