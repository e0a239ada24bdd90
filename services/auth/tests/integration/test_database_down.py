"""PostgreSQL stops and comes back under a running auth."""

from vitrina_auth.testing.people import ADMIN_PASSWORD, MakePerson, Person
from vitrina_kit.testing.postgres import PostgresServer


async def test_nobody_is_signed_out_by_an_outage_of_the_database(
    admin: Person, person: MakePerson, postgres_server: PostgresServer
) -> None:
    postgres_server.stop()
    try:
        assert (await admin.refresh()).status_code == 503
        assert (await person().sign_in("admin", ADMIN_PASSWORD)).status_code == 503
        keys = await admin.client.get("/api/auth/.well-known/jwks.json")
        assert keys.status_code == 200
    finally:
        postgres_server.start()
    assert (await admin.refresh()).status_code == 200
    assert (await person().sign_in("admin", ADMIN_PASSWORD)).status_code == 200
