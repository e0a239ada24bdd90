"""The button of the company's sign-in, as those see it who press it: the provider is a real one."""

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Page, expect
from vitrina_auth.testing.identity_provider import CLIENT_ID, CLIENT_SECRET, RunningProvider, identity_provider
from vitrina_e2e.pages import LOCALES, WORDS, Tab
from vitrina_e2e.system import FirstMinute, System

pytestmark = [pytest.mark.e2e, pytest.mark.long]
GROUPS_OF = {"vera": ["screens"], "guest": ["visitors"]}
BUTTON = {"en": "Sign in with Acme", "ru": "Войти через Acme"}
NO_ROLE = {"en": "Your account has no role in Vitrina", "ru": "У вашей учётной записи нет роли"}  # noqa: RUF001 - Russian
CANCELLED = {"en": "You turned back", "ru": "Вы вернулись"}


@pytest.fixture(scope="module")
def company(
    make_system: Callable[..., System], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[System, RunningProvider]]:
    folder = tmp_path_factory.mktemp("company")
    (folder / "client-secret").write_text(CLIENT_SECRET)
    settings = {"DEMO": "0", "OIDC_CLIENT_ID": CLIENT_ID, "OIDC_NAME": "Acme", "OIDC_MANAGERS": "screens"}
    system = make_system(settings)
    with identity_provider(folder, f"{system.url}/api/auth/oidc/callback") as provider:
        provider.know({login: {"preferred_username": login, "groups": groups} for login, groups in GROUPS_OF.items()})
        settings |= {"OIDC_ISSUER": provider.issuer, "OIDC_CLIENT_SECRET_FILE": str(folder / "client-secret")}
        system.up()
        yield system, provider
        system.down()


@pytest.fixture(scope="module")
def running(company: tuple[System, RunningProvider]) -> tuple[System, FirstMinute]:
    """What the tabs of these tests belong to."""
    return company[0], FirstMinute(0, 0)


@pytest.fixture(params=("en", "ru"))
def language(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def stranger(language: str, new_tab: Callable[..., Tab]) -> Tab:
    """On the way to the devices, before the sign-in."""
    tab = new_tab(locale=LOCALES[language])
    tab.page.context.route("https://fonts.googleapis.com/**", lambda route: route.abort())  # the provider's own pages
    tab.open("/devices")
    return tab


def give_login(page: Page, login: str) -> None:
    """At the provider, which takes any password and asks for consent."""
    page.locator("input[name=login]").fill(login)
    page.locator("input[name=password]").fill("whatever it is")
    page.locator("button[type=submit]").click()
    page.get_by_role("button", name="Continue").click()


def test_who_the_company_knows_comes_to_the_page_they_wanted(stranger: Tab, language: str) -> None:
    stranger.page.get_by_role("button", name=BUTTON[language]).click()
    give_login(stranger.page, "vera")
    expect(stranger.heading).to_have_text(WORDS[language]["devices"])
    expect(stranger.page.get_by_role("button").filter(has_text="vera")).to_be_visible()
    stranger.page.reload()
    expect(stranger.heading).to_have_text(WORDS[language]["devices"])


def test_who_has_no_role_is_told_so_and_may_use_a_password(
    stranger: Tab, language: str, company: tuple[System, RunningProvider]
) -> None:
    stranger.page.get_by_role("button", name=BUTTON[language]).click()
    give_login(stranger.page, "guest")
    expect(stranger.page.get_by_role("alert")).to_contain_text(NO_ROLE[language])
    stranger.give_credentials("admin", company[0].password)
    expect(stranger.page.get_by_role("navigation")).to_be_visible()


def test_who_turns_back_is_told_so_and_finds_the_button_again(stranger: Tab, language: str) -> None:
    button = stranger.page.get_by_role("button", name=BUTTON[language])
    button.click()
    stranger.page.get_by_role("link", name="Cancel").click()
    expect(stranger.page.get_by_role("alert")).to_contain_text(CANCELLED[language])
    expect(button).to_be_enabled()


def test_a_provider_that_is_down_is_told_and_passwords_still_work(
    stranger: Tab, company: tuple[System, RunningProvider]
) -> None:
    system, provider = company
    provider.stop()
    try:
        stranger.page.get_by_role("button").filter(has_text="Acme").click()
        expect(stranger.page.get_by_role("alert").first).to_be_visible(timeout=20_000)
        stranger.give_credentials("admin", system.password)
        expect(stranger.page.get_by_role("navigation")).to_be_visible()
    finally:
        provider.start()
