"""`python -m vitrina_auth serve` (the default) or `migrate`."""

from vitrina_kit.starting import start

if __name__ == "__main__":
    start("vitrina_auth.commands")
