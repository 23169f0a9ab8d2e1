"""Records for the tests of what is printed: a verified combined bill, the same in doubt, a letter."""

import datetime as dt
from decimal import Decimal

from extractor.model import (
    AccountLine,
    Bill,
    Charge,
    Component,
    Document,
    Evidence,
    Finding,
    Period,
    Proof,
    ReadResult,
    Section,
    Service,
    Status,
)
from extractor.pages.limits import FAULT_CODE

SHA = "0123456789abcdef" * 4
PERIOD = Period(start=dt.date(2025, 5, 5), end=dt.date(2025, 6, 3), days=30)


def charge(line: int, section: Section, label: str, kwh: str, rate: str, amount: str, page: int) -> Charge:
    return Charge(
        line=line,
        section=section,
        component=Component.ENERGY,
        group="Energy-Winter",
        label=label,
        tou="off_peak",
        season="winter",
        quantity=Decimal(kwh),
        unit="kWh",
        rate=Decimal(rate),
        amount=Decimal(amount),
        evidence=Evidence(
            page=page, bbox=(56.1, 200 + 12 * line, 420, 210 + 12 * line), text=f"{label} {amount}"
        ),
    )


def _services() -> tuple[Service, Service]:
    delivery = Service(
        status="verified",
        provider="SCE",
        role="delivery",
        service_account="8000123456",
        rate_schedule="TOU-GS-2-E",
        period=PERIOD,
        usage_kwh=Decimal("12345"),
        charges=(
            charge(1, "delivery", "Off peak", "10000", "0.05202", "520.20", 3),
            charge(2, "delivery", "Super off peak", "2345", "0.04000", "93.80", 3),
        ),
        subtotal=Decimal("614.00"),
        total=Decimal("614.00"),
    )
    generation = Service(
        status="verified",
        provider="CPA",
        role="generation",
        service_account="8000123456",
        rate_schedule="TOU-GS-2-E",
        product="Clean Power",
        period=PERIOD,
        charges=(
            charge(1, "generation", "Clean Power - Off-Peak - Winter", "12345.125", "0.07", "864.16", 4),
        ),
        total=Decimal("864.16"),
    )
    return delivery, generation


def verified(path: str = "bills/june.pdf") -> ReadResult:
    bill = Bill(
        issuer="SCE",
        customer_name="EXAMPLE BAKERY",
        customer_account="700012345678",
        statement_date=dt.date(2025, 6, 5),
        due_date=dt.date(2025, 6, 24),
        previous_balance=Decimal("100.00"),
        balance_forward=Decimal("0.00"),
        account_lines=(
            AccountLine(label="Payment Received", date=dt.date(2025, 5, 20), amount=Decimal("-100.00")),
        ),
        new_charges=Decimal("1478.16"),
        amount_due=Decimal("1478.16"),
        services=_services(),
    )
    document = Document(
        path=path, sha256=SHA, pages=4, page_range=(1, 4), source="text", layout="sce", reader="0.1.0"
    )
    at = Evidence(page=1, bbox=(400, 80, 460, 90), text="$1,478.16")
    info = Finding(
        code="unknown_label", severity="info", message="no rule knows this line", service=1, page=3
    )
    return ReadResult(
        document=document,
        status=Status.VERIFIED,
        bill=bill,
        evidence={"/bill/amount_due": at},
        proof=_proof(),
        findings=(info,),
    )


def row(
    identity: str, subjects: tuple[str, ...], printed: str, computed: str, *, service: int | None = None
) -> Proof:
    return Proof(
        identity=identity,
        service=service,
        subjects=subjects,
        printed=Decimal(printed),
        computed=Decimal(computed),
        tolerance=Decimal("0.00"),
        gate=True,
        holds=printed == computed,
        page=3,
    )


def _proof() -> tuple[Proof, ...]:
    lines = [("0", "0", "520.20"), ("0", "1", "93.80"), ("1", "0", "864.16")]
    return (
        *(
            row(
                "line_arithmetic",
                (f"/bill/services/{at}/charges/{n}/amount",),
                amount,
                amount,
                service=int(at),
            )
            for at, n, amount in lines
        ),
        row("service_total", ("/bill/services/0/total",), "614.00", "614.00", service=0),
        row("amount_due", ("/bill/amount_due", "/bill/new_charges"), "1478.16", "1478.16"),
    )


def review(path: str = "bills/july.pdf") -> ReadResult:
    """The second line of the first service says 93.90; the message tries to steer the terminal."""
    good = verified(path)
    assert good.bill is not None
    delivery, generation = good.bill.services
    wrong = delivery.charges[1].model_copy(
        update={"amount": Decimal("93.90"), "label": "=Super\x1b[2J off peak"}
    )
    delivery = delivery.model_copy(update={"status": "review", "charges": (delivery.charges[0], wrong)})
    failing = row("line_arithmetic", ("/bill/services/0/charges/1/amount",), "93.90", "93.80", service=0)
    finding = Finding(
        code="line_amount",
        severity="error",
        message="2,345 kWh x $0.04000 is 93.80, not 93.90",
        service=0,
        page=3,
        bbox=wrong.evidence.bbox,
    )
    return good.model_copy(
        update={
            "status": Status.REVIEW,
            "bill": good.bill.model_copy(update={"services": (delivery, generation)}),
            "proof": (good.proof[0], failing, *good.proof[2:]),
            "findings": (*good.findings, finding),
        }
    )


def unreadable(path: str = "bills/letter.pdf") -> ReadResult:
    finding = Finding(
        code="unknown_layout", severity="error", message="no known bill; add a layout or leave it out"
    )
    return ReadResult(
        document=Document(path=path, sha256=SHA, pages=1, reader="0.1.0"),
        status=Status.UNREADABLE,
        findings=(finding,),
    )


def fault(path: str = "bills/may.pdf") -> ReadResult:
    finding = Finding(code=FAULT_CODE, severity="error", message="the program failed on this document")
    return unreadable(path).model_copy(update={"findings": (finding,)})
