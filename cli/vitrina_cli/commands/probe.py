"""`vitrina probe`: which assumptions about a vendor's API hold for a real account; asks, and changes nothing."""

import importlib.util
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Annotated, Any, Final

import typer
from vitrina_contracts.source_file import SourceConfig, WayOut

from vitrina_cli.commands.sources import AskedSecrets, ConfigFile, Fields, SecretFiles, config_of
from vitrina_cli.failure import Exit, Failure
from vitrina_cli.options import Output
from vitrina_cli.output import Format, say, show

_COLUMNS: Final = {"OUTCOME": "outcome", "ASSUMPTION": "assumption", "SEEN": "seen"}
_DIFFERS: Final = "differs"


def probe(
    platform: Annotated[str, typer.Argument(help="addreality or cubicmedia.")],
    config: ConfigFile = None,
    fields: Fields = None,
    secret_files: SecretFiles = None,
    asked_secrets: AskedSecrets = None,
    save: Annotated[
        Path | None, typer.Option("--save", help="Keep what the vendor said, without anything of the customer's.")
    ] = None,
    budget: Annotated[float, typer.Option("--budget", min=0.01, help="Requests a second at most.")] = 2,
    private_endpoints: Annotated[
        str, typer.Option("--private-endpoints", help="CIDRs of vendors inside, comma separated.")
    ] = "",
    output: Output = Format.TABLE,
) -> None:
    """Asks a real account a handful of questions, from this machine. Ends with 9 when an assumption does not hold."""
    module = f"vitrina_{platform.replace('-', '_')}"
    if importlib.util.find_spec(module) is None or importlib.util.find_spec(f"{module}.probe") is None:
        raise Failure(f"{platform}: there is no probe of this platform.", Exit.USAGE)
    source = SourceConfig(
        name="probed",
        config=config_of(config, fields, secret_files, asked_secrets),
        request_budget=budget,
        way_out=_way_out(),
    )
    options = ["--private-endpoints", private_endpoints, *(["--recording", str(save)] if save else [])]
    probed = _run(module, options, source)
    show(probed["verdicts"], _COLUMNS, output)
    if probed["error"]:
        raise Failure(f"The vendor cannot be asked: {probed['error']}")
    say(f"{probed['requests']} requests." + (f" What the vendor said is in {save}: look it through." if save else ""))
    if any(verdict["outcome"] == _DIFFERS for verdict in probed["verdicts"]):
        raise Failure("Some assumptions do not hold.", Exit.DIFFERENCES)


def _run(module: str, options: list[str], source: SourceConfig) -> dict[str, Any]:
    """In a process of its own; credentials go by its stdin."""
    done = subprocess.run(  # noqa: S603 - one of our own modules
        [sys.executable, "-m", module, "probe", *options],
        input=source.model_dump_json().encode(),
        stdout=subprocess.PIPE,
        check=False,
    )
    try:
        probed: dict[str, Any] = json.loads(done.stdout)
    except ValueError:
        raise Failure(f"The probe of {module} ended with {done.returncode} and said nothing.") from None
    return probed


def _way_out() -> WayOut:
    """As exporters go, from the same settings."""
    ca_file = os.environ.get("VITRINA_CA_FILE")
    return WayOut(
        https_proxy=os.environ.get("VITRINA_HTTPS_PROXY") or None,
        no_proxy=tuple(filter(None, os.environ.get("VITRINA_NO_PROXY", "").split(","))),
        ca_certificates=Path(ca_file).read_text(encoding="utf-8") if ca_file else "",
    )
