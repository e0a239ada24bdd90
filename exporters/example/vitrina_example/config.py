"""Configuration of a source; `manifest.yaml` says the same to the form."""

from typing import Annotated

from pydantic import BaseModel, Field, SecretStr


class ExampleConfig(BaseModel):
    api_url: Annotated[str, Field(pattern=r"^https?://", description="The full list endpoint.")]
    api_key: Annotated[SecretStr, Field(min_length=1)]
