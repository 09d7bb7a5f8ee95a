"""Disegna grafi e matrici, mostra domande ed esiti. Qui non si calcola niente: i numeri arrivano già pronti."""

import re
from html import escape
from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np
from IPython.display import display
from ipywidgets import RadioButtons
from matplotlib.collections import LineCollection, PathCollection, PolyCollection
from matplotlib.patches import Rectangle
from matplotlib.path import Path as Tracciato
from matplotlib.ticker import FixedFormatter, FixedLocator, NullLocator
from matplotlib_inline.backend_inline import set_matplotlib_formats

BLU = "#0067A5"
VERDE = "#00795A"  # i valori del passo in avanti
ROSSO = "#B5300F"  # i gradienti del passo all'indietro
VIOLA = "#8E3B76"
OCRA = "#7A5C00"
GRIGIO = "#6B7280"

RAGGIO = 10.5  # di un nodo, in punti tipografici


def stile():
    """Applica libro.mplstyle e chiede figure SVG di misura fissa, uguali a ogni esecuzione."""
    plt.style.use(Path(__file__).with_name("libro.mplstyle"))
    set_matplotlib_formats("svg", metadata={"Date": None}, bbox_inches=None)


def scelta(domanda, opzioni):
    """La domanda con le sue risposte, una per riga; all'inizio nessuna è scelta, e il valore è None."""
    sopra = {"flex_flow": "column", "align_items": "flex-start", "width": "auto"}
    return RadioButtons(options=[*opzioni], value=None, description=domanda, layout=sopra, style={"description_width": "auto"})


def daccapo(esercizio, *caselle):
    """A ogni nuova scelta dell'esercizio le caselle tornano come sono adesso: senza risposte, con la soluzione nascosta."""
    vuote = [casella.value for casella in caselle]

    def svuota(_):
        for casella, vuota in zip(caselle, vuote):
            casella.value = vuota

    esercizio.observe(svuota, "value")


def esito(giusto, testo):
    """Mostra una frase: dopo «✓ Giusto:» se giusto è vero, dopo «✗ No:» se è falso, da sola se è None."""
    display(_Esito(giusto, re.sub(r"(?<!\w)-(?=\d)", "−", testo)))


def attesa(risposta, dove):
    """Prima del verdetto: chiede la risposta, se è None; poi la frase dove, che dice dove guardare."""
    esito(None, "Scegli una risposta." if risposta is None else dove)


class _Esito:
    """Una frase nel carattere del testo, con il suo segno e il suo colore; dove non c'è altro che testo, con il segno."""

    def __init__(self, giusto, testo):
        self.verdetto = "" if giusto is None else "✓ Giusto:" if giusto else "✗ No:"
        self.tinta = f"var(--verde, {VERDE})" if giusto else f"var(--rosso, {ROSSO})"
        self.testo = testo

    def __repr__(self):
        return f"{self.verdetto} {self.testo}".strip()

    def _repr_html_(self):
        if not self.verdetto:
            return f'<p class="esito">{escape(self.testo)}</p>'
        verdetto = f'<strong style="color: {self.tinta}">{self.verdetto}</strong>'
        return f'<p class="esito" role="alert" style="border-color: {self.tinta}">{verdetto} {escape(self.testo)}</p>'


def tacche(asse, *scritte):
    """Lascia all'asse le sole tacche dette: numeri, o testi come "0.0001" da scrivere proprio così.

    Con set_xticks Matplotlib prepara ogni tacca anche quando l'asse, uguale in un altro stato, non va ridisegnato.
    """
    asse.set_major_locator(FixedLocator([float(scritta) for scritta in scritte]))
    asse.set_major_formatter(FixedFormatter([s if isinstance(s, str) else _meno(str(s)) for s in scritte]))
    asse.set_minor_locator(NullLocator())


