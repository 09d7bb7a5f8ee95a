"""I fogli per la classe: risposte giuste, per altra via, con molti semi; nessuna soluzione a chi studia; pagine che si leggono."""

import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import classe
import nbformat
import numpy as np
import pytest
from notebook import CHAPTERS, ROOT, chapter
from pypdf import PdfReader
from schede import compito, diapositive, fogli
from schede.capitolo import TEACHER
from schede.capitolo import chapter as read
from schede.domande import GENERATORS, draw

SEEDS = range(40)
EVERY = [pytest.param(number, function, id=f"{number}-{function.__name__}") for number, found in GENERATORS.items() for function in found]


def slope(f, *point):
    """Le derivate di f nei suoi argomenti, per differenze centrali; un argomento può essere un array."""
    found = []
    for i, one in enumerate(point):
        one = np.asarray(one, float)
        moved = [[f(*point[:i], one + h * unit.reshape(one.shape), *point[i + 1 :]) for h in (1e-6, -1e-6)] for unit in np.eye(one.size)]
        found.append(np.array([(up - down) / 2e-6 for up, down in moved]).reshape(one.shape))
    return found


def neuron(x, w, b):
    return float(chapter(1).neuron(np.array(x), np.array(w), b))


def softmax(z):
    return chapter(8).softmax(np.asarray(z, float)[None])[0] if np.ndim(z) == 1 else chapter(8).softmax(z)


def cost(z, classes):
    """La loss media, scritta come nella definizione."""
    z = np.atleast_2d(z)
    return float(np.mean([np.log(np.exp(row).sum()) - row[c] for row, c in zip(z, classes)]))


def worked(x, w, b, dvalue):
    found = chapter(5).neuron_backward(np.array(x, float), np.array(w, float), float(b), float(dvalue))
    return dict(zip(("dx", "dw", "db"), found))


def descent(a, rate, start):
    found = [start]
    for _ in range(2):
        found.append(found[-1] - rate * slope(lambda w: 0.5 * a * w * w, found[-1])[0])
    return [found[1] / start, found[2]]


def diverges(a, b):
    """Il learning rate da cui la discesa in due direzioni non si accorcia più, cercato per bisezione."""
    low, high = 0.0, 10.0
    for _ in range(60):
        middle = (low + high) / 2
        low, high = (middle, high) if max(abs(1 - middle * a), abs(1 - middle * b)) < 1 else (low, middle)
    return low


def shaped(N, D, H):
    X, W = np.zeros((N, D)), np.zeros((D, H))
    Z = X @ W
    dX, dW, _ = chapter(7).dense_backward(np.ones_like(Z), X, W, Z)
    return [[*Z.shape], [*dW.shape], [*dX.shape]]


def folded(at, v, x):
    def f(x):
        return sum(w * max(0, x - p) for w, p in zip(v, at))

    return [f(x), (f(x + 1e-3) - f(x)) / 1e-3]


def accuracy(table):
    pairs = [(row, column) for row in range(3) for column in range(3) for _ in range(table[row][column])]
    share = [np.mean([guess == true for true, guess in pairs if true == one]) for one in range(3)]
    return [100 * np.mean([true == guess for true, guess in pairs]), share.index(min(share))]


def engine(a, b, c):
    Value = chapter(14).Value
    values = [Value(float(one)) for one in (a, b, c)]
    a, b, c = values
    ((a * b + c) * a).backward()
    return [one.grad for one in values]


def stopped(D, H, K, off):
    """I parametri fermi, contati nella rete del capitolo 10 con alcune unità spente."""
    W1, b1 = np.ones((D, H)), np.array([-1e3] * off + [1.0] * (H - off))
    x, W2 = np.ones((1, D)), np.arange(1.0, H * K + 1).reshape(H, K)
    A = np.maximum(0, x @ W1 + b1)
    dY = np.ones((1, K))
    dZ = (dY @ W2.T) * (A > 0)
    return [int((x.T @ dZ == 0).sum() + (dZ == 0).sum()), int((A.T @ dY == 0).sum())]


