"""People and time for the tests of auth."""