def grafo(ax, nodi, archi, ingressi=(), attivi=(), fermi=()):
    """Disegna un grafo di calcolo: valori in verde sopra i fili, gradienti in rosso corsivo sotto.

    Davanti a ogni gradiente una freccia va contro il filo. Ai lati di un filo ripido: valore a sinistra, gradiente a destra.

    nodi: {"nome": (x, y, "etichetta")}; le due unità di misura, x e y, sono lunghe uguali.
    archi: [("da", "a", avanti, indietro)]; avanti e indietro sono stringhe, oppure None per non scrivere niente.
    ingressi: i nomi da disegnare come caselle grigie; gli altri nodi sono cerchi.
    attivi: i nomi dei nodi e le coppie ("da", "a") da mettere in risalto.
    fermi: le coppie ("da", "a") che il gradiente non percorre, tratteggiate.
    Più archi fra gli stessi due nodi si incurvano, per non coprirsi.
    La misura della figura e il posto di ax sono già quelli definitivi: nodi e scritte si misurano in punti.
    Su un telefono i fili ripidi, dall'alto in basso, lasciano ai numeri più posto di quelli in orizzontale.
    ValueError se un arco, un ingresso, un elemento attivo o un filo fermo non è nel grafo.
    """
    coppie = [(da, a) for da, a, *_ in archi]
    _controlla_nomi(nodi, coppie, ingressi, [*attivi, *fermi])

    ax.set_axis_off()
    if ax.figure.axes == [ax]:
        ax.set_position([0, 0, 1, 1])  # un grafo da solo non ha etichette sui lati: prende tutta la figura
    for forma, lato, bordo in (("o", 2 * RAGGIO, "black"), ("s", 1.6 * RAGGIO, GRIGIO)):
        for attivo, colore, spessore, dentro in ((False, bordo, 0.9, "none"), (True, BLU, 1.8, (BLU, 0.25))):
            uguali = [nome for nome in nodi if (nome in ingressi, nome in attivi) == (forma == "s", attivo)]
            if uguali:
                xs, ys, _ = zip(*(nodi[nome] for nome in uguali))
                ax.plot(xs, ys, forma, ms=lato, mec=colore, mew=spessore, mfc=dentro, clip_on=False)
    for nome, (x, y, etichetta) in nodi.items():
        corsivo, corpo = "italic" if nome in ingressi else "normal", 8 if len(etichetta) < 4 else 7
        ax.text(x, y, etichetta, fontsize=corpo, ha="center", va="center_baseline", style=corsivo)
    punto = _inquadra(ax, nodi, coppie)  # nell'unità di misura del grafo

    partenze, arrivi = [da for da, _ in coppie], [a for _, a in coppie]
    tratti, punte = [], []
    for i, (da, a, avanti, indietro) in enumerate(archi):
        curva = 0.5 * (coppie[:i].count((da, a)) - (coppie.count((da, a)) - 1) / 2)
        filo = _Filo(complex(*nodi[da][:2]), complex(*nodi[a][:2]), curva)
        tratto, punta = filo.freccia((RAGGIO + 1) * punto, (6 if (da, a) in attivi else 5) * punto)
        tratti.append(Tracciato(np.transpose([tratto.real, tratto.imag]), [Tracciato.MOVETO, Tracciato.CURVE3, Tracciato.CURVE3]))
        punte.append(np.transpose([punta.real, punta.imag]))
        # I numeri stanno dove i fili sono più lontani fra loro: vicino alla partenza se molti arrivano insieme.
        dove = 0.5 - 0.1 * (arrivi.count(a) > 1) + 0.1 * (partenze.count(da) > 1)
        _numeri(ax, filo.fra(dove, dove), filo.fine - filo.inizio, punto, avanti, indietro)
    colori = [BLU if coppia in attivi else GRIGIO for coppia in coppie]
    spessori = [1.8 if coppia in attivi else 0.9 for coppia in coppie]
    linee = ["--" if coppia in fermi else "-" for coppia in coppie]
    fili = PathCollection(tratti, facecolors="none", edgecolors=colori, linewidths=spessori, linestyles=linee, clip_on=False)
    ax.add_collection(fili, autolim=False)
    ax.add_collection(PolyCollection(punte, facecolors=colori, linewidths=0, clip_on=False), autolim=False)


def _inquadra(ax, nodi, coppie):
    """Centra il grafo, più grande che si può lasciando posto ai nodi e alle scritte di lato; dà la lunghezza di un punto."""
    posti = {nome: complex(x, y) for nome, (x, y, _) in nodi.items()}
    xs, ys = [p.real for p in posti.values()], [p.imag for p in posti.values()]
    in_piedi = {posti[da].real for da, a in coppie if _ripido(posti[a] - posti[da])}
    lati = ax.bbox.size * 72 / ax.figure.dpi
    bordi = np.array([RAGGIO + (28 if in_piedi & {min(xs), max(xs)} else 4), RAGGIO + 4])
    punto = max(np.array([np.ptp(xs), np.ptp(ys)]) / (lati - 2 * bordi))
    centro = np.array([min(xs) + max(xs), min(ys) + max(ys)]) / 2
    (sinistra, basso), (destra, alto) = centro - lati / 2 * punto, centro + lati / 2 * punto
    ax.set(xlim=(sinistra, destra), ylim=(basso, alto))
    return punto


def _ripido(verso):
    """Se un filo sale o scende tanto che le sue scritte restano diritte, ai due lati."""
    return abs(verso.imag) > 4 * abs(verso.real)


def _controlla_nomi(nodi, coppie, ingressi, attivi):
    """ValueError, con il nome colpevole, se qualcosa non appartiene al grafo."""
    for da, a in coppie:
        for nome in (da, a):
            if nome not in nodi:
                raise ValueError(f"L'arco da {da!r} a {a!r} nomina un nodo sconosciuto: {nome!r}.")
    for nome in ingressi:
        if nome not in nodi:
            raise ValueError(f"L'ingresso {nome!r} non è fra i nodi.")
    for attivo in attivi:
        if attivo not in nodi and attivo not in coppie:
            raise ValueError(f"{attivo!r} è fra gli attivi o i fermi, ma non è né un nodo né un arco.")


