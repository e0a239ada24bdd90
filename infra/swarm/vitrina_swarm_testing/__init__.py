"""Runs the stack of stack.yaml for tests, on two machines of their own."""
