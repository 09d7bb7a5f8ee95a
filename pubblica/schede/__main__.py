"""`python -m schede [--capitolo 5] [--seme 7] CARTELLA`, dalla cartella `pubblica`: i fogli per la classe."""

import argparse
import sys
from pathlib import Path

from . import diapositive, fogli
from .capitolo import CHAPTERS, chapter


def main() -> None:
    """Scrive i fogli dei capitoli chiesti, o di tutti."""
    parser = argparse.ArgumentParser(prog="schede", description="I fogli per la classe: schede, varianti, verifiche.")
    parser.add_argument("cartella", type=Path)
    parser.add_argument("--capitolo", type=int, help="un capitolo solo")
    parser.add_argument("--seme", type=int, default=1, help="da cui si estraggono i numeri")
    parser.add_argument("--diapositive", action="store_true", help="anche le diapositive: si esegue il capitolo, e serve la rete")
    asked = parser.parse_args()
    if asked.seme < 0:
        sys.exit(f"Il seme è un intero da 0 in su: ricevuto {asked.seme}.")
    try:
        for number in [asked.capitolo] if asked.capitolo is not None else range(1, len(CHAPTERS) + 1):
            for path in fogli.write(chapter(number), asked.seme, asked.cartella):
                print(path)
            if asked.diapositive:
                print(diapositive.write(chapter(number), asked.cartella))
    except ValueError as error:
        sys.exit(str(error))


if __name__ == "__main__":
    main()
