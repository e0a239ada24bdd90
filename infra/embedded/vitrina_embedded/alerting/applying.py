"""A changed file of alert routes, put into effect in an Alertmanager that runs; or what was in effect stays so."""

import re
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

import httpx
from vitrina_contracts.delivery import Delivery

from vitrina_embedded.alerting.routes import Receivers, RouteTimes, render_routes
from vitrina_embedded.downloads import TOOLS
from vitrina_embedded.home import write_private
from vitrina_embedded.refusal import Refusal

_PATIENCE_SECONDS: Final = 30
_TEST_LASTS: Final = timedelta(minutes=1)
_QUOTED: Final = re.compile(r"`[^`]*`|\"[^\"]*\"")
_LONGEST_WORDS: Final = 500


class AlertmanagerAwayError(Refusal):
    """It does not answer, so it has neither taken nor refused anything."""


@dataclass(frozen=True)
class RunningRoutes:
    """`file`: the configuration that the Alertmanager at `url` reads. Without `amtool` its reload is the only check."""

    file: Path
    url: str
    amtool: Path | None

    def apply(self, receivers: Receivers, delivery: Delivery, times: RouteTimes | None = None) -> None:
        """The first configuration of an Alertmanager that waits for one is left for it.

        Raises:
            Refusal: amtool or Alertmanager refuses it; names the route, and the former configuration works on.
            AlertmanagerAwayError: the former configuration is the file's again.
        """
        self._check(receivers, delivery, times)
        before = self.file.read_text(encoding="utf-8") if self.file.exists() else None
        write_private(self.file, render_routes(receivers, delivery, times))
        try:
            refusal = self._reload()
        except AlertmanagerAwayError:
            if before is not None:
                write_private(self.file, before)
            raise
        if refusal is None:
            return
        if before is not None:
            write_private(self.file, before)
        back = "the former ones are in effect" if self._reload() is None else "and neither does it take the former ones"
        raise Refusal(f"Alertmanager does not take these routes; {back}. It says: {refusal}")

    def send_test(self, names: Sequence[str]) -> None:
        """A message to each of these receivers, whatever the routes say.

        Raises:
            Refusal: Alertmanager does not answer.
        """
        now = datetime.now(UTC)
        # `asked`: a test soon after another is no repetition of it.
        labels = [{"alertname": "Test", "scope": "test", "receiver": name, "asked": now.isoformat()} for name in names]
        ends = (now + _TEST_LASTS).isoformat()
        alerts = [{"labels": each, "annotations": _TEXTS, "endsAt": ends} for each in labels]
        if not self._post("/api/v2/alerts", alerts).is_success:
            raise Refusal("Alertmanager does not take the test: look into its log.")

    def _check(self, receivers: Receivers, delivery: Delivery, times: RouteTimes | None) -> None:
        if self._accepted(render_routes(receivers, delivery, times)):
            return
        for number, route in enumerate(delivery.routes):
            alone = delivery.model_copy(update={"routes": [route]})
            if not self._accepted(render_routes(receivers, alone, times)):
                raise Refusal(
                    f"amtool refuses route {number + 1}, to {route.receiver}; the former routes stay in effect."
                )
        raise Refusal("amtool refuses these receivers; the former routes stay in effect.")

    def _accepted(self, text: str) -> bool:
        if self.amtool is None:
            return True
        draft = self.file.with_name("alertmanager-draft.yml")
        write_private(draft, text)
        try:
            command = [str(self.amtool), "check-config", str(draft)]
            done = subprocess.run(command, capture_output=True, check=False, timeout=_PATIENCE_SECONDS, cwd=TOOLS)
        finally:
            draft.unlink()
        return done.returncode == 0

    def _reload(self) -> str | None:
        """Why Alertmanager refuses what lies in the file; None when it takes it."""
        answer = self._post("/-/reload", None)
        return None if answer.is_success else _words(answer.text)

    def _post(self, path: str, body: object) -> httpx.Response:
        try:
            return httpx.post(self.url + path, json=body, timeout=_PATIENCE_SECONDS, trust_env=False)
        except httpx.HTTPError:
            raise AlertmanagerAwayError(
                f"Alertmanager does not answer at {self.url}; the former routes stay. Is Vitrina running?"
            ) from None


def _words(told: str) -> str:
    """Alertmanager's sentence without what it quotes: that may be a secret."""
    return _QUOTED.sub("...", " ".join(told.split()))[:_LONGEST_WORDS] or "nothing"


_TEXTS: Final = {
    "summary_en": "Test of Vitrina's notifications",
    "summary_ru": "Проверка оповещений Витрины",
    "description_en": "Whoever reads this is told of alerts.",
    "description_ru": "Кто это читает, получает оповещения.",
    "link": "",
}
