"""The settings of requests, each a BILLCLERK_* environment variable (README.md, "Settings")."""

from pathlib import Path

from pydantic import Field, SecretStr

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
