"""`billclerk init` and `billclerk db upgrade` as a person runs them; settings of a home."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Sequence
from pathlib import Path

import pytest

from extractor.base.errors import SettingsError
from extractor.cli.settings import default_file, from_environment
from extractor.home import Home, created
from extractor.settings import ReaderSettings

COMMAND = Path(__file__).parents[3] / ".venv" / "bin" / "billclerk"


def run(arguments: Sequence[str | Path], folder: Path, **variables: str) -> tuple[int, str]:
    done = subprocess.run(
        [COMMAND, *arguments],
        cwd=folder,
        env={"PATH": os.environ["PATH"], **variables},
        capture_output=True,
        text=True,
        check=False,
    )
    return done.returncode, done.stdout + done.stderr


def test_a_home_is_made_and_found(tmp_path: Path) -> None:
    home = tmp_path / "bills"
    assert run(["init", home], tmp_path) == (0, f"{home} is ready; drop bills into {home}/inbox\n")
    already = "the database is already of version 0008 (store), 0001 (requests)\n"
    assert run(["db", "upgrade", "--home", home], tmp_path) == (0, already)
    assert run(["db", "upgrade"], tmp_path, BILLCLERK_HOME=str(home)) == (0, already)
    assert run(["db", "upgrade"], home) == (0, already)
    code, said = run(["db", "upgrade"], tmp_path)
    assert (code, "is no home of billclerk" in said) == (2, True)


def test_a_home_can_be_on_a_server(tmp_path: Path, postgresql_server: object) -> None:
    from tests.servers.postgresql import Postgresql

    assert isinstance(postgresql_server, Postgresql)
    address = postgresql_server.database().render_as_string().replace("+psycopg", "")
    code, said = run(["init", tmp_path / "bills"], tmp_path, BILLCLERK_DATABASE_URL=address)
    assert (code, "is ready" in said) == (0, True)
    assert not (tmp_path / "bills" / "billclerk.db").exists()


def test_an_address_of_no_database_is_not_repeated(tmp_path: Path) -> None:
    code, said = run(
        ["init", tmp_path / "b"], tmp_path, BILLCLERK_DATABASE_URL="mysql://me:secret@host/bills"
    )
    assert (code, "sqlite or postgresql" in said, "secret" in said) == (2, True, False)


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return created(tmp_path / "bills", default_file())


def test_the_settings_of_a_new_home_are_the_defaults(home: Home) -> None:
    assert from_environment(ReaderSettings, home) == ReaderSettings()
    told = "\n".join(
        line.removeprefix("# ") if " = " in line else line for line in default_file().splitlines()
    )
    home.settings.write_text(told)
    assert from_environment(ReaderSettings, home) == ReaderSettings()


def test_a_file_that_is_not_there_is_told_and_nothing_else_is_taken(tmp_path: Path) -> None:
    home = tmp_path / "bills"
    run(["init", home], tmp_path)
    (home / "inbox" / "a.pdf").write_bytes(b"no bill")
    code, said = run(["ingest", home / "inbox", "nowhere.pdf", "--home", home], tmp_path)
    assert (code, "there is no nowhere.pdf" in said) == (2, True)
    assert (home / "inbox" / "a.pdf").exists()


def test_the_environment_comes_before_the_file(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    home.settings.write_text("max_pages = 7\nmax_file_mb = 8\n")
    monkeypatch.setenv("BILLCLERK_MAX_PAGES", "9")
    settings = from_environment(ReaderSettings, home)
    assert (settings.max_pages, settings.max_file_mb) == (9, 8)


@pytest.mark.parametrize(
    ("file", "said"),
    [
        ("max_page = 7", "max_page is no setting; did you mean max_pages?"),
        ("max_pages = 0", "MAX_PAGES: Input should be greater than or equal to 1"),
        ("max_pages = ", "cannot be read as settings"),
        ("database_url = 'postgresql://me:secret@host/bills'", "set BILLCLERK_DATABASE_URL instead"),
        ("home = '/tmp'", "set BILLCLERK_HOME instead"),
    ],
)
def test_a_wrong_file_is_refused(home: Home, file: str, said: str) -> None:
    home.settings.write_text(file)
    with pytest.raises(SettingsError) as refused:
        from_environment(ReaderSettings, home)
    assert said in str(refused.value)
    assert "secret" not in str(refused.value)
