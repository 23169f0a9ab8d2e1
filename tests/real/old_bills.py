"""Bills with the account numbers of before mid-2021: minimum bill, NEM, past due, Direct Access."""

from __future__ import annotations

from typing import Any

from tests.real.built import BuiltBill, Service, Usage
from tests.real.rows import (
    CCA,
    DELIVERY,
    GENERATION,
    OTHER,
    SCE,
    group,
    line,
    member,
    subtotal,
    tax,
    total,
)

ADDRESS = ("12345 N EXAMPLE STRT", "ANYTOWN, CA 90000")
MAILING = ("12345 N EXAMPLE STRT", "ANYTOWN CA 90000-0000")


def old_bill(
    name: str,
    prepared: str,
    due: str,
    rows: tuple[tuple[str, str], ...],
    amount_due: str,
    services: tuple[Service, ...],
    fields: dict[str, Any],
    **more: Any,
) -> BuiltBill:
    """Return a bill of one of the older formats: no POD-ID, no scan line known."""
    given = {"customer": "EXAMPLE, PAT", "account": "2-00-000-0000", "outage": "N001"} | more
    return BuiltBill(
        name=name,
        service_account=services[0].account,
        address=ADDRESS,
        pod="",
        prepared=prepared,
        due=due,
        rows=rows,
        amount_due=amount_due,
        mailing=MAILING,
        services=services,
        fields=fields,
        **given,
    )


def paid(balance: str, label: str, date: str) -> dict[str, Any]:
    """Return the golden page-1 fields of a bill whose last one was paid in full."""
    return {
        "previous_balance": balance,
        "balance_forward": "0.00",
        "account_lines": [{"label": label, "date": date, "amount": f"-{balance}"}],
    }


MINIMUM = old_bill(
    "sce_minimum_bill_2021",
    "07/04/21",
    "07/23/21",
    (
        ("Previous Balance", "$14.02"),
        ("Payment Received 06/18/21", "-$14.02"),
        ("Balance forward", "$0.00"),
        ("Your new charges", "$12.51"),
    ),
    "$12.51",
    (
        Service(
            "SCE",
            "bundled",
            "3-000-0000-01",
            "DOMESTIC",
            "06/02/21",
            "07/03/21",
            32,
            rows=(
                DELIVERY,
                line("Basic charge", "32 days x $0.03100", "$0.99", real=True),
                group("Energy-Summer"),
                member("Tier 1 (100% of baseline)", "10 kWh x $0.13310", "$1.33", real=True),
                line("DWR bond charge", "10 kWh x $0.00580", "$0.06", real=True),
                line("Bal of minimum charge", "", "$8.75", real=True),
                GENERATION,
                SCE,
                group("Energy-Summer"),
                member("Tier 1 (100% of baseline)", "10 kWh x $0.09558", "$0.96", real=True),
                subtotal("$12.09"),
                tax("City Tax", "$12.09 x 3.50000%", "$0.42", real=True),
                total("$12.51"),
            ),
        ),
    ),
    paid("14.02", "Payment Received", "2021-06-18"),
)

NEM2 = old_bill(
    "sce_nem2_2021",
    "03/23/21",
    "04/12/21",
    (
        ("Previous Balance", "$96.10"),
        ("Payment Received 03/08/21", "-$96.10"),
        ("Balance forward", "$0.00"),
        ("Your new charges", "$105.52"),
    ),
    "$105.52",
    (
        Service(
            "SCE",
            "bundled",
            "3-000-0000-02",
            "TOU-D-4-9PM",
            "02/19/21",
            "03/22/21",
            32,
            rows=(
                DELIVERY,
                line("Basic charge", "32 days x $0.03100", "$0.99"),
                group("Energy-Winter"),
                member("Mid peak", "168 kWh x $0.20000", "$33.60"),
                member("Off peak", "400 kWh x $0.10000", "$40.00"),
                line("Baseline credit", "56 kWh x -$0.07299", "-$4.09", real=True),
                line("Baseline credit", "276 kWh x -$0.07368", "-$20.34", real=True),
                group("Nonbypassable charges (NBCs)"),
                member("CTC, NDC, PPPC", "168 kWh x $0.01846", "$3.10", real=True),
                member("DWR bond charge", "568 kWh x $0.00580", "$3.29", real=True),
                GENERATION,
                SCE,
                group("Energy-Winter"),
                member("Mid peak", "168 kWh x $0.10000", "$16.80"),
                member("Off peak", "400 kWh x $0.08000", "$32.00"),
                subtotal("$105.35"),
                tax("State tax", "568 kWh x $0.00030", "$0.17"),
                total("$105.52"),
            ),
        ),
    ),
    paid("96.10", "Payment Received", "2021-03-08"),
)

NEM1 = old_bill(
    "sce_nem1_direct_payment_2014",
    "Jan 17 '14",
    "Feb 5 '14",
    (
        ("Amount of your last bill", "$45.00"),
        ("Direct payment we credited on Jan 06 '14 - thank you", "-$45.00"),
        ("Balance forward", "$0.00"),
        ("Your new charges", "$45.13"),
    ),
    "$45.13",
    (
        Service(
            "SCE",
            "bundled",
            "3-000-0000-03",
            "TOU-D-A",
            "Dec 17 '13",
            "Jan 16 '14",
            31,
            rows=(
                DELIVERY,
                line("Basic charge", "31 days x $0.03000", "$0.93"),
                group("Energy-Winter"),
                member("Mid peak", "403 kWh x $0.10000", "$40.30"),
                member("Off peak", "-142 kWh x $0.14912", "-$21.18", real=True),
                line("DWR energy credit", "261 kWh x -$0.00022", "-$0.06", real=True),
                GENERATION,
                SCE,
                group("Energy-Winter"),
                member("Mid peak", "403 kWh x $0.08000", "$32.24"),
                member("Off peak", "-142 kWh x $0.05000", "-$7.10"),
                subtotal("$45.13"),
                total("$45.13"),
            ),
            note=("Additional information regarding your NET Consumption / Generation",),
        ),
    ),
    paid("45.00", "Direct payment we credited - thank you", "2014-01-06") | {"autopay": True},
    messages=("We will automatically debit the total amount due on Feb 5 '14.",),
)

