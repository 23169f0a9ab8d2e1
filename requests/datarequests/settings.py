"""The settings of requests, each a BILLCLERK_* environment variable (README.md, "Settings")."""

from pydantic import Field

from extractor.base.settings import Settings


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
