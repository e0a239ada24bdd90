"""What is wrong with a fact, in both languages; nothing of the value is quoted."""

from collections.abc import Mapping
from typing import Any, Final

from vitrina_contracts.manifest import Text

_NUMBER: Final = Text(en="must be a number", ru="должно быть числом")
_TEXT: Final = Text(en="must be text", ru="должно быть текстом")
_SPELLING: Final = Text(
    en="must be letters, digits, dots, dashes or underscores", ru="только буквы, цифры, точка, дефис и подчёркивание"
)
_TEXTS: Final[Mapping[str, Text]] = {
    "float_parsing": _NUMBER,
    "float_type": _NUMBER,
    "finite_number": _NUMBER,
    "greater_than_equal": Text(en="must be at least {ge}", ru="должно быть не меньше {ge}"),
    "less_than_equal": Text(en="must be at most {le}", ru="должно быть не больше {le}"),
    "string_type": _TEXT,
    "string_too_short": Text(en="must not be empty", ru="не должно быть пустым"),
    "string_too_long": Text(en="at most {max_length} characters", ru="не больше {max_length} символов"),
    "string_pattern_mismatch": _SPELLING,
    "list_type": Text(en="must be a list", ru="должно быть списком"),
    "too_long": Text(en="at most {max_length} entries", ru="не больше {max_length} значений"),
    "extra_forbidden": Text(en="this fact is not known here", ru="таких сведений здесь нет"),
}
_RULES: Final = {
    "must be one line without control characters": "должно быть одной строкой без управляющих символов",
    "must not hold control characters": "не должно содержать управляющих символов",
}
"""Sentences of the contract's own checks."""


def text_of(error: Mapping[str, Any]) -> Text:
    """The sentence for one of pydantic's errors."""
    text = _TEXTS.get(error["type"])
    if text is not None:
        limits = error.get("ctx", {})
        return Text(en=text.en.format(**limits), ru=text.ru.format(**limits))
    rule = str(error["msg"]).removeprefix("Value error, ")
    return Text(en=rule, ru=_RULES.get(rule, rule))
