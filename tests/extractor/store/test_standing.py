"""What counts where bills lie in several files or later ones bill the same days; and what a person is asked."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest
from sqlalchemy import Engine

from extractor.base.database import reading, writing
from extractor.model import Component, ReadResult, Service, Status
from extractor.store.aliases import AliasKind, add_alias, undo_alias
from extractor.store.current import current
from extractor.store.documents import Arrival, Reader, add_reading, make_current, take
from extractor.store.people import Answer
from extractor.store.questions import bills_of, questions
from extractor.store.runs import Choice, chosen
from extractor.store.said import NotKeptError, Saying, add_acceptance
from extractor.store.standing import settle
from tests.extractor.made_bills import charge, record, service

NOW = dt.datetime(2026, 11, 25, 12, tzinfo=dt.UTC)
MAY, JUNE = ("2026-05-01", "2026-05-31"), ("2026-06-01", "2026-06-30")


class Kept:
    """A store that bills are put into, one document each."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self.count = 0

    def put(self, *results: ReadResult, again: int | None = None) -> int:
        """Keep the reading of a new document, or another one of a document; return its number."""
        self.count += 1
        with writing(self.engine) as session:
            name = f"{again or self.count:064d}"
            document = take(session, Arrival(name, "a.pdf", 1), NOW + dt.timedelta(minutes=self.count))
            make_current(session, add_reading(session, document, results, Reader("test", "f"), NOW))
            settle(session, [document.id or 0])
        return again or self.count

    def answer(self, question: str, answer: str, *documents: int) -> None:
        with writing(self.engine) as session:
            session.add(Answer(question=question, answer=answer, who="Pat", why="called SCE", at=NOW))
            session.flush()
            settle(session, documents)

    @property
    def standings(self) -> dict[int, tuple[str, tuple[str, ...]]]:
        """Of each document the standing of its bill and of its services."""
        with reading(self.engine) as session:
            return {int(bill.sha256): (bill.standing, bill.services) for bill in current(session)}

    @property
    def asked(self) -> list[tuple[str, list[int]]]:
        with reading(self.engine) as session:
            return [
                (question.name, [int(bill.sha256) for bill in question.bills])
                for question in questions(session)
            ]


@pytest.fixture
def store(kept: Engine) -> Kept:
    return Kept(kept)


COUNTS = ("counts", ("counts",))
SAME = ("same", ("same",))
ASKED = ("asked", ("asked",))


def test_a_document_is_named_by_enough_digits_of_its_hash_whichever_of_its_bills_is_said(store: Kept) -> None:
    store.put(record("2026-06-02", service(*MAY)), record("2026-07-02", service(*JUNE)))
    store.put(record("2026-06-02", service(*MAY)))
    with writing(store.engine) as session:
        take(session, Arrival(f"{'1' * 63}0", "mail.eml", 1, kind="message"), NOW)
    with reading(store.engine) as session:
        assert [old.document_id for old in chosen(session, Choice(named=(f"{1:064d}:2", f"{2:064d}")))] == [
            1,
            2,
        ]
        for name, said in (("0000", "2 documents begin"), ("ffff", "no document"), ("1111", "no document")):
            with pytest.raises(NotKeptError, match=said):
                chosen(session, Choice(named=(name,)))


def test_bills_of_months_in_a_row_all_count(store: Kept) -> None:
    store.put(record("2026-06-02", service(*MAY)))
    store.put(record("2026-07-02", service(*JUNE)))
    assert store.standings == {1: COUNTS, 2: COUNTS}
    assert store.asked == []


def test_a_bill_fetched_again_counts_once_the_newest_of_equals(store: Kept) -> None:
    bill = record("2026-06-02", service(*MAY))
    store.put(bill)
    store.put(bill)
    assert store.standings == {1: SAME, 2: COUNTS}


