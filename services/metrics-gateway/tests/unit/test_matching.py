"""Which devices matchers of a silence are asked for."""

import pytest
from vitrina_gateway.domain.alert import SilenceMatcher
from vitrina_gateway.domain.scope import Scope
from vitrina_gateway.use_cases.matching import devices_query

ALL, OWN = Scope(None), Scope(frozenset({"north", "a.b"}))
SOURCE = SilenceMatcher("source", "north")


@pytest.mark.parametrize(
    ("matchers", "scope", "selector"),
    [
        ([SOURCE], ALL, 'signage_device_info{source="north"}'),
        ([SOURCE], OWN, 'signage_device_info{source="north",source=~"a[.]b|north"}'),
        (
            [SOURCE, SilenceMatcher("site", 'A "B"\\', is_regex=True, is_equal=False)],
            ALL,
            'signage_device_site_info{source="north",site!~"A \\"B\\"\\\\"}',
        ),
        ([SOURCE, SilenceMatcher("alertname", "DeviceOffline")], ALL, 'signage_device_info{source="north"}'),
    ],
)
def test_devices_are_counted_once_within_the_callers_sources(
    matchers: list[SilenceMatcher], scope: Scope, selector: str
) -> None:
    assert devices_query(matchers, scope) == f"count(count by (platform, source, device_id) ({selector}))"


def test_matchers_of_alerts_alone_say_nothing_about_devices() -> None:
    assert devices_query([SilenceMatcher("severity", "info")], OWN) is None
