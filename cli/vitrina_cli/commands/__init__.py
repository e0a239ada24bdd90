"""One module for each group of commands; each names the operations of the API that it calls."""
