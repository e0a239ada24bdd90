"""A made-up fleet over Russian cities: the same for the same seed, with a truth that tests can ask for and change."""

import asyncio
import random
import time
from dataclasses import dataclass
from typing import Final

_CITIES: Final = (
    "Москва", "Санкт-Петербург", "Казань", "Новосибирск", "Екатеринбург", "Нижний Новгород", "Самара", "Омск", "Тверь",
    "Челябинск", "Ростов-на-Дону", "Уфа", "Красноярск", "Пермь", "Воронеж", "Волгоград", "Саратов", "Арзамас", "Тула",
    "Иркутск", "Хабаровск", "Владивосток", "Ярославль", "Калининград", "Сочи", "Мурманск", "Псков", "Орёл",
)  # fmt: skip
_STREETS: Final = (
    "Баумана", "Ленина", "Гагарина", "Советская", "Мира", "Лесная", "Садовая", "Пушкина", "Кирова", "Горького",
    "Невский", "Чехова", "Победы", "Школьная", "Набережная", "Октябрьская", "Тверская", "Космонавтов", "Толстого",
)  # fmt: skip
_OFFLINE_SHARE: Final = 0.06
_PAUSED_SHARE: Final = 0.04
_CONTACT_SECONDS: Final = 60
_DAY: Final = 86_400


@dataclass(slots=True)
class SimulatedDevice:
    """A player as the vendor knows it. `status` is the vendor's word."""

    index: int
    id: str
    name: str
    status: str
    paused: bool
    activated: bool
    player_version: str
    ip: str
    external_ip: str
    time_zone: str
    offline_since: float
    """Unix seconds of the last contact while the device is not online."""
    revision: int = 0
    """Grows with each change; what was rendered of an older one is out of date."""

    def last_contact(self, now: float) -> float:
        """An online player reports once a minute, each at its own second."""
        if self.status != "online":
            return self.offline_since
        offset = self.index % _CONTACT_SECONDS + 0.168738
        return (now - offset) // _CONTACT_SECONDS * _CONTACT_SECONDS + offset


class Fleet:
    def __init__(self, devices: list[SimulatedDevice], seed: int) -> None:
        self.devices = devices
        self.by_id = {device.id: device for device in devices}
        self.held: set[str] = set()
        """Ids of devices whose status chance leaves alone."""
        self.made_at = time.time()
        self._random = random.Random(seed + 1)  # noqa: S311 - a simulation

    def set_status(self, device: SimulatedDevice, status: str) -> None:
        if device.status == "online" and status != "online":
            device.offline_since = device.last_contact(time.time())
        device.status = status
        device.revision += 1

    def rename(self, device: SimulatedDevice, name: str) -> None:
        device.name = name
        device.revision += 1

    def remove(self, device: SimulatedDevice) -> None:
        self.devices.remove(device)
        del self.by_id[device.id]

    async def flip(self, per_minute: float) -> None:
        """Turns single devices on and off, for ever."""
        while True:
            await asyncio.sleep(self._random.expovariate(per_minute / 60))
            if free := [device for device in self.devices if device.id not in self.held]:
                # Mostly towards the share of offline devices that the fleet began with.
                dark = [device for device in free if device.status == "offline"]
                revive = dark and self._random.random() < len(dark) / len(free) / _OFFLINE_SHARE / 2
                device = self._random.choice(dark if revive else free)
                self.set_status(device, "offline" if device.status == "online" else "online")


def make_fleet(count: int, seed: int, *, macs: bool) -> Fleet:
    """`count` devices; identities are MACs in normal form, else integers as text."""
    dice = random.Random(seed)  # noqa: S311 - a simulation
    ids = _macs(count, dice) if macs else _numbers(count, dice)
    return Fleet([_device(index, device_id, dice) for index, device_id in enumerate(ids)], seed)


def _device(index: int, device_id: str, dice: random.Random) -> SimulatedDevice:
    return SimulatedDevice(
        index=index,
        id=device_id,
        name=f"{dice.choice(_CITIES)}, {dice.choice(_STREETS)} {dice.randint(1, 180)}",
        status="offline" if dice.random() < _OFFLINE_SHARE else "online",
        paused=dice.random() < _PAUSED_SHARE,
        activated=dice.random() > 0.01,
        player_version=f"4.1.{dice.randint(60, 76)}",
        ip=f"192.168.{dice.randint(0, 20)}.{dice.randint(2, 254)}",
        external_ip=f"95.{dice.randint(16, 200)}.{dice.randint(0, 255)}.{dice.randint(1, 254)}",
        time_zone=f"+{dice.choice((2, 3, 3, 3, 4, 5, 6, 7, 8, 10)):02d}:00",
        offline_since=time.time() - dice.random() * 3 * _DAY,
    )


def _numbers(count: int, dice: random.Random) -> list[str]:
    first = 30_000 + dice.randint(0, 999)
    return [str(first + index) for index in range(count)]


def _macs(count: int, dice: random.Random) -> list[str]:
    numbers: set[int] = set()
    ordered: list[str] = []
    while len(ordered) < count:
        number = 0x02_00_5E_00_00_00 | dice.getrandbits(24)
        if number not in numbers:
            numbers.add(number)
            ordered.append(":".join(f"{byte:02X}" for byte in number.to_bytes(6, "big")))
    return ordered
