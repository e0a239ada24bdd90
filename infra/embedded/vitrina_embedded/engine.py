"""The little that `make up` asks of a container engine, over its socket: the orchestrator does the rest."""

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any, Final, Self

import httpx

_UNIX: Final = "unix://"
_SECONDS: Final = 30
_VERSION_SECONDS: Final = 5
"""An engine that hangs must not keep `make up` waiting."""
_IMPORT_SECONDS: Final = 300
_LONGEST_WORDS: Final = 300
_NAMELESS: Final = "<none>:<none>"


class EngineError(Exception):
    """Says in words what the engine, or the way to it, is missing; goes on with `, so`."""


class Engine:
    """An engine of this machine. `with` it; every method may raise `EngineError`."""

    def __init__(self, host: str) -> None:
        self.host = host
        self._client = httpx.Client(
            transport=httpx.HTTPTransport(uds=host.removeprefix(_UNIX)), base_url="http://engine", timeout=_SECONDS
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_exception: object) -> None:
        self._client.close()

    def version(self) -> str:
        """Like `Docker Engine 28.2.2`."""
        if not self.host.startswith(_UNIX):
            raise EngineError(f"the engine at {self.host} is not one of this machine, which a unix:// socket would be")
        try:
            is_there = Path(self.host.removeprefix(_UNIX)).is_socket()
        except OSError as error:
            raise EngineError(f"this user may not look for an engine at {self.host}") from error
        if not is_there:
            raise EngineError(f"there is no container engine at {self.host}")
        found = self._ask("GET", "/version", timeout=_VERSION_SECONDS)
        name = next((part["Name"] for part in found.get("Components") or [] if part.get("Name")), "Engine")
        return f"{'Docker Engine' if name == 'Engine' else name} {found['Version']}"

    def containers(self, label: str, *, everything: bool) -> Sequence[str]:
        """Ids of those that run, or of all."""
        params = {"filters": json.dumps({"label": [label]}), "all": str(everything).lower()}
        return [found["Id"] for found in self._ask("GET", "/containers/json", params=params)]

    def stop(self, container: str, grace_seconds: int) -> None:
        self._ask("POST", f"/containers/{container}/stop", params={"t": grace_seconds}, allowed={304, 404})

    def remove(self, container: str) -> None:
        self._ask("DELETE", f"/containers/{container}", params={"force": "true"}, allowed={404, 409})

    def run(self, body: Mapping[str, Any]) -> tuple[int, str]:
        """Runs a container to its end; its exit code and what it said."""
        container = self._ask("POST", "/containers/create", json=body)["Id"]
        try:
            self._ask("POST", f"/containers/{container}/start")
            status = int(self._ask("POST", f"/containers/{container}/wait")["StatusCode"])
            said = self._answer("GET", f"/containers/{container}/logs", params={"stdout": 1, "stderr": 1})
            return status, "".join(_frames(said.content)).strip()[-_LONGEST_WORDS:]
        finally:
            self.remove(container)

    def remove_volumes(self, label: str) -> None:
        found = self._ask("GET", "/volumes", params={"filters": json.dumps({"label": [label]})})
        for volume in found["Volumes"] or []:
            self._ask("DELETE", f"/volumes/{volume['Name']}", allowed={404})

    def ensure_network(self, name: str, label: str) -> Mapping[str, str]:
        """Subnet and gateway of the bridge of this name, made if it is missing."""
        key, _, value = label.partition("=")
        body = {"Name": name, "Driver": "bridge", "CheckDuplicate": True, "Labels": {key: value}}
        self._ask("POST", "/networks/create", json=body, allowed={409})
        found: list[dict[str, str]] = self._ask("GET", f"/networks/{name}")["IPAM"]["Config"] or []
        ours = next((each for each in found if ":" not in each.get("Subnet", ":")), {})
        if "Gateway" not in ours:
            raise EngineError(f"its network {name} has no gateway on this machine")
        return {"subnet": ours["Subnet"], "gateway": ours["Gateway"].partition("/")[0]}

    def remove_networks(self, label: str) -> None:
        for network in self._ask("GET", "/networks", params={"filters": json.dumps({"label": [label]})}):
            self._ask("DELETE", f"/networks/{network['Id']}", allowed={403, 404})

    def has_image(self, reference: str) -> bool:
        return self._answer("GET", f"/images/{reference}/json", allowed={404}).is_success

    def import_image(self, reference: str, tar: IO[bytes], changes: Sequence[str]) -> None:
        """An image of one layer. `changes` are lines of a Dockerfile."""
        name, _, tag = reference.rpartition(":")
        params = {"fromSrc": "-", "repo": name, "tag": tag, "changes": list(changes)}
        answer = self._answer("POST", "/images/create", params=params, content=tar, timeout=_IMPORT_SECONDS)
        for line in answer.text.splitlines():
            if "error" in json.loads(line):
                raise EngineError(f"it did not take the image {reference}: {json.loads(line)['error']}")

    def remove_images(self, label: str, *, but: str = "") -> None:
        """Those that no container needs, without those tagged `but`."""
        for image in self._ask("GET", "/images/json", params={"filters": json.dumps({"label": [label]})}):
            named = [name for name in image["RepoTags"] or [] if name != _NAMELESS]
            for reference in named or [image["Id"]]:
                if not but or not reference.endswith(f":{but}"):
                    self._ask("DELETE", f"/images/{reference}", allowed={404, 409})

    def _ask(self, method: str, path: str, **options: Any) -> Any:
        answer = self._answer(method, path, **options)
        return answer.json() if answer.content and "json" in answer.headers.get("Content-Type", "") else None

    def _answer(self, method: str, path: str, allowed: set[int] | None = None, **options: Any) -> httpx.Response:
        with self._told():
            answer = self._client.request(method, path, **options)
        if not answer.is_success and answer.status_code not in (allowed or set()):
            raise EngineError(f"it answers {answer.status_code}: {_words(answer)}")
        return answer

    @contextmanager
    def _told(self) -> Iterator[None]:
        try:
            yield
        except httpx.ConnectError as error:
            if "Errno 13" in str(error):
                raise EngineError(f"this user may not use {self.host} (its group `docker` may)") from error
            raise EngineError(f"nothing answers at {self.host}") from error
        except httpx.HTTPError as error:
            raise EngineError(f"the engine at {self.host} stopped answering") from error


def _words(answer: httpx.Response) -> str:
    try:
        return str(answer.json()["message"])[:_LONGEST_WORDS]
    except (ValueError, KeyError, TypeError):
        return answer.reason_phrase


def _frames(stream: bytes) -> Iterator[str]:
    """Text of a log: frames of a kind, three empty bytes, four of the length, and as many of text."""
    rest = stream
    while len(rest) >= 8:  # noqa: PLR2004 - the length of a frame's head
        end = 8 + int.from_bytes(rest[4:8], "big")
        yield rest[8:end].decode(errors="replace")
        rest = rest[end:]
