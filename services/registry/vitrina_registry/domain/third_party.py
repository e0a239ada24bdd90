"""A third-party exporter's program with what its source sets: marked fields become variables and arguments."""

from collections.abc import Mapping
from typing import Any

from vitrina_contracts.manifest import Manifest
from vitrina_contracts.third_party import ThirdParty


def program_of(manifest: Manifest, config: Mapping[str, Any]) -> ThirdParty | None:
    """The manifest's program with a source's settings in it; null for a platform of our SDK.

    Args:
        manifest: of the exporter's type; it lets no secret be a setting.
        config: of its enabled source, empty when there is none.
    """
    if manifest.third_party is None:
        return None
    variables = {variable: _word(config[field]) for field, variable in manifest.variables().items() if field in config}
    arguments = [f"{flag}={_word(config[field])}" for field, flag in manifest.flags().items() if field in config]
    program = manifest.third_party
    return program.model_copy(
        update={
            "environment": {**program.environment, **variables},
            "arguments": [*program.arguments, *arguments],
        }
    )


def _word(value: Any) -> str:
    """As programs read it: a truth as true or false, a list as its members with commas between."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list):
        return ",".join(map(_word, value))
    return str(value)
