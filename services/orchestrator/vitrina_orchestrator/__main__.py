"""`python -m vitrina_orchestrator`"""

from vitrina_kit.starting import start

if __name__ == "__main__":
    start("vitrina_orchestrator.commands")
