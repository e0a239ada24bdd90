from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from vitrina_contracts.device import Status
from vitrina_cubicmedia.platform import CubicMedia
from vitrina_cubicmedia.simulator import CHECK_PATH, CubicMediaApi
from vitrina_sdk.testing.hostile import bodies, odd_texts, records, shown_of, spoiled_records

NEEDED = {"status": st.sampled_from(["online", "offline", "sleeping", ""])}
OTHERS = {"name": odd_texts, "ip": odd_texts, "outIp": odd_texts}
ANSWER = st.one_of(
    st.lists(records(NEEDED, OTHERS), max_size=2), st.lists(spoiled_records({**NEEDED, **OTHERS}), max_size=3)
)


@given(bodies(ANSWER))
@settings(deadline=None, max_examples=150)
def test_whatever_is_sent_costs_an_error_at_most_and_no_device_is_offline_unasked(body: bytes) -> None:
    api = CubicMediaApi(5, seed=1, token_file=None)

    def config_at(base: str) -> dict[str, Any]:
        return {"api_url": f"{base}{CHECK_PATH}?mac=", "macs": [device.id for device in api.fleet.devices]}

    shown = shown_of(CubicMedia(), api, body, config_at)
    if Status.OFFLINE in shown.values():
        assert b'"offline"' in body
