"""Configuration of an Addreality source; `manifest.yaml` says the same to the form."""

from typing import Annotated

from pydantic import BaseModel, Field, SecretStr


class AddrealityConfig(BaseModel):
    api_url: Annotated[str, Field(pattern=r"^https?://", description="The full list endpoint.")]
    api_token: Annotated[SecretStr, Field(min_length=1)]
