"""What bills and the roster say of accounts, names, addresses and days, for forms and their checks."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sqlmodel import Session

    from datarequests.letter import Letter
    from datarequests.on_bills import OnBills
    from datarequests.viewed import Viewed
    from extractor.home import Home
    from extractor.store.current import Kept


class KnownOf:
    """What bills and the roster say, asked for once: many requests are drafted and checked."""

    def __init__(self, session: Session) -> None:
        from extractor.portfolio.roster_days import RosterDays

        self.bills = BillsOf(session)
        self.roster = RosterDays(session)


class BillsOf:
    """What bills say, asked for once of each customer: many requests are checked at once."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._found: dict[tuple[str, str, tuple[str, ...]], OnBills] = {}

    def __call__(self, customer: str, provider: str, accounts: Iterable[str]) -> OnBills:
        """Return what the bills of a customer say."""
        from extractor.store.people import Customer

        named = () if self._session.get(Customer, customer) is not None else tuple(sorted(set(accounts)))
        key = (customer, provider, named)
        if key not in self._found:
            self._found[key] = on_bills(self._session, customer, provider, named)
        return self._found[key]


def on_bills(session: Session, customer: str, provider: str, accounts: Iterable[str] = ()) -> OnBills:
    """Return what the bills of a customer of the roster say, of those with services of a provider.

    Of one that the roster does not name the bills of accounts that are named count. Of each service account
    its latest bill counts, and only one that can be trusted.
    """
    from sqlmodel import select

    from datarequests.on_bills import OnBill, OnBills
    from extractor.store.people import Account, Customer

    services: dict[str, OnBill] = {}
    known: set[str] = set()
    heads: set[str] = set()
    if session.get(Customer, customer) is not None:
        for row in session.exec(select(Account).where(Account.customer_key == customer)):
            (known if row.kind == "service" else heads).add(row.number)
    for kept in _bills(session, customer, accounts):
        bill = kept.result.bill
        if bill is None:
            continue
        if bill.customer_account is not None:
            heads.add(bill.customer_account)
        for service in bill.services:
            if service.service_account is None or (service.provider or "").casefold() != provider.casefold():
                continue
            known.add(service.service_account)
            if kept.trust != "doubtful":
                services[service.service_account] = OnBill(
                    service.service_account,
                    service.service_address,
                    bill.customer_name,
                    bill.customer_account,
                    bill.mailing_address,
                )
    return OnBills(tuple(services.values()), frozenset(known), frozenset(heads))


def _bills(session: Session, customer: str, accounts: Iterable[str]) -> Iterator[Kept]:
    from extractor.store.current import Wanted, current
    from extractor.store.people import Customer

    if session.get(Customer, customer) is not None:
        yield from current(session, Wanted(customer=customer))
        return
    for account in dict.fromkeys(accounts):
        yield from current(session, Wanted(account=account))


def letter_for(home: Home, one: Viewed) -> Letter:
    """Return the letter of a request, the signed form enclosed.

    Raises:
        LetterError: if it cannot be written, or the signed form is not what was signed.
    """
    from datarequests.letters import letter_of

    sha256 = one.authorization.signed_sha256 if one.authorization else None
    data = signed_files(home)(sha256) if sha256 else None
    return letter_of(one, data, own_templates(home))


def manager_of(session: Session, customer: str) -> str | None:
    """Return who looks after a customer, None if the roster names nobody for his accounts, or several."""
    from extractor.store.roster import managers_of

    keys = managers_of(session, customer)
    return keys.pop() if len(keys) == 1 else None


def signed_files(home: Home) -> Callable[[str], bytes | None]:
    """Return what gives a signed form by its hash, None if it is gone.

    Raises:
        NoHomeError: if the home has no originals at all: then no single file is gone.
    """
    from extractor.home import NoHomeError
    from extractor.originals import place_by_hash

    if not home.originals.is_dir():
        raise NoHomeError(f"{home.originals} is not there; mount it, or restore a backup")

    def find(sha256: str) -> bytes | None:
        path = place_by_hash(home.originals, sha256)
        return path.read_bytes() if path else None

    return find


def own_templates(home: Home) -> Path:
    """Return the folder of a firm's own templates, which come first."""
    return home.path / "templates"
