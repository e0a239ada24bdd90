"""The database that other tests stand on."""

from sqlalchemy import text
from vitrina_kit.database import create_engine
from vitrina_kit.testing.postgres import PostgresServer, postgres_server  # noqa: F401 - a fixture


async def test_each_asker_gets_a_database_of_its_own(postgres_server: PostgresServer) -> None:  # noqa: F811
    first, second = (create_engine(postgres_server.new_database("vitrina_kit")) for _ in range(2))
    async with first.begin() as connection:
        await connection.execute(text("CREATE TABLE mine (id int)"))
    async with second.connect() as connection:
        found = await connection.execute(text("SELECT count(*) FROM pg_tables WHERE tablename = 'mine'"))
        assert found.scalar_one() == 0
    await first.dispose()
    await second.dispose()
