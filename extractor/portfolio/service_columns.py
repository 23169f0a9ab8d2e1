"""The columns of services: one row per service account and delivery period, its generation beside it.

Their names are stable; new ones are added before those of the roster, which stand at the end under the names
that the roster gives them. Dollars stand in one column each (`extractor.portfolio.dollars`): those of
`DOLLARS` add up to `total`, and so do `sce_total` and `cca_total`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from extractor.export.rows import METER, Column
from extractor.portfolio.charge_sums import TOU
from extractor.portfolio.owners import Owner

KWH = tuple(f"{tou}_kwh" for tou in TOU)
KW = tuple(f"{tou}_kw" for tou in TOU)

WHOSE = (
    Column("customer", "text", "customer's key in the roster"),
    Column("customer_name", "text", "customer's name in the roster"),
    Column("site", "text", "site's key in the roster"),
    Column("site_name", "text", "site's name in the roster"),
    Column("manager", "text", "key of the manager who looks after the site"),
    Column("manager_name", "text", "name of that manager"),
    Column("cost_center", "text", "cost centre, by the roster"),
)
ACCOUNT = (
    Column("customer_account", "text", "customer account, as printed"),
    Column("service_account", "text", "service account of the delivery"),
    Column("cca_service_account", "text", "service account of the generation, where it is another one"),
    Column("pod_id", "text", "POD-ID, 18 digits"),
    Column("meters", "text", "meters; several have a comma between them"),
)
STATEMENT = (
    Column("statement_date", "date", "date of the statement that carried the delivery"),
    Column("due_date", "date", "date on which that statement is due"),
    Column("kind", "text", "what that statement calls itself: corrected, final, ..."),
    Column("role", "text", "bundled or delivery"),
    Column("period_start", "date", "first day of the delivery period, inclusive"),
    Column("period_end", "date", "last day of the delivery period, inclusive"),
    Column("days", "whole", "days of the delivery period, both ends included"),
    Column("rate_schedule", "text", "rate schedule of the delivery, as printed"),
    Column(
        "generation",
        "text",
        "bundled: SCE's own, in the row; paired: a CCA's or an ESP's, in the row; left out: there is some, "
        "and it does not count, or with --customer is on a bill that is not wholly his; none",
    ),
    Column(
        "provider", "text", "who sells the energy in the row: SCE, CPA, ...; empty where generation is not"
    ),
    Column("product", "text", "product of a CCA's generation"),
    Column("vintage", "text", "vintage of the PCIA lines"),
)
USAGE = (
    Column(
        "kwh",
        "number",
        "kWh of the energy lines of delivery; where it has none those of generation in the same service; "
        "else of the usage block; empty where another statement of the same days has them",
    ),
    *(
        Column(
            name, "number", f"{tou.replace('_', '-')} kWh of those lines; empty where one has no price period"
        )
        for name, tou in zip(KWH, TOU, strict=True)
    ),
    Column("exported_kwh", "number", "kWh sent back, as printed; else those that all export credits are on"),
    Column("kw", "number", "maximum kW, as printed; else those that all lines of facilities demand are on"),
    *(
        Column(
            name,
            "number",
            f"greatest {tou.replace('_', '-')} kW that the delivery or bundled service charges for; else of "
            "the demand box",
        )
        for name, tou in zip(KW, TOU, strict=True)
    ),
)
DOLLARS = (
    Column("delivery_energy", "number", "energy under delivery, USD"),
    Column("delivery_demand", "number", "demand under delivery: facilities, time-related, power factor, USD"),
    Column("generation_energy", "number", "energy under generation, bundled or of a CCA or an ESP, USD"),
    Column("generation_demand", "number", "demand under generation, USD"),
    Column("pcia", "number", "power charge indifference adjustment, USD"),
    Column(
        "other_cost_responsibility",
        "number",
        "CTC, generation municipal surcharge, nonbypassable and other cost responsibility lines, USD",
    ),
    Column(
        "other",
        "number",
        "customer charge, wildfire fund, fixed recovery, CPP, adjustments and all lines that no other column "
        "has, USD",
    ),
    Column("credits", "number", "export, baseline and climate credits, discounts; negative, USD"),
    Column("state_tax", "number", "state tax, USD"),
    Column("energy_surcharge", "number", "energy surcharge of a CCA's part, USD"),
    Column("uut", "number", "utility users tax of both parts, USD"),
    Column("not_itemised", "number", "printed totals less the lines above them, USD; 0.00 of what is proven"),
)
TOTALS = (
    Column("sce_total", "number", "total of the delivery or bundled service, USD"),
    Column("cca_total", "number", "total of the generation beside it: CPA's, another CCA's, an ESP's, USD"),
    Column("total", "number", "both, as printed; of a part that prints none the sum of its lines, USD"),
    Column(
        "usd_per_kwh",
        "number",
        "total by kwh, to 5 places; empty where the generation of its days is not beside it whole, or "
        "another statement bills them, too",
    ),
    Column("load_factor", "number", "kwh by kw x 24 x days, to 4 places"),
    Column("estimated", "flag", "true where the bill says that its read was estimated"),
)
TRUST = (
    Column("trust", "text", "the least of its parts: proven, corrected-and-proven, accepted-by-person"),
    Column("findings", "whole", "findings on its parts and their statements that somebody should act on"),
    Column("finding_codes", "text", "what kinds of findings; several have a comma between them"),
    Column("file", "text", "name that the file of the delivery came by"),
    Column("sha256", "text", "hash of that file: the document's key"),
    Column("bill", "whole", "which bill of that file, from 1"),
    Column("service", "whole", "which service of that bill, from 1"),
    Column(
        "generation_statement_date", "text", "date of the statements that carried the generation, if others"
    ),
    Column("generation_file", "text", "names of the files of those statements"),
    Column("generation_sha256", "text", "hashes of those files"),
)

SERVICE_COLUMNS = (*WHOSE, *ACCOUNT, *STATEMENT, *USAGE, *DOLLARS, *TOTALS, *METER, *TRUST)


def further_columns(owned: Iterable[Owner]) -> Mapping[str, Column]:
    """Return by its name in the roster the column of each thing that the roster says in columns of its own.

    One that is called like another column, in whatever case of letters, has `roster_` before it.
    """
    names = dict.fromkeys(name for owner in owned for name in owner.further or ())
    taken = {column.name.casefold() for column in SERVICE_COLUMNS}
    found: dict[str, Column] = {}
    for name in sorted(names):
        own = name
        while own.casefold() in taken:
            own = f"roster_{own}"
        taken.add(own.casefold())
        found[name] = Column(own, "text", f"{name}, by the roster")
    return found
