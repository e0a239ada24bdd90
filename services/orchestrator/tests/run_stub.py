"""Runs a module of this folder as `python -m` would; the installed environment does not hold test modules."""

import runpy
import sys

if __name__ == "__main__":
    runpy.run_module(sys.argv[1], run_name="__main__", alter_sys=True)
