"""PostgreSQL through SQLAlchemy and asyncpg, with a limit on everything that could hang."""

from typing import Final

from sqlalchemy import URL, make_url
from sqlalchemy.exc import DBAPIError, InterfaceError, InternalError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from sqlalchemy.ext.asyncio import AsyncEngine, async_sessionmaker, create_async_engine
from sqlmodel.ext.asyncio.session import AsyncSession

from vitrina_kit.settings import DatabaseSettings, read_secret

_SERVER_SETTINGS: Final = {
    "statement_timeout": "15000",
    "lock_timeout": "5000",
    "idle_in_transaction_session_timeout": "30000",
}

_TRY_AGAIN_CLASSES: Final = ("08", "25P03", "40", "53", "55P03", "57")
"""SQLSTATE prefixes: connection, idle or lock time-out, serialisation, resources, shutdown and cancelled statement."""


def database_url(settings: DatabaseSettings) -> URL:
    """The URL with the password from its file."""
    url = make_url(settings.database_url)
    if settings.database_password_file is None:
        return url
    return url.set(password=read_secret(settings.database_password_file))


def create_engine(settings: DatabaseSettings, pool_size: int = 5) -> AsyncEngine:
    """An engine whose waits end: two seconds for a connection, fifteen for a statement."""
    return create_async_engine(
        database_url(settings),
        pool_size=pool_size,
        max_overflow=5,
        pool_timeout=2,
        pool_pre_ping=True,
        pool_recycle=600,
        hide_parameters=True,  # an error is logged, and what was written is nobody's business there
        connect_args={"timeout": 2, "server_settings": _SERVER_SETTINGS},
    )


def is_outage(error: BaseException) -> bool:
    """Whether the database, not the question, is the reason: the same call may succeed a little later."""
    if isinstance(error, OperationalError | InterfaceError | PoolTimeoutError | OSError | TimeoutError):
        return True
    if isinstance(error, InternalError):  # asyncpg says so of a connection whose server was killed in mid-answer
        return True
    original = error.orig if isinstance(error, DBAPIError) else error
    state = str(getattr(original, "sqlstate", "") or "")
    if isinstance(error, DBAPIError) and error.connection_invalidated:
        return True
    return state.startswith(_TRY_AGAIN_CLASSES)


def session_factory(engine: AsyncEngine) -> async_sessionmaker[AsyncSession]:
    return async_sessionmaker(engine, class_=AsyncSession, expire_on_commit=False)
