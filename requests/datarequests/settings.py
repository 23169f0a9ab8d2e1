"""The settings of requests, each a BILLCLERK_* environment variable (README.md, "Settings")."""

import ipaddress
from pathlib import Path
from typing import Literal

from pydantic import Field, SecretStr, ValidationInfo, field_validator

from datarequests.addressing import plain_address
from extractor.base.settings import ENVIRONMENT_ONLY, Settings


class RequestSettings(Settings):
    """When requests are followed up, in business days after the latest day of their window."""

    follow_up_days: int = Field(
        default=1, ge=0, description="business days past the window at which a follow-up is drafted"
    )
    escalate_days: int = Field(
        default=3, ge=0, description="business days past the window at which a manager is told"
    )
    time_out_days: int = Field(
        default=10, ge=0, description="business days past the window at which a time-out is proposed"
    )
    expiry_notice_days: int = Field(
        default=30, ge=0, description="days before an authorization expires at which that is said"
    )


class AgentSettings(Settings):
    """Whom customers appoint as their agent: what stands on authorizations and under letters."""

    agent_name: str | None = Field(default=None, description="who signs for the agent")
    agent_company: str | None = Field(default=None, description="the agent's company")
    agent_address: str | None = Field(default=None, description="the agent's mailing address, on one line")
    agent_telephone: str | None = Field(default=None, description="the agent's telephone number")
    agent_email: str | None = Field(default=None, description="where the agent takes data by e-mail")

    def agent(self) -> dict[str, str]:
        """Return the agent as an authorization keeps it; what is not set is empty."""
        return {
            "name": self.agent_name or "",
            "company": self.agent_company or "",
            "mailing_address": self.agent_address or "",
            "telephone": self.agent_telephone or "",
            "email": self.agent_email or "",
        }


class TickSettings(Settings):
    """When and how reminders go out."""

    auto_send: bool = Field(
        default=False, description="1: follow-ups and escalations go out without a person releasing them"
    )
    office_opens: int = Field(
        default=8, ge=0, le=23, description="hour of the counterparty's day from which anybody is reminded"
    )
    office_closes: int = Field(
        default=17, ge=1, le=24, description="hour of the counterparty's day until which anybody is reminded"
    )


def is_loopback(host: str) -> bool:
    """Tell whether a host is this machine.

    >>> is_loopback("localhost"), is_loopback("127.0.0.1"), is_loopback("mail.example.com")
    (True, True, False)
    """
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


class MailSettings(Settings):
    """How mail goes out; until it is live and a server is named none does."""

    mail_live: bool = Field(
        default=False, description="1: mail goes out; until then it is written to the home's `outbox/`"
    )
    mail_server: str | None = Field(default=None, description="the server that takes mail")
    mail_port: int | None = Field(
        default=None, ge=1, le=65535, description="its port; by default 587, or 465 with `tls`"
    )
    mail_tls: Literal["starttls", "tls", "none"] = Field(
        default="starttls", description="`starttls`, `tls`, or `none` to a server on this machine"
    )
    mail_ca: Path | None = Field(
        default=None, description="certificates of the authority of a mail server of one's own"
    )
    mail_user: str | None = Field(default=None, description="the user at the mail server")
    mail_password: SecretStr | None = Field(
        default=None, description="the user's password", json_schema_extra=ENVIRONMENT_ONLY
    )
    mail_from: str | None = Field(default=None, description="who it is from: an address, or `Name <address>`")
    mail_reply_to: str | None = Field(
        default=None, description="an address whose server knows plus addresses, for answers"
    )
    mail_redirect: str | None = Field(
        default=None, description="on a test system: all mail goes to this address instead"
    )
    mail_attachment_mb: int = Field(
        default=10, ge=1, description="size of a message's attachments, in millions of bytes"
    )
    mail_attempts: int = Field(default=10, ge=1, description="times that sending a message is tried")
    mail_timeout_seconds: float = Field(
        default=60, gt=0, description="seconds that the mail server may take for an answer"
    )
    mail_oauth_url: str | None = Field(
        default=None, description="where tokens are fetched, for XOAUTH2 instead of a password"
    )
    mail_oauth_client: str | None = Field(default=None, description="the client that tokens are for")
    mail_oauth_secret: SecretStr | None = Field(
        default=None, description="the client's secret", json_schema_extra=ENVIRONMENT_ONLY
    )
    mail_oauth_refresh: SecretStr | None = Field(
        default=None,
        description="a refresh token; without one the client's own credentials count",
        json_schema_extra=ENVIRONMENT_ONLY,
    )
    mail_oauth_scope: str | None = Field(default=None, description="what the tokens are to be good for")

    @field_validator("mail_from", "mail_reply_to", "mail_redirect")
    @classmethod
    def _is_address(cls, value: str | None) -> str | None:
        if value is not None and not (plain_address(value) and value.isprintable()):
            raise ValueError("this is no address; write desk@example.com")
        return value

    @field_validator("mail_tls")
    @classmethod
    def _is_safe(cls, value: str, info: ValidationInfo) -> str:
        server = info.data.get("mail_server")
        if value == "none" and not (server and is_loopback(server)):
            raise ValueError("without TLS mail goes to a server on this machine only")
        return value

    @field_validator("mail_oauth_url")
    @classmethod
    def _is_secret(cls, value: str | None) -> str | None:
        if value is None or value.startswith("https://"):
            return value
        host = value.removeprefix("http://").partition("/")[0].rpartition(":")[0].strip("[]")
        if not value.startswith("http://") or not is_loopback(host):
            raise ValueError("tokens are fetched by https only")
        return value

    @property
    def is_live(self) -> bool:
        """Whether mail goes out."""
        return self.mail_live and self.mail_server is not None and self.mail_from is not None

    @property
    def port(self) -> int:
        """The port of the server."""
        return self.mail_port or (465 if self.mail_tls == "tls" else 587)

    @property
    def why_not_live(self) -> str:
        """What stands in the way of mail going out."""
        needed = {
            "BILLCLERK_MAIL_LIVE=1": self.mail_live,
            "BILLCLERK_MAIL_SERVER": self.mail_server,
            "BILLCLERK_MAIL_FROM": self.mail_from,
        }
        missing = [name for name, value in needed.items() if not value]
        return f"mail is not live; it takes {', '.join(missing)}" if missing else ""


class MailboxSettings(Settings):
    """Where mail that comes in is fetched from; without any of it only .eml files in the inbox are seen."""

    imap_server: str | None = Field(
        default=None, description="the server of the mailbox that answers come to"
    )
    imap_port: int = Field(default=993, ge=1, le=65535, description="its port")
    imap_tls: bool = Field(default=True, description="0: without TLS, from this machine only")
    imap_ca: Path | None = Field(
        default=None, description="certificates of the authority of a server of one's own"
    )
    imap_user: str | None = Field(default=None, description="the user at that server")
    imap_password: SecretStr | None = Field(
        default=None, description="the user's password there", json_schema_extra=ENVIRONMENT_ONLY
    )
    imap_folder: str | None = Field(default=None, description="the folder that is read; `INBOX` by default")
    imap_seconds: float = Field(
        default=60, gt=0, description="seconds that the server may take for an answer"
    )
    maildir: Path | None = Field(
        default=None, description="a maildir that answers come to, beside or instead"
    )
