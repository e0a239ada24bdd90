"""Parts that tests of the runtimes share."""
