"""The file of an installation's own receivers and routes. It holds passwords: keep it private.

`infra/alertmanager/README.md` shows one.
"""

import json
from pathlib import Path
from typing import Any

import yaml
from pydantic import SecretStr, ValidationError
from vitrina_contracts.delivery import Delivery
from vitrina_kit.plain_yaml import read_yaml

from vitrina_embedded.home import write_private
from vitrina_embedded.refusal import Refusal


def kept_beside(configuration: Path) -> Path:
    """Where what the API was told last is kept: beside Alertmanager's configuration, which holds the same secrets."""
    return configuration.with_name("alert-delivery.json")


def is_kept_in_file(path: Path | None) -> bool:
    """Whether receivers and routes are the file's: an empty one leaves them to the API."""
    try:
        return path is not None and bool(path.read_text(encoding="utf-8").strip())
    except (OSError, UnicodeDecodeError):
        return True  # it is meant to, and `read_delivery` says what is wrong


def keep_delivery(path: Path, delivery: Delivery) -> None:
    """For the next start, which may come before the registry answers."""
    write_private(path, json.dumps(clear_delivery(delivery)))


def clear_delivery(delivery: Delivery) -> dict[str, Any]:
    """As JSON with secrets in clear, for a private file."""
    receivers = [_clear(each.model_dump(mode="python", by_alias=True)) for each in delivery.receivers]
    return {"receivers": receivers, "routes": [each.model_dump(mode="json", by_alias=True) for each in delivery.routes]}


def kept_delivery(path: Path) -> Delivery:
    """What was in effect last, by this version or a later one; nobody is told when that is not known."""
    try:
        return Delivery.model_validate_json(path.read_text(encoding="utf-8"), extra="ignore")
    except (OSError, ValueError):
        return Delivery()


def _clear(part: Any) -> Any:
    if isinstance(part, dict):
        return {name: _clear(value) for name, value in part.items()}
    return part.get_secret_value() if isinstance(part, SecretStr) else part


def read_delivery(path: Path | None) -> Delivery:
    """Raises Refusal: names the place in the file and what would fit, and quotes nothing of it."""
    if path is None:
        return Delivery()
    try:
        content = read_yaml(path.read_bytes())
    except OSError as error:
        raise Refusal(f"The file of alert routes {path} cannot be read: {error.strerror}.") from None
    except (yaml.YAMLError, ValueError, RecursionError):
        raise Refusal(f"The file of alert routes {path} is not YAML.") from None
    try:
        return Delivery.model_validate({} if content is None else content)
    except ValidationError as error:
        faults = "; ".join(
            f"{'.'.join(map(str, fault['loc'])) or 'file'}: {fault['msg']}"
            for fault in error.errors(include_input=False, include_url=False, include_context=False)[:5]
        )
        raise Refusal(f"The file of alert routes {path} does not fit: {faults}.") from None
