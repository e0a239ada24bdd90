"""Test instruments: the simulator core and the conformance suite."""
