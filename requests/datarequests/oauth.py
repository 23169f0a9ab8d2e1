"""Tokens by which a mail server knows us (XOAUTH2, for SMTP and IMAP alike): fetched, kept, renewed.

Two kinds of grant: a refresh token that a person gave once, or the client's own credentials. Servers that
hand out a new refresh token with each token take the old one back: two programs that renewed at once would
both lose. So renewing is done by one at a time (a lock on a file of the home), what came is kept there for
nobody else to read (0600), and whoever waited takes what the first one got. A grant that the server no longer
takes is remembered, so that `billclerk status` says so. No token is ever logged or part of a message.
Source: RFC 6749, sections 4.4, 5 and 6.
"""

from __future__ import annotations

import datetime as dt
import fcntl
import hashlib
import json
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.error import HTTPError, URLError
from urllib.parse import urlencode
from urllib.request import HTTPRedirectHandler, Request, build_opener

from datarequests.settings import MailSettings
from extractor.base.errors import BillclerkError

FILE, LOCK = "oauth.json", "oauth.lock"

EARLY = dt.timedelta(seconds=120)
"""So long before its end a token is renewed."""

MOST_BYTES = 1_000_000
"""Of a token server's answer, at most."""


class TokenError(BillclerkError):
    """No token can be had for now: the token server cannot be reached, or has trouble of its own."""

    exit_code = 75


class GrantExpiredError(TokenError):
    """The token server no longer takes the grant; sign in again and set BILLCLERK_MAIL_OAUTH_REFRESH."""

    exit_code = 2


@dataclass(frozen=True)
class Grant:
    """What tokens are fetched by."""

    url: str
    client: str
    secret: str | None
    refresh: str | None
    scope: str | None
    timeout: float = 60.0

    @property
    def mark(self) -> str:
        """What tells this grant from another one, without giving it away."""
        said = "\0".join((self.url, self.client, self.refresh or "", self.scope or ""))
        return hashlib.sha256(said.encode()).hexdigest()[:16]


def grant_of(settings: MailSettings) -> Grant | None:
    """Return the grant that the settings name, None where a password is used."""
    if settings.mail_oauth_url is None:
        return None
    secret, refresh = settings.mail_oauth_secret, settings.mail_oauth_refresh
    return Grant(
        url=settings.mail_oauth_url,
        client=settings.mail_oauth_client or "",
        secret=secret.get_secret_value() if secret else None,
        refresh=refresh.get_secret_value() if refresh else None,
        scope=settings.mail_oauth_scope,
        timeout=settings.mail_timeout_seconds,
    )


class Tokens:
    """Access tokens of one grant, for all programs that work in a home."""

    def __init__(self, grant: Grant, folder: Path, now: Callable[[], dt.datetime]) -> None:
        self._grant, self._folder, self._now = grant, folder, now

    def access(self, refused: str | None = None) -> str:
        """Return a token that is good now; `refused` is one that the mail server did not take.

        Raises:
            GrantExpiredError: if the grant is no longer taken.
            TokenError: if the token server cannot be reached.
        """
        with self._locked():
            kept = self._kept()
            token = kept.get("access")
            if token and token != refused and self._is_good(kept):
                return str(token)
            return self._renewed(kept)

    def failure(self) -> str | None:
        """Return why the grant was refused last, None if it was not, or another one is set since."""
        failed = self._kept().get("failed")
        return str(failed) if failed else None

    def _is_good(self, kept: dict[str, Any]) -> bool:
        try:
            return self._now() < dt.datetime.fromisoformat(kept["until"]) - EARLY
        except (KeyError, ValueError, TypeError):
            return False

    def _renewed(self, kept: dict[str, Any]) -> str:
        refresh = kept.get("refresh") or self._grant.refresh
        form = {"grant_type": "refresh_token", "refresh_token": refresh}
        if refresh is None:
            form = {"grant_type": "client_credentials"}
        try:
            told = _fetched(self._grant, form)
        except GrantExpiredError as error:
            self._keep(kept | {"access": None, "failed": str(error)})
            raise
        seconds = told.get("expires_in")
        lasts = int(seconds) if isinstance(seconds, int | str) and str(seconds).isdigit() else 300
        until = self._now() + dt.timedelta(seconds=min(lasts, 86_400))
        again = told.get("refresh_token") or refresh
        self._keep({"access": told["access_token"], "until": until.isoformat(), "refresh": again})
        return str(told["access_token"])

    def _kept(self) -> dict[str, Any]:
        """Return what is kept of this grant; of another one, as before it was set anew, nothing counts."""
        try:
            kept = json.loads((self._folder / FILE).read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return {}
        return kept if isinstance(kept, dict) and kept.get("mark") == self._grant.mark else {}

    def _keep(self, kept: dict[str, Any]) -> None:
        part = self._folder / f".{FILE}.part"
        handle = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            json.dump(kept | {"mark": self._grant.mark}, file)
            file.flush()
            os.fsync(file.fileno())
        part.replace(self._folder / FILE)

    @contextmanager
    def _locked(self) -> Iterator[None]:
        handle = os.open(self._folder / LOCK, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX)
            yield
        finally:
            os.close(handle)


class _NoRedirect(HTTPRedirectHandler):
    """What a token is fetched by goes to one place only."""

    def redirect_request(self, *_: Any) -> None:
        """Follow nothing."""
        return


def _fetched(grant: Grant, form: dict[str, str | None]) -> dict[str, Any]:
    values = form | {"client_id": grant.client, "client_secret": grant.secret, "scope": grant.scope}
    body = urlencode({name: value for name, value in values.items() if value}).encode()
    asked = Request(grant.url, body, {"Accept": "application/json"})  # https, or this machine
    try:
        with build_opener(_NoRedirect).open(asked, timeout=grant.timeout) as answer:
            told = json.loads(answer.read(MOST_BYTES))
    except HTTPError as error:
        raise _refusal(error) from None
    except (URLError, OSError, ValueError) as error:
        raise TokenError(f"no token can be had: {_reason(error)}") from None
    if not isinstance(told, dict) or not isinstance(told.get("access_token"), str):
        raise TokenError("no token can be had: the token server's answer has none in it")
    return told


REFUSALS = frozenset(
    ("invalid_grant", "invalid_client", "unauthorized_client", "invalid_scope", "access_denied")
)
"""What a token server says of a grant that only a person can mend (RFC 6749, section 5.2)."""


def _refusal(error: HTTPError) -> TokenError:
    with error:
        try:
            said = json.loads(error.read(MOST_BYTES))
            code = said.get("error") if isinstance(said, dict) else None
        except (OSError, ValueError):
            code = None
    if code in REFUSALS:
        return GrantExpiredError(
            f"the token server does not take the grant any more ({code});"
            " sign in again and set BILLCLERK_MAIL_OAUTH_REFRESH, or the client's secret"
        )
    return TokenError(f"no token can be had: the token server says {error.code}")


def _reason(error: Exception) -> str:
    reason = error.reason if isinstance(error, URLError) else error
    if isinstance(reason, OSError):
        return reason.strerror or type(reason).__name__
    return "its answer cannot be read" if isinstance(error, ValueError) else type(reason).__name__
