"""What to say about a failed JSON Schema keyword where the manifest has no words of its own."""

from collections.abc import Mapping
from typing import Any, Final

from vitrina_contracts.manifest import Text

_TEXTS: Final[Mapping[str, Text]] = {
    "type": Text(en="must be of type {types}", ru="должно быть типа {types}"),
    "enum": Text(en="must be one of {options}", ru="должно быть одним из {options}"),
    "minimum": Text(en="must be at least {limit}", ru="должно быть не меньше {limit}"),
    "maximum": Text(en="must be at most {limit}", ru="должно быть не больше {limit}"),
    "exclusiveMinimum": Text(en="must be more than {limit}", ru="должно быть больше {limit}"),
    "exclusiveMaximum": Text(en="must be less than {limit}", ru="должно быть меньше {limit}"),
    "minLength": Text(en="must have at least {limit} characters", ru="должно быть не короче {limit} символов"),
    "maxLength": Text(en="must have at most {limit} characters", ru="должно быть не длиннее {limit} символов"),
    "minItems": Text(en="must have at least {limit} entries", ru="должно содержать не меньше {limit} значений"),
    "maxItems": Text(en="must have at most {limit} entries", ru="должно содержать не больше {limit} значений"),
    "uniqueItems": Text(en="must not hold an entry twice", ru="значения не должны повторяться"),
    "format": Text(en="must be a valid {format}", ru="должно быть в формате {format}"),
}
_OTHER: Final = Text(en="does not fit the schema of this field", ru="не подходит по схеме этого поля")


def text_of(keyword: str, arguments: Mapping[str, Any]) -> Text:
    """The sentence for a keyword; `arguments` are those of the schema, never the value."""
    text = _TEXTS.get(keyword)
    if text is None:
        return _OTHER
    shown = {
        name: ", ".join(map(str, value)) if isinstance(value, list) else value for name, value in arguments.items()
    }
    try:
        return Text(en=text.en.format(**shown), ru=text.ru.format(**shown))
    except KeyError:
        return _OTHER
