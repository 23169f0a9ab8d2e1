"""Tokens from a real token server: kept, renewed by one at a time, and what is said when they are refused."""

from __future__ import annotations

import datetime as dt
import json
import os
import stat
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from pydantic import SecretStr

from datarequests.oauth import FILE, GrantExpiredError, TokenError, Tokens, grant_of
from datarequests.settings import MailSettings
from tests.datarequests.test_delivery import NOW, TokenServer, token_server

ROOT = Path(__file__).parents[2]
HOUR = dt.timedelta(hours=1)


@pytest.fixture(name="server")
def _server() -> Iterator[TokenServer]:
    with token_server() as server:
        yield server


def tokens(server: TokenServer, folder: Path, at: dt.datetime = NOW, **more: str | None) -> Tokens:
    return Tokens(server.grant(**more), folder, lambda: at)


def test_a_token_is_kept_until_shortly_before_its_end(server: TokenServer, tmp_path: Path) -> None:
    moments = [NOW, NOW + dt.timedelta(minutes=57), NOW + dt.timedelta(minutes=58), NOW + 2 * HOUR]
    assert [tokens(server, tmp_path, at).access() for at in moments] == [
        "token1",
        "token1",
        "token2",
        "token3",
    ]
    assert [one["refresh_token"] for one in server.given] == ["first", "refresh1", "refresh2"]
    assert stat.S_IMODE((tmp_path / FILE).stat().st_mode) == 0o600


def test_the_clients_own_credentials(server: TokenServer, tmp_path: Path) -> None:
    source = tokens(server, tmp_path, refresh=None, scope="https://mail.example/.default")
    assert source.access() == "token1"
    assert server.given == [
        {
            "grant_type": "client_credentials",
            "client_id": "c",
            "client_secret": "s",
            "scope": "https://mail.example/.default",
        }
    ]


RENEWS = """
import datetime as dt, sys
from pathlib import Path
from datarequests.oauth import Grant, Tokens
grant = Grant(sys.argv[2], "c", "s", "first", None)
print(Tokens(grant, Path(sys.argv[1]), lambda: dt.datetime.now(dt.UTC)).access())
"""


def test_programs_that_renew_at_once_do_so_once(server: TokenServer, tmp_path: Path) -> None:
    line = [sys.executable, "-c", RENEWS, str(tmp_path), server.url]
    environment = os.environ | {"PYTHONPATH": f"{ROOT}:{ROOT / 'requests'}"}
    started = [subprocess.Popen(line, stdout=subprocess.PIPE, text=True, env=environment) for _ in range(4)]
    assert [one.communicate()[0].strip() for one in started] == ["token1"] * 4
    assert len(server.given) == 1


def test_threads_that_renew_at_once_do_so_once(server: TokenServer, tmp_path: Path) -> None:
    found: list[str] = []
    threads = [
        threading.Thread(target=lambda: found.append(tokens(server, tmp_path).access())) for _ in range(8)
    ]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert (found, len(server.given)) == (["token1"] * 8, 1)


def test_two_that_were_refused_the_same_token_renew_it_once(server: TokenServer, tmp_path: Path) -> None:
    first, second = tokens(server, tmp_path), tokens(server, tmp_path)
    token = first.access()
    assert second.access() == token
    assert {first.access(refused=token), second.access(refused=token)} == {"token2"}


def test_a_refused_grant_is_remembered_until_another_is_set(server: TokenServer, tmp_path: Path) -> None:
    server.refresh = "another"
    source = tokens(server, tmp_path)
    with pytest.raises(GrantExpiredError, match=r"invalid_grant.*BILLCLERK_MAIL_OAUTH_REFRESH"):
        source.access()
    assert "invalid_grant" in (source.failure() or "")
    again = tokens(server, tmp_path, refresh="another")
    assert again.failure() is None
    assert again.access() == "token1"
    assert again.failure() is None


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        ((500, b"trouble"), "the token server says 500"),
        ((400, b'{"error": "invalid_request"}'), "the token server says 400"),
        ((302, b""), "the token server says 302"),
        ((200, b"<html>"), "its answer cannot be read"),
        ((200, b'{"access_token": null}'), "has none in it"),
        ((200, b"[]"), "has none in it"),
    ],
)
def test_trouble_of_the_token_server_is_no_refusal(
    server: TokenServer, tmp_path: Path, answer: tuple[int, bytes], said: str
) -> None:
    server.answer = answer
    source = tokens(server, tmp_path)
    with pytest.raises(TokenError, match=said) as caught:
        source.access()
    assert not isinstance(caught.value, GrantExpiredError)
    assert source.failure() is None
    server.answer = None
    assert source.access() == "token1"


def test_a_token_server_that_is_gone(tmp_path: Path) -> None:
    with token_server() as server:
        source = tokens(server, tmp_path)
    with pytest.raises(TokenError, match="no token can be had"):
        source.access()


@pytest.mark.parametrize("lasts", [None, "soon", -5, "3600"])
def test_a_token_whose_end_is_not_told_is_good_for_a_while(
    server: TokenServer, tmp_path: Path, lasts: object
) -> None:
    server.lasts = lasts
    assert tokens(server, tmp_path).access() == "token1"
    assert tokens(server, tmp_path, NOW + 5 * HOUR).access() == "token2"


@pytest.mark.parametrize("kept", ["", "[]", "{", '{"mark": "x", "access": "stolen"}'])
def test_a_file_that_is_damaged_or_of_another_grant_counts_nothing(
    server: TokenServer, tmp_path: Path, kept: str
) -> None:
    (tmp_path / FILE).write_text(kept)
    assert tokens(server, tmp_path).access() == "token1"
    assert json.loads((tmp_path / FILE).read_text())["access"] == "token1"


def test_no_secret_is_told(server: TokenServer, tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    server.answer = (400, b'{"error": "invalid_grant", "error_description": "first is used up"}')
    with pytest.raises(GrantExpiredError) as caught:
        tokens(server, tmp_path, secret="hush").access()
    said = "".join((str(caught.value), repr(caught.value), *capfd.readouterr()))
    assert not [secret for secret in ("hush", "first") if secret in said]


def test_settings_name_the_grant() -> None:
    assert grant_of(MailSettings()) is None
    settings = MailSettings(
        mail_oauth_url="https://login.example.com/token",
        mail_oauth_client="c",
        mail_oauth_secret=SecretStr("s"),
        mail_oauth_scope="mail",
    )
    grant = grant_of(settings)
    assert grant is not None
    assert (grant.client, grant.secret, grant.refresh, grant.scope) == ("c", "s", None, "mail")
    assert "'s'" not in repr(settings)
