"""Manifest of an exporter type: `exporters/<type>/manifest.yaml`, validated into this model.

`source_schema` is JSON Schema 2020-12 of a source's `config`. Four keywords of ours mark properties:
`x-secret: true` (encrypted, write-only), `x-endpoint: true` (a URL that the exporter calls: the endpoint
rule applies),
`x-devices: true` (a list of devices, each of which costs a request a poll; absent when one call gives them all),
`x-message: {en, ru}` (what to tell a person when the value does not fit).
"""

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from vitrina_contracts.names import ExporterName


class Text(BaseModel):
    """The same sentence in the languages of the UI."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    en: str
    ru: str


class Manifest(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    type: ExporterName
    kind: Literal["platform"] = "platform"
    title: Text
    description: Text
    image: Annotated[str, Field(description="Container image without registry and tag.")]
    module: Annotated[str, Field(description="Python module that runs the exporter as a process.")]
    port: int = 9000
    metrics_path: str = "/metrics"
    singleton: Annotated[
        bool, Field(description="One exporter of this type at most; it exists from the first start.")
    ] = True
    source_schema: dict[str, Any]
    metrics: Annotated[list[str], Field(description="Names of the standard's device metrics that this platform gives.")]

    def secret_fields(self) -> frozenset[str]:
        """Names of the properties marked `x-secret`."""
        return self._marked("x-secret")

    def endpoint_fields(self) -> frozenset[str]:
        """Names of the properties marked `x-endpoint`."""
        return self._marked("x-endpoint")

    def device_fields(self) -> frozenset[str]:
        """Names of the properties marked `x-devices`."""
        return self._marked("x-devices")

    def _marked(self, keyword: str) -> frozenset[str]:
        properties: dict[str, dict[str, Any]] = self.source_schema.get("properties", {})
        return frozenset(name for name, schema in properties.items() if schema.get(keyword) is True)
