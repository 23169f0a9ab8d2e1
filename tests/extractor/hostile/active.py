"""A bill that wants to do things: run programs and scripts, send itself, and bring files along."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path

from pikepdf import Array, Dictionary, Name, Object, Page, Pdf, String

CARRIED = "MZ this was carried inside the bill and must never come out"
"""What the file that is attached holds."""

CARRIED_NAME = "invoice.exe"


def active(bill: bytes, marker: Path, url: str) -> bytes:
    """Return a bill with every action that PDF knows: each would make the file `marker`, or ask for `url`."""
    with Pdf.open(BytesIO(bill)) as pdf:
        actions = _actions(marker, url)
        pdf.Root.OpenAction = pdf.make_indirect(actions[0])
        pdf.Root.AA = Dictionary(dict.fromkeys(("/WC", "/WS", "/DS", "/WP", "/DP"), actions[1]))
        scripts = Array([item for at, action in enumerate(actions) for item in (String(f"a{at}"), action)])
        carried = pdf.make_stream(CARRIED.encode(), Type=Name.EmbeddedFile)
        file = Dictionary(Type=Name.Filespec, F=String(CARRIED_NAME), EF=Dictionary(F=carried))
        files = Dictionary(Names=Array([String(CARRIED_NAME), pdf.make_indirect(file)]))
        pdf.Root.Names = Dictionary(JavaScript=Dictionary(Names=scripts), EmbeddedFiles=files)
        pdf.Root.AcroForm = _form(pdf, actions)
        for page in pdf.pages:
            _arm(page, actions)
        out = BytesIO()
        pdf.save(out, deterministic_id=True)
    return out.getvalue()


def _actions(marker: Path, url: str) -> list[Object]:
    script = (
        f"app.launchURL('{url}/js', true); this.exportDataObject({{cName: '{CARRIED_NAME}', nLaunch: 2}});"
    )
    run = Dictionary(F=String("/bin/sh"), P=String(f"-c 'touch {marker}'"), O=String("open"))
    file = Dictionary(Type=Name.Filespec, F=String(f"/usr/bin/touch {marker}"))
    remote = Dictionary(Type=Name.Filespec, FS=Name.URL, F=String(f"{url}/remote"))
    return [
        Dictionary(S=Name.JavaScript, JS=String(script)),
        Dictionary(S=Name.Launch, F=file, Win=run, Unix=run, NewWindow=True),
        Dictionary(S=Name.URI, URI=String(f"{url}/uri")),
        Dictionary(S=Name.SubmitForm, F=remote, Flags=4),
        Dictionary(S=Name.ImportData, F=remote),
        Dictionary(S=Name.GoToR, F=remote, D=Array([0, Name.Fit])),
        Dictionary(S=Name.GoToE, F=remote, T=Dictionary(R=Name.C, N=String(CARRIED_NAME))),
    ]


def _form(pdf: Pdf, actions: list[Object]) -> Object:
    """Return a form whose field calculates by script when it is drawn."""
    field = Dictionary(
        Type=Name.Annot,
        Subtype=Name.Widget,
        FT=Name.Tx,
        T=String("total"),
        V=String("$0.01"),
        Rect=Array([0, 0, 0, 0]),
        AA=Dictionary(dict.fromkeys(("/C", "/F", "/K", "/V"), actions[0])),
    )
    return Dictionary(Fields=Array([pdf.make_indirect(field)]), NeedAppearances=True, XFA=String("<xdp/>"))


def _arm(page: Page, actions: list[Object]) -> None:
    page.AA = Dictionary(O=actions[0], C=actions[1])
    links = [
        Dictionary(
            Type=Name.Annot,
            Subtype=Name.Link,
            Rect=Array([0, 0, 612, 792]),
            A=action,
            AA=Dictionary(PO=action),
        )
        for action in actions
    ]
    page.Annots = Array(links)
