"""A stream of the contracts in the words of the client library."""

from nats.js.api import StreamConfig
from vitrina_contracts.subjects import StreamSpec


def stream_config(spec: StreamSpec, replicas: int = 1) -> StreamConfig:
    """`replicas`: servers of a NATS cluster that each keep a copy."""
    return StreamConfig(
        name=spec.name,
        subjects=spec.subjects,
        max_msgs_per_subject=spec.max_msgs_per_subject,
        allow_direct=spec.allow_direct,
        duplicate_window=spec.duplicate_window_seconds,
        max_age=spec.max_age_seconds,
        num_replicas=replicas,
    )
