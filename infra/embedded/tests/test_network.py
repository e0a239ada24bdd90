"""Whoever comes from beyond this machine comes by TLS, or somebody has said in so many words that it may be clear."""

import socket
import ssl
import subprocess
from collections.abc import Callable, Iterator, Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import httpx
import pytest
from vitrina_e2e.waiting import until
from vitrina_embedded.downloads import from_environment
from vitrina_embedded.network import check_exposure, own_trust
from vitrina_embedded.ports import LOOPBACK
from vitrina_embedded.refusal import Refusal
from vitrina_embedded.settings import Settings, load_settings
from vitrina_embedded.templates import INFRA
from vitrina_kit.testing.ports import free_port
from vitrina_sdk.testing.certificates import Authority, Issued


@pytest.fixture
def authority(tmp_path: Path) -> Authority:
    return Authority(tmp_path)


def settings(**given: Any) -> Settings:
    return Settings.model_validate(given)


def test_beyond_this_machine_without_tls_is_refused_with_the_ways_out() -> None:
    with pytest.raises(Refusal) as refused:
        check_exposure(settings(bind="0.0.0.0"))
    for way in ("VITRINA_TLS_CERT", "VITRINA_PUBLIC_URL", "VITRINA_TRUSTED_PROXIES", "VITRINA_PLAIN_HTTP=1"):
        assert way in str(refused.value)


@pytest.mark.parametrize(
    "given",
    [
        {"bind": "127.0.0.1"},
        {"bind": "::1"},
        {"bind": "0.0.0.0", "plain_http": True},
        {"bind": "10.0.0.5", "public_url": "https://vitrina.example.org", "trusted_proxies": "10.0.0.1/32"},
    ],
)
def test_what_stays_here_is_behind_a_proxy_or_is_meant_goes(given: Mapping[str, Any]) -> None:
    check_exposure(settings(**given))


def test_a_public_url_alone_is_no_proxy() -> None:
    with pytest.raises(Refusal, match="in clear"):
        check_exposure(settings(bind="10.0.0.5", public_url="https://vitrina.example.org"))


def test_a_certificate_of_another_key_is_named(authority: Authority) -> None:
    one, other = authority.issue("one.example"), authority.issue("other.example")
    check_exposure(settings(bind="0.0.0.0", tls_cert=one.certificate, tls_key=one.key))
    with pytest.raises(Refusal, match="belong together"):
        check_exposure(settings(tls_cert=one.certificate, tls_key=other.key))
    with pytest.raises(Refusal, match="set both or neither"):
        check_exposure(settings(tls_cert=one.certificate))


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("VITRINA_TLS_CERT", "/nowhere/cert.pem"),
        ("VITRINA_PUBLIC_URL", "vitrina.example.org"),
        ("VITRINA_TRUSTED_PROXIES", "the-proxy"),
    ],
)
def test_a_setting_that_does_not_fit_is_named(monkeypatch: pytest.MonkeyPatch, name: str, value: str) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(Refusal, match=f"The setting {name} does not fit"):
        load_settings()


def test_the_cookie_is_secure_as_soon_as_people_come_by_tls(authority: Authority) -> None:
    issued = authority.issue("localhost")
    assert settings(tls_cert=issued.certificate, tls_key=issued.key).is_secure
    assert settings(public_url="https://vitrina.example.org").is_secure
    assert not settings().is_secure
    assert settings(public_url="https://vitrina.example.org").url == "https://vitrina.example.org"


class _Service(BaseHTTPRequestHandler):
    """Says who it was told that the client is."""

    def do_GET(self) -> None:
        said = self.headers.get("X-Forwarded-For", "").encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(said)))
        self.end_headers()
        self.wfile.write(said)

    def log_message(self, *_: object) -> None:
        """Quiet."""


@pytest.fixture
def service() -> Iterator[str]:
    server = ThreadingHTTPServer((LOOPBACK, 0), _Service)
    Thread(target=server.serve_forever, daemon=True).start()
    yield f"{LOOPBACK}:{server.server_port}"
    server.shutdown()
    server.server_close()


@pytest.fixture
def edge(tmp_path: Path, service: str) -> Iterator[Callable[[Settings], int]]:
    """Starts a real Caddy with our file; returns its port."""
    running: list[subprocess.Popen[bytes]] = []

    def start(given: Settings) -> int:
        port = free_port()
        environment = {
            "VITRINA_PORT": str(port), "VITRINA_BIND": LOOPBACK, "VITRINA_WEB_DIR": str(tmp_path),
            "HOME": str(tmp_path), "VITRINA_EDGE_DIR": str(tmp_path), "VITRINA_AUTH_UPSTREAM": service,
            "VITRINA_REGISTRY_UPSTREAM": service, "VITRINA_GATEWAY_UPSTREAM": service, **given.edge_environment,
        }  # fmt: skip
        command = [str(from_environment("caddy")), "run", "--config", str(INFRA / "caddy" / "Caddyfile")]
        running.append(
            subprocess.Popen([*command, "--adapter", "caddyfile"], env=environment, stderr=subprocess.DEVNULL)
        )
        until(lambda: listens(port), seconds=20, what="Caddy listens")
        return port

    yield start
    for process in running:
        process.terminate()
        process.wait(timeout=20)


def listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex((LOOPBACK, port)) == 0


def test_the_edge_serves_the_given_certificate_by_name_and_by_address(
    edge: Callable[[Settings], int], authority: Authority
) -> None:
    issued: Issued = authority.issue("localhost", LOOPBACK)
    port = edge(settings(tls_cert=issued.certificate, tls_key=issued.key))
    company = ssl.create_default_context(cafile=str(authority.file))
    for host in ("localhost", LOOPBACK):
        answer = httpx.get(f"https://{host}:{port}/api/v1/overview", verify=company, trust_env=False)
        assert answer.status_code == 200
        assert answer.headers["strict-transport-security"] == "max-age=31536000"
    assert httpx.get(f"https://{LOOPBACK}:{port}/api/v1/x", verify=own_trust(issued.certificate)).is_success
    with pytest.raises(httpx.ConnectError, match="certificate"):
        httpx.get(f"https://localhost:{port}/", trust_env=False)
    assert httpx.get(f"http://localhost:{port}/", trust_env=False).status_code == 400


def test_the_clients_address_is_what_a_trusted_proxy_says_and_nobody_else(edge: Callable[[Settings], int]) -> None:
    said = {"X-Forwarded-For": "203.0.113.7"}
    port = edge(settings())
    assert httpx.get(f"http://{LOOPBACK}:{port}/api/v1/x", headers=said).text == LOOPBACK
    assert "strict-transport-security" not in httpx.get(f"http://{LOOPBACK}:{port}/api/v1/x").headers
    port = edge(settings(trusted_proxies="127.0.0.0/8, 10.0.0.0/8"))
    assert httpx.get(f"http://{LOOPBACK}:{port}/api/v1/x", headers=said).text == "203.0.113.7"
