"""A roster is taken in whole, or not at all; a second time changes nothing; what contradicts is told with its lines."""

from __future__ import annotations

import datetime as dt
import io
import tempfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine, text
from sqlmodel import select

from extractor.base.database import reading, writing
from extractor.export.files import write_csv
from extractor.export.roster import columns_of, roster_rows
from extractor.export.workbook import write_xlsx
from extractor.portfolio.roster.edit import change_manager, change_planned
from extractor.store.aliases import add_alias
from extractor.store.current import Wanted, current
from extractor.store.people import Account, Manager
from extractor.store.roster import Entry, RosterError, managers_of, stored_rows
from extractor.store.roster_plan import applied
from extractor.store.said import Saying
from tests.extractor.made_bills import record, service
from tests.extractor.portfolio.roster.files import HEAD, ONE, POD, THREE, TWO, looked_at, taken, there
from tests.extractor.rosters import take_roster
from tests.extractor.store.test_standing import Kept

NOW = dt.datetime(2026, 11, 30, 12, tzinfo=dt.UTC)


def written(folder: Path, *rows: str, head: str = HEAD) -> Path:
    path = folder / "roster.csv"
    path.write_text("\n".join([head, *rows]) + "\n")
    return path


BAKERY = f"bakery,Main,700200000001,{ONE},{POD},CPA,pat,4711,2025-01-01,"


def test_taken_again_nothing_changes_and_what_changed_is_told(kept: Engine, tmp_path: Path) -> None:
    path = written(tmp_path, BAKERY, f"school,Main,,{TWO},,,,,,")
    assert taken(kept, path) == {"new": 2}
    assert taken(kept, path) == {"unchanged": 2}
    path = written(tmp_path, BAKERY.replace("4711", "4712"), f"school,Main,,{TWO},,,,,,2026-05-31")
    assert [step.differences for step in looked_at(kept, path).plan.steps] == [
        [("cost_center", "4711", "4712")],
        [("valid_to", None, dt.date(2026, 5, 31))],
    ]
    assert taken(kept, path) == {"changed": 1, "ended": 1}
    assert taken(kept, path) == {"unchanged": 2}
    sites = {entry.site: entry.site_name for entry in there(kept)}
    assert sites == {"Main": "Main", "school/Main": "Main"}  # one name, two customers


def test_numbers_are_one_with_hyphens_and_without(kept: Engine, tmp_path: Path) -> None:
    assert taken(kept, written(tmp_path, "b,,,3-008-0000-08,,,,,,")) == {"new": 1}
    assert taken(kept, written(tmp_path, "b,,,3008 000008,,,,,,")) == {"unchanged": 1}
    Kept(kept).put(record("2026-06-02", service("2026-05-01", "2026-05-31", account="3008000008")))
    with reading(kept) as session:
        assert len(list(current(session, Wanted(customer="b")))) == 1


def test_what_the_file_has_no_column_for_stays_and_an_empty_cell_takes_away(
    kept: Engine, tmp_path: Path
) -> None:
    taken(kept, written(tmp_path, BAKERY + ",West", head=HEAD + ",Region"))
    taken(kept, written(tmp_path, f"bakery,{ONE},x", head="customer,service account,Floor"))
    (entry,) = there(kept)
    assert (entry.cost_center, entry.valid_from, entry.further) == (
        "4711",
        dt.date(2025, 1, 1),
        {"Region": "West", "Floor": "x"},
    )
    assert taken(
        kept, written(tmp_path, f"bakery,{ONE},,", head="customer,service account,cost center,Floor")
    ) == {"changed": 1}
    (entry,) = there(kept)
    assert (entry.cost_center, entry.manager, entry.further) == (None, "pat", {"Region": "West"})


def test_rows_that_are_not_in_the_file_stay(kept: Engine, tmp_path: Path) -> None:
    taken(kept, written(tmp_path, BAKERY, f"school,,,{TWO},,,,,,"))
    found = looked_at(kept, written(tmp_path, BAKERY))
    assert [one.entry.account for one in found.plan.others] == [TWO]
    assert taken(kept, written(tmp_path, BAKERY)) == {"unchanged": 1}
    assert len(there(kept)) == 2


