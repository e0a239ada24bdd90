"""A flood of sign-ins as a program of its own, so that its work is not the measured service's.

`python -m vitrina_auth.testing.flood HOST PORT A_SECOND SECONDS`: as many connections as attempts a second, each tries
once a second. With `decoy` for HOST it floods a server of its own, which refuses everybody: the machine is as busy, and
the measured service is not. Each attempt comes from an address of its own and names a user of its own, so that no
back-off stands in the way of the hashing. Prints how many got which status, as JSON.
"""

import asyncio
import json
import os
import sys
from collections import Counter
from contextlib import suppress
from functools import partial
from itertools import count

_LOWEST_PRIORITY = 19


async def flood(host: str, port: int, a_second: int, seconds: float) -> dict[str, int]:
    statuses: Counter[str] = Counter()
    numbers = count()
    loop = asyncio.get_running_loop()
    ends = loop.time() + seconds

    async def keep_trying(begins_after: float) -> None:
        await asyncio.sleep(begins_after)
        reader, writer = await asyncio.open_connection(host, port)
        while (now := loop.time()) < ends:
            writer.write(_attempt(host, next(numbers)))
            statuses[await _status(reader)] += 1
            await asyncio.sleep(now + 1 - loop.time())
        writer.close()

    await asyncio.gather(*(keep_trying(place / a_second) for place in range(a_second)))
    return dict(statuses)


def _attempt(host: str, number: int) -> bytes:
    form = f"username=user{number}&password=a+wrong+password"
    address = f"10.{number >> 16 & 255}.{number >> 8 & 255}.{number & 255}"
    head = (
        "POST /api/auth/token HTTP/1.1",
        f"Host: {host}",
        f"X-Forwarded-For: {address}",
        "Content-Type: application/x-www-form-urlencoded",
        f"Content-Length: {len(form)}",
    )
    return "\r\n".join((*head, "", form)).encode()


async def _status(reader: asyncio.StreamReader) -> str:
    """Of the answer, whose body is read, too; says if one that refuses for now does not say for how long."""
    head = (await reader.readuntil(b"\r\n\r\n")).decode().lower()
    headers = dict(line.split(": ", 1) for line in head.splitlines()[1:] if line)
    await reader.readexactly(int(headers["content-length"]))
    status = head.split()[1]
    return f"{status} without Retry-After" if status in {"429", "503"} and "retry-after" not in headers else status


async def flood_decoy(a_second: int, seconds: float) -> dict[str, int]:
    async def refuse(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(asyncio.IncompleteReadError):
            while head := await reader.readuntil(b"\r\n\r\n"):
                await reader.readexactly(int(head.rpartition(b": ")[2]))
                writer.write(b"HTTP/1.1 503 Full\r\nRetry-After: 5\r\nContent-Length: 0\r\n\r\n")
        writer.close()

    async with await asyncio.start_server(refuse, "127.0.0.1", 0) as decoy:
        return await flood("127.0.0.1", decoy.sockets[0].getsockname()[1], a_second, seconds)


if __name__ == "__main__":
    os.nice(_LOWEST_PRIORITY)
    host, port, a_second, seconds = sys.argv[1:]
    flooding = flood_decoy if host == "decoy" else partial(flood, host, int(port))
    json.dump(asyncio.run(flooding(int(a_second), float(seconds))), sys.stdout)
