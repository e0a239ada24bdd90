"""What `make up` says instead of a traceback."""

from pathlib import Path


class Refusal(Exception):  # noqa: N818 - an answer to a person, not a fault of the program
    """One sentence that says what is wrong and what to do about it; `log` is worth a look."""

    def __init__(self, sentence: str, *, log: Path | None = None) -> None:
        super().__init__(sentence)
        self.log = log
