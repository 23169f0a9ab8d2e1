"""`python -m corpus [OUT_DIR]`: make all samples and their golden records again.

`python -m corpus scans OUT_DIR [--kinds KIND ...] [--bills NAME ...]`: make scans of them.
"""

import sys
from pathlib import Path

from corpus.make import make_all
from corpus.scans import command

if __name__ == "__main__":
    if sys.argv[1:2] == ["scans"]:
        command.main(sys.argv[2:])
    else:
        out = Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).parent
        made = make_all(out)
        sys.stderr.write(f"{made} samples in {out}\n")
