"""`python -m corpus [OUT_DIR]`: make all samples and their golden records again."""

import sys
from pathlib import Path

from corpus.make import make_all

if __name__ == "__main__":
    out = Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).parent
    made = make_all(out)
    sys.stderr.write(f"{made} samples in {out}\n")
