"""`make bench`: a real gateway with 100,000 devices answers over HTTP, beside nginx that has the same bytes ready.

Limits stand beside what they limit and fail the run. The ratios to nginx are aims: five rounds in turn on the same
cores, medians; nginx checks no token, and its plain cache before Prometheus knows nothing of whose series it holds.
"""

import contextlib
import multiprocessing
import os
import re
import statistics
import subprocess
import sys
import tempfile
import time
import warnings
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import bench_gateway_fleet as fleet
import httpx
import psutil
from joserfc import jwt
from joserfc.jwk import OKPKey
from vitrina_contracts.tokens import ISSUER, Audience
from vitrina_embedded.downloads import TOOLS, fetch_for_bench
from vitrina_kit.testing.ports import free_port

ROUNDS = 5
LOAD_SECONDS = 2
CONNECTIONS = 16
WATCHED_SECONDS = 40
"""Some ticks with new scrapes, and some without."""
QUIET_TICK_SECONDS = 3600
"""While nginx is compared with: its file does not change either."""
PAGES = ("sort=name", "sort=-status&status=offline", "sort=-last_seen", "sort=status&source=source3")
PLOT = f"/api/prometheus/api/v1/query_range?{fleet.plot_query()}"
PAGE = "/api/v1/devices?sort=name&limit=100"

_NGINX = """
daemon off; worker_processes 1; pid {folder}/nginx.pid; error_log stderr crit;
events {{ worker_connections 256; }}
http {{
  access_log off; default_type application/json; keepalive_requests 100000000;
  client_body_temp_path {folder}/b; proxy_temp_path {folder}/p; fastcgi_temp_path {folder}/f;
  uwsgi_temp_path {folder}/u; scgi_temp_path {folder}/s;
  proxy_cache_path {folder}/cache keys_zone=plots:1m;
  server {{
    listen 127.0.0.1:{port};
    location = /page {{ alias {folder}/page.json; }}
    location /api/v1/ {{ proxy_pass {prometheus}; proxy_cache plots; proxy_cache_valid 200 1h; }}
  }}
}}
"""


@dataclass(frozen=True)
class Figure:
    name: str
    value: float
    unit: str
    allowed: float

    @property
    def fits(self) -> bool:
        return self.value <= self.allowed


@contextmanager
def running(command: Sequence[str], environment: dict[str, str] | None = None) -> Iterator[psutil.Process]:
    process = subprocess.Popen(command, env={**os.environ, **(environment or {})}, stdout=subprocess.DEVNULL)
    try:
        yield psutil.Process(process.pid)
    finally:
        process.terminate()
        process.wait()


@contextmanager
def fleet_at(port: int, key: OKPKey) -> Iterator[None]:
    here, there = multiprocessing.Pipe()
    server = multiprocessing.Process(target=fleet.serve, args=(port, key.as_dict(private=True), there))
    server.start()
    try:
        here.recv()
        yield
    finally:
        server.kill()
        server.join()


@contextmanager
def gateway(folder: Path, world: str, tick_seconds: float) -> Iterator[tuple[str, psutil.Process]]:
    """Its address, once it answers; without NATS, which no reader waits for."""
    (folder / "registry-token").write_text("x")
    port = free_port()
    environment = {
        "VITRINA_API_PORT": str(port),
        "VITRINA_INTERNAL_PORT": str(free_port()),
        "VITRINA_NATS_URL": "nats://127.0.0.1:9",
        "VITRINA_JWKS_URL": f"{world}/jwks",
        "VITRINA_PROMETHEUS_URL": world,
        "VITRINA_REGISTRY_INTERNAL_URL": world,
        "VITRINA_REGISTRY_TOKEN_FILE": str(folder / "registry-token"),
        "VITRINA_CHECKPOINT_FILE": str(folder / "checkpoint.json"),
        "VITRINA_TICK_SECONDS": str(tick_seconds),
    }
    with running([sys.executable, "-m", "vitrina_gateway"], environment) as process:
        yield f"http://127.0.0.1:{port}", process


@contextmanager
def nginx(folder: Path, world: str, page: bytes) -> Iterator[str]:
    port = free_port()
    (folder / "page.json").write_bytes(page)
    (folder / "nginx.conf").write_text(_NGINX.format(folder=folder, port=port, prometheus=world))
    os.chmod(folder, 0o755)  # noqa: S103, PTH101 - its worker is another user when this runs as root
    with running([str(TOOLS / "usr" / "sbin" / "nginx"), "-p", str(folder), "-c", str(folder / "nginx.conf")]):
        yield f"http://127.0.0.1:{port}"


