"""Who puts reminders and reports into the outbox: the one place that ticks and reports ask."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import datetime as dt

    from sqlmodel import Session

    from datarequests.notices import Drafter, Notice
    from extractor.home import Home


def drafter_of(home: "Home") -> "Drafter":
    """Return what puts letters into the outbox of a home: to a counterparty, or to managers of the roster."""
    from datarequests.history import request_of
    from datarequests.letter import Letter
    from datarequests.outbox import SENT_EVENTS, Kind, queue, queue_notice
    from extractor.cli.mailing.outgoing import address_of_manager, office_of

    office = office_of(home)

    def put(session: "Session", notice: "Notice", now: "dt.datetime") -> str | None:
        kind, letter = Kind(notice.kind), Letter(notice.subject, notice.text, html=notice.html)
        if kind in SENT_EVENTS and notice.request is not None:
            request = request_of(session, notice.request)
            manager = address_of_manager(session, request.manager)
            row = queue(
                session,
                request,
                letter,
                kind,
                office,
                "billclerk",
                now,
                to=notice.recipients[:1],
                copies=(manager,) if manager else (),
                automatic=notice.release,
                draft=not notice.release,
            )
            return row.message_id
        staff = _staff(session)
        row = queue_notice(
            session,
            letter,
            kind,
            office,
            notice.recipients,
            now,
            staff=staff,
            request=notice.request,
            once=notice.once,
            draft=not notice.release,
        )
        return row.message_id

    return put


def _staff(session: "Session") -> list[str]:
    """Return the addresses of the managers of the roster."""
    from sqlmodel import select

    from extractor.store.people import Manager

    return [one for one in session.exec(select(Manager.email)) if one]
