"""One message given to a real mail server that is well, dead, slow, lying, refusing, or not to be trusted."""

from __future__ import annotations

import asyncio
import datetime as dt
import http.server
import json
import threading
import urllib.parse
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from datarequests.delivery import Outcome, Parcel, Result, give
from datarequests.oauth import Grant, Tokens
from datarequests.settings import MailSettings
from tests.servers import smtp
from tests.servers.smtp import running

TO, OTHER, COPY = "3rdparty@sce.com", "second@sce.com", "pat@example.com"
MESSAGE = b"From: desk@example.com\r\nMessage-ID: <r1.1.ab@example.com>\r\n\r\n.\r\n..\r\nHello\r\n"
NOW = dt.datetime(2026, 3, 2, 18, tzinfo=dt.UTC)


def given(
    settings: MailSettings,
    message: bytes = MESSAGE,
    to: tuple[str, ...] = (TO,),
    tokens: Tokens | None = None,
    begin: Callable[[], bool] = lambda: True,
    is_rest: bool = False,
) -> Outcome:
    parcel = Parcel(message, "desk@example.com", to, (COPY,), is_rest)
    return asyncio.run(give(parcel, settings, tokens, begin))


def test_a_message_arrives_as_its_bytes_are() -> None:
    with running() as server:
        outcome = given(server.settings())
    assert (outcome.result, outcome.answer) == (Result.ACCEPTED, "250 taken")
    (taken,) = server.taken
    assert (taken.sender, taken.recipients, taken.content) == ("desk@example.com", [TO, COPY], MESSAGE)


@pytest.mark.parametrize("tls", ["starttls", "tls"])
def test_over_tls(tls: str, tmp_path: Path) -> None:
    with running(tls, tmp_path) as server:
        assert given(server.settings(mail_tls=tls)).result is Result.ACCEPTED


@pytest.mark.filterwarnings("ignore:Requiring AUTH")
def test_without_starttls_nothing_is_given_and_no_password_either(tmp_path: Path) -> None:
    with running(auth=True) as server:
        settings = server.settings(mail_tls="starttls", mail_user="desk", mail_password="secret")
        outcome = given(settings)
    assert (outcome.result, outcome.is_servers) == (Result.LATER, True)
    assert "STARTTLS" in outcome.answer
    assert (server.taken, server.handler.logins) == ([], [])


@pytest.mark.parametrize(("tls", "name"), [("starttls", "mail.example.com"), ("tls", "mail.example.com")])
def test_a_certificate_for_another_name_is_not_trusted(tls: str, name: str, tmp_path: Path) -> None:
    with running(tls, tmp_path, name) as server:
        outcome = given(server.settings(mail_tls=tls))
    assert (outcome.result, outcome.is_servers, server.taken) == (Result.LATER, True, [])
    assert "certificate" in outcome.answer


@pytest.mark.parametrize("tls", ["starttls", "tls"])
def test_a_certificate_of_an_unknown_authority_is_not_trusted(tls: str, tmp_path: Path) -> None:
    with running(tls, tmp_path) as server:
        outcome = given(server.settings(mail_tls=tls, mail_ca=None))
    assert (outcome.result, server.taken) == (Result.LATER, [])
    assert "certificate" in outcome.answer


def test_a_password_is_told_over_tls(tmp_path: Path) -> None:
    with running("starttls", tmp_path, auth=True) as server:
        good = given(server.settings(mail_user="desk", mail_password="secret"))
        wrong = given(server.settings(mail_user="desk", mail_password="wrong"))
    assert good.result is Result.ACCEPTED
    assert (wrong.result, wrong.is_servers) == (Result.LATER, True)
    assert "535" in wrong.answer
    assert len(server.taken) == 1


def test_a_dead_server_takes_it_another_time() -> None:
    settings = MailSettings(
        mail_server="127.0.0.1", mail_port=smtp.free_port(), mail_tls="none", mail_from="a@b.example"
    )
    outcome = given(settings)
    assert (outcome.result, outcome.is_servers) == (Result.LATER, True)


