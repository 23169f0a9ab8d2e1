"""`billclerk export originals`: the files themselves, under readable names."""

import sys
from collections.abc import Iterable
from pathlib import Path

from sqlmodel import Session, select

from extractor.cli.kept import SHORT
from extractor.cli.wording import count
from extractor.export.names import Names
from extractor.export.originals import checked, hand_out
from extractor.export.pages import OwnPages, cutter
from extractor.home import Home
from extractor.originals import place_by_hash
from extractor.settings import ReaderSettings
from extractor.store.current import Kept
from extractor.store.people import Customer
from extractor.store.whose import customer_of


def handed_out(
    session: Session, home: Home, bills: Iterable[Kept], layout: str, out: Path, settings: ReaderSettings
) -> int:
    """Hand out the originals of bills; return the exit status, 1 where one could not be."""
    layout = checked(layout)
    names = Names((one.key, one.name) for one in session.exec(select(Customer)))

    def customer(kept: Kept) -> str:
        found = customer_of(session, kept.bill_id)
        if found is not None:
            return names.of_customer(found.key)
        bill = kept.result.bill
        printed = (bill.customer_name if bill else None) or "unknown"
        return names.of_stranger(printed, (bill.customer_account if bill else None) or "unknown")

    given = there = failed = 0
    with cutter(settings) as cut:
        own = OwnPages(session, lambda sha256: place_by_hash(home.originals, sha256), cut)
        for handed in hand_out(bills, layout, out, own, customer):
            if handed.path is None:
                failed += 1
                print(f"{handed.sha256[:SHORT]}: not handed out: {handed.why_not}", file=sys.stderr)
            given += handed.path is not None
            there += not handed.is_new
    known = f", {there:,} of them there already" if there else ""
    said = f", {failed} not handed out" if failed else ""
    print(f"{count(given, 'file')} in {out}{known}{said}", file=sys.stderr)
    return 1 if failed else 0
