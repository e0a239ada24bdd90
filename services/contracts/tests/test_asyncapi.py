"""The AsyncAPI document is whole, and says of subjects and streams what the code says."""

import fnmatch
import re
from collections.abc import Iterator
from typing import Any

import pytest
from vitrina_contracts import asyncapi, subjects
from vitrina_contracts.asyncapi import CHANNELS, Channel

DOCUMENT = asyncapi.document()
MADE = {
    "exporterChanged": subjects.exporter_changed("e"),
    "exporterStatus": subjects.exporter_status("e"),
    "deviceStatus": subjects.device_status(("p", "s", "AA:BB")),
    "alertChanged": subjects.alert_changed("critical", "SiteDark"),
    "accessRevoked": subjects.auth_revoked("sid"),
}


def references(node: Any) -> Iterator[str]:
    if isinstance(node, dict):
        if isinstance(node.get("$ref"), str):
            yield node["$ref"]
        for value in node.values():
            yield from references(value)
    elif isinstance(node, list):
        for value in node:
            yield from references(value)


def test_every_reference_leads_somewhere() -> None:
    found = set(references(DOCUMENT))
    assert len(found) > 10
    for reference in found:
        node: Any = DOCUMENT
        for step in reference.removeprefix("#/").split("/"):
            assert step in node, reference
            node = node[step]


@pytest.mark.parametrize("channel", CHANNELS, ids=lambda channel: channel.name)
def test_an_address_is_the_subject_that_the_code_makes(channel: Channel) -> None:
    pattern = re.sub(r"\{\w+\}", "[^.]+", channel.address.replace(".", r"\."))
    assert re.fullmatch(pattern, MADE[channel.name])
    assert set(re.findall(r"\{(\w+)\}", channel.address)) == set(channel.parameters)
    assert any(fnmatch.fnmatch(MADE[channel.name], each.replace(">", "*")) for each in channel.stream.subjects)


def test_no_stream_goes_untold() -> None:
    streams = {name for name, value in vars(subjects).items() if isinstance(value, subjects.StreamSpec)}
    assert streams == {channel.stream.name for channel in CHANNELS}


def test_no_event_carries_a_configuration() -> None:
    text = str(DOCUMENT["components"]["schemas"])
    for word in ("password", "api_token", "'config'"):
        assert word not in text
