"""Pure: what a third-party exporter's container or process may be given. Part of the policy that every one must pass.

A manifest is a file of whoever runs this installation, and yet it may come from a stranger: it can name an image or
program only that the installation allows, and nothing that would change what the program is.
"""

import re
from collections.abc import Collection
from typing import Final

THIRD_PARTY_IMAGES: Final = ("docker.io/prom/node-exporter", "docker.io/prom/blackbox-exporter")
"""Repositories that an installation allows unless it says otherwise."""
THIRD_PARTY_PROGRAMS: Final = (
    "node_exporter",
    "prometheus-node-exporter",
    "blackbox_exporter",
    "prometheus-blackbox-exporter",
)
"""The same for programs, where exporters run as processes."""

_REFERENCE: Final = re.compile(
    r"(?P<repository>[a-z0-9][a-z0-9.-]*(?::[0-9]{1,5})?(?:/[a-z0-9]+(?:[._-]+[a-z0-9]+)*)+)"
    r"(?P<version>:[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}|@sha256:[0-9a-f]{64})"
)
_VARIABLE: Final = re.compile(r"([A-Z][A-Z0-9_]{0,62})=([^\x00-\x1f\x7f]{0,500})")
_LOADING: Final = re.compile(r"(?:LD_|PYTHON|VITRINA_|DOCKER_).*|PATH|HOME|IFS|ENV")
_ARGUMENT: Final = re.compile(r"[^\x00-\x1f\x7f]{0,500}")
_MOST: Final = 64


def is_allowed_third_party(image: str, repositories: Collection[str]) -> bool:
    """Whether a manifest may name this image: a whole reference with a version, of a repository on the list."""
    match = _REFERENCE.fullmatch(image)
    return match is not None and match["repository"] in repositories


def are_allowed_arguments(arguments: object) -> bool:
    if not isinstance(arguments, list) or len(arguments) > _MOST:
        return False
    return all(isinstance(argument, str) and _ARGUMENT.fullmatch(argument) for argument in arguments)


def are_allowed_variables(variables: object) -> bool:
    """Of a container's environment, as `NAME=value`."""
    if not isinstance(variables, list) or len(variables) > _MOST:
        return False
    return all(isinstance(variable, str) and _is_allowed_variable(variable) for variable in variables)


def _is_allowed_variable(variable: str) -> bool:
    match = _VARIABLE.fullmatch(variable)
    return match is not None and _LOADING.fullmatch(match[1]) is None
