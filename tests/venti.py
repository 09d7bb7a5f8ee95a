"""Esegue venti volte tutti i notebook, ogni volta in un ordine diverso, e ne confronta i risultati: `python tests/venti.py`.

Un risultato che dipende dal caso, dall'ora o da ciò che è stato eseguito prima non resta verde venti volte di fila.
"""

import random
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
NBVAL = ["--nbval", "--nbval-current-env", "--nbval-cell-timeout", "300", "-p", "no:cacheprovider"]


def main(times: int = 20) -> int:
    green = 0
    for seed in range(1, times + 1):
        notebooks = sorted((ROOT / "chapters").glob("*.ipynb"))
        random.Random(seed).shuffle(notebooks)
        start = time.monotonic()
        result = subprocess.run([sys.executable, "-m", "pytest", *NBVAL, *notebooks], cwd=ROOT, capture_output=True, text=True)
        green += result.returncode == 0
        order = " ".join(path.name[:2] for path in notebooks)
        last = result.stdout.strip().splitlines()[-1] if result.stdout.strip() else result.stderr
        print(f"{seed:>2}  {order}  {last}  ({time.monotonic() - start:.0f} s)", flush=True)
    print(f"{green} su {times}")
    return green < times


if __name__ == "__main__":
    sys.exit(main(*map(int, sys.argv[1:])))
