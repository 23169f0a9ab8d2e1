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
