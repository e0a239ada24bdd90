"""Manifest of an exporter type: `exporters/<type>/manifest.yaml`, validated into this model.

`source_schema` is JSON Schema 2020-12 of a source's `config`. Keywords of ours mark properties:
`x-secret: true` (encrypted, write-only), `x-endpoint: true` (a URL that the exporter calls, or a list of them: the
endpoint rule applies),
`x-devices: true` (a list of devices, each of which costs a request a poll; absent when one call gives them all),
`x-selection: ids | names | rest` (which devices of an account that one call lists are the source's: `selection.py`),
`x-message: {en, ru}` (what to tell a person when the value does not fit); and, for third-party exporters,
`x-environment: NAME` and `x-argument: --flag` (the value becomes a variable or an argument of the program).
"""

from typing import Annotated, Any, Final, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, model_validator

from vitrina_contracts.names import ExporterName
from vitrina_contracts.third_party import Line, ThirdParty, VariableName

_ARGUMENT: Final = TypeAdapter[str](Annotated[Line, Field(pattern=r"^--?[A-Za-z0-9][A-Za-z0-9._-]*$")])
_VARIABLE: Final = TypeAdapter[str](VariableName)
_SELECTION_TYPES: Final = {"ids": "array", "names": "array", "rest": "boolean"}


class Text(BaseModel):
    """The same sentence in the languages of the UI."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    en: str
    ru: str


class Manifest(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    type: ExporterName
    kind: Annotated[
        Literal["platform", "third_party"],
        Field(description="platform: built on our SDK. third_party: any image of a Prometheus exporter."),
    ] = "platform"
    title: Text
    description: Text
    image: Annotated[
        str,
        Field(description="Container image; of a platform without registry and tag, of a third party in full."),
    ]
    module: Annotated[str, Field(description="Python module that runs a platform's exporter as a process.")] = ""
    port: Annotated[int, Field(ge=1, le=65535)] = 9000
    metrics_path: str = "/metrics"
    singleton: Annotated[
        bool, Field(description="One exporter of this type at most; it exists from the first start.")
    ] = True
    offered: Annotated[bool, Field(description="False: there to be copied, and offered by no registry.")] = True
    source_schema: dict[str, Any]
    metrics: Annotated[list[str], Field(description="Names of the standard's device metrics that this platform gives.")]
    third_party: Annotated[ThirdParty | None, Field(description="Exactly when `kind` is third_party.")] = None

    def secret_fields(self) -> frozenset[str]:
        """Names of the properties marked `x-secret`."""
        return self._marked("x-secret")

    def endpoint_fields(self) -> frozenset[str]:
        """Names of the properties marked `x-endpoint`."""
        return self._marked("x-endpoint")

    def device_fields(self) -> frozenset[str]:
        """Names of the properties marked `x-devices`."""
        return self._marked("x-devices")

    def selection_fields(self) -> dict[str, str]:
        """Names of the properties marked `x-selection`, by `ids`, `names` and `rest`; none: no accounts are shared."""
        return {kind: name for name, kind in self._naming("x-selection").items()}

    def endpoint_schemes(self, field: str) -> frozenset[str]:
        """Schemes that a URL in this property may have."""
        probe = self.third_party.probe if self.third_party else None
        return (
            frozenset(probe.modules) if probe is not None and probe.targets == field else frozenset({"http", "https"})
        )

    def one_source_only(self) -> bool:
        """Whether an exporter of this type watches one source: nothing in its metrics would tell two apart."""
        return self.third_party is not None and self.third_party.probe is None

    def variables(self) -> dict[str, str]:
        """Names of environment variables by property."""
        return self._naming("x-environment")

    def flags(self) -> dict[str, str]:
        """Flags of the command line by property."""
        return self._naming("x-argument")

    @property
    def _properties(self) -> dict[str, dict[str, Any]]:
        properties: dict[str, dict[str, Any]] = self.source_schema.get("properties", {})
        return properties

    def _marked(self, keyword: str) -> frozenset[str]:
        return frozenset(name for name, schema in self._properties.items() if schema.get(keyword) is True)

    def _naming(self, keyword: str) -> dict[str, str]:
        return {name: str(schema[keyword]) for name, schema in self._properties.items() if keyword in schema}

    @model_validator(mode="after")
    def _is_of_its_kind(self) -> Self:
        if (self.kind == "third_party") != (self.third_party is not None):
            raise ValueError("third_party belongs to kind: third_party, and must stand there")
        if (self.kind == "platform") != bool(self.module):
            raise ValueError("module belongs to kind: platform, and must stand there")
        return self

    @model_validator(mode="after")
    def _settings_are_no_secrets(self) -> Self:
        """What stands in an environment or on a command line can be read by whoever sees the process."""
        variables, flags = self.variables(), self.flags()
        for name in variables.values():
            _VARIABLE.validate_python(name)
        for name in flags.values():
            _ARGUMENT.validate_python(name)
        if self.kind == "platform" and (variables or flags):
            raise ValueError("x-environment and x-argument are for third-party exporters")
        open_secrets = self.secret_fields() & {*variables, *flags}
        if open_secrets:
            raise ValueError(f"a secret can be neither a variable nor an argument: {', '.join(sorted(open_secrets))}")
        return self

    @model_validator(mode="after")
    def _selects_in_every_way(self) -> Self:
        types = {kind: self._properties[name].get("type") for kind, name in self.selection_fields().items()}
        if types and types != _SELECTION_TYPES:
            raise ValueError("x-selection marks an array for ids, an array for names and a boolean for rest")
        if types and (self.kind != "platform" or self.device_fields()):
            raise ValueError("x-selection is for platforms whose vendor lists the devices")
        return self

    @model_validator(mode="after")
    def _targets_are_checked(self) -> Self:
        probe = self.third_party.probe if self.third_party else None
        if probe is not None and not {probe.targets} <= self.endpoint_fields() & self.device_fields():
            raise ValueError("probe.targets must name a property marked x-endpoint and x-devices")
        return self
