"""What is wrong with this installation, and what to do next. Looks only: nothing is changed."""
