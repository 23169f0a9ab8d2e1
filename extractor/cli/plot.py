"""`billclerk plot`: a billing period's load curve, and billed beside metered."""

from pathlib import Path
from typing import Annotated

import typer

from extractor.cli.desk import Named
from extractor.cli.export import whole_file
from extractor.cli.home import HomeOption
from extractor.cli.metered import tolerance_of
from extractor.cli.opened import opened


def plot(
    name: Named,
    output: Annotated[
        Path | None,
        typer.Option("--output", metavar="PATH", help="An .svg or .png file; else DOCUMENT-SERVICE.svg."),
    ] = None,
    service: Annotated[
        int, typer.Option("--service", min=1, help="Which service of the bill, as `show` numbers them.")
    ] = 1,
    home: HomeOption = None,
) -> None:
    """Draw the readings of a bill's period, its price periods, its peak and what is missing.

    Beside them stand billed and metered kWh; above, whether they agree.
    """
    from extractor.base.database import reading
    from extractor.cli.wording import clean
    from extractor.intervals.loads import load_of
    from extractor.intervals.of_bills import of_bills
    from extractor.intervals.pictures.load_curve import load_curve
    from extractor.intervals.pictures.saving import form_of, save
    from extractor.store.said import bill_named

    form = form_of(output) if output else "svg"
    if form is None:
        raise typer.BadParameter("name an .svg or a .png file", param_hint="--output")
    with opened(home) as at, reading(at.engine) as session:
        kept = bill_named(session, name)
        found = of_bills(at.home, at.engine, session, [kept], tolerance_of(at.home), all_of_them=True)
        by_number = {each.number: each for each in found}
        if service not in by_number:
            raise typer.BadParameter(f"the bill has {len(by_number)} services", param_hint="--service")
        one = by_number[service].joined
        if one.first is None or one.last is None:
            raise typer.BadParameter("its billing period was not read", param_hint="DOCUMENT")
        load = load_of(at.home, at.engine, by_number[service].account, one.first, one.last)
        place = output or Path(f"{kept.sha256[:12]}-{service}.svg")
        days = f"{one.first} to {one.last}"
        who = f"{one.provider} {one.role}, service account {one.service_account}, {one.rate_schedule}"
        heading = clean(f"{who}, {days}")
        with whole_file(place) as part:
            save(load_curve(one, load.columns, heading), part, form, heading)
    print(place)
