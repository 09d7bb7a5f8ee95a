"""The few words the player says, in the languages it knows."""

from __future__ import annotations

_STRINGS = {
    "en": {
        "play": "Play",
        "less": "One step back",
        "more": "One step on",
        "reset": "Reset",
        "loading": "Loading …",
        "failed": "The recording of this interactive could not be loaded: it stays at these values.",
        "single": "One control at a time: when one is moved, the others go back to their start.",
        "live": "Live at",
        "low": "from",
        "high": "to",
        "nearest": "the nearest value there is",
        "off": "off",
        "on": "on",
        "share": "Share",
        "address": "Address of what is shown",
        "embed": "HTML that shows it in another page",
        "copy": "Copy",
        "copied": "Copied",
        "selected": "Selected: copy with Ctrl+C",
        "picture": "Save the picture",
        "send": "Send …",
        "unknown": "This interactive does not have what the address asks for:",
        "noscript": "This interactive needs JavaScript: the picture shows its starting values.",
    },
    "it": {
        "play": "Avvia",
        "less": "Un passo indietro",
        "more": "Un passo avanti",
        "reset": "Ripristina",
        "loading": "Caricamento…",
        "failed": "Non è stato possibile caricare questa figura interattiva: resta ferma a questi valori.",
        "single": "Un controllo alla volta: quando ne muoviamo uno, gli altri tornano al valore iniziale.",
        "live": "Si muove in",
        "low": "da",
        "high": "a",
        "nearest": "il più vicino fra i valori possibili",
        "off": "no",
        "on": "sì",
        "share": "Condividi",
        "address": "Indirizzo di ciò che si vede",
        "embed": "Codice per mostrarlo in un’altra pagina",
        "copy": "Copia",
        "copied": "Copiato",
        "selected": "Selezionato: si copia con Ctrl+C",
        "picture": "Salva la figura",
        "send": "Invia…",
        "unknown": "In questa figura non c'è ciò che l'indirizzo chiede:",
        "noscript": "Questa figura interattiva richiede JavaScript: vediamo i suoi valori iniziali.",
    },
}


def strings(language: str | None) -> dict[str, str]:
    """The player's words in `language` ("it", "pt_BR"), English where it is not known."""
    return _STRINGS.get((language or "en").split("_")[0].split("-")[0], _STRINGS["en"])
