"""I controlli si accorgono degli errori: qualche mutante a ogni esecuzione, tutti con `make mutanti`."""

from concurrent.futures import ThreadPoolExecutor

from mutanti import ENDLESS, MUTANTS, check, trial


def test_every_mutant_can_be_planted():
    """Ogni testo da mutare sta una e una sola volta nel codice del suo capitolo, e l'errore lo cambia davvero."""
    assert len(set(MUTANTS)) == len(MUTANTS) >= 40
    assert [problem for mutant in MUTANTS if (problem := check(mutant)) or mutant.old == mutant.new] == []


def test_twelve_mutants_are_caught():
    """Dodici mutanti, presi a distanza uguale: capitoli diversi, sempre gli stessi. Metà senza gli assert delle celle."""
    chosen = MUTANTS[3 :: len(MUTANTS) // 12][:12]
    with ThreadPoolExecutor(2) as executor:
        verdicts = list(executor.map(trial, chosen, [True, False] * 6))
    assert len(chosen) == 12 and [mutant for mutant, verdict in zip(chosen, verdicts, strict=True) if verdict in ("", ENDLESS)] == []
