"""`python -m vitrina_registry rotate-keys`: every stored credential under the current key, so that old ones can go."""

from vitrina_kit.clock import utc_now
from vitrina_kit.database import create_engine, session_factory

from vitrina_registry.adapters.unit_of_work import SqlUnitOfWork
from vitrina_registry.adapters.vault import FernetVault
from vitrina_registry.settings import RotationSettings
from vitrina_registry.use_cases.secrets import Rotation, rotate_secrets


async def rotate_keys(settings: RotationSettings) -> Rotation:
    engine = create_engine(settings)
    try:
        async with SqlUnitOfWork(session_factory(engine), utc_now) as uow:
            return await rotate_secrets(uow, FernetVault.from_file(settings.secret_key_file))
    finally:
        await engine.dispose()
