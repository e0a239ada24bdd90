"""The process as a supervisor runs it."""

import asyncio
import signal
from pathlib import Path

import httpx
from vitrina_auth.app import create_auth, openapi
from vitrina_auth.settings import AuthSettings
from vitrina_auth.testing.people import ADMIN_PASSWORD
from vitrina_auth.testing.process import environment, readiness, running
from vitrina_kit.testing.ports import free_port

PUBLIC = {
    ("/api/auth/exchange", "post"),
    ("/api/auth/sign-in-options", "get"),
    ("/api/auth/oidc/start", "post"),
    ("/api/auth/oidc/callback", "get"),
    ("/api/auth/invitations/accept", "post"),
    ("/api/auth/token", "post"),
    ("/api/auth/refresh", "post"),
    ("/api/auth/logout", "post"),
    ("/api/auth/.well-known/jwks.json", "get"),
}


async def test_it_migrates_serves_and_stops_when_told(settings: AuthSettings, auth: object) -> None:
    api_port, internal_port = free_port(), free_port()
    env = environment(settings, api_port, internal_port)
    async with running("migrate", env=env) as migration:
        assert await migration.wait() == 0
    async with running("serve", env=env) as service, httpx.AsyncClient() as client:
        ready = await readiness(client, internal_port, 200)
        checks = ready.json()["checks"]
        assert "NATS" in checks.pop("bus")  # there is none here, and that keeps nobody from signing in
        assert checks == {"database": "ok", "signing_key": "ok", "first_admin": "ok"}
        form = {"username": "admin", "password": ADMIN_PASSWORD}
        signed_in = await client.post(f"http://127.0.0.1:{api_port}/api/auth/token", data=form)
        assert signed_in.status_code == 200
        assert "; Secure" in signed_in.headers["set-cookie"]
        metrics = (await client.get(f"http://127.0.0.1:{internal_port}/metrics")).text
        assert 'vitrina_auth_sign_ins_total{outcome="ok"} 1.0' in metrics
        service.send_signal(signal.SIGTERM)
        async with asyncio.timeout(10):
            output = b"".join(await service.communicate())
        assert service.returncode == 0
        assert signed_in.json()["access_token"].encode() not in output


async def test_a_database_that_is_down_delays_sign_ins_and_not_the_start(settings: AuthSettings) -> None:
    nowhere = f"postgresql+asyncpg://vitrina_auth@127.0.0.1:{free_port()}/vitrina"
    auth = create_auth(settings.model_copy(update={"database_url": nowhere}))
    api = httpx.AsyncClient(transport=httpx.ASGITransport(auth.api), base_url="http://vitrina.local")
    internal = httpx.AsyncClient(transport=httpx.ASGITransport(auth.internal), base_url="http://vitrina.local")
    form = {"username": "admin", "password": ADMIN_PASSWORD}
    answers = [await api.post("/api/auth/token", data=form), await api.get("/api/auth/.well-known/jwks.json")]
    for answer in answers:
        assert answer.status_code == 503
        assert answer.json()["type"] == "urn:vitrina:problem:unavailable"
        assert answer.headers["retry-after"]
        assert "127.0.0.1" not in answer.text
    assert (await internal.get("/health/live")).status_code == 200
    assert (await internal.get("/health/ready")).status_code == 503
    await auth.close()


async def test_a_missing_setting_ends_the_start_with_one_sentence(settings: AuthSettings, tmp_path: Path) -> None:
    env = environment(settings, free_port(), free_port())
    del env["VITRINA_SECRET_KEY_FILE"]
    async with running("serve", env=env) as service:
        _, complaint = await service.communicate()
    assert service.returncode == 1
    assert complaint.decode() == "auth cannot start: check VITRINA_SECRET_KEY_FILE (Field required)\n"


def test_every_route_but_the_public_ones_asks_for_a_token() -> None:
    routes = {
        (path, method): operation.get("security")
        for path, methods in openapi()["paths"].items()
        for method, operation in methods.items()
    }
    assert {route for route, security in routes.items() if not security} == PUBLIC
