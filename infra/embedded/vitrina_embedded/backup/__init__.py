"""One encrypted file that holds an installation: made while it runs, restored into an empty folder, also elsewhere."""
