"""Where changes of devices' status are sent; for admins."""

from datetime import datetime
from typing import Annotated

from fastapi import Depends, Response, status
from pydantic import BaseModel, Field
from vitrina_contracts.names import SourceName
from vitrina_contracts.webhook import BeginsWith, WebhookName
from vitrina_kit.if_match import IfMatch, IfMatchHeader, etag, parse_if_match
from vitrina_kit.token_check import Admin

from vitrina_registry.api.deps import WorldDep
from vitrina_registry.api.schemas import Body, Items, Kept
from vitrina_registry.api.writing import WritingWorld, create_write_router
from vitrina_registry.domain.webhook import NewSecret, Webhook, WebhookDraft
from vitrina_registry.use_cases import webhooks

router = create_write_router("/webhooks", tags=["webhooks"])

_Url = Annotated[
    str, Field(max_length=2000, description="http or https; no user, no #, by the endpoint rule of vendor URLs.")
]
_Sources = Annotated[
    tuple[SourceName, ...],
    Field(strict=False, max_length=1000, description="Only devices of these; empty: of all."),
]
_BeginsWith = Annotated[
    BeginsWith,
    Field(strict=False, description="present: the last status of every device first, then changes; changes: these."),
]


class WebhookCreate(Body):
    name: WebhookName
    url: _Url
    sources: _Sources = ()
    begins_with: _BeginsWith = BeginsWith.CHANGES
    enabled: bool = True


class WebhookPatch(Body):
    """What is absent stays."""

    url: Annotated[_Url, Kept] = ""
    sources: Annotated[_Sources, Kept] = ()
    enabled: Annotated[bool, Kept] = True


class WebhookView(BaseModel):
    name: str
    url: str
    sources: list[str]
    begins_with: BeginsWith
    enabled: bool
    secret_set_at: datetime
    secret_set_by: str | None
    revision: Annotated[int, Field(description="Also the ETag.")]
    created_at: datetime
    updated_at: datetime

    @classmethod
    def of(cls, webhook: Webhook) -> "WebhookView":
        return cls(
            name=webhook.name,
            url=webhook.url,
            sources=list(webhook.sources),
            begins_with=webhook.begins_with,
            enabled=webhook.enabled,
            secret_set_at=webhook.secret.set_at,
            secret_set_by=webhook.secret.set_by,
            revision=webhook.revision,
            created_at=webhook.created_at,
            updated_at=webhook.updated_at,
        )


class WebhookWithSecret(WebhookView):
    secret: Annotated[str, Field(description="`whsec_` and base64, as Standard Webhooks says. Told this once.")]


async def _precondition(name: str, _caller: Admin, world: WorldDep, if_match: IfMatchHeader) -> IfMatch:
    webhook = await webhooks.get_webhook(world, name)
    precondition = parse_if_match(if_match)
    precondition.require(webhook.revision)
    return precondition


_Precondition = Annotated[IfMatch, Depends(_precondition)]


async def _existing(name: str, _caller: Admin, world: WorldDep) -> str:
    return (await webhooks.get_webhook(world, name)).name


@router.get("")
async def list_webhooks(world: WorldDep, _caller: Admin) -> Items[WebhookView]:
    return Items(items=[WebhookView.of(webhook) for webhook in await webhooks.list_webhooks(world)])


@router.post("", status_code=status.HTTP_201_CREATED)
async def create_webhook(world: WorldDep, caller: Admin, body: WebhookCreate, response: Response) -> WebhookWithSecret:
    """`secret` is told this once."""
    made = await webhooks.create_webhook(world, caller, WebhookDraft(**dict(body)))
    response.headers["Location"] = f"/api/registry/v1/webhooks/{made.webhook.name}"
    return _with_secret(made, response)


@router.get("/{name}")
async def get_webhook(world: WorldDep, _caller: Admin, name: str, response: Response) -> WebhookView:
    return _answer(await webhooks.get_webhook(world, name), response)


@router.patch("/{name}")
async def change_webhook(
    *,
    world: WritingWorld,
    caller: Admin,
    name: str,
    precondition: _Precondition,
    body: WebhookPatch,
    response: Response,
) -> WebhookView:
    change = body.model_dump(exclude_unset=True)
    return _answer(await webhooks.change_webhook(world, caller, name, change, precondition), response)


@router.post("/{name}/secret")
async def replace_webhook_secret(
    world: WorldDep, caller: Admin, name: Annotated[str, Depends(_existing)], response: Response
) -> WebhookWithSecret:
    """A new secret, told this once; for a day events are signed with the former one, too."""
    return _with_secret(await webhooks.replace_secret(world, caller, name), response)


@router.delete("/{name}", status_code=status.HTTP_204_NO_CONTENT)
async def delete_webhook(world: WritingWorld, caller: Admin, name: str, precondition: _Precondition) -> None:
    await webhooks.delete_webhook(world, caller, name, precondition)


def _answer(webhook: Webhook, response: Response) -> WebhookView:
    response.headers["ETag"] = etag(webhook.revision)
    return WebhookView.of(webhook)


def _with_secret(made: NewSecret, response: Response) -> WebhookWithSecret:
    response.headers["ETag"] = etag(made.webhook.revision)
    response.headers["Cache-Control"] = "no-store"
    return WebhookWithSecret(**vars(WebhookView.of(made.webhook)), secret=made.secret)
