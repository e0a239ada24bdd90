"""The embedded way to run: every part of Vitrina as a process of this machine, without containers."""