@pytest.mark.parametrize(
    ("drops", "result", "is_begun"),
    [
        ("connect", Result.LATER, False),
        ("mail", Result.LATER, False),
        ("rcpt", Result.LATER, False),
        ("data", Result.UNKNOWN, True),
        ("taken", Result.UNKNOWN, True),
    ],
)
def test_a_line_that_is_cut(drops: str, result: Result, is_begun: bool) -> None:
    begun: list[bool] = []

    def begin() -> bool:
        begun.append(True)
        return True

    with running() as server:
        server.behaviour.drops = drops
        outcome = given(server.settings(), begin=begin)
        assert len(server.taken) == (drops == "taken")  # of the two unknown ones, one arrived
    assert (outcome.result, bool(begun), outcome.is_servers) == (result, is_begun, True)


@pytest.mark.parametrize(
    ("slow", "result"),
    [("connect", Result.LATER), ("mail", Result.LATER), ("rcpt", Result.LATER), ("taken", Result.UNKNOWN)],
)
def test_a_server_that_does_not_answer_in_time(slow: str, result: Result) -> None:
    with running() as server:
        server.behaviour.slow = {slow: 4}
        assert given(server.settings(mail_timeout_seconds=0.3)).result is result


def test_a_server_that_is_slow_but_answers() -> None:
    with running() as server:
        server.behaviour.slow = {"taken": 1}
        assert given(server.settings(mail_timeout_seconds=0.4)).result is Result.ACCEPTED


@pytest.mark.parametrize(
    ("answer", "result"),
    [
        ("554 5.7.1 no", Result.REFUSED),
        ("552 too much", Result.REFUSED),
        ("451 4.3.0 later", Result.LATER),
        ("999 what", Result.UNKNOWN),
    ],
)
def test_what_the_server_says_of_the_whole_message(answer: str, result: Result) -> None:
    with running() as server:
        server.behaviour.after_data = answer
        outcome = given(server.settings())
    assert (outcome.result, outcome.answer) == (result, answer)


@pytest.mark.parametrize(
    ("answer", "result", "is_servers"),
    [
        ("530 5.7.0 authentication required", Result.LATER, True),
        ("421 4.3.2 going down", Result.LATER, True),
        ("451 4.3.0 later", Result.LATER, False),
        ("553 5.1.8 not your address", Result.REFUSED, False),
    ],
)
def test_what_the_server_says_of_the_sender(answer: str, result: Result, is_servers: bool) -> None:
    with running() as server:
        server.behaviour.of_sender = answer
        outcome = given(server.settings())
    assert (outcome.result, outcome.answer, outcome.is_servers) == (result, answer, is_servers)


@pytest.mark.parametrize(
    ("refused", "result", "given_to"),
    [
        ({TO: "550 no such user", OTHER: "550 no"}, Result.REFUSED, []),
        ({TO: "450 later", OTHER: "550 no"}, Result.LATER, []),
        ({TO: "550 no such user"}, Result.ACCEPTED, [OTHER, COPY]),
        ({TO: "451 later"}, Result.ACCEPTED, [OTHER, COPY]),
        ({COPY: "550 no such user"}, Result.ACCEPTED, [TO, OTHER]),
    ],
)
def test_recipients_that_are_refused(refused: dict[str, str], result: Result, given_to: list[str]) -> None:
    with running() as server:
        server.behaviour.refused = refused
        outcome = given(server.settings(), to=(TO, OTHER))
    assert outcome.result is result
    assert [one for taken in server.taken for one in taken.recipients] == given_to
    assert outcome.refused == {who: said for who, said in refused.items() if said.startswith("5")}
    assert list(outcome.postponed) == [who for who, said in refused.items() if said.startswith("4")]


def test_copies_that_are_left_are_given_alone() -> None:
    with running() as server:
        assert given(server.settings(), to=(), is_rest=True).result is Result.ACCEPTED
        assert server.taken[0].recipients == [COPY]


