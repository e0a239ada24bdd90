"""Alerts and silences of Alertmanager, within the caller's sources."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from vitrina_gateway.domain.alert import Alert, Silence, SilenceMatcher, check_length, check_silence, silences_only
from vitrina_gateway.domain.scope import Scope
from vitrina_gateway.use_cases.ports import Alerting

_ID: Final = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_EXPIRED: Final = "expired"


class SilenceNotFoundError(Exception):
    """No such silence, or none that the caller may know of: the two are never told apart."""


class ForeignSilenceError(Exception):
    """The silence could hide alerts of sources that are not the caller's."""


@dataclass(frozen=True)
class NewSilence:
    """`replaces`: the id of the silence that this one is to be instead of."""

    matchers: list[SilenceMatcher]
    starts_at: datetime | None
    ends_at: datetime
    comment: str
    replaces: str | None = None


@dataclass(frozen=True)
class Alerts:
    """Each method raises `AlertingError` when Alertmanager does not answer: silence is not the absence of alerts."""

    alerting: Alerting

    async def firing(self, scope: Scope) -> list[Alert]:
        """The newest first."""
        found = [alert for alert in await self.alerting.alerts() if alert.is_for(scope)]
        return sorted(found, key=lambda alert: alert.starts_at, reverse=True)

    async def silences(self, scope: Scope) -> list[Silence]:
        """The soonest to end first, those that have ended last."""
        found = [silence for silence in await self.alerting.silences() if silence.is_for(scope)]
        return sorted(found, key=lambda silence: (silence.state == _EXPIRED, silence.ends_at))

    async def silence(self, scope: Scope, author: str, new: NewSilence) -> Silence:
        """Raises `InvalidParameterError`, `ForeignSilenceError` or `SilenceNotFoundError`."""
        now = datetime.now(UTC)
        starts_at = new.starts_at or now
        if not silences_only(new.matchers, scope):
            raise ForeignSilenceError
        check_silence(new.matchers, starts_at, new.ends_at, new.comment, now)
        check_length(new.ends_at - max(starts_at, now), scope)
        if new.replaces is not None:
            await self._find(scope, new.replaces)
        made = Silence(new.replaces or "", new.matchers, starts_at, new.ends_at, author, new.comment.strip(), "")
        return await self.alerting.silence(await self.alerting.post_silence(made))

    async def expire(self, scope: Scope, silence_id: str) -> None:
        """Raises `SilenceNotFoundError`."""
        await self._find(scope, silence_id)
        await self.alerting.expire(silence_id)

    async def _find(self, scope: Scope, silence_id: str) -> Silence:
        if not _ID.fullmatch(silence_id):
            raise SilenceNotFoundError
        found = next((each for each in await self.silences(scope) if each.id == silence_id), None)
        if found is None:
            raise SilenceNotFoundError
        return found
