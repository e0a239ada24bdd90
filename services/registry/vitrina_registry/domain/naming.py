"""Names and labels as admins may give them; the patterns are those of the contracts."""

from collections.abc import Mapping
from typing import Final

from pydantic import TypeAdapter, ValidationError
from vitrina_contracts.manifest import Text
from vitrina_contracts.names import ExporterName, LabelName, LabelValue, SourceName

from vitrina_registry.domain.errors import FieldFault

MOST_LABELS: Final = 16

_EXPORTER_NAME: Final = TypeAdapter[str](ExporterName)
_SOURCE_NAME: Final = TypeAdapter[str](SourceName)
_LABEL_NAME: Final = TypeAdapter[str](LabelName)
_LABEL_VALUE: Final = TypeAdapter[str](LabelValue)

_EXPORTER_RULE: Final = Text(
    en="up to 63 lower-case letters, digits and hyphens, beginning with a letter",
    ru="до 63 строчных латинских букв, цифр и дефисов, первой стоит буква",
)
_SOURCE_RULE: Final = Text(
    en="up to 63 Latin letters, digits, dots, hyphens and underscores, beginning with a letter or digit",
    ru="до 63 латинских букв, цифр, точек, дефисов и подчёркиваний, первой стоит буква или цифра",
)
_LABEL_NAME_RULE: Final = Text(
    en="a label's name is up to 63 lower-case letters, digits and underscores, beginning with a letter",
    ru="имя метки - до 63 строчных латинских букв, цифр и подчёркиваний, первой стоит буква",
)
_LABEL_VALUE_RULE: Final = Text(
    en="a label's value is up to 200 printable characters", ru="значение метки - до 200 печатных символов"
)
_TOO_MANY_LABELS: Final = Text(en=f"at most {MOST_LABELS} labels", ru=f"не больше {MOST_LABELS} меток")


def exporter_name_faults(name: str) -> list[FieldFault]:
    return [] if _fits(_EXPORTER_NAME, name) else [_bad("name", name, _EXPORTER_RULE)]


def source_name_faults(name: str) -> list[FieldFault]:
    return [] if _fits(_SOURCE_NAME, name) else [_bad("name", name, _SOURCE_RULE)]


def label_faults(labels: Mapping[str, str]) -> list[FieldFault]:
    faults = [FieldFault("labels", _TOO_MANY_LABELS)] if len(labels) > MOST_LABELS else []
    for name, value in labels.items():
        if not _fits(_LABEL_NAME, name):
            faults.append(FieldFault(f"labels.{name[:63]}", _LABEL_NAME_RULE))
        elif not _fits(_LABEL_VALUE, value) or not value.isprintable():
            faults.append(FieldFault(f"labels.{name}", _LABEL_VALUE_RULE))
    return faults


def _fits(adapter: TypeAdapter[str], text: str) -> bool:
    try:
        adapter.validate_python(text)
    except ValidationError:
        return False
    return not text.endswith("\n")


def _bad(field: str, value: str, rule: Text) -> FieldFault:
    shown = value[:80]
    return FieldFault(field, Text(en=f"{shown!r} does not fit: {rule.en}", ru=f"{shown!r} не подходит: {rule.ru}"))
