"""The metrics standard: names and labels that every platform exporter uses. See `memory-bank/metrics.md`."""

from typing import Final

IDENTITY_LABELS: Final = ("platform", "source", "device_id")
SOURCE_LABELS: Final = ("platform", "source")

DEVICE_UP: Final = "signage_device_up"
"""Gauge: 1 online, 0 offline, absent when unknown."""
DEVICE_INFO: Final = "signage_device_info"
"""Gauge 1: one per configured or known device, also when unknown."""
DEVICE_INFO_LABELS: Final = ("name", "player_version", "ip", "external_ip", "time_zone", "vendor_state")
DEVICE_SITE_INFO: Final = "signage_device_site_info"
"""Gauge 1 with labels `site` and `city`, from the registry's device facts: rules join it to group devices by site."""
DEVICE_OPEN: Final = "vitrina_device_open"
"""Gauge, from the registry: 1 in the device's hours, 0 outside; absent when it has no hours and no zone of its own."""
SOURCE_OPEN: Final = "vitrina_source_open"
"""The same for a source's default hours, which hold for its devices that have no `vitrina_device_open`."""
DEVICE_LAST_SEEN: Final = "signage_device_last_seen_timestamp_seconds"
DEVICE_PLAYING: Final = "signage_device_playing"
DEVICE_ACTIVATED: Final = "signage_device_activated"

SOURCE_UP: Final = "signage_source_up"
"""Gauge: the last poll of the source succeeded."""
SOURCE_FAILING: Final = "signage_source_failing"
"""Gauge 1 with label `reason`: present only while the source fails, so that the reason can be read, not guessed."""
SOURCE_DEVICES: Final = "signage_source_devices"
SOURCE_POLL_DURATION: Final = "signage_source_poll_duration_seconds"
SOURCE_POLL_ERRORS: Final = "signage_source_poll_errors_total"
SOURCE_LAST_SUCCESS: Final = "signage_source_last_success_timestamp_seconds"
SOURCE_CYCLE: Final = "signage_source_cycle_seconds"
"""Gauge: how long one poll of all devices takes at least; present as long as the source is configured."""

EXPORTER_BUILD_INFO: Final = "vitrina_exporter_build_info"
EXPORTER_CONFIG_REVISION: Final = "vitrina_exporter_config_revision"

NOT_KNOWN_STATE: Final = "(not known to the vendor)"
"""`vendor_state` of a device that the vendor was asked about and does not know."""
