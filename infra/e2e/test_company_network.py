"""In a company: TLS by its own authority, vendors and its sign-in through its proxy alone, and a command line.

Vendor and sign-in are where the proxy alone finds them: whoever went around it would fail.
"""

import json
import secrets
import ssl
from collections.abc import Callable
from pathlib import Path

import httpx
import pytest
from vitrina_auth.testing.identity_provider import CLIENT_ID, CLIENT_SECRET
from vitrina_e2e.command_line import CommandLine
from vitrina_e2e.company import company_around, signed_on
from vitrina_e2e.system import System
from vitrina_e2e.waiting import until, until_equal
from vitrina_sdk.testing.running import RunningSimulator

pytestmark = [pytest.mark.e2e, pytest.mark.long, pytest.mark.timeout(300)]


def test_everything_works_by_tls_and_nothing_goes_around_the_proxy(
    make_system: Callable[..., System], tmp_path: Path
) -> None:
    vendor = RunningSimulator("vitrina_addreality", 50)
    settings = {"DEMO": "0", "POLL_INTERVAL": "2", "SCRAPE_INTERVAL": "2"}
    system = make_system(settings)
    url = f"https://localhost:{system.port}"
    with company_around(url, vendor.url, tmp_path) as company:
        edge = company.authority.issue("edge.test", "localhost")
        authority = str(company.authority.file)
        (tmp_path / "client-secret").write_text(CLIENT_SECRET)
        settings |= {
            "TLS_CERT": str(edge.certificate), "TLS_KEY": str(edge.key), "CA_FILE": authority,
            "HTTPS_PROXY": company.proxy.url, "OIDC_ISSUER": company.provider.issuer, "OIDC_CLIENT_ID": CLIENT_ID,
            "OIDC_CLIENT_SECRET_FILE": str(tmp_path / "client-secret"), "OIDC_MANAGERS": "screens",
        }  # fmt: skip
        system.up()
        trust = ssl.create_default_context(cafile=authority)
        answer = httpx.post(
            f"{url}/api/auth/token",
            data={"username": "admin", "password": system.password},
            verify=trust,
            trust_env=False,
        )
        assert "__Secure-vitrina_refresh" in answer.headers["set-cookie"]

        vitrina = CommandLine(url, tmp_path, {"VITRINA_CA_FILE": authority})
        for name, text in (("password", system.password), ("token", secrets.token_urlsafe(18))):
            (tmp_path / name).write_text(f"{text}\n")
        vitrina.done("login", "--username", "admin", "--password-file", str(tmp_path / "password"))
        account = ["--set", f"api_url=https://{company.vendor}/public/v1/device/list"]
        account += ["--secret-file", f"api_token={tmp_path / 'token'}"]
        assert json.loads(vitrina.done("sources", "test", "addreality", *account, "-o", "json"))["devices"] == 50
        vitrina.done("sources", "create", "addreality", "company", *account)
        until_equal(
            lambda: {each["device_id"]: each["status"] for each in vitrina.read("devices", "list")},
            vendor.truth(),
            seconds=60,
            what="every device is listed",
        )
        assert set(company.proxy.asked) == {company.vendor}

        company.provider.know({"vera": {"preferred_username": "vera", "groups": ["screens"]}})
        me = signed_on(url, "vera", trust, company.proxy.url)
        assert (me["username"], me["role"], me["single_sign_on"]) == ("vera", "manager", True)
        assert set(company.proxy.asked) == {company.vendor, company.sign_in}

        asked = company.proxy.asked.count(company.vendor)
        vitrina.done("exporters", "restart", "addreality")
        until(
            lambda: company.proxy.asked.count(company.vendor) > asked,
            seconds=60,
            what="the new process takes the proxy, too",
        )
        for log in system.home.logs.iterdir():
            assert "canary-password" not in log.read_text(errors="replace")
        for process in system.processes():
            assert "canary-password" not in " ".join(process.cmdline()) + str(process.environ())
        vitrina.done("logout")
    vendor.stop()
