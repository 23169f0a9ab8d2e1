"""EDI invoices: what their segments say of a bill, whatever the separators; and what nobody knows is told."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from extractor.corrections import Correction
from extractor.model import Bill, Component, ReadResult, Service, Status
from extractor.reading import read_document
from tests.extractor.edi.made import (
    ACKNOWLEDGEMENT,
    CUSTOMER,
    LINES,
    SCE,
    SUPPLIER,
    TOTAL,
    USAGE,
    File,
    Invoice,
    file,
    sac,
    txi,
)


def read(data: bytes, *corrections: Correction) -> list[ReadResult]:
    with TemporaryDirectory() as folder:
        path = Path(folder) / "bill.edi"
        path.write_bytes(data)
        return read_document(path, corrections={1: corrections})


def one(data: bytes) -> ReadResult:
    (result,) = read(data)
    return result


def bill_of(data: bytes) -> Bill:
    bill = one(data).bill
    assert bill is not None
    return bill


def service_of(data: bytes) -> Service:
    (service,) = bill_of(data).services
    return service


def errors(result: ReadResult) -> set[str]:
    """Return the codes of errors but that which all have."""
    return {one.code for one in result.findings if one.severity == "error"} - {"edi_unconfirmed"}


def told(result: ReadResult, code: str) -> list[tuple[str, int | None]]:
    return [(one.message, one.page) for one in result.findings if one.code == code]


def test_a_bill_is_what_its_segments_say() -> None:
    bill = bill_of(file())
    assert (bill.issuer, bill.customer_account, bill.customer_name) == (
        "SCE",
        "700200000001",
        "EXAMPLE LOGISTICS",
    )
    assert bill.mailing_address == "1 EXAMPLE ST, ANYTOWN CA 90000"
    assert (bill.statement_date, bill.due_date) == (dt.date(2025, 7, 3), dt.date(2025, 7, 22))
    assert (bill.balance_forward, bill.new_charges, bill.amount_due) == (Decimal(100), TOTAL, TOTAL + 100)
    (service,) = bill.services
    assert (service.provider, service.role, service.service_account) == ("SCE", "bundled", "8000000001")
    assert (service.rate_schedule, service.meter) == ("TOU-GS-2-E", "222011-000102")
    assert service.period is not None
    assert (service.period.start, service.period.end) == (dt.date(2025, 6, 3), dt.date(2025, 7, 2))
    assert (service.usage_kwh, service.total, service.estimated) == (Decimal(3499), TOTAL, None)
    assert [(line.section, line.component, line.amount) for line in service.charges] == [
        ("delivery", Component.ENERGY, Decimal("263.37")),
        ("delivery", Component.FACILITIES_DEMAND, Decimal("681.10")),
        ("delivery", Component.CUSTOMER, Decimal("211.20")),
        ("generation", Component.ENERGY, Decimal("450.00")),
        ("other", Component.CLIMATE_CREDIT, Decimal("-36.00")),
        ("tax", Component.ENERGY_SURCHARGE, Decimal("1.05")),
    ]
    energy = service.charges[0]
    assert (energy.quantity, energy.unit, energy.rate) == (Decimal(3499), "kWh", Decimal(".07527"))
    assert (energy.tou, energy.season) == ("on_peak", "summer")


def test_what_closes_is_still_for_a_person_and_nothing_else_is_in_doubt() -> None:
    result = one(file())
    assert (result.status, errors(result)) == (Status.REVIEW, set())
    assert result.bill is not None
    assert [service.status for service in result.bill.services] == ["review"]
    assert all(row.holds for row in result.proof)
    assert {
        "invoice_total",
        "invoice_due",
        "current_bill",
        "segment_count",
        "item_count",
        "line_product",
    } <= {row.identity for row in result.proof}


def test_places_are_segments_of_the_file() -> None:
    data = file()
    segments = data.decode().split("~")
    result = one(data)
    assert result.bill is not None
    assert (result.document.source, result.document.pages) == ("edi", len(segments) - 1)
    assert result.document.page_range == (1, len(segments) - 1)
    places = [line.evidence for service in result.bill.services for line in service.charges]
    for place in [*places, *result.evidence.values()]:
        assert place.bbox is None
        if place.text != "1 EXAMPLE ST, ANYTOWN CA 90000":  # of several segments
            assert segments[place.page - 1] == place.text


@pytest.mark.parametrize(
    "form",
    [
        File(line="\n"),
        File(line="\r\n"),
        File(terminator="\n"),
        File(terminator="\r", line="\n"),
        File(element="|", component="^", terminator="'"),
        File(element="\x1d", component="\x1f", terminator="\x1c"),
        File(others=[ACKNOWLEDGEMENT]),
        File(others=[USAGE]),
    ],
)
def test_a_bill_is_the_same_whatever_the_separators_and_what_else_is_there(form: File) -> None:
    result = one(form.data(Invoice()))
    assert errors(result) == set()
    assert result.bill is not None
    assert _values(result.bill) == _values(bill_of(file()))
    others = told(result, "edi_others")
    assert [message.partition(": ")[2] for message, _ in others] == [
        f"1 of {kind}" for kind, _ in form.others
    ]


def _values(bill: Bill) -> object:
    """Return a bill without its places."""
    plain = bill.model_dump()
    for service in plain["services"]:
        for line in service["charges"]:
            del line["evidence"]
    return plain


def test_each_invoice_of_a_file_is_a_bill_with_its_own_segments() -> None:
    other = Invoice(big="BIG*20250803*INV2", due="ITD*14*3****20250822")
    first, second = read(File().data(Invoice(), other))
    assert first.bill is not None
    assert second.bill is not None
    assert [first.bill.statement_date, second.bill.statement_date] == [
        dt.date(2025, 7, 3),
        dt.date(2025, 8, 3),
    ]
    count = len(Invoice().segments()) + 2
    assert [first.document.page_range, second.document.page_range] == [
        (3, count + 2),
        (count + 3, 2 * count + 2),
    ]
    assert (errors(first), errors(second)) == (set(), set())


PJM = Invoice(
    header=(
        "REF*12*1234567890",
        "REF*11*S-77",
        "REF*45*0987654321",
        "REF*BLT*LDC",
        "REF*PC*LDC",
        "N1*8S*ACME POWER*1*111222333",
        "N1*8R*EXAMPLE BAKERY",
        "PER*IC*HELP*TE*8005550100",
    ),
    balances=("BAL*P*YB*80.00", "BAL*A*BM*-5.00", "BAL*M*J9*0", "BAL*M*YB*100.00"),
    loop=("IT1*1*****SV*ELECTRIC*C3*ACCOUNT", "DTM*150*20250603", "DTM*151*20250702"),
    lines=("SLN*1**A", sac("90", "DISTRIBUTION CHARGES", rate=".09", unit="KH", quantity="1000")),
    more=(
        "TXI*ST*5.00*.05****A*100",
        "TXI*LS*2.00*.02****I*100",
        "TXI*CT***CT*F950*1",
        "NTE*ADD*MESSAGE TO ALL",
        "IT1*2*****SV*ELECTRIC*C3*RATE",
        "REF*NH*GS-1",
        sac("5", "LATE PAYMENT CHARGE", code="LPC001"),
    ),
    total=Decimal(100),
    items=2,
)


def test_loops_of_the_account_and_of_its_rate_are_one_service() -> None:
    result = one(File(sender="111222333").data(PJM))
    assert errors(result) == {"tax_base"}  # 100 dollars are no sum of lines above
    assert result.bill is not None
    (service,) = result.bill.services
    assert (service.provider, service.rate_schedule, service.service_account) == (
        "ACME POWER",
        "GS-1",
        "1234567890",
    )
    assert result.bill.customer_account == "1234567890"
    assert [(line.label, line.amount) for line in service.charges] == [
        ("DISTRIBUTION CHARGES", Decimal(90)),
        ("State sales tax", Decimal(5)),
        ("LATE PAYMENT CHARGE", Decimal(5)),
    ]
    assert (service.charges[1].rate, service.charges[1].quantity) == (Decimal(5), Decimal(100))
    assert [(line.label, line.amount) for line in result.bill.account_lines] == [
        ("Adjustment (BAL A BM)", Decimal(-5))
    ]
    uncounted = [message for message, _ in told(result, "edi_uncounted")]
    assert uncounted == [
        "State and local sales tax of 2.00 is included: not added",
        "County tax: exempt (TXI06 1)",
    ]
    assert told(result, "edi_note")[0][0] == "it says: ADD MESSAGE TO ALL"


def test_payments_are_not_in_an_invoice_so_that_the_previous_balance_need_not_lead_anywhere() -> None:
    result = one(File(sender="111222333").data(PJM))
    (row,) = [row for row in result.proof if row.identity == "previous_balance"]
    assert (row.gate, row.holds, row.printed, row.computed) == (False, False, Decimal(0), Decimal(75))


SUPPLIED = (
    "REF*12*700200000001",
    f"N1*8S*SOUTHERN CALIFORNIA EDISON*1*{SCE}",
    f"N1*SJ*CLEAN POWER ALLIANCE*1*{SUPPLIER}",
    "N1*8R*EXAMPLE LOGISTICS",
)
SOLD = Invoice(
    header=SUPPLIED,
    balances=(),
    lines=(
        sac("50", "Lean Power - On-Peak - Summer", rate=".05", unit="KH", quantity="1000"),
        txi("2.50", "UT", percent=".05", base="50.00"),
    ),
    loop=[line for line in Invoice().loop if not line.startswith("MEA")],
    total=Decimal("52.50"),
)


def test_a_supplier_bills_generation_by_its_own_name() -> None:
    result = one(File(sender=SUPPLIER, receiver=SCE).data(SOLD))
    assert errors(result) == set()
    assert result.bill is not None
    (service,) = result.bill.services
    assert (result.bill.issuer, service.provider, service.role) == ("CPA", "CPA", "generation")
    assert (service.product, service.charges[0].section) == ("Lean Power", "generation")
    tax = service.charges[1]
    assert (tax.component, tax.quantity, tax.unit, tax.rate) == (
        Component.UUT,
        Decimal(50),
        "USD",
        Decimal(5),
    )
    assert result.bill.amount_due == Decimal("52.50")
    assert "edi_assumed" in {finding.code for finding in result.findings}


@pytest.mark.parametrize(
    ("sender", "receiver", "provider", "role"),
    [
        (SUPPLIER, SCE, "CPA", "generation"),
        (SCE, CUSTOMER, "SCE", "delivery"),
        (SCE, SUPPLIER, None, None),  # SCE's own charges, or a report of the supplier's
        (CUSTOMER, CUSTOMER, None, None),  # through somebody else's hands
    ],
)
def test_whose_charges_they_are_is_told_by_the_envelope_or_not_at_all(
    sender: str, receiver: str, provider: str | None, role: str | None
) -> None:
    result = one(File(sender=sender, receiver=receiver).data(Invoice(header=SUPPLIED)))
    assert result.bill is not None
    (service,) = result.bill.services
    assert (service.provider, service.role) == (provider, role)
    assert ("edi_charger" in errors(result)) == (provider is None)


def test_a_party_inside_a_loop_says_whose_its_charges_are() -> None:
    sold = (
        "IT1*2*****SV*ELECTRIC*C3*ACCOUNT",
        f"N1*SJ*CLEAN POWER ALLIANCE*1*{SUPPLIER}",
        sac("60", "Lean Power - On-Peak - Summer", rate=".01715", unit="KH", quantity="3498.6"),
    )
    lines = tuple(line for line in LINES if "Generation" not in line)
    made = Invoice(header=SUPPLIED, lines=lines, more=sold, balances=(), total=TOTAL - 450 + 60, items=2)
    result = one(file(made))
    assert errors(result) == set()
    assert result.bill is not None
    assert [(one.provider, one.role, one.total) for one in result.bill.services] == [
        ("SCE", "delivery", None),
        ("CPA", "generation", None),
    ]
    assert {one.service_account for one in result.bill.services} == {"8000000001"}
    assert result.bill.services[0].period == result.bill.services[1].period


# --- what is wrong, or nobody knows ---------------------------------------------------------------------------


def but(**parts: object) -> bytes:
    return file(Invoice().but(**parts))


def line(*lines: str, total: Decimal | str = TOTAL) -> bytes:
    """An invoice with further lines, and another total."""
    return but(lines=(*LINES, *lines), balances=(), total=Decimal(total))


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (file().replace(b"SE*28*", b"SE*27*"), "segment_count"),
        (file().replace(b"SE*28*0001", b"SE*28*0002"), "edi_envelope"),
        (file().replace(b"SE*28*", b"SE*X*"), "edi_unread"),
        (file().replace(b"GE*1*12", b"GE*2*12"), "edi_envelope"),
        (file().replace(b"IEA*1*000000007", b"IEA*1*000000008"), "edi_envelope"),
        (but(items=2), "item_count"),
        (but(items=""), "edi_unread"),
        (but(total=TOTAL + 1), "invoice_total"),
        (but(balances=(f"BAL*M*PB*{TOTAL + 1}",)), "current_bill"),
        (but(balances=("BAL*M*J9*100", f"BAL*M*YB*{TOTAL}")), "invoice_due"),
        (but(balances=("BAL*Y*YB*5.00",)), "edi_unknown"),
        (but(balances=("BAL*M*YB*5", "BAL*M*YB*6")), "edi_twice"),
        (but(balances=("BAL*M*YB*5,00",)), "edi_unread"),
        (but(big="BIG*250703*INV"), "edi_unread"),  # six digits do not say the century
        (but(big="BIG*20250231*INV"), "edi_unread"),
        (but(big="BIG*99991231*INV"), "edi_unread"),
        (but(loop=(*Invoice().loop[:4], "DTM*150*00010101", "DTM*151*99991231")), "edi_unread"),
        (line("TXI*ET*1.005"), "edi_unread"),  # finer than a cent
        (line(sac("1", "Energy tax", rate="9" * 13, unit="KH", quantity="1")), "edi_unread"),
        (but(big=""), "edi_unread"),
        (but(big="BIG*20250703*INV*****CR"), "edi_kind"),
        (but(big="BIG*20250703*INV*****ZZ"), "edi_kind"),
        (but(big="BIG*20250703*INV******01"), "edi_kind"),
        (but(big="BIG*20250703*INV******99"), "edi_kind"),
        (but(due="ITD*14*3****20250702"), "dates"),
        (but(due="CUR*SE*CAD"), "edi_unknown"),
        (but(due="AMT*1*5"), "edi_unknown"),
        (but(due="PAM*1"), "edi_unknown"),
        (but(due=txi("5")), "edi_unknown"),
        (but(behind=("IT1*2*****SV*ELECTRIC",), items=2), "edi_unknown"),
        (but(behind=("TDS*1",)), "edi_twice"),
        (but(loop=("IT1*1*5*KH*2.00**SV*ELECTRIC", *Invoice().loop[1:])), "edi_unknown"),
        (but(loop=("IT1*1*****SV*GAS", *Invoice().loop[1:])), "edi_commodity"),
        (but(loop=(*Invoice().loop, "REF*12*8000000002")), "edi_twice"),
        (but(loop=(*Invoice().loop, "REF*12*12345")), "edi_account"),
        (but(loop=(*Invoice().loop, "REF*NH*TOU-8")), "edi_twice"),
        (but(loop=(*Invoice().loop, "DTM*150*20250604")), "edi_twice"),
        (but(loop=(*Invoice().loop, "DTM*150****RD8*20250604-20250701")), "edi_unknown"),
        (but(loop=[one for one in Invoice().loop if "DTM*151" not in one]), "missing_field"),
        (but(loop=[one for one in Invoice().loop if "REF*12" not in one]), "missing_field"),
        (but(loop=[one for one in Invoice().loop if "REF*NH" not in one]), "missing_field"),
        (but(loop=(*Invoice().loop, f"N1*8S*SCE*1*{SCE}", f"N1*8S*SCE*1*{SCE}")), "edi_unknown"),
        (line("SAC*Z**EU**100"), "edi_unread"),
        (line("SAC*C**EU**1.00"), "edi_unread"),  # an N2 has no point: one dollar, or a cent?
        (line("SAC*C**EU"), "edi_unread"),
        (line("SAC*A**EU**-100"), "edi_unread"),  # a credit below zero
        (line(txi("1", relation="S"), total=TOTAL + 1), "edi_unread"),
        (line("TXI*UT**.05****A*100"), "edi_unread"),
        (line("TXI*UT*1.00***X*1*A", total=TOTAL + 1), "edi_unread"),  # exempt, and an amount
        (line("SLN*1**Z", sac("0", "Customer charge")), "edi_unknown"),
        (but(more=("IT1*2*****SV*ELECTRIC", "REF*NH*TOU-8", *LINES), items=2, behind=LINES), "edi_summary"),
        (but(loop=(*Invoice().loop, f"N1*8S*SCE*1*{SCE}", f"N1*SJ*CPA*1*{SUPPLIER}")), "edi_charger"),
        (line(sac("0", "Energy - Off peak", unit="KH", quantity="0")), "edi_section"),
        (line(sac("1", "Delivery and generation - On peak", unit="KH"), total=TOTAL + 1), "edi_section"),
        (line(sac("1", "Facilities rel demand", rate="2", unit="K1", quantity="2"), total=TOTAL + 1), "line_product"),
        (line(sac("9", "Wildfire fund charge", rate=".009", unit="KH", quantity="1000"), total=TOTAL + 9), "kwh_surcharge"),
        (line(txi("1", "UT", percent=".05", base="20"), total=TOTAL + 1), "tax_base"),
        (line("SAC*C**EU**0**********Caf\x00"), "edi_garbled"),
        (File(test="T").data(Invoice()), "edi_test"),
        (File().data(Invoice(lines=())), "no_charges"),
        (but(loop=(), lines=(), behind=LINES), "edi_summary"),
    ],
)  # fmt: skip
def test_what_is_wrong_or_unknown_is_an_error_that_names_it(data: bytes, code: str) -> None:
    result = one(data)
    assert result.status == Status.REVIEW
    assert code in errors(result), sorted(errors(result))


@pytest.mark.parametrize(
    ("big", "kind"),
    [
        ("BIG*20250703*INV", None),
        ("BIG*20250703*INV******00", None),
        ("BIG*20250703*INV******07", None),
        ("BIG*20250703*INV******CO", "corrected"),
        ("BIG*20250703*INV******05", "corrected"),
    ],
)
def test_an_invoice_says_whether_it_corrects_another(big: str, kind: str | None) -> None:
    result = one(but(big=big))
    assert errors(result) == set()
    assert result.bill is not None
    assert result.bill.kind == kind
    assert [(finding.code, finding.severity) for finding in result.findings if kind and "kind" in finding.code] == (
        [("bill_kind", "info")] if kind else []
    )  # fmt: skip


@pytest.mark.parametrize(
    ("encoding", "said"),
    [
        ("utf-16", "EDI in UTF-16, which is not read; save it as UTF-8"),
        ("utf-16-be", "EDI in UTF-16, which is not read; save it as UTF-8"),
        ("utf-32", "EDI in UTF-32, which is not read; save it as UTF-8"),
        ("cp037", "EDI in EBCDIC, which is not read; save it as ASCII"),
    ],
)
def test_another_encoding_is_named(encoding: str, said: str) -> None:
    result = one(file().decode().encode(encoding))
    assert result.status == "unreadable"
    assert said in result.findings[0].message


def test_a_wrong_count_names_its_segment() -> None:
    result = one(file().replace(b"SE*28*0001", b"SE*99*0002"))
    assert told(result, "segment_count") == [("the number of segments SE01: printed 99, computed 28", 30)]
    assert told(result, "edi_envelope") == [
        ("its envelope repeats another control number than its header's", 30)
    ]


def test_a_lost_group_count_is_told_of_every_invoice_in_it() -> None:
    results = read(File().data(Invoice(), Invoice()).replace(b"GE*2*", b"GE*3*"))
    assert [told(result, "edi_envelope")[0][0] for result in results] == [
        "its envelope counts 3 transactions, of which 2 are there"
    ] * 2


def test_an_allowance_is_a_credit_and_its_rate_too() -> None:
    credit = sac("10", "CPP incentive", kind="A", rate="2", unit="K1", quantity="5")
    result = one(line(credit, total=TOTAL - 10))
    assert errors(result) == set()
    assert result.bill is not None
    last = result.bill.services[0].charges[-1]
    assert (last.amount, last.rate, last.quantity) == (Decimal(-10), Decimal(-2), Decimal(5))


def test_a_charge_below_zero_is_a_credit_as_it_is_written() -> None:
    result = one(line(sac("-10", "Billing adjustment"), total=TOTAL - 10))
    assert errors(result) == set()
    assert result.bill is not None
    assert result.bill.services[0].charges[-1].amount == -10


def test_a_line_below_a_subline_that_is_included_is_not_counted() -> None:
    result = one(
        line(
            "SLN*1**I", sac("5", "Customer charge"), "SLN*2**A", sac("7", "Customer charge"), total=TOTAL + 7
        )
    )
    assert errors(result) == set()
    assert result.bill is not None
    assert result.bill.services[0].charges[-1].amount == 7
    assert told(result, "edi_uncounted") == [("SAC below an SLN that is included is not counted", 26)]


def test_a_percentage_that_is_written_as_one_is_told_by_its_base() -> None:
    base = str(TOTAL - Decimal("1.05"))
    tax = f"{(TOTAL - Decimal('1.05')) * 5 / 100:.2f}"
    for written in (".05", "5"):
        made = line(txi(tax, "UT", percent=written, base=base), total=TOTAL + Decimal(tax))
        assert errors(one(made)) == set()
        last = service_of(made).charges[-1]
        assert (last.rate, last.quantity) == (Decimal(5), Decimal(base))


def test_the_rate_is_that_of_who_charges() -> None:
    loop = (*SOLD.loop, "REF*RB*CPA-GS2")
    sold = service_of(File(sender=SUPPLIER, receiver=SCE).data(SOLD.but(loop=loop)))
    delivered = service_of(but(loop=(*Invoice().loop, "REF*RB*CPA-GS2")))
    assert (sold.rate_schedule, delivered.rate_schedule) == ("CPA-GS2", "TOU-GS-2-E")


def test_who_is_to_be_paid_is_the_utility_where_none_is_named() -> None:
    header = [one.replace("N1*8S", "N1*RE") for one in Invoice().header]
    assert bill_of(but(header=header)).issuer == "SCE"


def test_what_an_interchange_counts_wrong_is_its_own() -> None:
    first, second = read(file() + file().replace(b"GE*1*", b"GE*2*"))
    assert (errors(first), errors(second)) == (set(), {"edi_envelope"})


def test_a_line_without_a_quantity_is_one() -> None:
    result = one(line(sac("9", "Wildfire fund charge"), total=TOTAL + 9))
    assert errors(result) == set()


def test_a_correction_of_a_place_on_a_page_is_of_no_segment() -> None:
    said = Correction(("amount",), "5", "Pat", page=22, box=(0.0, 1.0, 2.0, 3.0), is_line=True)
    (result,) = read(file(), said)
    assert result.bill is not None
    assert result.bill.services[0].charges[0].amount == Decimal("263.37")
    assert "correction_lost" in errors(result)


def test_what_is_only_told_is_no_line() -> None:
    said = one(line(sac("99", "Price to compare", kind="N")))
    assert errors(said) == set()
    assert said.bill is not None
    assert len(said.bill.services[0].charges) == len(LINES)
    assert told(said, "edi_uncounted") == [
        ("Price to compare, of 9900 cents, is no charge (SAC01 N)", 28 - 3)
    ]


def test_a_description_that_is_missing_is_told_by_its_code_and_kept() -> None:
    result = one(line("SAC*C**EU*XYZ123*100", total=TOTAL + 1))
    assert errors(result) == set()
    assert result.bill is not None
    last = result.bill.services[0].charges[-1]
    assert (last.label, last.component, last.section) == ("EU XYZ123", Component.UNKNOWN, "other")
    assert told(result, "unknown_label")


def test_amounts_that_nothing_shows_to_be_in_cents_are_doubted() -> None:
    """A sender who writes whole dollars into TDS01 and SAC05 alike adds up just so, and is 100 times too low."""
    lines = (sac("211.20", "Customer charge"), sac("1", "Billing adjustment"))
    alone = but(lines=lines, balances=(), total=Decimal("212.20"))
    assert errors(one(alone)) == {"edi_cents"}
    for shown in (
        but(lines=lines, balances=("BAL*M*PB*212.20", "BAL*M*YB*212.20"), total=Decimal("212.20")),
        but(lines=(*lines, txi("1")), balances=(), total=Decimal("213.20")),
        but(lines=(*lines, LINES[0]), balances=(), total=Decimal("475.57")),
    ):
        assert errors(one(shown)) == set()


def test_a_measurement_of_one_price_period_is_not_the_usage() -> None:
    loop = [one for one in Invoice().loop if not one.startswith("MEA")]
    parts = ("MEA*AA*PRQ*1000*KH***42", "MEA*AA*PRQ*2499*KH***41", "MEA*AA*MU*1")
    result = one(but(loop=(*loop, *parts)))
    assert result.bill is not None
    assert result.bill.services[0].usage_kwh is None
    assert [message for message, _ in told(result, "edi_measure")] == [
        "the measurement MEA PRQ 42 is not used",
        "the measurement MEA PRQ 41 is not used",
        "the measurement MEA MU is not used",
    ]


def test_kwh_of_two_meters_are_not_added_up() -> None:
    service = service_of(but(loop=(*Invoice().loop, "REF*MG*M2", "MEA*AA*PRQ*5*KH***51")))
    assert (service.usage_kwh, service.meter, len(service.meters)) == (None, None, 2)


def test_an_estimated_usage_and_the_highest_demand() -> None:
    loop = [one.replace("MEA*AA", "MEA*AE") for one in Invoice().loop]
    service = service_of(but(loop=(*loop, "MEA*AA*PRQ*49*K1***51")))
    assert (service.estimated, service.max_demand_kw) == (True, Decimal(49))


def test_names_are_read_in_either_encoding_and_what_is_no_print_is_replaced() -> None:
    header = [one.replace("EXAMPLE LOGISTICS", "CAFÉ") for one in Invoice().header]
    text = File().text(Invoice(header=header))
    assert [bill_of(text.encode(code)).customer_name for code in ("utf-8", "latin-1")] == ["CAFÉ", "CAFÉ"]
    assert bill_of(text.replace("CAFÉ", "A\x1b[2J").encode()).customer_name == "A\ufffd[2J"
