"""Disegna grafi e matrici con lo stile del libro. Qui non si calcola niente: i numeri arrivano già pronti."""

from math import atan2, degrees
from pathlib import Path

import matplotlib.pyplot as plt
from matplotlib.collections import LineCollection
from matplotlib.patches import FancyArrowPatch, Rectangle
from matplotlib.transforms import offset_copy
from matplotlib_inline.backend_inline import set_matplotlib_formats

BLU = "#0067A5"
VERDE = "#00795A"  # i valori del passo in avanti
ROSSO = "#B5300F"  # i gradienti del passo all'indietro
VIOLA = "#8E3B76"
OCRA = "#7A5C00"
GRIGIO = "#6B7280"

RAGGIO = 16  # di un nodo, in punti tipografici


def stile():
    """Applica libro.mplstyle e chiede figure SVG di misura fissa, uguali a ogni esecuzione."""
    plt.style.use(Path(__file__).with_name("libro.mplstyle"))
    set_matplotlib_formats("svg", metadata={"Date": None}, bbox_inches=None)


def grafo(ax, nodi, archi, ingressi=(), attivi=()):
    """Disegna un grafo di calcolo: valori in verde sopra i fili, gradienti in rosso corsivo sotto.

    Davanti a ogni gradiente una freccia va contro il filo. Ai lati di un filo ripido: valore a sinistra, gradiente a destra.

    nodi: {"nome": (x, y, "etichetta")}; le due unità di misura, x e y, sono lunghe uguali.
    archi: [("da", "a", avanti, indietro)]; avanti e indietro sono stringhe, oppure None per non scrivere niente.
    ingressi: i nomi da disegnare come caselle grigie; gli altri nodi sono cerchi.
    attivi: i nomi dei nodi e le coppie ("da", "a") da mettere in risalto.
    Più archi fra gli stessi due nodi si incurvano, per non coprirsi.
    ValueError se un arco, un ingresso o un elemento attivo non è nel grafo.
    """
    coppie = [(da, a) for da, a, *_ in archi]
    _controlla_nomi(nodi, coppie, ingressi, attivi)

    for forma, lato, bordo in (("o", 2 * RAGGIO, "black"), ("s", 1.6 * RAGGIO, GRIGIO)):
        nomi = [nome for nome in nodi if (nome in ingressi) == (forma == "s")]
        ax.scatter(
            [nodi[nome][0] for nome in nomi],
            [nodi[nome][1] for nome in nomi],
            s=lato**2,
            marker=forma,
            facecolor=[(BLU, 0.25) if nome in attivi else "none" for nome in nomi],
            edgecolor=[BLU if nome in attivi else bordo for nome in nomi],
            linewidth=[2.4 if nome in attivi else 1.2 for nome in nomi],
            clip_on=False,
        )
    for nome, (x, y, etichetta) in nodi.items():
        corsivo = "italic" if nome in ingressi else "normal"
        ax.text(x, y, etichetta, fontsize=10, ha="center", va="center_baseline", style=corsivo, in_layout=False)

    partenze, arrivi = [da for da, _ in coppie], [a for _, a in coppie]
    for i, (da, a, avanti, indietro) in enumerate(archi):
        curva = 0.5 * (coppie[:i].count((da, a)) - (coppie.count((da, a)) - 1) / 2)
        # I numeri stanno dove i fili sono più lontani fra loro: vicino alla partenza se molti arrivano insieme.
        punto = 0.5 - 0.1 * (arrivi.count(a) > 1) + 0.1 * (partenze.count(da) > 1)
        _filo(ax, nodi[da][:2], nodi[a][:2], avanti, indietro, curva, punto, (da, a) in attivi)

    ax.set_axis_off()
    ax.margins(0.08, 0.12)
    ax.set_aspect("equal", adjustable="datalim")
    if ax.figure.axes == [ax]:
        ax.set_position([0, 0, 1, 1])  # un grafo da solo non ha etichette sui lati: prende tutta la figura


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
            raise ValueError(f"{attivo!r} è fra gli attivi, ma non è né un nodo né un arco.")


def _filo(ax, partenza, arrivo, avanti, indietro, curva, punto, attivo):
    """Una freccia fra due nodi; i numeri stanno alla frazione `punto` del cammino, inclinati se il filo non è ripido."""
    (x0, y0), (x1, y1) = partenza, arrivo
    freccia = FancyArrowPatch(
        partenza,
        arrivo,
        arrowstyle="-|>",
        connectionstyle=f"arc3,rad={curva}",
        mutation_scale=11,
        shrinkA=RAGGIO + 1,
        shrinkB=RAGGIO + 1,
        color=BLU if attivo else GRIGIO,
        linewidth=2.4 if attivo else 1.2,
        clip_on=False,
        in_layout=False,
    )
    ax.add_artist(freccia)

    # Il filo è una curva di Bézier: `gobba` è quanto, a quel punto, si scosta dal segmento.
    gobba = 2 * punto * (1 - punto) * curva
    x = x0 + punto * (x1 - x0) + gobba * (y1 - y0)
    y = y0 + punto * (y1 - y0) - gobba * (x1 - x0)
    if abs(y1 - y0) > 4 * abs(x1 - x0):  # ripido: le scritte restano diritte, ai due lati
        contro, angolo = "↓" if y1 > y0 else "↑", 0
        prima, dopo = (-5, 0, "right", "center"), (5, 0, "left", "center")
    else:
        contro, angolo = "←" if x1 > x0 else "→", (degrees(atan2(y1 - y0, x1 - x0)) + 90) % 180 - 90  # mai capovolte
        prima, dopo = (0, 1.5, "center", "bottom"), (0, -2.5, "center", "top")

    def scrivi(testo, posto, **stile_del_testo):
        dx, dy, ha, va = posto
        accanto = offset_copy(ax.transData, ax.figure, x=dx, y=dy, units="points")
        inclinato = {"rotation": angolo, "rotation_mode": "anchor", "fontsize": 10, "in_layout": False}
        ax.text(x, y, _meno(testo), ha=ha, va=va, transform=accanto, **inclinato, **stile_del_testo)

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
    ax.add_collection(LineCollection(griglia, colors=GRIGIO, linewidths=0.8, clip_on=False))
    for i, j in evidenzia:
        if not (0 <= i < n and 0 <= j < m):
            raise ValueError(f"La cella ({i}, {j}) non esiste: la matrice ha forma ({n}, {m}).")
        ax.add_patch(Rectangle((j, i), 1, 1, facecolor=(BLU, 0.25), edgecolor=BLU, linewidth=2.4, clip_on=False))
    for i, riga in enumerate(valori):
        for j, valore in enumerate(riga):
            testo = _meno(formato.format(valore))
            ax.text(j + 0.5, i + 0.5, testo, fontsize=10, ha="center", va="center_baseline", in_layout=False)

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
