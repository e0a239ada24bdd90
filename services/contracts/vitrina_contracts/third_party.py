"""What a manifest of `kind: third_party` says of an exporter that somebody else wrote: how to run it, whom it probes,
and what of its metrics is a Device. A manifest alone makes such an exporter run and be scraped.

Placeholders in `arguments`: `{host}` and `{port}` to listen on, `{files}` the folder with the manifest's `files`.
"""

from typing import Annotated, Final, Literal, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints, model_validator

from vitrina_contracts.source_file import CURRENT_FILE

PLACEHOLDERS: Final = ("{host}", "{port}", "{files}")

_LOADING: Final = ("LD_", "PYTHON", "VITRINA_", "DOCKER_")
_FINDING: Final = frozenset({"PATH", "HOME", "IFS", "ENV"})


def _is_not_the_configuration(name: str) -> str:
    if name == CURRENT_FILE or name.startswith("config-"):
        raise ValueError("this name is the configuration's")
    return name


def _is_not_about_loading(name: str) -> str:
    """Variables that change how programs are found and loaded are none of a manifest's business."""
    if name.startswith(_LOADING) or name in _FINDING:
        raise ValueError(f"{name} changes how programs are found or loaded")
    return name


Line = Annotated[str, StringConstraints(pattern=r"^[^\x00-\x1f\x7f]*$", max_length=500)]
"""One line of printable text."""
Path = Annotated[str, StringConstraints(pattern=r"^/[A-Za-z0-9._~/-]{0,199}$")]
FileName = Annotated[
    str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9_.-]{0,62}$"), AfterValidator(_is_not_the_configuration)
]
"""In the folder of the exporter's configuration."""
ProgramName = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9_.-]{0,62}$")]
"""Of an executable; without a folder, so that only what the installation offers can be named."""
VariableName = Annotated[
    str, StringConstraints(pattern=r"^[A-Z][A-Z0-9_]{0,62}$"), AfterValidator(_is_not_about_loading)
]
MetricName = Annotated[str, StringConstraints(pattern=r"^[a-zA-Z_][a-zA-Z0-9_]{0,199}$")]
MetricLabel = Annotated[str, StringConstraints(pattern=r"^[a-zA-Z_][a-zA-Z0-9_]{0,62}$")]
Scheme = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9]{0,15}$")]
Parameter = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,30}$")]


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Probe(_Part):
    """A multi-target exporter: Prometheus asks it once for each target, by parameters of the URL."""

    path: Path = "/probe"
    targets: Annotated[str, Field(description="Property of a source's config that lists its targets: URLs.")]
    modules: Annotated[
        dict[Scheme, Parameter],
        Field(min_length=1, description="By the scheme of a target, the exporter's module for it."),
    ]
    bare: Annotated[
        list[Scheme], Field(description="Schemes that the exporter wants without `scheme://`, as host:port.")
    ] = []
    host_parameter: Annotated[
        Parameter | None,
        Field(description="Takes the host's name, so that a target can be the address that was checked."),
    ] = None


class StatusMetric(_Part):
    metric: MetricName
    online: float = 1
    offline: Annotated[float | None, Field(description="Null: the metric never says offline. Others: unknown.")] = 0


class LabelOf(_Part):
    """A label of a metric."""

    metric: MetricName
    label: MetricLabel


class MetricMapping(_Part):
    """Which of an exporter's metrics are a Device. What it does not say stays unknown."""

    device: Annotated[
        Literal["target", "label", "exporter"],
        Field(
            description="What a device is: each target of the probe, each value of `device_label`, or the one thing "
            "that the exporter measures, with the exporter's name as id."
        ),
    ]
    device_label: MetricLabel | None = None
    status: StatusMetric
    info: Annotated[
        dict[Literal["name", "player_version", "ip", "external_ip", "time_zone", "vendor_state"], LabelOf],
        Field(description="Fields of the Device, each from a label."),
    ] = {}
    last_seen: Annotated[MetricName | None, Field(description="Gauge in Unix seconds.")] = None

    def metrics(self) -> frozenset[str]:
        """Names of all metrics that are read."""
        names = {self.status.metric, *(label.metric for label in self.info.values())}
        return frozenset(names | ({self.last_seen} if self.last_seen else set()))

    @model_validator(mode="after")
    def _is_whole(self) -> Self:
        if (self.device == "label") != (self.device_label is not None):
            raise ValueError("device_label belongs to device: label, and only there")
        return self


class ProcessProgram(_Part):
    """How it runs without containers."""

    command: Annotated[
        list[ProgramName],
        Field(min_length=1, description="Names of the same program, the first one found counts: on PATH or fetched."),
    ]


class ThirdParty(_Part):
    arguments: Annotated[list[Line], Field(max_length=64)] = []
    environment: Annotated[dict[VariableName, Line], Field(max_length=64)] = {}
    files: Annotated[
        dict[FileName, Annotated[str, StringConstraints(max_length=100_000)]],
        Field(max_length=16, description="Configuration that is the same for everybody, by file name."),
    ] = {}
    health_path: Annotated[Path, Field(description="Answers 200 when it is well; cheap to ask.")] = "/metrics"
    process: Annotated[ProcessProgram | None, Field(description="Null: it runs as a container only.")] = None
    probe: Probe | None = None
    mapping: Annotated[MetricMapping | None, Field(description="Null: scraped, and in no list of devices.")] = None

    @model_validator(mode="after")
    def _fits(self) -> Self:
        if self.mapping is not None and (self.mapping.device == "target") != (self.probe is not None):
            raise ValueError("mapping.device: target belongs to a probe, and only there")
        return self
