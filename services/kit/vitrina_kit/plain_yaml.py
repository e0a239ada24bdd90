"""YAML that is JSON in another coat: no aliases (a short text could unfold without end), no tags, no dates.

A MAC address such as 11:22:33:44:55:01, or 22:00, would be a number by YAML 1.1; here it is text, as YAML 1.2 has it.
So is 02005e123456, which begins as no number of JSON does; what we write is quoted wherever any reader could take it
for one.
"""

import json
import re
from typing import Any, Final

import yaml

_PLAIN: Final = (
    ("bool", r"^(?:true|false)$", "tf"),
    ("null", r"^(?:~|null|)$", ["~", "n", ""]),
    ("int", r"^[-+]?(?:0|[1-9][0-9]*)$", "-+0123456789"),
    ("float", r"^[-+]?(?:(?:0|[1-9][0-9]*)(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][-+]?[0-9]+)?$", "-+.0123456789"),
)


class _Loader(yaml.CSafeLoader):
    """libyaml's: several times as fast, and it takes no more than 1,000 levels."""

    yaml_implicit_resolvers: dict[str, Any] = {}  # noqa: RUF012 - the library's own way of having none


class _Dumper(yaml.CSafeDumper):
    """Quotes text that YAML 1.1 or our own reading would take for something else."""


for _name, _pattern, _first in (*_PLAIN, ("float", r"^[-+]?[0-9.]+[eE][-+]?[0-9]+$", "-+.0123456789")):
    _Dumper.add_implicit_resolver(f"tag:yaml.org,2002:{_name}", re.compile(_pattern), list(_first))
for _name, _pattern, _first in _PLAIN:
    _Loader.add_implicit_resolver(f"tag:yaml.org,2002:{_name}", re.compile(_pattern), list(_first))


def read_yaml(content: bytes) -> Any:
    """What JSON could say as well.

    Raises:
        ValueError, RecursionError, yaml.YAMLError: it is something else.
    """
    text = content.decode("utf-8-sig")
    for event in yaml.parse(text, _Loader):
        if isinstance(event, yaml.AliasEvent):
            mark: Any = event.start_mark  # libyaml's own, which the stubs do not let an error have
            raise yaml.composer.ComposerError(None, None, "aliases are not taken", mark)
    loaded = yaml.load(text, _Loader)  # noqa: S506 - a SafeLoader with less
    try:
        return json.loads(json.dumps(loaded))
    except TypeError:
        raise ValueError("holds something that JSON has not") from None


def write_yaml(value: Any) -> str:
    """The text that `read_yaml` reads as the same."""
    return yaml.dump(value, Dumper=_Dumper, allow_unicode=True, sort_keys=False, width=120)
