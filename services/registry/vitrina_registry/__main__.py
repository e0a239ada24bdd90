"""`python -m vitrina_registry serve` (the default), `migrate` or `rotate-keys`."""

from vitrina_kit.starting import start

if __name__ == "__main__":
    start("vitrina_registry.commands")
