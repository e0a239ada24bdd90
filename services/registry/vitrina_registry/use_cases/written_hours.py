"""Opening hours and zones as people write them: what cannot be read is refused, so that no typo makes an alert."""

from collections.abc import Mapping
from typing import Any, Final

from vitrina_contracts.manifest import Text
from vitrina_kit.opening_hours import RULE_LABEL, ZONE_LABEL, is_rule, is_time_zone

from vitrina_registry.domain.errors import FieldFault
from vitrina_registry.domain.naming import label_faults

_HOURS_RULE: Final = Text(
    en="write hours as OpenStreetMap does: Mo-Fr 09:00-21:00; Sa,Su 10:00-20:00; Jan 1 off",
    ru="пишите часы, как в OpenStreetMap: Mo-Fr 09:00-21:00; Sa,Su 10:00-20:00; Jan 1 off",
)
_ZONE_RULE: Final = Text(
    en="a name of the tz database, such as Asia/Yekaterinburg",
    ru="имя из базы часовых поясов, например Asia/Yekaterinburg",
)


def source_label_faults(labels: Mapping[str, str]) -> list[FieldFault]:
    """Of any label, and of the two that are a source's default hours."""
    return label_faults(labels) + hours_faults(labels, "labels.")


def hours_faults(given: Mapping[str, Any], prefix: str = "") -> list[FieldFault]:
    """What is not readable as hours or as a zone; quotes nothing. `prefix`: of the fields' names."""
    checks = ((RULE_LABEL, is_rule, _HOURS_RULE), (ZONE_LABEL, is_time_zone, _ZONE_RULE))
    return [
        FieldFault(f"{prefix}{name}", rule)
        for name, fits, rule in checks
        if isinstance(given.get(name), str) and not fits(given[name].strip())
    ]
