"""Bodies of requests and answers about what programs sign in with: API tokens and clients."""

from datetime import datetime, timedelta
from typing import Annotated, Literal, Self
from uuid import UUID

from pydantic import BaseModel, Field
from vitrina_contracts.tokens import Role

from vitrina_auth.api.schemas import (
    Body,
    SourceList,
)
from vitrina_auth.domain.api_token import ApiToken
from vitrina_auth.domain.client import Client
from vitrina_auth.use_cases.api_tokens import ApiTokenDraft
from vitrina_auth.use_cases.clients import ClientDraft

Name = Annotated[str, Field(min_length=1, max_length=63, pattern=r"^[^\x00-\x1f\x7f]+$")]

Scope = Annotated[
    Literal["read", "write"], Field(description="`read`: only what changes nothing; `write`: all that the role may.")
]


class NewApiTokenBody(Body):
    name: Name
    scope: Scope = "read"
    expires_in_days: Annotated[int, Field(ge=1, le=365)] = 90

    def draft(self) -> ApiTokenDraft:
        return ApiTokenDraft(name=self.name, scope=self.scope, lifetime=timedelta(days=self.expires_in_days))


class ApiTokenView(BaseModel):
    id: UUID
    name: str
    scope: str
    created_at: datetime
    expires_at: datetime
    last_used_at: Annotated[datetime | None, Field(description="To about ten minutes.")]

    @classmethod
    def of(cls, token: ApiToken) -> Self:
        return cls(
            id=token.id,
            name=token.name,
            scope=token.scope,
            created_at=token.created_at,
            expires_at=token.expires_at,
            last_used_at=token.last_used_at,
        )


class ApiTokenList(BaseModel):
    items: list[ApiTokenView]


class NewApiToken(ApiTokenView):
    value: str


ClientRole = Annotated[
    Role, Field(description="`service` reads devices; `manager` and `admin` are what they are for people, users apart.")
]


class NewClientBody(Body):
    name: Name
    role: ClientRole = Role.SERVICE
    sources: SourceList | None = None
    scope: Scope = "read"

    def draft(self) -> ClientDraft:
        return ClientDraft(name=self.name, role=self.role, sources=self.sources, scope=self.scope)


class ClientView(BaseModel):
    client_id: str
    name: str
    role: Role
    sources: list[str]
    scope: str
    created_by: str
    created_at: datetime
    last_used_at: datetime | None

    @classmethod
    def of(cls, client: Client) -> Self:
        return cls(
            client_id=client.client_id,
            name=client.name,
            role=client.grants.role,
            sources=list(client.grants.sources),
            scope=client.scope,
            created_by=client.created_by,
            created_at=client.created_at,
            last_used_at=client.last_used_at,
        )


class ClientList(BaseModel):
    items: list[ClientView]


class NewClient(ClientView):
    client_secret: str