class _Filo:
    """Una curva di Bézier fra due nodi; i punti del piano sono numeri complessi, con x parte reale e y parte immaginaria."""

    def __init__(self, inizio, fine, curva):
        self.inizio, self.fine = inizio, fine
        self.controllo = (inizio + fine) / 2 - 1j * curva * (fine - inizio)

    def fra(self, t, u):
        """Il punto di controllo del tratto fra le frazioni t e u del cammino; se sono uguali, il punto del filo."""
        return (1 - t) * (1 - u) * self.inizio + (t + u - 2 * t * u) * self.controllo + t * u * self.fine

    def freccia(self, bordo, punta):
        """I tre punti di Bézier del tratto e i tre vertici della punta, che è lunga `punta`; `bordo` è il raggio dei nodi."""
        t = np.linspace(0, 1, 101)
        cammino = self.fra(t, t)
        parte = np.interp(bordo, abs(cammino - self.inizio), t)
        base, arriva = np.interp([-bordo - punta, -bordo], -abs(cammino - self.fine), t)
        da, a = self.fra(base, base), self.fra(arriva, arriva)
        tratto = np.array([self.fra(parte, parte), self.fra(parte, base), da])
        return tratto, np.array([a, da + 0.5j * (a - da), da - 0.5j * (a - da)])


def _numeri(ax, posto, verso, punto, avanti, indietro):
    """I numeri di un filo, inclinati se il filo non è ripido."""
    if _ripido(verso):
        contro, angolo = "↓" if verso.imag > 0 else "↑", 0
        prima, dopo = (-3.5, 0, "right", "center"), (3.5, 0, "left", "center")
    else:
        contro = "←" if verso.real > 0 else "→"
        angolo = (np.angle(verso, deg=True) + 90) % 180 - 90  # mai capovolte
        prima, dopo = (0, 1, "center", "bottom"), (0, -1.5, "center", "top")

    def scrivi(testo, accanto, **stile_del_testo):
        dx, dy, ha, va = accanto
        inclinato = {"rotation": angolo, "rotation_mode": "anchor", "fontsize": 8}
        x, y = posto.real + dx * punto, posto.imag + dy * punto
        ax.text(x, y, _meno(testo), ha=ha, va=va, **inclinato, **stile_del_testo)

    if avanti is not None:
        scrivi(avanti, prima, color=VERDE)
    if indietro is not None:
        scrivi(f"{contro} {indietro}", dopo, color=ROSSO, style="italic")


def _meno(testo):
    """Il testo con il segno meno tipografico al posto del trattino."""
    return testo.replace("-", "−")


def matrice(ax, valori, titolo="", righe=None, colonne=None, evidenzia=(), formato="{:z.2f}"):
    """Disegna una matrice come una griglia di numeri.

    valori: le righe della matrice, tutte della stessa lunghezza; righe, colonne: i nomi da scrivere di lato e sopra.
    evidenzia: le celle (i, j) da mettere in risalto; formato: come scrivere ogni numero (la z toglie il segno a −0.00).
    ValueError se le righe hanno lunghezze diverse, o se un nome manca o una cella non esiste.
    """
    try:
        valori = [list(riga) for riga in valori]
    except TypeError:
        raise ValueError("Una matrice si dà come elenco di righe: [[1, 2], [3, 4]].") from None
    n, m = _forma(valori, righe, colonne)

    griglia = [[(0, i), (m, i)] for i in range(n + 1)] + [[(j, 0), (j, n)] for j in range(m + 1)]
    ax.add_collection(LineCollection(griglia, colors=GRIGIO, linewidths=0.6, clip_on=False))
    for i, j in evidenzia:
        if not (0 <= i < n and 0 <= j < m):
            raise ValueError(f"La cella ({i}, {j}) non esiste: la matrice ha forma ({n}, {m}).")
        ax.add_patch(Rectangle((j, i), 1, 1, facecolor=(BLU, 0.25), edgecolor=BLU, linewidth=1.6, clip_on=False))
    for i, riga in enumerate(valori):
        for j, valore in enumerate(riga):
            testo = _meno(formato.format(valore))
            ax.text(j + 0.5, i + 0.5, testo, fontsize=7.5, ha="center", va="center_baseline", in_layout=False)

    ax.set(xlim=(0, m), ylim=(n, 0), aspect=0.6, title=titolo)
    ax.set_xticks([j + 0.5 for j in range(m)], colonne or [""] * m)
    ax.set_yticks([i + 0.5 for i in range(n)], righe or [""] * n)
    ax.tick_params(length=0, labeltop=True, labelbottom=False)
    ax.spines[:].set_visible(False)
    ax.grid(False)


def _forma(valori, righe, colonne):
    """Il numero di righe e di colonne. ValueError se la tabella non è una matrice o i nomi non bastano."""
    lunghezze = {len(riga) for riga in valori}
    if len(lunghezze) != 1 or 0 in lunghezze:
        raise ValueError(f"Le righe di una matrice hanno tutte la stessa lunghezza, non nulla: ricevute {sorted(lunghezze)}.")
    n, m = len(valori), lunghezze.pop()
    for quale, nomi, quanti in (("righe", righe, n), ("colonne", colonne, m)):
        if nomi is not None and len(nomi) != quanti:
            raise ValueError(f"Servono {quanti} nomi per le {quale}: ricevuti {len(nomi)}.")
    return n, m
