"""Tables and lists from spreadsheets: every bad line is named before anything is stored, and then all of it is."""
# ruff: noqa: RUF001 - Russian words

import secrets
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Locator, expect
from vitrina_e2e.pages import DevicesPage, ExportersPage, Tab
from vitrina_e2e.people import Person
from vitrina_e2e.system import System
from vitrina_e2e.vendors import Vendor
from vitrina_e2e.waiting import until, until_equal

pytestmark = pytest.mark.e2e


@pytest.fixture
def vendor(vendors: dict[str, Vendor]) -> Vendor:
    """Its devices are a list that people give."""
    return vendors["cubicmedia"]


@pytest.fixture
def told_facts(vendor: Vendor, admin: Person) -> Iterator[str]:
    """A device of which nothing is known before and after."""
    device_id = vendor.some("online")[0]
    path = f"/api/registry/v1/facts/{vendor.platform}/{vendor.source}/{device_id}"
    admin.ask("DELETE", path).raise_for_status()
    yield device_id
    admin.ask("DELETE", path).raise_for_status()


def test_a_table_of_facts_is_looked_through_line_by_line_and_stored_as_a_whole(
    new_tab: Callable[..., Tab], system: System, admin: Person, vendor: Vendor, told_facts: str
) -> None:
    tab = new_tab(locale="ru-RU")
    tab.sign_in("admin", system.password)
    DevicesPage(tab).open()
    tab.page.get_by_role("button", name="Сведения").click()
    tab.page.get_by_role("button", name="Загрузить таблицу сведений").click()
    dialog = tab.page.get_by_role("dialog")
    heading = "platform;source;device_id;city;latitude"
    line = f"{vendor.platform};{vendor.source};{told_facts};Город таблицы;55,75"
    dialog.get_by_role("textbox").fill(f"{heading}\n{line.replace('55,75', 'север')}\nnowhere;none;1;A;1\n")
    dialog.get_by_role("button", name="Проверить").click()
    faults = dialog.get_by_role("alert").get_by_role("listitem")
    expect(faults).to_have_text(
        ["Строка 2, latitude должно быть числом", "Строка 3, source Источника 'none' у платформы 'nowhere' нет."]
    )
    expect(dialog.get_by_role("button", name="Сохранить")).to_have_count(0)

    dialog.get_by_role("textbox").fill(f"{heading}\n{line}\n")
    dialog.get_by_role("button", name="Проверить").click()
    expect(dialog.get_by_role("status")).to_have_text("новых: 1")
    assert admin.devices(city="Город таблицы") == []
    dialog.get_by_role("button", name="Сохранить").click()
    expect(tab.page.get_by_text("Сведения об 1 устройстве сохранены")).to_be_visible()
    until(lambda: len(admin.devices(city="Город таблицы")) == 1, seconds=20, what="the gateway knows the city")

    tab.page.get_by_role("button", name="Сведения").click()
    with tab.page.expect_download() as download:
        tab.page.get_by_role("button", name="Скачать таблицу сведений").click()
    assert "Город таблицы" in Path(download.value.path()).read_text(encoding="utf-8-sig")


@pytest.mark.long
def test_devices_for_a_source_come_from_a_file_and_can_be_taken_back(
    admin_tab: Tab, admin: Person, vendor: Vendor, tmp_path: Path
) -> None:
    new, present = new_mac(), next(iter(vendor.truth()))
    exporters = ExportersPage(admin_tab)
    exporters.open()
    exporters.source(vendor.source).get_by_role("button", name=f"Add devices to {vendor.source}").click()
    dialog = admin_tab.page.get_by_role("dialog")
    bad = tmp_path / "bad.csv"
    bad.write_text(f"MAC;name\n{new};Hall\nAA:BB;Lobby\n")
    choose(dialog, bad)
    expect(dialog.get_by_role("alert").get_by_role("listitem")).to_contain_text(["Line 3"])

    good = tmp_path / "good.csv"
    good.write_text(f"MAC;name\n{new};Hall\n{present};Lobby\n{new.lower()};Hall again\n")
    choose(dialog, good)
    total = len(vendor.truth())
    report = dialog.get_by_role("status")
    expect(report).to_contain_text(f"1 new device · {total + 1} then in all · a full poll takes")
    expect(report.get_by_role("listitem")).to_have_text(
        [f"Line 3: {present} is there already", f"Line 4: {new.lower()} stands in an earlier line"]
    )
    dialog.get_by_role("button", name="Save").click()
    expect(admin_tab.page.get_by_text("1 device was added")).to_be_visible()
    assert listed(admin, vendor)[-1] == new
    admin_tab.page.get_by_role("button", name="Undo").click()
    until(lambda: new not in listed(admin, vendor), seconds=10, what="the device is taken back")
    until_equal(lambda: admin.statuses(vendor.source), vendor.truth(), seconds=30, what="all is as it was")


def test_a_new_source_is_told_of_bad_repeated_and_shared_devices_and_its_cycle_while_it_is_typed(
    admin_tab: Tab, vendor: Vendor, tmp_path: Path
) -> None:
    shared, first, second = next(iter(vendor.truth())), new_mac(), new_mac()
    exporters = ExportersPage(admin_tab)
    exporters.open()
    form = exporters.add_source(vendor.platform)
    form.fill(name="upload-form", api_url=f"{vendor.url}/?mac=", macs=f"{first}\nnonsense\n", request_budget="0,01")
    page = admin_tab.page
    expect(page.get_by_role("alert").get_by_role("listitem")).to_contain_text(["Line 2"])

    form.fill(macs=f"{first}\n")
    file = tmp_path / "more.csv"
    file.write_text(f"mac,place\n{second},Hall\n{first.lower()},Lobby\n{shared},Roof\n")
    choose(page.locator("main form"), file)
    expect(page.locator("textarea[name=macs]")).to_have_value(f"{first}\n{second}\n{first.lower()}\n{shared}")
    expect(page.get_by_text("1 repeated (line 3).")).to_be_visible()
    expect(page.locator("main form").get_by_role("listitem")).to_have_text([f"{shared} in source {vendor.source}"])
    page.get_by_role("button", name="Leave them out").click()
    expect(page.get_by_text("With this list and budget a full poll takes 5 min.")).to_be_visible()


def choose(place: Locator, file: Path) -> None:
    place.locator("input[type=file]").set_input_files(file)


def listed(admin: Person, vendor: Vendor) -> list[str]:
    path = f"/api/registry/v1/exporters/{vendor.platform}/sources/{vendor.source}/devices"
    items: list[str] = admin.read(path, limit=1000)["items"]
    return items


def new_mac() -> str:
    return ":".join(f"{byte:02X}" for byte in b"\x02" + secrets.token_bytes(5))
