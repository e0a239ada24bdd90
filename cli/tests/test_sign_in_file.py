"""A sign-in is a secret: its file is the owner's alone, and two commands never use one refresh token twice."""

import threading
from dataclasses import replace
from pathlib import Path

import pytest
from vitrina_cli.failure import Exit, Failure
from vitrina_cli.sign_in_file import SignIn, SignInFile

HERE = SignIn("http://localhost:1", "admin", ("vitrina_refresh", "r1"), "a1", 1.0)
THERE = replace(HERE, url="https://vitrina.example.org")


@pytest.fixture
def file(tmp_path: Path) -> SignInFile:
    return SignInFile(tmp_path / "vitrina")


def test_its_owner_alone_can_read_it(file: SignInFile, tmp_path: Path) -> None:
    with file.alone():
        file.put(HERE)
    assert {path.stat().st_mode & 0o077 for path in (tmp_path / "vitrina", *(tmp_path / "vitrina").iterdir())} == {0}


def test_the_newest_sign_in_is_where_commands_go(file: SignInFile) -> None:
    with file.alone():
        file.put(HERE)
        file.put(THERE)
        assert file.last_url() == THERE.url
        file.update(replace(HERE, access_token="a2"))
        assert file.last_url() == THERE.url
        file.put(HERE)
        assert file.last_url() == HERE.url


def test_one_is_forgotten_and_the_other_stays(file: SignInFile) -> None:
    with file.alone():
        file.put(HERE)
        file.put(THERE)
        file.forget(THERE.url)
    assert (file.get(THERE.url), file.get(HERE.url)) == (None, HERE)


def test_a_file_that_cannot_be_read_says_what_to_do(file: SignInFile, tmp_path: Path) -> None:
    with file.alone():
        (tmp_path / "vitrina" / "sign-ins.json").write_text("[{")
    with pytest.raises(Failure, match="vitrina login") as caught:
        file.get(HERE.url)
    assert caught.value.status is Exit.NOT_SIGNED_IN


def test_whoever_is_alone_keeps_others_out_until_the_end(file: SignInFile) -> None:
    order: list[str] = []

    def other() -> None:
        with file.alone():
            order.append("other")

    thread = threading.Thread(target=other)
    with file.alone():
        thread.start()
        thread.join(timeout=0.2)
        order.append("first")
    thread.join()
    assert order == ["first", "other"]
