"""A Prometheus outside is led to the edge by which it came, and is told of each shard apart."""

from vitrina_registry.use_cases.monitoring import Discovered

INSIDE = Discovered(
    targets=["172.20.0.7:9000"],
    labels={
        "exporter": "addreality",
        "platform": "addreality",
        "instance": "addreality-1",
        "shard": "1",
        "__metrics_path__": "/metrics",
    },
)


def test_no_address_of_the_inside_is_told_and_the_identity_stays() -> None:
    told = INSIDE.through("vitrina.example.org", "https", "/api/registry/v1/monitoring")
    assert told.targets == ["vitrina.example.org"]
    assert told.labels == {
        "exporter": "addreality",
        "platform": "addreality",
        "instance": "addreality-1",
        "shard": "1",
        "__scheme__": "https",
        "__metrics_path__": "/api/registry/v1/monitoring/exporters/addreality/metrics",
        "__param_shard": "1",
    }
