"""The exporter's process."""

from vitrina_sdk import run

from vitrina_example.platform import Example

if __name__ == "__main__":
    run(Example())
