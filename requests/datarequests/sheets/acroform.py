"""A form with fields (AcroForm) that the user has, filled in; the names of its fields are not ours to know.

The user says which field takes which value, in a TOML file of lines `"Name of the field" = "value"`. What it
does not name is filled only where a field's name says the same as a value's, letter for letter but for case,
spaces and signs. Fields that stayed empty are listed. Nothing is guessed.

>>> sorted(name for name in NAMES if NAMES[name] == "customer_of_record")
['customerofrecord', 'nameofcustomerofrecord', 'nameofcustomerrecord']
"""

from __future__ import annotations

import logging
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from io import BytesIO
from typing import Any

from pypdf import PdfReader, PdfWriter
from pypdf.errors import PyPdfError
from pypdf.generic import NameObject

from datarequests.counterparties import Form
from datarequests.sheets.paper import SheetError
from datarequests.tables import Authorization

ON = "x"
"""The value of a box that is ticked."""

logging.getLogger("pypdf").addHandler(logging.NullHandler())
logging.getLogger("pypdf").propagate = False  # it quotes what stands in files

SYNONYMS: Mapping[str, tuple[str, ...]] = {
    "customer_of_record": ("nameofcustomerofrecord", "nameofcustomerrecord"),
    "mailing_address": ("customermailingaddress",),
    "signatory": ("signatoryname", "customername"),
    "signatory_title": ("customertitle", "title"),
    "agent_company": ("nameofthirdparty", "thirdparty", "company", "companyname"),
    "agent_name": ("nameofagent",),
    "agent_address": ("agentmailingaddress",),
    "agent_telephone": ("agentphone", "telephonenumber"),
    "agent_email": ("email", "emailaddress"),
}
"""Other names of values, as forms may have them."""


def _bare(name: str) -> str:
    return "".join(char for char in name.lower() if char.isalnum())


NAMES: Mapping[str, str] = {
    other: value for value, others in SYNONYMS.items() for other in (_bare(value), *others)
}


@dataclass(frozen=True)
class FilledForm:
    """A form that was filled in."""

    data: bytes
    filled: Mapping[str, str]
    """Which value each field got, by their names."""
    empty: tuple[str, ...]
    """Fields that stayed empty: for a person to look at."""
    unused: tuple[str, ...]
    """Values that no field took."""


def form_values(one: Authorization, form: Form) -> dict[str, str]:
    """Return what an authorization has for a form's fields; what is empty is left out."""
    values = {
        "customer_of_record": one.customer_of_record,
        "mailing_address": one.mailing_address,
        "signatory": one.signatory or "",
        "signatory_title": one.signatory_title or "",
        **{f"agent_{name.removeprefix('mailing_')}": value for name, value in one.agent.items()},
        **{f"option_{option}": ON for option in one.options},
        f"duration_{one.duration}": ON,
        "until": one.until.strftime("%m/%d/%Y") if one.until else "",
        f"release_{one.release_method}": ON,
        f"release_{one.release_method}_to": one.release_to,
    }
    for at, account in enumerate(one.accounts[: form.rows.value], 1):
        values[f"service_account_{at}"] = account["service_account"]
        values[f"service_address_{at}"] = account.get("service_address", "")
    return {name: value for name, value in values.items() if value}


def read_mapping(text: str, name: str) -> dict[str, str]:
    """Return which field takes which value, as a TOML file says.

    Raises:
        SheetError: if it is no such file.
    """
    try:
        told = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise SheetError(f"{name}: {error}") from None
    if not all(isinstance(value, str) for value in told.values()):
        raise SheetError(f'{name}: write a line for each field: "Name of the field" = "customer_of_record"')
    return told


def fill(form: bytes, values: Mapping[str, str], told: Mapping[str, str] | None = None) -> FilledForm:
    """Return a form with its fields filled in.

    Raises:
        SheetError: if it has no fields, or the mapping names a field or a value that is not there.
    """
    try:
        return _filled(form, values, told or {})
    except (PyPdfError, KeyError, TypeError, ValueError, AttributeError, RecursionError) as error:
        raise SheetError(
            f"the form cannot be filled in ({type(error).__name__}); fill it in by hand"
        ) from None


def _filled(form: bytes, values: Mapping[str, str], told: Mapping[str, str]) -> FilledForm:
    reader = PdfReader(BytesIO(form))
    fields = {name: field for name, field in (reader.get_fields() or {}).items() if field.get("/FT")}
    if not fields:
        raise SheetError("the form has no fields to fill in (no AcroForm); fill it in by hand from the sheet")
    which = _which(fields, values, told)
    writer = PdfWriter(clone_from=reader)
    written = {name: _written(fields[name], values[value], name) for name, value in which.items()}
    for page in writer.pages:
        if "/Annots" in page:
            writer.update_page_form_field_values(page, written, auto_regenerate=False)
    out = BytesIO()
    writer.write(out)
    empty = tuple(name for name in fields if name not in which and not _is_filled(fields[name]))
    return FilledForm(out.getvalue(), which, empty, tuple(one for one in values if one not in which.values()))


def _which(fields: Mapping[str, Any], values: Mapping[str, str], told: Mapping[str, str]) -> dict[str, str]:
    """Return which value each field takes: as the user says, else where the names are the same."""
    for field, value in told.items():
        if field not in fields:
            raise SheetError(f"the form has no field {field!r}; it has: {', '.join(fields)}")
        if value not in values and value != "":
            raise SheetError(f"there is no value {value!r} for {field!r}; there are: {', '.join(values)}")
    which = {field: value for field, value in told.items() if value}
    bare = {_bare(value): value for value in values}
    for field in fields:
        named = bare.get(_bare(field)) or NAMES.get(_bare(field))
        if named is not None and field not in told and named in values and named not in which.values():
            which[field] = named
    return which


def _written(field: Any, value: str, name: str) -> Any:
    """Return what a field is given: of a box the name of its state that is on."""
    if field.get("/FT") != "/Btn":
        if value == ON and field.get("/FT") != "/Tx":
            raise SheetError(f"{name!r} is neither text nor a box; fill it in by hand")
        return value
    states = [state for state in field.get("/_States_", ()) if state != "/Off"]
    if value != ON or len(states) != 1:
        raise SheetError(f"{name!r} is a box of {len(states)} states; fill it in by hand")
    return NameObject(states[0])


def _is_filled(field: Any) -> bool:
    return field.get("/V") not in (None, "", "/Off")