def test_a_message_that_is_too_large_is_refused_for_good() -> None:
    with running(most_bytes=1000) as server:
        outcome = given(server.settings(), MESSAGE + b"x" * 990 + b"\r\n")
    assert outcome.result is Result.REFUSED
    assert outcome.answer.startswith("552")
    assert server.taken == []


def test_a_message_that_is_not_wanted_any_more_is_not_given() -> None:
    with running() as server:
        outcome = given(server.settings(), begin=lambda: False)
    assert (outcome.result, server.taken) == (Result.DROPPED, [])


class TokenServer(http.server.ThreadingHTTPServer):
    """Hands out tokens; each refresh token is good once."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), TokenHandler)
        self.refresh = "first"
        self.given: list[dict[str, str]] = []
        self.issued: list[str] = []
        self.answer: tuple[int, bytes] | None = None
        self.lasts: Any = 3600
        self.lock = threading.Lock()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}/token"

    def grant(self, **more: Any) -> Grant:
        given: dict[str, Any] = {
            "url": self.url,
            "client": "c",
            "secret": "s",
            "refresh": "first",
            "scope": None,
        }
        return Grant(**(given | more))


class TokenHandler(http.server.BaseHTTPRequestHandler):
    server: TokenServer

    def do_POST(self) -> None:
        size = int(self.headers["Content-Length"])
        form = dict(urllib.parse.parse_qsl(self.rfile.read(size).decode()))
        server = self.server
        with server.lock:
            server.given.append(form)
            status, said = server.answer or (200, b"")
            if (
                server.answer is None
                and form["grant_type"] == "refresh_token"
                and form["refresh_token"] != server.refresh
            ):
                status, said = 400, b'{"error": "invalid_grant"}'
            elif server.answer is None:
                server.issued.append(f"token{len(server.issued) + 1}")
                told = {"access_token": server.issued[-1], "expires_in": server.lasts, "token_type": "Bearer"}
                if form["grant_type"] == "refresh_token":
                    server.refresh = f"refresh{len(server.issued)}"
                    told["refresh_token"] = server.refresh
                said = json.dumps(told).encode()
        self.send_response(status)
        if status == 302:
            self.send_header("Location", server.url)
        self.end_headers()
        self.wfile.write(said)

    def log_message(self, *_: Any) -> None:
        pass


@contextmanager
def token_server() -> Iterator[TokenServer]:
    server = TokenServer()
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


@pytest.fixture(name="tokens")
def _tokens() -> Iterator[TokenServer]:
    with token_server() as server:
        yield server


def test_a_token_instead_of_a_password(tokens: TokenServer, tmp_path: Path) -> None:
    source = Tokens(tokens.grant(), tmp_path, lambda: NOW)
    with running("starttls", tmp_path, auth=True) as server:
        server.behaviour.tokens = {"token1"}
        assert given(server.settings(mail_user="desk"), tokens=source).result is Result.ACCEPTED
        server.behaviour.tokens = {"token2"}  # the first is taken back before its time
        assert given(server.settings(mail_user="desk"), tokens=source).result is Result.ACCEPTED
        server.behaviour.tokens = set()
        outcome = given(server.settings(mail_user="desk"), tokens=source)
    assert (outcome.result, outcome.is_servers) == (Result.LATER, True)
    assert "535" in outcome.answer
    assert server.handler.logins == ["token1", "token1", "token2", "token2", "token3"]


def test_a_grant_that_is_no_longer_taken_sends_nothing(tokens: TokenServer, tmp_path: Path) -> None:
    tokens.refresh = "another"
    source = Tokens(tokens.grant(), tmp_path, lambda: NOW)
    with running("starttls", tmp_path, auth=True) as server:
        outcome = given(server.settings(mail_user="desk"), tokens=source)
    assert (outcome.result, outcome.is_servers, server.taken) == (Result.LATER, True, [])
    assert "invalid_grant" in outcome.answer
    assert "invalid_grant" in (source.failure() or "")