@pytest.mark.parametrize(
    ("other", "counting"),
    [
        ({"source": "ocr"}, 1),  # text before a scan
        ({"status": Status.REVIEW}, 1),  # proven before doubtful
        ({"service_address": "x"}, 2),  # what is no amount and no date may differ; the newest
    ],
)
def test_the_better_reading_of_one_bill_counts(store: Kept, other: dict[str, str], counting: int) -> None:
    store.put(record("2026-06-02", service(*MAY)))
    address = other.pop("service_address", None)
    of = service(*MAY).model_copy(update={"service_address": address})
    store.put(record("2026-06-02", of, **other))  # type: ignore[arg-type]  # a table of options
    assert store.standings == {1: SAME, 2: SAME} | {counting: COUNTS}
    assert store.asked == []


def test_the_same_key_with_other_totals_is_asked_and_neither_counts_until_answered(store: Kept) -> None:
    store.put(record("2026-06-02", service(*MAY, "10.00")))
    store.put(record("2026-06-02", service(*MAY, "11.00")))
    assert store.standings == {1: ASKED, 2: ASKED}
    ((name, documents),) = store.asked
    assert documents == [1, 2]
    with reading(store.engine) as session:
        right = next(iter(questions(session))).bills[1].values
    store.answer(name, right, 1)
    assert store.standings == {1: SAME, 2: COUNTS}
    assert store.asked == []


def test_a_third_version_of_an_answered_bill_is_asked_anew(store: Kept) -> None:
    for total in ("10.00", "11.00"):
        store.put(record("2026-06-02", service(*MAY, total)))
    ((name, _),) = store.asked
    with reading(store.engine) as session:
        right = next(iter(questions(session))).bills[1].values
    store.answer(name, right, 1)
    store.put(record("2026-06-02", service(*MAY, "12.00")))
    assert set(store.standings.values()) == {ASKED}
    assert [documents for _, documents in store.asked] == [[1, 2, 3]]


def test_a_doubtful_scan_with_other_totals_is_asked_but_does_not_push_out_the_proven_bill(
    store: Kept,
) -> None:
    store.put(record("2026-06-02", service(*MAY, "10.00")))
    store.put(record("2026-06-02", service(*MAY, "16.00"), status=Status.REVIEW, source="ocr"))
    assert store.standings == {1: COUNTS, 2: ASKED}
    assert [documents for _, documents in store.asked] == [[1, 2]]


def test_a_better_reading_of_the_doubtful_scan_settles_it(store: Kept) -> None:
    store.put(record("2026-06-02", service(*MAY, "10.00")))
    store.put(record("2026-06-02", service(*MAY, "16.00"), status=Status.REVIEW, source="ocr"))
    store.put(record("2026-06-02", service(*MAY, "10.00"), source="ocr"), again=2)
    assert store.standings == {1: COUNTS, 2: SAME}
    assert store.asked == []


def generation(total: str = "10.00", account: str = "8000000001") -> object:
    return service(*MAY, total, provider="CPA", role="generation", account=account)


@pytest.mark.parametrize("first", ["SCE", "CPA"])
def test_cpas_own_bill_of_charges_on_sces_bill_is_a_duplicate(store: Kept, first: str) -> None:
    both = record("2026-06-02", service(*MAY), generation())  # type: ignore[arg-type]  # a service
    own = record("2026-06-05", generation(), issuer="CPA", account="C-1")  # type: ignore[arg-type]  # a service
    for bill in (both, own) if first == "SCE" else (own, both):
        store.put(bill)
    sce, cpa = (1, 2) if first == "SCE" else (2, 1)
    assert store.standings == {sce: ("counts", ("counts", "counts")), cpa: ("counts", ("duplicate",))}


def test_cpas_own_bill_with_other_charges_for_the_same_days_is_asked(store: Kept) -> None:
    store.put(record("2026-06-02", service(*MAY), generation()))  # type: ignore[arg-type]  # a service
    store.put(record("2026-06-05", generation("12.00"), issuer="CPA", account="C-1"))  # type: ignore[arg-type]  # a service
    assert store.standings == {1: ("counts", ("counts", "undecided")), 2: ("counts", ("undecided",))}
    assert [documents for _, documents in store.asked] == [[1, 2]]


