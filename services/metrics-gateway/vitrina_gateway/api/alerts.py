"""What fires, and what is silenced."""

from datetime import datetime
from typing import Annotated, Literal

from fastapi import Response
from pydantic import AwareDatetime, BaseModel, Field
from vitrina_kit.http_app import create_router
from vitrina_kit.token_check import Manager

from vitrina_gateway.api.deps import CallerScope, TheParts
from vitrina_gateway.domain import alert as domain
from vitrina_gateway.use_cases.alerts import NewSilence
from vitrina_gateway.use_cases.matching import count_matches

router = create_router(tags=["alerts"])


class AlertView(BaseModel):
    fingerprint: str
    name: str
    severity: str | None
    state: Annotated[Literal["firing", "silenced", "inhibited"], Field(description="Inhibited: another explains it.")]
    labels: dict[str, str]
    annotations: Annotated[dict[str, str], Field(description="summary_en, summary_ru, description_en, link, ...")]
    starts_at: datetime
    updated_at: datetime
    silenced_by: Annotated[list[str], Field(description="Ids of silences.")]


class AlertList(BaseModel):
    items: list[AlertView]


class MatcherView(BaseModel):
    name: str
    value: str
    is_regex: bool = False
    is_equal: bool = True


class SilenceView(BaseModel):
    id: str
    matchers: list[MatcherView]
    starts_at: datetime
    ends_at: datetime
    created_by: str
    comment: str
    state: Literal["active", "pending", "expired"]
    alerts: Annotated[int, Field(description="Alerts that it silences now, of the caller's sources.")]


class SilenceMatches(BaseModel):
    """What matchers fit now, of the caller's sources."""

    alerts: Annotated[int, Field(description="That fire, silenced ones included.")]
    devices: Annotated[int | None, Field(description="Null: these matchers are not about devices.")]


class SilenceDraft(BaseModel):
    matchers: Annotated[list[MatcherView], Field(min_length=1, max_length=20)]


class SilenceList(BaseModel):
    items: list[SilenceView]


class SilenceCreate(BaseModel):
    """A manager's silence must name one of the manager's sources exactly: `source` equal to it."""

    matchers: Annotated[list[MatcherView], Field(min_length=1)]
    starts_at: AwareDatetime | None = None
    ends_at: AwareDatetime
    comment: str
    replaces: Annotated[str | None, Field(description="Id of the silence that this one is to be instead of.")] = None


@router.get("/alerts", operation_id="listAlerts")
async def alerts(scope: CallerScope, parts: TheParts) -> AlertList:
    """What fires of the caller's sources, silenced ones included, the newest first."""
    return AlertList(items=[_alert(each) for each in await parts.alerts.firing(scope)])


@router.get("/silences", operation_id="listSilences")
async def silences(scope: CallerScope, parts: TheParts) -> SilenceList:
    """Silences of the caller's sources, the soonest to end first."""
    found = await parts.alerts.silences(scope)
    firing = await parts.alerts.firing(scope)
    return SilenceList(items=[_silence(each, firing) for each in found])


@router.post("/silences", status_code=201, operation_id="createSilence")
async def create(body: SilenceCreate, caller: Manager, scope: CallerScope, parts: TheParts) -> SilenceView:
    """Silences alerts of the caller's sources from now, or from its start, to its end."""
    new = NewSilence(_matchers(body.matchers), body.starts_at, body.ends_at, body.comment, body.replaces)
    made = await parts.alerts.silence(scope, caller.sub, new)
    return _silence(made, await parts.alerts.firing(scope))


@router.post("/silences/matches", operation_id="countSilenceMatches")
async def matches(body: SilenceDraft, _caller: Manager, scope: CallerScope, parts: TheParts) -> SilenceMatches:
    """How many alerts and devices a silence or a maintenance window would fit now; makes none."""
    found = await count_matches(parts.alerts.alerting, parts.prometheus, scope, _matchers(body.matchers))
    return SilenceMatches(alerts=found.alerts, devices=found.devices)


@router.delete("/silences/{silence_id}", status_code=204, operation_id="expireSilence")
async def expire(silence_id: str, _caller: Manager, scope: CallerScope, parts: TheParts) -> Response:
    """Ends a silence now."""
    await parts.alerts.expire(scope, silence_id)
    return Response(status_code=204)


def _matchers(views: list[MatcherView]) -> list[domain.SilenceMatcher]:
    return [domain.SilenceMatcher(each.name, each.value, each.is_regex, each.is_equal) for each in views]


def _alert(of: domain.Alert) -> AlertView:
    return AlertView(
        fingerprint=of.fingerprint,
        name=of.labels.get("alertname", ""),
        severity=of.labels.get("severity"),
        state="silenced" if of.silenced_by else "inhibited" if of.inhibited_by else "firing",
        labels=of.labels,
        annotations=of.annotations,
        starts_at=of.starts_at,
        updated_at=of.updated_at,
        silenced_by=of.silenced_by,
    )


def _silence(of: domain.Silence, firing: list[domain.Alert]) -> SilenceView:
    return SilenceView.model_validate(
        {
            "id": of.id,
            "matchers": [vars(each) for each in of.matchers],
            "starts_at": of.starts_at,
            "ends_at": of.ends_at,
            "created_by": of.created_by,
            "comment": of.comment,
            "state": of.state,
            "alerts": sum(of.id in alert.silenced_by for alert in firing),
        }
    )
