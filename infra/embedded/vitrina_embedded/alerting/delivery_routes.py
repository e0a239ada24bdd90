"""An installation's own receivers and routes in Alertmanager's words. Valid for Alertmanager 0.25 and newer."""

import re
from collections.abc import Iterator
from typing import Any, Final

from pydantic import SecretStr
from vitrina_contracts.delivery import Delivery, Email, Receiver, Route, Telegram, Webhook, WorkingHours

_MOST_TOLD: Final = 20
"""Alerts in one message: a mass outage must fit into it."""
_WORDS: Final = {
    "en": {"firing": "Alert", "resolved": "Back to normal", "more": "and more: see Vitrina"},
    "ru": {"firing": "Тревога", "resolved": "Восстановлено", "more": "и другие: смотрите в Витрине"},
}


def own_receivers(delivery: Delivery) -> list[dict[str, Any]]:
    return [_receiver(receiver) for receiver in delivery.receivers]


def own_routes(delivery: Delivery, times: dict[str, int]) -> list[dict[str, Any]]:
    """An alert goes on to the next route after each of them. `times`: those of `RouteTimes` by name, in seconds."""
    return [
        *map(_test, delivery.receivers),
        *(_route(number, each, times) for number, each in enumerate(delivery.routes)),
    ]


def own_intervals(delivery: Delivery) -> list[dict[str, Any]]:
    return [
        _interval(number, route.working_hours)
        for number, route in enumerate(delivery.routes)
        if route.working_hours is not None
    ]


def _test(receiver: Receiver[SecretStr]) -> dict[str, Any]:
    """The way of a test message: to this receiver alone, at once."""
    matchers = ['scope = "test"', f'receiver = "{receiver.name}"']
    return {
        "matchers": matchers,
        "receiver": _receiver_name(receiver.name),
        "group_by": ["receiver", "asked"],
        "group_wait": "0s",
    }


def _route(number: int, route: Route, times: dict[str, int]) -> dict[str, Any]:
    hours = {"active_time_intervals": [_hours_name(number)]} if route.working_hours is not None else {}
    told = {"receiver": _receiver_name(route.receiver), "repeat_interval": f"{route.repeat_hours}h", **hours}
    device_times = {
        "group_wait": f"{times['device_group_wait']}s",
        "group_interval": f"{times['device_group_interval']}s",
    }
    return {
        **told,
        "matchers": list(_matchers(route)),
        "continue": True,
        "group_by": ["platform"],
        # Working hours are not handed down: each branch has them itself.
        "routes": [
            {**told, "matchers": ['scope = "vitrina"'], "group_by": ["alertname"]},
            {**told, "matchers": ['scope =~ "device|site"'], "group_by": ["platform", "source"], **device_times},
        ],
    }


def _matchers(route: Route) -> Iterator[str]:
    yield 'scope !~ "watchdog|helper|test"'
    if route.sources:
        names = "|".join(re.escape(source) for source in route.sources).replace("\\", "\\\\")
        yield f'source =~ "{names}"'
    if route.severities:
        yield f'severity =~ "{"|".join(route.severities)}"'


def _interval(number: int, hours: WorkingHours) -> dict[str, Any]:
    span = {"start_time": f"{hours.begin:%H:%M}", "end_time": f"{hours.end:%H:%M}"}
    when = {"weekdays": list(hours.days), "times": [span], "location": hours.time_zone}
    return {"name": _hours_name(number), "time_intervals": [when]}


def _receiver(receiver: Receiver[SecretStr]) -> dict[str, Any]:
    configured: dict[str, Any] = {"name": _receiver_name(receiver.name)}
    if receiver.email is not None:
        configured["email_configs"] = [_email(receiver.email, receiver)]
    if receiver.telegram is not None:
        configured["telegram_configs"] = [_telegram(receiver.telegram, receiver)]
    if receiver.webhook is not None:
        configured["webhook_configs"] = [_webhook(receiver.webhook, receiver)]
    return configured


def _email(email: Email[SecretStr], receiver: Receiver[SecretStr]) -> dict[str, Any]:
    password = email.password.get_secret_value() if email.password is not None else ""
    account = {"auth_username": email.username, "auth_password": password}
    return {
        "to": ", ".join(email.to),
        "from": email.sender,
        "smarthost": email.server,
        "require_tls": email.require_tls,
        "send_resolved": receiver.send_resolved,
        "headers": {"Subject": _subject(receiver.language)},
        "html": "",
        "text": _text(receiver.language),
        **(account if email.username else {}),
    }


def _telegram(telegram: Telegram[SecretStr], receiver: Receiver[SecretStr]) -> dict[str, Any]:
    return {
        "bot_token": telegram.bot_token.get_secret_value(),
        "chat_id": telegram.chat_id,
        "api_url": telegram.api_url,
        "parse_mode": "",
        "send_resolved": receiver.send_resolved,
        "message": _text(receiver.language),
    }


def _webhook(webhook: Webhook[SecretStr], receiver: Receiver[SecretStr]) -> dict[str, Any]:
    # The address was checked when it was set; where it might send us on was not.
    http: dict[str, Any] = {"follow_redirects": False}
    if webhook.bearer_token is not None:
        http["authorization"] = {"type": "Bearer", "credentials": webhook.bearer_token.get_secret_value()}
    return {"url": webhook.url.get_secret_value(), "send_resolved": receiver.send_resolved, "http_config": http}


def _subject(language: str) -> str:
    words = _WORDS[language]
    state = f'{{{{ if eq .Status "firing" }}}}{words["firing"]}{{{{ else }}}}{words["resolved"]}{{{{ end }}}}'
    one = f"{{{{ (index .Alerts 0).Annotations.summary_{language} }}}}"
    return f"Vitrina: {state}: {one}{{{{ if gt (len .Alerts) 1 }}}} (+){{{{ end }}}}"


def _text(language: str) -> str:
    words = _WORDS[language]
    state = f'{{{{ if eq $alert.Status "firing" }}}}{words["firing"]}{{{{ else }}}}{words["resolved"]}{{{{ end }}}}'
    return (
        f"{{{{ range $number, $alert := .Alerts }}}}{{{{ if lt $number {_MOST_TOLD} }}}}"
        f"{state}: {{{{ $alert.Annotations.summary_{language} }}}}\n"
        f"{{{{ $alert.Annotations.description_{language} }}}}\n{{{{ $alert.Annotations.link }}}}\n\n"
        f"{{{{ else if eq $number {_MOST_TOLD} }}}}{words['more']}\n{{{{ end }}}}{{{{ end }}}}"
    )


def _receiver_name(name: str) -> str:
    """Apart from the names that the template itself has."""
    return f"own-{name}"


def _hours_name(number: int) -> str:
    return f"hours-of-route-{number}"