def test_a_doubtful_sce_bill_takes_nothing_from_cpas_own_that_is_proven(store: Kept) -> None:
    store.put(record("2026-06-05", generation(), issuer="CPA", account="C-1"))  # type: ignore[arg-type]  # a service
    sce = record("2026-06-02", service(*MAY), generation(), status=Status.REVIEW)  # type: ignore[arg-type]  # a service
    store.put(sce)
    assert store.standings == {1: COUNTS, 2: ("counts", ("counts", "undecided"))}


def test_a_block_on_a_bill_that_is_asked_takes_nothing(store: Kept) -> None:
    store.put(record("2026-06-05", generation(), issuer="CPA", account="C-1"))  # type: ignore[arg-type]  # a service
    for total in ("10.00", "11.00"):
        store.put(record("2026-06-02", service(*MAY, total), generation()))  # type: ignore[arg-type]  # a service
    assert store.standings[1] == COUNTS
    assert store.standings[2] == store.standings[3] == ("asked", ("asked", "asked"))


def rebilled(**more: object) -> ReadResult:
    return record("2026-07-20", service(*MAY, "12.00"), **more)  # type: ignore[arg-type]  # options of record


def test_a_later_bill_of_the_same_days_is_asked_and_keeps_both_out(store: Kept) -> None:
    store.put(record("2026-06-02", service(*MAY), service(*MAY, account="8000000002")))
    store.put(rebilled())
    assert store.standings == {1: ("counts", ("undecided", "counts")), 2: ("counts", ("undecided",))}
    ((name, documents),) = store.asked
    assert documents == [1, 2]
    for answer, then in (
        ("replaces", {1: ("counts", ("replaced", "counts")), 2: COUNTS}),
        ("adds", {1: ("counts", ("counts", "counts")), 2: COUNTS}),
        ("duplicate", {1: ("counts", ("duplicate", "counts")), 2: COUNTS}),
    ):
        store.answer(name, answer, 2)
        assert store.standings == then


@pytest.mark.parametrize("doubtful", ["earlier", "later"])
@pytest.mark.parametrize(
    ("answer", "earlier", "later"),
    [
        ("replaces", "replaced", "counts"),
        ("adds", "counts", "counts"),
        ("duplicate", None, None),  # what is proven counts, whichever it is
    ],
)
def test_an_answer_settles_also_a_doubtful_bill_beside_a_proven_one(
    store: Kept, doubtful: str, answer: str, earlier: str | None, later: str | None
) -> None:
    states = {doubtful: Status.REVIEW}
    proven = Status.VERIFIED
    store.put(record("2026-06-02", service(*MAY), status=states.get("earlier", proven)))
    store.put(rebilled(status=states.get("later", proven)))
    ((name, _),) = store.asked
    store.answer(name, answer, 2)
    earlier = earlier or ("duplicate" if doubtful == "earlier" else "counts")
    later = later or ("duplicate" if doubtful == "later" else "counts")
    assert store.standings == {1: ("counts", (earlier,)), 2: ("counts", (later,))}
    assert store.asked == []


def test_an_answer_names_the_bills_it_was_given_for(store: Kept) -> None:
    """Of a meter, whose own bills of other months were not asked about; a bill in two files is named twice."""
    store.put(record("2026-06-02", service(*MAY)))
    store.put(record("2026-07-02", service(*JUNE)))
    store.put(rebilled())
    ((name, _),) = store.asked
    store.put(rebilled())
    with reading(store.engine) as session:
        assert [int(bill.sha256) for bill in bills_of(session, name)] == [1, 3, 4]
    store.put(record("2026-06-02", service(*MAY, "13.00")), again=1)
    with reading(store.engine) as session:
        assert [int(bill.sha256) for bill in bills_of(session, name)] == [3, 4]


