"""Who acts in the end-to-end tests: the system, people at their browsers, vendors, listeners on the bus."""
