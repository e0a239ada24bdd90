"""The machine below: disk, clock, certificate, who may read the secrets, which programs there are."""

import shutil
import subprocess
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

from cryptography import x509

from vitrina_embedded import downloads
from vitrina_embedded.doctor.finding import Finding, State
from vitrina_embedded.home import Home
from vitrina_embedded.network import check_exposure
from vitrina_embedded.refusal import Refusal
from vitrina_embedded.settings import Settings
from vitrina_embedded.up import ROOM_NEEDED_MB

_RENEW_WITHIN: Final = timedelta(days=21)
_UNITS: Final = {"B": 1, "KB": 2**10, "MB": 2**20, "GB": 2**30, "TB": 2**40}
_SECONDS_AHEAD: Final = 60


def examine_machine(settings: Settings, home: Home) -> list[Finding]:
    found = [disk(settings, home), clock(home), exposure(settings), programs()]
    if home.secrets.exists():
        found.append(secrets(home))
    if settings.tls_cert is not None:
        found.append(certificate(settings.tls_cert, datetime.now(UTC)))
    return found


def disk(settings: Settings, home: Home) -> Finding:
    """Room now, and for as much history as Prometheus is allowed to keep."""
    place = next(folder for folder in (home.path, *home.path.parents) if folder.exists())
    free = shutil.disk_usage(place).free
    said = f"{free // 2**20} MB free at {place}"
    if free < ROOM_NEEDED_MB * 2**20:
        step = f"Free some space: below {ROOM_NEEDED_MB} MB nothing starts, and at 0 PostgreSQL and NATS stop writing."
        return Finding("disk", State.WRONG, said, step)
    amount = settings.prometheus_retention_size
    digits = amount.rstrip("BKMGT")
    wanted = int(digits) * _UNITS[amount.removeprefix(digits)]
    kept = sum(path.stat().st_size for path in (home.path / "prometheus").rglob("*") if path.is_file())
    if free + kept < wanted + ROOM_NEEDED_MB * 2**20:
        step = f"Free space or lower VITRINA_PROMETHEUS_RETENTION_SIZE: history may grow to {amount}."
        return Finding("disk", State.LOOK, said, step)
    return Finding("disk", State.OK, said)


def clock(home: Home) -> Finding:
    """A clock that was set back makes tokens, statuses and alerts of the future."""
    logs = [path.stat().st_mtime for path in home.logs.glob("*.log")]
    ahead = max(logs, default=0) - time.time()
    if ahead > _SECONDS_AHEAD:
        step = "Let the machine keep its time (chrony or systemd-timesyncd), then `make down` and `make up`."
        return Finding("clock", State.WRONG, f"a log was written {ahead:.0f} s in the future", step)
    program = shutil.which("timedatectl")
    if program is not None:
        said = subprocess.run(
            [program, "show", "--property=NTPSynchronized", "--value"], capture_output=True, text=True, check=False
        ).stdout.strip()
        if said == "no":
            step = "Turn it on: `timedatectl set-ntp true`."
            return Finding("clock", State.LOOK, "nothing keeps this machine's time", step)
    return Finding("clock", State.OK, datetime.now(UTC).strftime("%Y-%m-%d %H:%M:%SZ"))


def certificate(path: Path, now: datetime) -> Finding:
    """Of the edge."""
    try:
        end = x509.load_pem_x509_certificate(path.read_bytes()).not_valid_after_utc
    except (OSError, ValueError):
        return Finding("certificate", State.WRONG, f"{path} cannot be read", "Set VITRINA_TLS_CERT to a PEM file.")
    step = f"Put the renewed certificate and key in place ({path}), then `make down` and `make up`."
    if end < now:
        return Finding("certificate", State.WRONG, f"ended on {end:%Y-%m-%d}", step)
    if end < now + _RENEW_WITHIN:
        return Finding("certificate", State.LOOK, f"ends on {end:%Y-%m-%d}", step)
    return Finding("certificate", State.OK, f"good until {end:%Y-%m-%d}")


def exposure(settings: Settings) -> Finding:
    try:
        check_exposure(settings)
    except Refusal as refusal:
        return Finding("network", State.WRONG, f"VITRINA_BIND={settings.bind}", str(refusal))
    if settings.plain_http and not settings.bind.is_loopback and settings.tls_cert is None:
        step = "Set VITRINA_TLS_CERT and VITRINA_TLS_KEY."
        return Finding("network", State.LOOK, "passwords cross the network in clear, as VITRINA_PLAIN_HTTP says", step)
    return Finding("network", State.OK, settings.url)


def secrets(home: Home) -> Finding:
    open_to_others = sorted(path.name for path in home.secrets.iterdir() if path.stat().st_mode & 0o077)
    if open_to_others or home.secrets.stat().st_mode & 0o077:
        step = f"Close them: chmod -R go= {home.secrets}; then replace what others may have read."
        return Finding("secrets", State.WRONG, f"others can read {', '.join(open_to_others) or 'the folder'}", step)
    return Finding("secrets", State.OK, "readable by their owner only")


def programs() -> Finding:
    """Those that are no Python packages of ours."""
    if downloads.find_monitoring() is None:
        step = "`make up` fetches them; without a network put them on PATH."
        return Finding("programs", State.WRONG, "Prometheus or Alertmanager is missing or too old", step)
    return Finding("programs", State.OK, "Prometheus and Alertmanager are new enough")