@pytest.mark.parametrize(
    ("later", "earlier_stands", "later_stands"),
    [
        (rebilled(kind="corrected"), "replaced", "counts"),
        (
            record("2026-07-20", service(*MAY, "2.00", charges=(charge("12.00"), charge("-10.00", 2)))),
            "counts",
            "counts",
        ),  # it takes the earlier charges back itself
        (
            record(
                "2026-07-20",
                service(*MAY, "-1.00", charges=(charge("-1.00", component=Component.ADJUSTMENT),), kwh=None),
            ),
            "counts",
            "counts",
        ),  # nothing but an adjustment
        (
            record("2026-07-20", service("2026-05-10", "2026-05-31", "9.00"), kind="corrected"),
            "undecided",
            "undecided",
        ),  # corrected, for some of the days only
        (
            record("2026-07-20", service(*MAY, "9.00", kwh=None), kind="corrected"),
            "undecided",
            "undecided",
        ),  # corrected, and may be nothing but the difference
        (rebilled(status=Status.REVIEW), "counts", "undecided"),  # what is in doubt keeps nothing out
        (rebilled(status=Status.REVIEW, kind="corrected"), "counts", "undecided"),  # nor takes its place
        (record("2026-07-20", service("2026-06-01", "2026-06-30")), "counts", "counts"),  # the month after
        (
            record("2026-07-20", service(*MAY, "-10.00", charges=(charge("-4.00"), charge("-6.00", 2)))),
            "counts",
            "counts",
        ),  # taken back line by line
        (record("2026-07-20", service(*MAY, "12.00", role="bundled")), "undecided", "undecided"),
        (  # billed anew the other way: a customer who is with no CCA after all
            record("2026-07-20", service(*MAY, "12.00", role="bundled"), kind="corrected"),
            "replaced",
            "counts",
        ),
        (record("2026-07-20", service(*MAY, "12.00", "CPA", "generation")), "counts", "counts"),
    ],
)
def test_what_a_later_bill_makes_of_an_earlier_one(
    store: Kept, later: ReadResult, earlier_stands: str, later_stands: str
) -> None:
    store.put(record("2026-06-02", service(*MAY)))
    store.put(later)
    assert store.standings == {1: ("counts", (earlier_stands,)), 2: ("counts", (later_stands,))}


@pytest.mark.parametrize("kind", [None, "corrected"])
@pytest.mark.parametrize("role", ["delivery", "bundled"])
def test_what_a_bill_takes_back_and_bills_anew_is_all_counted(
    store: Kept, kind: str | None, role: str
) -> None:
    """In services of their own: what is taken back comes to nothing, and has nothing to be replaced."""
    back, anew = service(*MAY, "-10.00", kwh="-100"), service(*MAY, "12.00", role=role)
    store.put(record("2026-06-02", service(*MAY)))
    store.put(record("2026-07-20", back, anew, kind=kind))
    assert store.standings == {1: COUNTS, 2: ("counts", ("counts", "counts"))}
    store.put(record("2026-08-20", service(*MAY, "11.00"), kind="corrected"))
    assert store.standings == {
        1: ("counts", ("replaced",)),
        2: ("counts", ("replaced", "replaced")),
        3: COUNTS,
    }


@pytest.mark.parametrize(
    ("role", "first", "stands"),
    [
        ("generation", "2026-05-31", "counts"),  # CPA's of 2019 end on the day on which the next begins
        ("generation", "2026-05-30", "undecided"),
        ("delivery", "2026-05-31", "undecided"),
    ],
)
def test_a_day_that_periods_meet_on_is_billed_twice_only_by_sce(
    store: Kept, role: str, first: str, stands: str
) -> None:
    provider = "CPA" if role == "generation" else "SCE"
    for day, days in (("2026-06-02", MAY), ("2026-07-02", (first, "2026-06-30"))):
        store.put(record(day, service(*days, provider=provider, role=role)))
    assert store.standings == {1: ("counts", (stands,)), 2: ("counts", (stands,))}


def test_when_the_later_bill_is_read_otherwise_the_earlier_one_counts_again(store: Kept) -> None:
    store.put(record("2026-06-02", service(*MAY)))
    store.put(rebilled())
    store.put(record("2026-07-20", service(*JUNE)), again=2)  # its dates had been misread
    assert store.standings == {1: COUNTS, 2: COUNTS}
    assert store.asked == []


def test_the_two_files_of_a_rebill_ask_once(store: Kept) -> None:
    store.put(record("2026-06-02", service(*MAY)))
    store.put(rebilled())
    store.put(rebilled())
    assert store.standings == {1: ("counts", ("undecided",)), 2: SAME, 3: ("counts", ("undecided",))}
    assert [documents for _, documents in store.asked] == [[1, 3]]


