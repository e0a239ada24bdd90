"""The exporter's process."""

from vitrina_sdk import run

from vitrina_addreality.platform import Addreality

if __name__ == "__main__":
    run(Addreality())
