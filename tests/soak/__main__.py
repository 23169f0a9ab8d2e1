"""`make soak`: the inbox killed again and again, on both databases at the same time.

`python -m tests.soak 200` starts and kills a program so often in all, half on each database; a seed as the
second number repeats a run. It fails where a file was lost, kept twice or cut.
"""

import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from extractor.base.database import opened
from extractor.base.schema import upgrade
from extractor.home import created
from tests.extractor.kills import kill_often
from tests.servers import postgresql


def soaked(folder: Path, address: str, runs: int, seed: int) -> int:
    """Kill so often with a database; return how many programs were started for that."""
    home = created(folder, "")
    engine = opened(address)
    try:
        return kill_often(home, address, engine, runs, seed)
    finally:
        engine.dispose()


def main(runs: int, seed: int) -> None:
    """Soak both databases and say how often their programs were killed."""
    each = (runs + 1) // 2
    with tempfile.TemporaryDirectory() as held, postgresql.running() as server, ThreadPoolExecutor(2) as pool:
        folder = Path(held)
        addresses = {
            "SQLite": f"sqlite:///{folder}/billclerk.db",
            "PostgreSQL": server.database().render_as_string(),
        }
        for address in addresses.values():
            engine = opened(address)
            upgrade(engine)
            engine.dispose()
        going = {
            name: pool.submit(soaked, folder / name, address, each, seed)
            for name, address in addresses.items()
        }
        for name, future in going.items():
            count = future.result()
            print(
                f"{name}: {each} of {count} programs killed at work, nothing lost or kept twice", flush=True
            )


if __name__ == "__main__":
    main(*(int(argument) for argument in [*sys.argv[1:], "200", "1"][:2]))