# Per ogni generatore, la stessa risposta trovata in un altro modo dai numeri estratti.
OTHERWISE = {
    "output": lambda x, w, b: [sum(p * q for p, q in zip(x, w)) + b, neuron(x, w, b)],
    "threshold": lambda x, w: next(b for b in np.arange(40, -41, -1) if neuron(x, w, b) == 0),
    "missing": lambda x, w, b, z: next(v for v in range(-9, 10) if np.dot(x, [*w, v]) + b == z),
    "sensitivity": lambda x, w, b: [(d := slope(neuron, x, w, b))[1][0], d[0][1], d[2]],
    "nudge": lambda y, slope, step: np.interp(step, [-1, 1], [y - slope, y + slope]),
    "differences": lambda a, b, x, h: [
        (np.polyval([a, b, 0], x + h) - np.polyval([a, b, 0], x)) / h,
        (np.polyval([a, b, 0], x + h) - np.polyval([a, b, 0], x - h)) / (2 * h),
    ],
    "chain": lambda a, b, x, power: [np.polyval([a, b], x), np.polyval(np.polyder(np.poly1d([a, b]) ** power), x)],
    "fork": lambda x, y, c: slope(lambda x, y: (x + y) * x + c * y, x, y),
    "paths": lambda p, q: slope(lambda u: p[1] * (p[0] * u) + q[2] * (q[1] * (q[0] * u)), 1.0)[0],
    "multiply": lambda x, y, g: slope(lambda x, y: g * x * y, x, y),
    "gate": lambda z, g: np.array(g) * chapter(4).relu_derivative(np.array(z)),
    "two_nodes": lambda x, y, g: slope(lambda x, y: g * (x + y) * x, x, y),
    "weights": lambda **data: [(found := worked(**data))["dw"], found["db"]],
    "inputs": lambda **data: worked(**data)["dx"],
    "toward_target": lambda x, y, t: [slope(lambda y: 0.5 * (y - t) ** 2, y)[0], slope(lambda w: 0.5 * (y + w * x - t) ** 2, 0.0)[0]],
    "update": lambda w, dw, rate: [a - rate * b for a, b in zip(w, dw)],
    "factor": descent,
    "steepest": diverges,
    "shapes": shaped,
    "layer": lambda X, W, b: [[sum(row[k] * W[k][j] for k in range(2)) + b[j] for j in range(2)] for row in X],
    "layer_back": lambda X, dZ: slope(lambda W, b: float((dZ * (X @ W + b)).sum()), np.zeros((2, 2)), np.zeros(2)),
    "softmax": lambda parts: softmax(np.log(parts)),
    "jacobian": lambda s, j: slope(lambda z: softmax(z)[j], np.log(s))[0],
    "softmax_back": lambda s, g: slope(lambda z: float(softmax(z) @ g), np.log(s))[0],
    "shortcut": lambda s, N, c: slope(lambda z: cost(z, [c]) / N, np.log(s))[0],
    "bits": lambda k: np.mean(-np.log(0.5 ** np.array(k))) / np.log(2),
    "last_bias": lambda s, t, a, b: slope(lambda bias: cost(np.log([s, t]) + bias, [a, b]), np.zeros(3))[0],
    "parameters": lambda sizes: sum(np.zeros((a, b)).size + np.zeros(b).size for a, b in zip(sizes, sizes[1:])),
    "small_net": lambda x, u, c, v: [(f := lambda u: float(np.maximum(0, x * np.asarray(u) + c) @ v))(u), slope(f, u)[0]],
    "still_weights": stopped,
    "folds": folded,
    "standardize": lambda train, new: (new - np.mean(train)) / np.std(train),
    "side": lambda w, b, points: [neuron(p, w, b) > 0 for p in points],
    "he": lambda D: np.sqrt(2 / D),
    "sigmoids": lambda w, n: np.prod([w * np.max([s * (1 - s) for s in np.linspace(0, 1, 101)])] * n),
    "residual": lambda d, n: [slope(lambda x: np.prod([d] * n) * x, 1.0)[0], np.polyval(np.poly1d([1, 1]) ** n, d)],
    "epochs": lambda size, examples, turns: [len(range(0, examples, size)), sum(1 for _ in range(turns) for _ in range(0, examples, size))],
    "momentum": lambda mu, g: [sum(mu ** (k - i) * g[i] for i in range(k + 1)) for k in range(len(g))],
    "confusion": accuracy,
    "graph": engine,
    "broadcasting": lambda G, X, k: slope(lambda k: float((G * (k * X)).sum()), k)[0],
    "matmul": lambda A, B, G: slope(lambda A, B: float((G * (A @ B)).sum()), A, B),
}


