"""In a company: TLS by its own authority, vendors through its proxy alone, and a command line that trusts both."""

import json
import secrets
import ssl
from collections.abc import Callable
from pathlib import Path

import httpx
import pytest
from vitrina_e2e.command_line import CommandLine
from vitrina_e2e.company import behind_tls, running_proxy
from vitrina_e2e.system import System
from vitrina_e2e.waiting import until, until_equal
from vitrina_kit.testing.ports import free_port
from vitrina_sdk.testing.certificates import Authority
from vitrina_sdk.testing.running import RunningSimulator

pytestmark = [pytest.mark.e2e, pytest.mark.long, pytest.mark.timeout(300)]


def test_everything_works_by_tls_and_nothing_goes_around_the_proxy(
    make_system: Callable[..., System], tmp_path: Path
) -> None:
    authority = Authority(tmp_path)
    edge, vendors_certificate = authority.issue("edge.test", "localhost"), authority.issue("localhost")
    vendor = RunningSimulator("vitrina_addreality", 50)
    port = free_port()
    with running_proxy() as proxy, behind_tls(vendors_certificate, {port: vendor.url}, tmp_path):
        system = make_system(
            {
                "DEMO": "0", "POLL_INTERVAL": "2", "SCRAPE_INTERVAL": "2", "TLS_CERT": str(edge.certificate),
                "TLS_KEY": str(edge.key), "CA_FILE": str(authority.file), "HTTPS_PROXY": proxy.url,
            }
        )  # fmt: skip
        system.up()
        url = f"https://localhost:{system.port}"
        trust = ssl.create_default_context(cafile=str(authority.file))
        answer = httpx.post(
            f"{url}/api/auth/token",
            data={"username": "admin", "password": system.password},
            verify=trust,
            trust_env=False,
        )
        assert "__Secure-vitrina_refresh" in answer.headers["set-cookie"]

        vitrina = CommandLine(url, tmp_path, {"VITRINA_CA_FILE": str(authority.file)})
        for name, text in (("password", system.password), ("token", secrets.token_urlsafe(18))):
            (tmp_path / name).write_text(f"{text}\n")
        vitrina.done("login", "--username", "admin", "--password-file", str(tmp_path / "password"))
        account = ["--set", f"api_url=https://localhost:{port}/public/v1/device/list"]
        account += ["--secret-file", f"api_token={tmp_path / 'token'}"]
        assert json.loads(vitrina.done("sources", "test", "addreality", *account, "-o", "json"))["devices"] == 50
        vitrina.done("sources", "create", "addreality", "company", *account)
        until_equal(
            lambda: {each["device_id"]: each["status"] for each in vitrina.read("devices", "list")},
            vendor.truth(),
            seconds=60,
            what="every device is listed",
        )
        assert set(proxy.asked) == {f"localhost:{port}"}

        asked = len(proxy.asked)
        vitrina.done("exporters", "restart", "addreality")
        until(lambda: len(proxy.asked) > asked, seconds=60, what="the new process takes the proxy, too")
        for log in system.home.logs.iterdir():
            assert "canary-password" not in log.read_text(errors="replace")
        for process in system.processes():
            assert "canary-password" not in " ".join(process.cmdline()) + str(process.environ())
        vitrina.done("logout")
    vendor.stop()