def token_of(key: OKPKey) -> str:
    """A manager of half the sources."""
    now = int(time.time())
    claims = {
        "iss": ISSUER,
        "aud": [Audience.GATEWAY],
        "sub": "somebody",
        "jti": "bench",
        "iat": now,
        "exp": now + 3600,
        "role": "manager",
        "client_id": "bench",
        "sid": None,
        "sources": [f"source{number}" for number in range(fleet.SOURCES // 2)],
    }
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the name of the algorithm is the contract's; RFC 9864 has a newer one
        return jwt.encode({"alg": "EdDSA", "typ": "at+jwt", "kid": "bench"}, claims, key, algorithms=["EdDSA"])


def until_listed(client: httpx.Client) -> None:
    wanted = fleet.EXPORTERS * fleet.IN_EXPORTER // 2
    deadline = time.monotonic() + 120
    while time.monotonic() < deadline:
        with contextlib.suppress(httpx.HTTPError, KeyError, ValueError):
            if client.get("/api/v1/devices?limit=1").json()["total"] == wanted:
                return
        time.sleep(0.2)
    sys.exit("the gateway does not list the devices")


def timed(client: httpx.Client, paths: Iterator[str], seconds: float) -> list[float]:
    found = []
    end = time.monotonic() + seconds
    while (started := time.monotonic()) < end:
        client.get(next(paths)).raise_for_status()
        found.append(time.monotonic() - started)
    return found


def pages() -> Iterator[str]:
    """No two alike in a snapshot: a page is made, not found."""
    number = 0
    while True:
        number += 1
        yield f"/api/v1/devices?{PAGES[number % len(PAGES)]}&limit={20 + number % 101}"


def searches() -> Iterator[str]:
    number = 0
    while True:
        number += 7
        yield f"/api/v1/devices?search=kazan+{number % 10_000}&limit=50"


def part(values: list[float], share: float) -> float:
    return sorted(values)[min(len(values) - 1, int(len(values) * share))] * 1000


def answers(folder: Path, world: str, headers: dict[str, str]) -> list[Figure]:
    with (
        gateway(folder, world, 2) as (url, process),
        httpx.Client(base_url=url, headers=headers, timeout=30, trust_env=False) as client,
    ):
        until_listed(client)
        of_pages = timed(client, pages(), WATCHED_SECONDS)
        of_searches = timed(client, searches(), WATCHED_SECONDS / 2)
        resident = process.memory_info().rss / 2**20
    return [
        Figure("page with filter and sort, 95 of 100", part(of_pages, 0.95), "ms", 50),
        Figure("page, 99 of 100 to median, ticks included", part(of_pages, 0.99) / part(of_pages, 0.5), "x", 10),
        Figure("search, 95 of 100", part(of_searches, 0.95), "ms", 100),
        Figure("resident memory", resident, "MiB", 400),
    ]


def requests_per_second(url: str, headers: dict[str, str]) -> float:
    """Loaded by wrk."""
    sent = [word for name, value in headers.items() for word in ("-H", f"{name}: {value}")]
    libraries = next((TOOLS / "usr" / "lib").glob("*/libluajit-5.1.so.2")).parent
    command = [str(TOOLS / "usr" / "bin" / "wrk"), "-t1", f"-c{CONNECTIONS}", f"-d{LOAD_SECONDS}s", *sent, url]
    environment = {**os.environ, "LD_LIBRARY_PATH": str(libraries)}
    said = subprocess.run(command, env=environment, check=True, capture_output=True, text=True).stdout
    if "Non-2xx" in said:
        sys.exit(f"{url} does not answer as it should:\n{said}")
    return float(re.findall(r"Requests/sec:\s+([\d.]+)", said)[0])


def ratios(folder: Path, world: str, headers: dict[str, str]) -> dict[str, tuple[float, float]]:
    """By what is asked: the gateway's and nginx's requests a second."""
    with (
        gateway(folder, world, QUIET_TICK_SECONDS) as (url, _),
        httpx.Client(base_url=url, headers=headers, timeout=30, trust_env=False) as client,
    ):
        until_listed(client)
        page = client.get(PAGE)
        client.get(PLOT).raise_for_status()
        with nginx(folder, world, page.content) as plain:
            known = {**headers, "If-None-Match": page.headers["etag"]}
            plot = f"{plain}/api/v1/query_range?{fleet.plot_query()}"
            etag = _first(lambda: httpx.get(f"{plain}/page", trust_env=False)).headers["etag"]
            sides = {
                "page with token and role filter": ((url + PAGE, headers), (f"{plain}/page", {})),
                "304": ((url + PAGE, known), (f"{plain}/page", {"If-None-Match": etag})),
                "cached plot": ((url + PLOT, headers), (plot, {})),
            }
            return {name: _compared(*both) for name, both in sides.items()}


def _compared(ours: tuple[str, dict[str, str]], theirs: tuple[str, dict[str, str]]) -> tuple[float, float]:
    rounds = [(requests_per_second(*ours), requests_per_second(*theirs)) for _ in range(ROUNDS)]
    return statistics.median(one for one, _ in rounds), statistics.median(other for _, other in rounds)


def _first(ask: Callable[[], httpx.Response]) -> httpx.Response:
    """The first answer of a server that is starting."""
    deadline = time.monotonic() + 10
    while True:
        try:
            return ask()
        except httpx.ConnectError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.05)


AIMS = {"page with token and role filter": 0.5, "304": 0.7, "cached plot": 0.5}


def main() -> int:
    key = OKPKey.generate_key("Ed25519", {"kid": "bench", "alg": "EdDSA", "use": "sig"})
    port = free_port()
    world, headers = f"http://127.0.0.1:{port}", {"Authorization": f"Bearer {token_of(key)}"}
    with tempfile.TemporaryDirectory(prefix="vitrina-bench-") as name, fleet_at(port, key):
        figures = answers(Path(name), world, headers)
        compared = ratios(Path(name), world, headers) if fetch_for_bench() else {}
    print(f"Gateway over HTTP, {fleet.EXPORTERS * fleet.IN_EXPORTER:,} devices, one process:")
    for figure in figures:
        verdict = "" if figure.fits else "   TOO MUCH"
        print(f"  {figure.name:<48}{figure.value:>8.1f} {figure.unit:<4} at most {figure.allowed:g}{verdict}")
    for asked, (ours, theirs) in compared.items():
        print(
            f"  {asked + ' / nginx':<48}{ours / theirs:>8.2f} x    aim {AIMS[asked]:g} ({ours:,.0f} of {theirs:,.0f}/s)"
        )
    if not compared:
        print("  nginx and wrk could not be fetched: nothing to compare with")
    return 0 if all(figure.fits for figure in figures) else 1


if __name__ == "__main__":
    sys.exit(main())