PAST_DUE = old_bill(
    "sce_past_due_care_2021",
    "03/10/21",
    "03/29/21",
    (("Previous Balance", "$75.39"), ("Balance forward", "$75.39"), ("Your new charges", "$57.84")),
    "$133.23",
    (
        Service(
            "SCE",
            "bundled",
            "3-000-0000-04",
            "DOMESTIC",
            "02/08/21",
            "03/09/21",
            30,
            rows=(
                DELIVERY,
                line("Basic charge", "30 days x $0.02500", "$0.75"),
                group("Energy-Winter"),
                member("Tier 1 (within baseline)", "300 kWh x $0.10000", "$30.00"),
                GENERATION,
                SCE,
                group("Energy-Winter"),
                member("Tier 1 (within baseline)", "300 kWh x $0.09000", "$27.00"),
                subtotal("$57.75"),
                tax("State tax", "300 kWh x $0.00030", "$0.09"),
                total("$57.84"),
            ),
        ),
    ),
    {"previous_balance": "75.39", "balance_forward": "75.39", "account_lines": []},
    past_due="$75.39",
    messages=("You saved $21.34 this month by being enrolled in the CARE program.",),
)

DIRECT_ACCESS_2008 = old_bill(
    "sce_tou8_direct_access_2008",
    "May 2 '08",
    "May 21 '08",
    (
        ("Amount of your last bill", "$17,831.36"),
        ("Payment we received on Apr 14 '08 - thank you", "-$17,831.36"),
        ("Balance forward", "$0.00"),
        ("Your new charges", "$18,129.48"),
    ),
    "$18,129.48",
    (
        Service(
            "SCE",
            "delivery",
            "3-000-0000-00",
            "TOU-8 DA NON-CON",
            "Apr 2 '08",
            "May 1 '08",
            30,
            usage=Usage("Z123Y-4567", "240,000"),
            rows=(
                DELIVERY,
                line("Facilities rel demand", "800 kW x $9.00000", "$7,200.00"),
                group("Energy-Winter"),
                member("Mid peak", "90,000 kWh x $0.01500", "$1,350.00"),
                member("Off peak", "150,000 kWh x $0.01200", "$1,800.00"),
                line("DWR bond charge", "240,000 kWh x $0.00477", "$1,144.80"),
                line("Customer charge", "", "$450.00"),
                OTHER,
                line(
                    "Direct access cost responsibility surcharge",
                    "240,000 kWh x $0.01900",
                    "$4,560.00",
                    indent=True,
                ),
                line("Generation Municipal Surcharge", "", "$629.49", indent=True),
                subtotal("$17,134.29"),
                tax("Claremont UUT", "$17,134.29 x 5.50000%", "$942.39"),
                tax("State tax", "240,000 kWh x $0.00022", "$52.80"),
                total("$18,129.48", real=True),
            ),
        ),
    ),
    paid("17831.36", "Payment we received - thank you", "2008-04-14"),
    customer="VALUED CUSTOMER",
)

DIRECT_ACCESS_2019 = old_bill(
    "sce_direct_access_summary_2019",
    "09/12/19",
    "10/01/19",
    (
        ("Previous Balance", "$14,870.02"),
        ("Payment Received 08/27/19", "-$14,870.02"),
        ("Balance forward", "$0.00"),
        ("Your new charges", "$15,212.80"),
    ),
    "$15,212.80",
    (
        Service(
            "SCE",
            "delivery",
            "3-000-0000-05",
            "TOU-GS-1-B (Direct Access)",
            "08/13/19",
            "09/11/19",
            30,
            rows=(
                DELIVERY,
                line("Facilities rel demand", "500 kW x $10.00000", "$5,000.00"),
                group("Energy-Summer"),
                member("On peak", "20,000 kWh x $0.10000", "$2,000.00"),
                member("Mid peak", "10,000 kWh x $0.08000", "$800.00"),
                member("Off peak", "70,000 kWh x $0.05000", "$3,500.00"),
                line("Customer charge", "", "$189.50"),
                OTHER,
                line(
                    "Direct access cost responsibility surcharge",
                    "100,000 kWh x $0.03670",
                    "$3,670.00",
                    indent=True,
                ),
                subtotal("$15,159.50"),
                tax("State tax", "100,000 kWh x $0.00030", "$30.00"),
                total("$15,189.50", real=True),
            ),
        ),
        Service(
            "ESP",
            "generation",
            "3-000-0000-05",
            "ESP (Direct Access)",
            "08/13/19",
            "09/11/19",
            30,
            supplier="ENERGY SERVICE PROVIDER",
            rows=(
                CCA,
                line("ESP service", "", "$23.30"),
                subtotal("$23.30", "Sub-Total of ESP Generation Charges"),
                total("$23.30", "Your New Charges", real=True),
            ),
        ),
    ),
    paid("14870.02", "Payment Received", "2019-08-27"),
    customer="VALUED CUSTOMER",
    summary=True,
)

OLD = (MINIMUM, NEM2, NEM1, PAST_DUE, DIRECT_ACCESS_2008, DIRECT_ACCESS_2019)