def flat(value):
    """I numeri di una risposta, in fila."""
    return [x for one in value for x in flat(one)] if isinstance(value, list | tuple) or np.ndim(value) else [float(value)]


def solutions(chapter):
    """Le celle di codice delle soluzioni di un capitolo."""
    inside = False
    for cell in chapter.notebook.cells:
        if cell.cell_type == "code" and inside:
            yield cell.source
        for line in cell.source.split("\n") if cell.cell_type == "markdown" else ():
            inside = (inside or "{solution-start}" in line) and "{solution-end}" not in line


@pytest.mark.parametrize("number, function", EVERY)
def test_le_risposte_sono_giuste(number, function):
    """La risposta è quella che si trova per altra via, con molti semi; i numeri si leggono."""
    for seed in SEEDS:
        question = function(np.random.default_rng([seed, number]))
        expected = OTHERWISE[function.__name__](**question.data)
        assert np.allclose(flat(question.answer), flat(expected), atol=1e-5), (seed, question)
        assert all(abs(x) < 1000 and round(x, 6) == x for x in flat(question.answer))
        assert question.text.count("$") % 2 == 0 and question.steps.count("$") % 2 == 0


def test_ogni_capitolo_ha_tre_generi_di_domande():
    assert list(GENERATORS) == list(range(1, len(CHAPTERS) + 1))
    assert all(len({one.__name__ for one in found}) >= 3 for found in GENERATORS.values())


@pytest.mark.parametrize("number", GENERATORS)
def test_un_seme_un_foglio(number):
    """Lo stesso seme dà le stesse domande, un altro ne dà altre; le due versioni di una verifica non ne hanno in comune."""
    texts = {seed: [item.text for sheet in fogli.sheets(read(number), seed) for item in sheet.items] for seed in (7, 8)}
    assert texts[7] == [item.text for sheet in fogli.sheets(read(number), 7) for item in sheet.items]
    assert texts[7] != texts[8]
    a, b = ({one.text for one in sheet.items[:3]} for sheet in fogli.sheets(read(number), 7) if sheet.name in ("verifica-7A", "verifica-7B"))
    assert not a & b


@pytest.mark.parametrize("number", GENERATORS)
def test_chi_studia_non_ha_soluzioni(number):
    """Nei fogli degli studenti non ci sono né risposte né passaggi, e nemmeno le soluzioni del libro; gli esercizi ci sono tutti."""
    after = set(solutions(read(number)))
    assert after
    for sheet in fogli.sheets(read(number), 7):
        book = fogli.notebook(read(number), sheet)
        nbformat.validate(book)
        sources = [cell.source for cell in book.cells]
        if sheet.teacher:
            assert any("Risposta:" in source for source in sources)
            continue
        assert not any(item.solution for item in sheet.items)
        assert not any("Risposta:" in source or "{solution" in source for source in sources)
        assert not after & set(sources)
        if sheet.name == "scheda":
            assert all(any(one.title.split("$")[0] in source for source in sources) for one in read(number).exercises)


@pytest.mark.parametrize("number", GENERATORS)
def test_i_minuti_degli_esercizi_sono_quelli_del_capitolo(number):
    """Il tempo in testa al capitolo conta sette minuti per esercizio: la somma di quelli dichiarati non se ne allontana."""
    found = read(number).exercises
    assert abs(sum(one.minutes for one in found) - 7 * len(found)) < 5


def test_la_scheda_si_esegue(tmp_path, monkeypatch):
    """La scheda basta a sé stessa: in una cartella vuota il suo codice, con le celle ancora da riempire, non dà errori."""
    sheet = fogli.sheets(read(5), 7)[0]
    book = fogli.notebook(read(5), sheet)
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(str(tmp_path))
    names = {"__name__": "__main__"}
    for cell in book.cells:
        if cell.cell_type == "code":
            exec(compile(cell.source.replace("    %pip", "    pass  #"), "scheda", "exec"), names)
    assert "neuron_backward" in names


