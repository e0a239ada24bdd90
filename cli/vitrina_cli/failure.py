"""Why a command did not do what was asked: a sentence for people, an exit status for scripts."""

from enum import IntEnum


class Exit(IntEnum):
    """Exit statuses; the README explains them. 2 is also what a wrong command line gives."""

    OK = 0
    FAILED = 1
    USAGE = 2
    NOT_SIGNED_IN = 3
    NOT_ALLOWED = 4
    NOT_FOUND = 5
    CONFLICT = 6
    INVALID = 7
    UNREACHABLE = 8
    DIFFERENCES = 9
    INTERRUPTED = 130


class Failure(Exception):  # noqa: N818 - an answer to a person, not a fault of the program
    """What is wrong and what to do about it; may have several lines."""

    def __init__(self, sentence: str, status: Exit = Exit.FAILED) -> None:
        super().__init__(sentence)
        self.status = status
