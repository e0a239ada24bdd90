"""A changed file of alert routes, put into effect in an Alertmanager that runs; or what was in effect stays so."""

import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

import httpx

from vitrina_embedded.alerting.delivery import Delivery
from vitrina_embedded.alerting.routes import Receivers, RouteTimes, render_routes
from vitrina_embedded.downloads import TOOLS
from vitrina_embedded.home import write_private
from vitrina_embedded.refusal import Refusal

_PATIENCE_SECONDS: Final = 30
_TEST_LASTS: Final = timedelta(minutes=1)


@dataclass(frozen=True)
class RunningRoutes:
    """`file`: the configuration that the Alertmanager at `url` reads."""

    file: Path
    url: str
    amtool: Path

    def apply(self, receivers: Receivers, delivery: Delivery, times: RouteTimes | None = None) -> None:
        """Raises Refusal: amtool or Alertmanager refuses it; names the route, and the former configuration works on."""
        self._check(receivers, delivery, times)
        before = self.file.read_text(encoding="utf-8")
        write_private(self.file, render_routes(receivers, delivery, times))
        if self._reloads():
            return
        write_private(self.file, before)
        back = "the former routes are in effect" if self._reloads() else "and neither does it take the former routes"
        raise Refusal(f"Alertmanager does not take the new routes; {back}: see its log.")

    def send_test(self, names: Sequence[str]) -> None:
        """A message to each of these receivers, whatever the routes say.

        Raises:
            Refusal: Alertmanager does not answer.
        """
        ends = datetime.now(UTC) + _TEST_LASTS
        labels = [{"alertname": "Test", "scope": "test", "receiver": name} for name in names]
        alerts = [{"labels": each, "annotations": _TEXTS, "endsAt": ends.isoformat()} for each in labels]
        if not self._post("/api/v2/alerts", alerts):
            raise Refusal(f"Alertmanager does not take the test: is Vitrina running? It was asked at {self.url}.")

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
        draft = self.file.with_name("alertmanager-draft.yml")
        write_private(draft, text)
        try:
            command = [str(self.amtool), "check-config", str(draft)]
            done = subprocess.run(command, capture_output=True, check=False, timeout=_PATIENCE_SECONDS, cwd=TOOLS)
        finally:
            draft.unlink()
        return done.returncode == 0

    def _reloads(self) -> bool:
        return self._post("/-/reload", None)

    def _post(self, path: str, body: object) -> bool:
        try:
            httpx.post(self.url + path, json=body, timeout=_PATIENCE_SECONDS, trust_env=False).raise_for_status()
        except httpx.HTTPError:
            return False
        return True


_TEXTS: Final = {
    "summary_en": "Test of Vitrina's notifications",
    "summary_ru": "Проверка оповещений Витрины",
    "description_en": "Whoever reads this is told of alerts.",
    "description_ru": "Кто это читает, получает оповещения.",
    "link": "",
}
