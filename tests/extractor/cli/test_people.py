"""A customer handed over and erased, as a person types it."""

from __future__ import annotations

import hashlib
import subprocess
import tarfile
from pathlib import Path

from datarequests.history import Happened, add
from datarequests.incoming.known import ours_of
from datarequests.incoming.parsed import parsed
from datarequests.incoming.taken import take
from datarequests.workflow import Event
from extractor.base.database import writing
from extractor.home import created
from extractor.originals import kept
from extractor.store.documents import Arrival
from extractor.store.documents import take as take_document
from extractor.store.opening import store
from extractor.store.people import Customer
from tests.datarequests.incoming.mails import answer, mail, outgoing
from tests.datarequests.made import NOW, authorization, sent
from tests.extractor.made_bills import record, service
from tests.extractor.store.test_standing import Kept

COMMAND = Path(__file__).parents[3] / ".venv" / "bin" / "billclerk"
ROSTER = "customer,customer_name,account,kind\nbakery,Example Bakery,700200000001,customer\n"


def run(home: Path, *arguments: str | Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run([COMMAND, *arguments, "--home", home], capture_output=True, text=True, check=False)


def test_a_customer_is_handed_over_and_erased_and_what_stays_is_said(tmp_path: Path) -> None:
    home = created(tmp_path / "home", "").path
    with store(f"sqlite:///{home}/billclerk.db", home) as engine:
        Kept(engine).put(record("2026-06-02", service("2026-05-01", "2026-05-31")))
    (tmp_path / "roster.csv").write_text(ROSTER)
    assert run(home, "accounts", "import", tmp_path / "roster.csv").returncode == 0
    (home / "billclerk.db.before-0002-from-0001").write_bytes(b"x")

    out = tmp_path / "a.tar.gz"
    given = run(home, "customer", "export", "bakery", out)
    assert (given.returncode, "its original is missing" in given.stderr) == (1, True)
    assert given.stdout.startswith(f"1 bills in {out}: 0 files, 0 cut out of others")
    with tarfile.open(out) as archive:
        assert "README.txt" in archive.getnames()

    said = ("customer", "forget", "bakery", "--who", "Pat", "--why", "a letter")
    dry = run(home, *said, "--dry-run")
    assert "billclerk.db.before-0002-from-0001, a copy" in dry.stdout and "would be erased" in dry.stdout
    assert (home / "billclerk.db.before-0002-from-0001").exists()
    assert "backups made before hold all of this customer's data: make a new one" in dry.stderr
    run(home, "backup", tmp_path / "b.tar")
    done = run(home, *said)
    assert (done.returncode, "1 documents, 0 messages and archives erased" in done.stdout) == (0, True)
    assert "still hold all of this customer's data; the last one was made on 20" in done.stderr
    assert not (home / "billclerk.db.before-0002-from-0001").exists()


def test_his_requests_and_their_files_go_with_him(tmp_path: Path) -> None:
    home = created(tmp_path / "home", "")
    form, slip = b"%PDF- signed", b"slip"
    hashes = [hashlib.sha256(one).hexdigest() for one in (form, slip)]
    with store(home.database, home.path) as engine, writing(engine) as session:
        session.add(Customer(key="acme", name="Acme"))
        signed = authorization(session, signed_sha256=hashes[0])
        number = sent(session, authorization_id=signed.id).id or 0
        add(session, number, Happened(Event.NOTE, NOW, "pat", {"evidence": hashes[1]}), NOW)
    paths = [kept(home.originals, one) for one in (form, slip)]
    looked_at = home.path / "outbox" / "dry-run"
    looked_at.mkdir(parents=True)
    for one in (number, number + 10):
        (looked_at / f"r{one}.1.ab@example.com.eml").touch()
    said = ("customer", "forget", "acme", "--who", "Pat", "--why", "a letter")
    dry = run(home.path, *said, "--dry-run")
    assert "1 data requests, 1 authorizations and 2 files of theirs would be erased" in dry.stdout
    assert all(path.exists() for path in paths)
    done = run(home.path, *said)
    assert "1 data requests, 1 authorizations and 2 files of theirs erased" in done.stdout
    assert not any(path.exists() for path in paths)
    assert [one.name for one in looked_at.iterdir()] == [f"r{number + 10}.1.ab@example.com.eml"]
    assert "no requests are open" in run(home.path, "request", "list", "--all").stderr
    assert b"ACME BAKERY" not in (home.path / "billclerk.db").read_bytes()


def test_mail_of_his_requests_goes_with_what_came_in_it_and_is_not_taken_again(tmp_path: Path) -> None:
    home = created(tmp_path / "home", "")
    slip = b"of ACME"
    raws = [answer(), answer("A letter is attached.", files={"letter.txt": slip}), mail("Another's letter.")]
    with store(home.database, home.path) as engine, writing(engine) as session:
        session.add(Customer(key="acme", name="Acme"))
        outgoing(session, sent(session))
        for raw in raws:
            message = parsed(raw)
            document = take_document(session, Arrival(message.sha256, "a.eml", 1, "mail", "message"), NOW)
            take(session, message, ours_of(session), NOW)
            for one in message.attachments:
                came = Arrival(one.sha256, one.name, len(one.content), "mail", "other", parent_id=document.id)
                take_document(session, came, NOW)
    paths = [kept(home.originals, one) for one in (*raws, slip)]
    said = ("customer", "forget", "acme", "--who", "Pat", "--why", "a letter")
    assert "2 messages and archives would be erased" in run(home.path, *said, "--dry-run").stdout
    assert "2 messages and archives erased" in run(home.path, *said).stdout
    assert [path.exists() for path in paths] == [False, False, True, False]
    run(home.path, "mail", "fetch")
    assert run(home.path, "mail", "list", "--all").stdout.count("3rdparty@sce.com") == 1
