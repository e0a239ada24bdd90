"""The registry's internal route for alerting. Its answers hold secrets, so no error may repeat a part of one."""

import httpx
from pydantic import ValidationError
from vitrina_contracts.alerting import AlertingOrders, AlertingReport

_PATH = "/internal/v1/alerting"


class RegistryClient:
    """Implements the port `Registry` of `keeping.py`."""

    def __init__(self, url: str, token: str) -> None:
        headers = {"Authorization": f"Bearer {token}"}
        self._client = httpx.Client(base_url=url, headers=headers, timeout=10, trust_env=False)

    def close(self) -> None:
        self._client.close()

    def orders(self) -> AlertingOrders:
        """What a later version says more is left aside. Raises `httpx.HTTPError` or ValueError."""
        content = self._client.get(_PATH).raise_for_status().content
        try:
            return AlertingOrders.model_validate_json(content, extra="ignore")
        except ValidationError as error:
            raise ValueError(f"the registry's answer cannot be understood: {error.error_count()} faults") from None

    def report(self, report: AlertingReport) -> None:
        """Raises `httpx.HTTPError`."""
        content = report.model_dump_json()
        self._client.post(_PATH, content=content, headers={"Content-Type": "application/json"}).raise_for_status()
