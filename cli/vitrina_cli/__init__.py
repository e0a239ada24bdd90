"""The command line of Vitrina."""