def test_a_row_whose_first_day_changed_is_the_same_row_and_another_time_is_not(
    kept: Engine, tmp_path: Path
) -> None:
    taken(kept, written(tmp_path, f"b,,,{ONE},,,,,2025-01-01,2025-06-30"))
    assert taken(kept, written(tmp_path, f"b,,,{ONE},,,,,2025-02-01,2025-06-30")) == {"changed": 1}
    assert taken(kept, written(tmp_path, f"b,,,{ONE},,,,,2026-01-01,")) == {"new": 1}
    found = looked_at(kept, written(tmp_path, f"b,,,{ONE},,,,,2025-03-01,2026-03-01"))
    assert "which row of the roster is it" in found.plan.problems[0].text


CONTRADICTIONS = [
    ("two customers of one account on the same days",
     (f"a,,,{ONE},,,,,,2026-05-31", f"b,,,{ONE},,,,,2026-05-31,"), (2, 3), "is that of 'b' (line 3)"),
    ("one row twice", (f"a,,,{ONE},,,,,,", f"a,x,,{ONE},,,,,,"), (2, 3), "stands there twice"),
    ("a POD-ID of two service accounts at one time",
     (f"a,,,{ONE},{POD},,,,,", f"a,,,{TWO},{POD},,,,,"), (2, 3), f"of {TWO} (line 3)"),
    ("days in the wrong order", (f"a,,,{ONE},,,,,2026-02-01,2026-01-31",), (2,), "before it begins"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("rows", "lines", "words"),
    [case[1:] for case in CONTRADICTIONS],
    ids=[case[0] for case in CONTRADICTIONS],
)
def test_rows_that_contradict_are_refused_with_their_lines(
    kept: Engine, tmp_path: Path, rows: tuple[str, ...], lines: tuple[int, ...], words: str
) -> None:
    (problem,) = looked_at(kept, written(tmp_path, *rows)).plan.problems
    assert problem.lines == lines and words in problem.text


@pytest.mark.parametrize(
    "rows",
    [
        (f"a,,,{ONE},,,,,,2026-05-31", f"b,,,{ONE},,,,,2026-06-01,"),  # it changed hands
        (f"a,,,{ONE},{POD},,,,,2026-05-31", f"a,,,{TWO},{POD},,,,2026-06-01,"),  # it was renumbered
        (f"a,,700200000001,{ONE},,,,,,", f"b,,700200000001,{TWO},,,,,,"),  # a landlord's statement
    ],
)
def test_rows_that_follow_on_each_other_are_taken(
    kept: Engine, tmp_path: Path, rows: tuple[str, ...]
) -> None:
    assert taken(kept, written(tmp_path, *rows)) == {"new": 2}
    assert taken(kept, written(tmp_path, *rows)) == {"unchanged": 2}


def test_a_pod_id_of_two_numbers_of_one_meter_is_none_of_two_services(kept: Engine, tmp_path: Path) -> None:
    with writing(kept) as session:
        add_alias(session, "provider", ONE, TWO, "bill", None, None, Saying("Pat", "bill", NOW))
    rows = (f"a,,,{ONE},{POD},,,,,", f"a,,,{TWO},{POD},,,,,", f"a,,,{THREE},{POD},,,,,")
    assert taken(kept, written(tmp_path, *rows[:2])) == {"new": 2}
    assert len(looked_at(kept, written(tmp_path, *rows)).plan.problems) == 2


def test_a_row_that_contradicts_the_roster_names_what_is_there(kept: Engine, tmp_path: Path) -> None:
    taken(kept, written(tmp_path, f"a,,,{ONE},,,,,,"))
    (problem,) = looked_at(kept, written(tmp_path, f"b,,,{ONE},,,,,,")).plan.problems
    assert problem.lines == (2,) and "that of 'a' (in the roster)" in problem.text


def test_names_that_contradict_are_refused(kept: Engine, tmp_path: Path) -> None:
    rows = f"a,Bakery,{ONE}", f"a,Baker,{TWO}"
    path = written(tmp_path, *rows, head="customer,customer name,service account")
    assert [one.lines for one in looked_at(kept, path).plan.problems] == [(2, 3)]


def test_bills_that_say_something_else_are_told_and_stop_nothing(kept: Engine, tmp_path: Path) -> None:
    other = "101760940000000999"
    one = service("2026-05-01", "2026-05-31", account=ONE).model_copy(update={"pod_id": other})
    Kept(kept).put(record("2026-06-02", one, account="700200000009"))
    path = written(tmp_path, f"b,,700200000001,{ONE},{POD},,,,,", f"c,,700200000001,{TWO},{POD[:-1]}9,,,,,")
    found = looked_at(kept, path)
    assert [(note.lines, note.text) for note in found.notes] == [
        ((2,), f"bills of {ONE} show POD-ID {other}, the roster {POD}"),
        ((2,), f"bills of {ONE} show customer account 700200000009, the roster 700200000001"),
    ]
    assert taken(kept, path) == {"new": 2}
    late = written(tmp_path, f"b,,700200000001,{ONE},{POD},,,,2026-06-01,")
    assert looked_at(kept, late).notes == ()  # the bills are of days before


def test_keys_that_differ_by_capitals_are_told(kept: Engine, tmp_path: Path) -> None:
    (note,) = looked_at(kept, written(tmp_path, f"Bakery,,,{ONE},,,,,,", f"bakery,,,{TWO},,,,,,")).notes
    assert note.lines == (2, 3) and "two customers" in note.text


texts = st.text(
    st.characters(codec="utf-8", exclude_categories=["Cc", "Cs", "Zl", "Zp"]), min_size=1, max_size=12
).map(lambda text: " ".join(text.split()))
cells = texts.filter(bool) | st.sampled_from(
    ["=1+1", "'=x", "''-5", "-", "@a", "a,b", 'say "x"', "1.50", "007"]
)
names = st.sampled_from(["Region", "Floor, old", "Élan"])


@st.composite
def rosters(draw: st.DrawFn) -> list[Entry]:
    found = []
    for at in range(draw(st.integers(1, 5))):
        first = draw(st.none() | st.dates(dt.date(2020, 1, 1), dt.date(2026, 1, 1)))
        is_service = draw(st.booleans())
        found.append(
            Entry(
                customer=(customer := draw(st.sampled_from(["bakery", "school", "=sum"]))),
                customer_name=f"{customer} Inc.",
                account=f"80000000{at:02d}" if is_service else f"7002000000{at:02d}",
                kind="service" if is_service else "customer",
                site=draw(st.none() | st.sampled_from(["Main", "-1"])),
                manager=draw(st.none() | st.sampled_from(["pat", "sam@example.com"])),
                cost_center=draw(st.none() | cells),
                valid_from=first,
                valid_to=draw(st.none() | st.dates(first or dt.date(2020, 1, 1), dt.date(2026, 11, 30))),
                customer_account=draw(st.none() | st.just("700200000099")) if is_service else None,
                pod_id=draw(st.none() | st.just(f"1017609400000001{at:02d}")) if is_service else None,
                provider=draw(st.none() | st.sampled_from(["CPA", "SCE", "ESP"])),
                further=draw(st.dictionaries(names, cells)),
            )
        )
    return found


@settings(deadline=None, max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rosters(), st.sampled_from(["csv", "xlsx"]))
def test_what_is_written_is_taken_in_and_changes_nothing(
    kept: Engine, roster: list[Entry], form: str
) -> None:
    with writing(kept) as session:
        for table in ("account", "site", "customer", "manager"):
            session.execute(text(f"DELETE FROM {table}"))
        take_roster(session, roster)
    before = there(kept)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"roster.{form}"
        if form == "csv":
            out = io.StringIO()
            write_csv(columns_of(before), roster_rows(before, for_csv=True), out)
            path.write_text(out.getvalue(), encoding="utf-8", newline="")
        else:
            write_xlsx(columns_of(before), roster_rows(before), path, "roster")
        assert taken(kept, path) == {"unchanged": len(before)}
        assert there(kept) == before
        with writing(kept) as session:  # into an empty roster it makes the same one
            for table in ("account", "site", "customer", "manager"):
                session.execute(text(f"DELETE FROM {table}"))
        assert taken(kept, path) == {"new": len(before)}
    assert there(kept) == before


def changed(engine: Engine, account: str, on: dt.date | None = None, **values: object) -> str:
    with writing(engine) as session:
        plan = change_planned(session, account, values, {}, on)
        if plan.problems:
            return plan.problems[0].text
        applied(session, plan, "Pat", NOW)
        return plan.steps[0].outcome


def test_a_row_is_changed_ended_and_given_away_by_hand(kept: Engine, tmp_path: Path) -> None:
    taken(kept, written(tmp_path, BAKERY))
    assert changed(kept, f"8-{ONE[1:]}", cost_center="12") == "changed"
    assert changed(kept, ONE, cost_center="12") == "unchanged"
    assert changed(kept, ONE, valid_to=dt.date(2026, 5, 31)) == "ended"
    assert changed(kept, ONE, customer="school") == "changed"
    with reading(kept) as session:
        (row,) = stored_rows(session)
    assert (row.entry.customer, row.entry.site, row.entry.manager, row.who, row.at) == (
        "school",
        None,
        "pat",
        "Pat",
        NOW,
    )
    assert changed(kept, TWO, customer="school", pod_id=POD).startswith("POD-ID")
    with pytest.raises(RosterError, match="give --customer to add it"):
        changed(kept, TWO, site="x")
    with pytest.raises(RosterError, match="last digits lost"):
        changed(kept, ONE, pod_id="101760940000000000")


@pytest.mark.parametrize("number", ["800000000", "700200000001", "acme", "8.00E+09"])
def test_what_is_no_service_account_is_not_added_as_one(kept: Engine, number: str) -> None:
    with pytest.raises(RosterError, match="service account"):
        changed(kept, number, customer="school")


def test_of_several_rows_a_day_says_which(kept: Engine, tmp_path: Path) -> None:
    taken(kept, written(tmp_path, f"a,,,{ONE},,,,,,2026-05-31", f"b,,,{ONE},,,,,2026-06-01,"))
    with pytest.raises(RosterError, match="2 rows"):
        changed(kept, ONE, cost_center="1")
    assert changed(kept, ONE, dt.date(2026, 6, 1), cost_center="1") == "changed"
    assert [entry.cost_center for entry in there(kept)] == [None, "1"]
    assert "on one day" in changed(kept, ONE, dt.date(2026, 6, 1), valid_from=dt.date(2026, 5, 31))


def test_a_manager_is_of_the_account_and_is_edited_once_for_all(kept: Engine, tmp_path: Path) -> None:
    taken(kept, written(tmp_path, f"a,S,,{ONE},,,pat,,,", f"a,S,,{TWO},,,sam,,,", f"b,,,{THREE},,,pat,,,"))
    with writing(kept) as session:
        assert managers_of(session, "a") == {"pat", "sam"} and managers_of(session, "b") == {"pat"}
        before, after = change_manager(session, "pat", None, "pat@example.com")
        assert before is not None and (before.email, after.email, after.name) == (
            "",
            "pat@example.com",
            "pat",
        )
        with pytest.raises(RosterError, match="no manager 'kim'"):
            change_manager(session, "kim", None, None)
    assert taken(kept, written(tmp_path, f"a,S,,{ONE},,,pat,,,")) == {"unchanged": 1}
    with reading(kept) as session:
        assert (
            session.get_one(Manager, "pat").email == "pat@example.com"
        )  # a file without the column leaves it


def test_the_database_keeps_a_number_as_it_is_compared(kept: Engine) -> None:
    with writing(kept) as session:
        take_roster(session, [Entry("a", "A", "3-008 0000-08", "service")])
        assert [row.plain for row in session.exec(select(Account))] == ["3008000008"]
