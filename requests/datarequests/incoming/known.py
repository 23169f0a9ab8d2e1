"""What of our requests a message may carry, as the database has it."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable

from sqlmodel import Session, col, select

from datarequests.incoming.matched import Ours
from datarequests.tables import DataRequest, OutgoingMail, RequestItem


def ours_of(
    session: Session, by_reply_address: Callable[[str], tuple[int, str] | None] = lambda _: None
) -> Ours:
    """Return what a message may carry of all requests; whose a signed reply address is, is handed in."""
    sent = select(OutgoingMail.message_id, OutgoingMail.request_id)
    asked = session.exec(sent.where(col(OutgoingMail.request_id).is_not(None)))
    tokens = session.exec(select(DataRequest.id, DataRequest.token)).all()
    accounts: dict[str, set[int]] = defaultdict(set)
    for account, request in session.exec(select(RequestItem.service_account, RequestItem.request_id)):
        accounts[re.sub(r"\D", "", account)].add(request)
    return Ours(
        by_message_id={message_id: request for message_id, request in asked if request is not None},
        tokens={number: token for number, token in tokens if number is not None},
        by_reply_address=by_reply_address,
        accounts=accounts,
    )
