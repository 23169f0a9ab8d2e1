"""What is held of a customer's data requests, for `customer export` and `forget`."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from sqlmodel import Session

    from datarequests.erasing import Belongings
    from extractor.home import Home


class RequestsOf:
    """The requests and authorizations of a customer (`extractor.customers.handed.Further`)."""

    def __init__(self, home: Home, customer: str) -> None:
        self._home, self._customer = home, customer
        self._names = set[str]()

    def tables(self, session: Session) -> Iterable[tuple[str, Sequence[str], Sequence[Mapping[str, Any]]]]:
        """Give their tables."""
        from datarequests.handing import sheets

        for one in sheets(session, self._customer):
            yield one.name, one.columns, one.rows

    def files(self, session: Session) -> Iterable[tuple[str, bytes | None]]:
        """Give their files."""
        from datarequests.handing import papers

        for one in papers(session, self._customer, self._found):
            yield one.name, one.data

    def left(self, session: Session) -> Iterable[tuple[str, str]]:
        """Give the files that others' requests name, too."""
        from datarequests.handing import shared

        for sha256 in shared(session, self._customer):
            yield sha256, "a file that others' requests name, too"

    def hashes(self, session: Session) -> frozenset[str]:
        """Return the hashes of their files."""
        return self._all(session).files

    def told(self, session: Session) -> str:
        """Return what there is, in words; nothing where there is none."""
        what = self._all(session)
        if not what:
            return ""
        requests, forms = len(what.requests), len(what.authorizations)
        files = len(list(self._alone(session, what.files)))
        letters = f", {len(what.letters)} letters to managers that name him" if what.letters else ""
        return f"{requests} data requests, {forms} authorizations and {files} files of theirs{letters}"

    def erase(self, session: Session) -> None:
        """Erase rows and files; of what is a document of the store as well its tombstone takes care."""
        from datarequests.erasing import erase
        from datarequests.postman import FOLDER, place_of

        what = self._all(session)
        files = list(self._alone(session, what.files))
        erase(session, what)
        for message_id in what.message_ids:
            place_of(self._home.path / FOLDER, message_id).unlink(missing_ok=True)
        for one in what.requests:  # those that were only looked at
            for path in (self._home.path / FOLDER / "dry-run").glob(f"r{one.id}.*.eml"):
                path.unlink()
        for path in files:
            path.unlink(missing_ok=True)

    def _all(self, session: Session) -> Belongings:
        """Return all that is his, letters that name him, too: the roster says his name until he is erased."""
        from datarequests.erasing import belongings
        from extractor.store.people import Customer

        row = session.get(Customer, self._customer)
        self._names |= {row.name} if row is not None else set()
        return belongings(session, self._customer, self._names)

    def _alone(self, session: Session, hashes: frozenset[str]) -> Iterable[Path]:
        from extractor.originals import place_by_hash
        from extractor.store.documents import known_of

        for sha256 in sorted(hashes - set(known_of(session, hashes))):
            path = place_by_hash(self._home.originals, sha256)
            if path is not None:
                yield path

    def _found(self, sha256: str) -> tuple[str, bytes] | None:
        from extractor.originals import place_by_hash

        path = place_by_hash(self._home.originals, sha256)
        return (path.name, path.read_bytes()) if path else None