@pytest.mark.sito
def test_i_pdf_si_leggono(tmp_path, page):
    """Un capitolo: ci sono tutti gli esercizi e le figure, le soluzioni stanno a parte, nessuna pagina resta mezza vuota."""
    chapter = read(3)
    command = [sys.executable, "-m", "schede", "--capitolo", "3", "--seme", "7", tmp_path]
    done = subprocess.run(command, cwd=ROOT / "pubblica", capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stdout + done.stderr
    found = {Path(line).name: Path(line) for line in done.stdout.split("\n") if line}
    text = "".join(page.extract_text() for page in PdfReader(found["scheda.pdf"]).pages)
    assert all(f"Esercizio {one.number}. {one.title}" in text and one.effort in text for one in chapter.exercises)
    assert all(word in text for word in ("Nome", "Classe", "Data", "pagina 1 di", "CC BY 4.0"))
    for name, path in found.items():
        assert (path.parent.name == TEACHER) == ("soluzioni" in name or "correzione" in name)
    assert "Criterio" in "".join(page.extract_text() for page in PdfReader(found["verifica-7A-correzione.pdf"]).pages)
    # Le righe vanno a pagina nuova dove serve; il testo di una domanda no, perciò è basso.
    page.set_viewport_size({"width": 658, "height": 994})  # un foglio A4 meno i margini
    for sheet in fogli.sheets(chapter, 7):
        (tmp_path / "foglio.html").write_text(fogli.paper(chapter, sheet), encoding="utf-8")
        page.goto((tmp_path / "foglio.html").as_uri())
        assert max(page.eval_on_selector_all(".domanda", "found => found.map(one => one.offsetHeight)")) < 497
        assert page.evaluate("document.documentElement.scrollWidth") <= 658
        assert page.locator("svg").count() == (sheet.name == "scheda")  # il grafo dell'esercizio 3.2


def test_sul_sito_va_soltanto_cio_che_e_per_gli_studenti(tmp_path):
    """Né le soluzioni né le verifiche; ciò che la pagina elenca è ciò che si copia, e ciò che non c'è più se ne va."""
    for name in ("01-uno/scheda.pdf", "01-uno/verifica-1A.pdf", "01-uno/docente/scheda-soluzioni.pdf", "02-due/docente/x.pdf", "reveal/dist/reveal.js"):
        (tmp_path / "schede" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "schede" / name).write_text(name, encoding="utf-8")
    old = tmp_path / "html" / "schede" / "01-uno" / "vecchio.pdf"
    old.parent.mkdir(parents=True)
    old.touch()
    config = SimpleNamespace(schede=[])
    app = SimpleNamespace(outdir=tmp_path / "html", config=config, builder=SimpleNamespace(name="html"))
    classe.offered(app, config)
    classe.publish(app, None)
    assert config.schede == [["01-uno", "scheda.pdf"]]
    published = [path for path in (tmp_path / "html" / "schede").rglob("*") if path.is_file()]
    assert sorted(path.relative_to(tmp_path / "html" / "schede").as_posix() for path in published) == ["01-uno/scheda.pdf", "reveal/dist/reveal.js"]


def test_un_esercizio_dice_quanto_impegna():
    """Se la riga manca, il messaggio dice dove e come si scrive."""
    bare = read(5).notebook.copy()
    bare.cells = [nbformat.v4.new_markdown_cell("```{exercise} Uno\n:label: es-05-9\n\nTesto.\n```")]
    with pytest.raises(ValueError, match="es-05-9.*minuti-10 media"):
        _ = type(read(5))(read(5).path, bare).exercises


def test_il_compito_ha_una_prova_per_domanda(tmp_path):
    book = nbformat.read(compito.write(read(5), 7, tmp_path), 4)
    questions = draw(5, 7, "compito", 2)
    points = [cell.metadata.nbgrader.points for cell in book.cells if cell.metadata.get("nbgrader", {}).get("grade")]
    assert points == [compito.POINTS] * len(questions)
    names: dict = {}
    for cell in book.cells:
        if cell.cell_type == "code":
            exec(cell.source, names)


def test_le_diapositive_hanno_il_capitolo():
    """Domande, formule e cinque righe ci sono; codice, esercizi e soluzioni no."""
    page = diapositive.deck(read(5), read(5).before)
    for text in ("Alla fine sapremo", "Prima di muovere il cursore", "Errore frequente", "In cinque righe", "katex-html"):
        assert text in page
    assert "check_neuron" not in page and "import numpy" not in page and "https://" not in page.split("<body>")[0]
