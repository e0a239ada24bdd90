"""A report as a message: text, the same as HTML, and the workbook.

Names come from vendors and people: the HTML template escapes everything, and a header takes no line end.
"""

from collections.abc import Sequence
from datetime import datetime
from email.message import EmailMessage
from email.utils import format_datetime
from typing import Any, Final

from jinja2 import Environment, PackageLoader, select_autoescape
from vitrina_kit.workbook import MEDIA_TYPE

from vitrina_registry.adapters.report_texts import TEXTS, Texts
from vitrina_registry.domain.availability import Sums
from vitrina_registry.use_cases.report_ports import Mail

MOST_ROWS: Final = 100
"""Shown in the message; the workbook holds all."""
_HOUR: Final = 3600
_TEMPLATES: Final = Environment(
    loader=PackageLoader("vitrina_registry"), autoescape=select_autoescape(["html.j2"]), trim_blocks=False
)


def message_of(mail: Mail, sender: str, public_url: str | None, now: datetime) -> EmailMessage:
    """`public_url`: where people open Vitrina; without it there is no link."""
    texts = TEXTS[mail.language]
    told = _told(mail, texts, public_url)
    message = EmailMessage()
    message["From"] = sender
    message["To"] = ", ".join(mail.recipients)
    message["Subject"] = told["subject"]
    message["Date"] = format_datetime(now)
    message["Message-ID"] = f"<report.{mail.key}@{sender.rpartition('@')[2]}>"
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(_TEMPLATES.get_template("report.txt.j2").render(told))
    message.add_alternative(_TEMPLATES.get_template("report.html.j2").render(told), subtype="html")
    if mail.workbook is not None:
        kind, _, subtype = MEDIA_TYPE.partition("/")
        name = f"{mail.name}-{mail.period.first}-{mail.period.last}.xlsx"
        message.add_attachment(mail.workbook, maintype=kind, subtype=subtype, filename=name)
    return message


def _told(mail: Mail, texts: Texts, public_url: str | None) -> dict[str, Any]:
    period = mail.period
    first, last = texts.day(period.first), texts.day(period.last)
    names = _names(mail.group, texts)
    query = f"from={period.first}&to={period.last}&group={mail.group}"
    return {
        "language": mail.language,
        "subject": texts.subject.format(name=mail.name, first=first, last=last),
        "summary": _summary(mail.rows, texts),
        "headings": [*names, *texts.numbers],
        "texts": len(names),
        "rows": [_row(sums, len(names), texts) for sums in mail.rows[:MOST_ROWS]],
        "notes": list(_notes(mail, texts)),
        "link": f"{public_url.rstrip('/')}/availability?{query}" if public_url else None,
        "link_text": texts.link,
    }


def _names(group: str, texts: Texts) -> list[str]:
    parts = {"source": 0, "site": 1, "device": 2}[group]
    return [texts.platform, texts.source, *(texts.site, texts.device)[:parts]]


def _summary(rows: Sequence[Sums], texts: Texts) -> str:
    online, offline = sum(row.online for row in rows), sum(row.offline for row in rows)
    if not online + offline:
        return texts.nothing
    share = texts.decimals(100 * online / (online + offline), 2)
    return texts.summary.format(devices=sum(row.devices for row in rows), share=share)


def _row(sums: Sums, names: int, texts: Texts) -> list[str]:
    share = "—" if sums.online_share is None else texts.decimals(100 * sums.online_share, 2)
    seconds = (sums.online, sums.offline, sums.planned, sums.unknown, sums.not_measured)
    named = [text or "" for text in (sums.platform, sums.source, sums.site, sums.device_id)]
    return [*named[:names], str(sums.devices), share, *(texts.decimals(each / _HOUR, 1) for each in seconds)]


def _notes(mail: Mail, texts: Texts) -> Sequence[str]:
    notes = [texts.explained]
    if mail.workbook is None:
        notes.insert(0, texts.too_large)
    elif len(mail.rows) > MOST_ROWS:
        notes.insert(0, texts.more.format(count=len(mail.rows) - MOST_ROWS))
    return notes
