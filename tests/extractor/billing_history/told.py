"""Tables of billing history as text, and what a person says of them."""

from __future__ import annotations

import io

from extractor.billing_history.asking import Shown, shown
from extractor.billing_history.mapping import HistoryMapping
from extractor.billing_history.propose import Said, propose
from extractor.billing_history.read import read
from extractor.billing_history.rows import Rows
from extractor.intervals.mapped.proposal import Proposal

HEAD = "Service Account,Start Date,End Date,Days,Total kWh,Max kW,Bill Amount"
FIRST = "8000000001,12/14/2025,01/12/2026,30,1200,12.5,345.67"
SECOND = "8000000001,01/13/2026,02/11/2026,30,1300,13,366.00"
OTHER = "8000000002,12/14/2025,01/12/2026,30,500,5,-12.30"
SAID = Said(charged="bundled")


def table(*lines: str, head: str = HEAD) -> bytes:
    return "\n".join([head, *lines, ""]).encode()


def proposed(data: bytes, said: Said = SAID, name: str = "reply.csv") -> Proposal[HistoryMapping]:
    return propose(io.BytesIO(data), name, said)


def looked(data: bytes, said: Said = SAID, name: str = "reply.csv") -> Shown:
    return shown(io.BytesIO(data), name, said)


def rows(data: bytes, said: Said = SAID, name: str = "reply.csv") -> Rows:
    """Return the rows of a table of which nothing may be open."""
    proposal = proposed(data, said, name)
    assert proposal.is_complete, (proposal.questions, proposal.refusals)
    return read(io.BytesIO(data), name, proposal.mapping)