def test_bills_of_which_the_key_was_not_read_stand_alone(store: Kept) -> None:
    unread = record("2026-06-02", service(*MAY, "10.00"), status=Status.REVIEW)
    bill = unread.bill
    assert bill is not None
    nameless = unread.model_copy(update={"bill": bill.model_copy(update={"customer_account": None})})
    store.put(nameless)
    store.put(nameless)
    assert {bill for bill, _ in store.standings.values()} == {"unplaced"}


def test_amounts_are_compared_as_numbers() -> None:
    from extractor.sameness import is_same_bill

    one, other = record("2026-06-02", service(*MAY)).bill, record("2026-06-02", service(*MAY)).bill
    assert one is not None and other is not None
    assert is_same_bill(one, other.model_copy(update={"amount_due": Decimal("10")}))


def test_a_doubtful_service_whose_meter_was_not_read_counts_nowhere(store: Kept) -> None:
    """It may be the one that a rebill bills anew, or another bill's of the same days; once accepted it counts."""
    lost = service(*MAY, "16.00").model_copy(update={"service_account": None})
    store.put(record("2026-06-02", service(*MAY, account="8000000002"), lost, status=Status.REVIEW))
    store.put(rebilled())
    assert store.standings == {1: ("counts", ("counts", "unplaced")), 2: COUNTS}
    with writing(store.engine) as session:
        (bill, _) = current(session)
        add_acceptance(session, bill, Saying("Pat", "as printed", NOW))
        settle(session, [1])
    assert store.standings == {1: ("counts", ("counts", "counts")), 2: COUNTS}


def told(store: Kept, kind: AliasKind, number: str, other: str) -> int:
    """Add an alias; return its number."""
    with writing(store.engine) as session:
        row = add_alias(session, kind, number, other, "a letter by SCE", None, None, Saying("Pat", "", NOW))
        return row.id or 0


def under(account: str, total: str = "10.00") -> Service:
    """Return what a service account is charged for May."""
    return service(*MAY, total).model_copy(update={"service_account": account})


def test_days_billed_again_under_a_meters_other_number_are_asked_until_the_alias_is_taken_back(
    store: Kept,
) -> None:
    """SCE numbered all accounts anew in 2021, and billed days before that again."""
    store.put(record("2026-06-02", under("3-001")))
    store.put(record("2026-07-02", under("8000000001", "12.00")))
    assert store.standings == {1: COUNTS, 2: COUNTS}
    row = told(store, "renumbered", "3-001", "8000000001")
    undecided = ("counts", ("undecided",))
    assert store.standings == {1: undecided, 2: undecided}
    ((name, documents),) = store.asked
    assert documents == [1, 2]
    store.answer(name, "replaces", 1, 2)
    assert store.standings == {1: ("counts", ("replaced",)), 2: COUNTS}
    with writing(store.engine) as session:
        undo_alias(session, row, "Pat", NOW)
    assert store.standings == {1: COUNTS, 2: COUNTS}


def test_of_a_chain_of_numbers_all_are_one_meter(store: Kept) -> None:
    for at, account in enumerate(("3-001", "3-002", "8000000001"), 1):
        store.put(record(f"2026-0{5 + at}-02", under(account, f"{at}.00")))
    told(store, "renumbered", "8000000001", "3-002")
    last = told(store, "renumbered", "3-002", "3-001")
    assert {services for _, services in store.standings.values()} == {("undecided",)}
    with writing(store.engine) as session:
        undo_alias(session, last, "Pat", NOW)
    assert store.standings[1] == COUNTS
    assert store.standings[2] == store.standings[3] == ("counts", ("undecided",))


@pytest.mark.parametrize("kind", ["succession", "account"])
def test_numbers_of_other_kinds_make_no_meters_one(store: Kept, kind: AliasKind) -> None:
    store.put(record("2026-06-02", under("3-001")))
    store.put(record("2026-07-02", under("8000000001")))
    told(store, kind, "3-001", "8000000001")
    assert store.standings == {1: COUNTS, 2: COUNTS}
