"""I numeri che il libro promette, ricalcolati con le funzioni dei capitoli, e quelli che i suoi disegni mostrano.

Il numero del capitolo sta nel nome del controllo.
"""

import ast
import contextlib
import io
import itertools
import re
from pathlib import Path
from types import SimpleNamespace

import nbformat
import numpy as np
import pytest
from matplotlib import pyplot as plt
from notebook import CHAPTERS, cells, chapter, run

x, w, b = np.array([1.0, -2.0, 3.0]), np.array([-3.0, -1.0, 2.0]), 1.0  # il neurone dell'esempio: z = y = 6

X = np.array([[1.0, 2.0, 3.0, 2.5], [2.0, 5.0, -1.0, 2.0], [-1.5, 2.7, 3.3, -0.8]])  # lo strato dell'esempio
W = np.array([[0.2, 0.8, -0.5, 1.0], [0.5, -0.91, 0.26, -0.5], [-0.26, -0.27, 0.17, 0.87]]).T
biases = np.array([1.0, 2.0, 3.0])
dvalues = np.outer([1.0, 2.0, 3.0], np.ones(3))

s, y = np.array([0.7, 0.1, 0.2]), np.array([1.0, 0.0, 0.0])  # la softmax dell'esempio, classe giusta la 0
J = np.array([[0.21, -0.07, -0.14], [-0.07, 0.09, -0.02], [-0.14, -0.02, 0.16]])


@pytest.fixture
def show(monkeypatch):
    """Chiama la funzione di un interact; dà ciò che stampa e i numeri di grafi e matrici che disegna."""

    def call(number, name, **values):
        book, seen, printed = chapter(number), SimpleNamespace(wires={}, matrices={}), io.StringIO()

        def graph(ax, nodes, edges, *_, fermi=(), **__):
            seen.stopped = fermi
            seen.wires |= {(start, end): (forward, backward) for start, end, forward, backward in edges}

        def matrix(ax, numbers, title="", *_, **__):
            seen.matrices[title] = np.array(numbers)

        monkeypatch.setattr(book.disegno, "grafo", graph)
        monkeypatch.setattr(book.disegno, "matrice", matrix)
        with contextlib.redirect_stdout(printed):
            book.names[name](**values)
        plt.close("all")
        seen.text = printed.getvalue()
        return seen

    return call


def numbers(text):
    """Tutti i numeri di un testo, nell'ordine."""
    return [float(number.replace("−", "-")) for number in re.findall(r"[-−]?\d+(?:\.\d+)?(?:e[-+]?\d+)?", text)]


def equalities(text):
    """I numeri che vengono dopo un segno di uguale."""
    return [numbers(part)[0] for part in re.findall(r"= ([-−]?\d\S*)", text)]


# Capitoli 1 e 2: il neurone, la derivata ----------------------------------------------------------------------------


def test_01_the_neuron_of_the_example():
    assert chapter(1).neuron(x, w, b) == 6
    for bias, output in [(-4.0, 1.0), (-5.0, 0.0), (-7.0, 0.0)]:
        assert chapter(1).neuron(x, w, bias) == output


def test_01_what_the_text_says_of_the_neuron():
    """I prodotti del caso A, il bias fuori dalla ReLU, gli esercizi sul bias e sulle porte logiche."""
    book = chapter(1)
    assert book.products.tolist() == [-3, 2, 6] and book.x @ book.w + book.b == 6
    assert max(0, x @ w) - 7 == -2 and book.neuron(x, w, -7.0) == 0
    assert [book.neuron([2, -1, 0.5], [0.5, 1, -2], bias) > 0 for bias in (-1, 1, 1.01)] == [False, False, True]
    assert np.sign(book.xor).tolist() == [0, 1, 1, 0]
    answers = [(book.neuron_batch(book.corners, [1, 1], bias) > 0).tolist() for bias in (-1.5, -0.5)]
    assert answers == [[False, False, False, True], [False, True, True, True]]


def test_01_the_game_can_be_won(show):
    """Il caso A è quello dell'esempio; i pesi dell'esempio sbagliano soltanto F; i cursori arrivano a sei su sei."""
    cases, wanted = chapter(1).cases, chapter(1).wanted
    assert cases[0].tolist() == x.tolist() and wanted.tolist() == [True, True, False, False, True, False]
    assert "5 casi su 6. Da sistemare: F." in show(1, "light_the_lamp", w0=-3, w1=-1, w2=2, b=1).text
    assert "6 casi su 6" in show(1, "light_the_lamp", w0=-2, w1=-1, w2=2, b=-1).text
    assert "Da sistemare: A, B, E." in show(1, "light_the_lamp", w0=0, w1=0, w2=0, b=0).text
    game = next(i for i in chapter(1).interactives if i.f.__name__ == "light_the_lamp")
    grid = np.array(list(itertools.product(*(c.values for c in game.controls))))
    scores = ((grid[:, :3] @ cases.T + grid[:, 3:] > 0) == wanted).sum(axis=1)
    assert 5 <= (scores == 6).sum() < len(grid) / 10 and np.all(grid[scores == 6, 2] > 0)
    start = [c.values[c.default] for c in game.controls]
    assert scores[grid.tolist().index(start)] == 3


def test_01_hinges_make_a_tent_and_a_step(show):
    shapes = {(1, -2, 1): "tenda", (1, 0, -1): "gradino", (1, -1, 0): "gradino", (-1, 2, -1): "valle", (0, 0, 0): "Piatta"}
    for (v0, v1, v2), shape in shapes.items():
        assert shape in show(1, "add_hinges", v0=v0, v1=v1, v2=v2).text
    text = show(1, "add_hinges", v0=1, v1=-2, v2=0).text
    assert numbers(text) == [0, 1, -1, -1] and "Una linea spezzata." in text


def test_01_the_graph_shows_one_value_after_the_other(show):
    """Il caso E, un passo alla volta: prima un punto interrogativo, poi il numero."""
    case = chapter(1).cases[4]
    at = [{wire: value for wire, (value, _) in show(1, "look_at_neuron", step=k).wires.items()} for k in range(4)]
    assert [at[k]["+", "relu"] for k in range(4)] == [None, "?", "7", "7"] and at[2]["relu", "y"] == "?"
    assert {at[0][f"×{i}", "+"] for i in range(3)} == {"?"} and at[0]["b", "+"] == "1"
    for i in range(3):
        assert (float(at[3][f"x{i}", f"×{i}"]), float(at[3][f"w{i}", f"×{i}"])) == (case[i], w[i])
        assert float(at[1][f"×{i}", "+"]) == case[i] * w[i]
    assert float(at[3]["relu", "y"]) == 7 == case @ w + b


def test_01_what_the_border_does(show):
    """La risposta giusta è quella della geometria; prima di rispondere non si vede niente."""
    book = chapter(1)
    for change, (new_w, new_b, answer, _) in book.changes.items():
        old, new = np.array([*book.w_plane, book.b_plane]), np.array([*new_w, new_b])
        parallel = np.isclose(old[0] * new[1], old[1] * new[0])
        same = np.linalg.matrix_rank([old, new]) == 1
        assert answer == ("resta fermo" if same else "si sposta parallelamente" if parallel else "ruota")
        assert "✓ Giusto" in show(1, "move_the_border", change=change, guess=answer).text
        others = {"ruota", "si sposta parallelamente", "resta fermo"} - {answer}
        assert all("✗ No" in show(1, "move_the_border", change=change, guess=other).text for other in others)
        assert "Scegli" in show(1, "move_the_border", change=change, guess=None).text
    assert 1 * 2 + 0 * 1 - 2 == 0 == 1 * 2 + 0 * -1 - 2  # [1, 0] sta su tutti e due i confini


def test_01_the_drill_knows_right_from_wrong(show):
    book = chapter(1)
    assert len(book.drills) >= 12 and 0 not in book.sums and {z > 0 for z in book.sums} == {True, False}
    for n, (row, z) in enumerate(zip(book.drills.tolist(), book.sums, strict=True), 1):
        assert z == sum(a * c for a, c in zip(row[:3], row[3:6], strict=True)) + row[6] and abs(z) < book.most
        assert numbers(show(1, "ask", n=n).text) == [n_ for k in (0, 3) for n_ in row[k : k + 3]] + row[6:]
        right = [k for k in range(-book.most, book.most + 1) if "✓" in show(1, "check_sum", n=n, answer=k).text]
        assert right == [z] and numbers(show(1, "solve", n=n, shown=True).text)[-1] == z
        assert ("✓" in show(1, "check_state", n=n, state="acceso").text) == (z > 0)
        assert show(1, "solve", n=n, shown=False).text.strip() == ""
    a, c, bias = np.array([1, -2, 3]), np.array([-3, -1, 2]), 1
    causes = {5: "manca il bias", 4: "con il suo segno", 12: "x₀ · w₀", -6: "x₂ · w₂", 2: "x₁ · w₁", 8: "rifai"}
    assert all(cause in book.mistake(a, c, bias, answer) for answer, cause in causes.items())


def test_02_the_neuron_by_differences():
    gradient = chapter(2).numerical_gradient
    neuron = chapter(2).neuron
    assert np.allclose(gradient(lambda v: neuron(v, w, b), x), w)
    assert np.allclose(gradient(lambda v: neuron(x, v, b), w), x)
    assert np.isclose(gradient(lambda v: neuron(x, w, v), b), 1)


def test_02_the_kink_measures_one_half():
    for h in (1.0, 1e-3, 1e-5):
        assert np.isclose(chapter(2).numerical_gradient(chapter(2).relu_alone, 0.0, h), 0.5)
    assert chapter(4).relu_derivative(0.0) == 0


def test_02_the_error_has_the_shape_of_a_v():
    """A destra scende come h², a sinistra risale come 1/h per l'arrotondamento: il migliore sta vicino a 1e-5."""
    h = 10.0 ** -np.arange(15)
    error = np.array([abs(chapter(2).numerical_gradient(chapter(2).cube, 1.0, step) - 3) for step in h])
    assert np.allclose(error[:4], h[:4] ** 2, rtol=1e-3)
    assert 4 <= error.argmin() <= 6
    assert error[12] > 1e-5 > 1e-9 > error[5]
    assert np.all(error[1:] <= h[1:] ** 2 + 7 * 2.0**-53 / h[1:]) and float(f"{2.0**-53:.1e}") == 1.1e-16
    assert np.allclose(np.log10(error[[5, 12]]), [-10, -4], atol=0.5)  # lo dice il quiz
    forward = chapter(2).errors["in avanti"]
    assert np.allclose(error, chapter(2).errors["centrale"][:15]) and forward.min() > 100 * error.min()
    assert np.allclose(forward[:5], (3 * h + h**2)[:5], rtol=1e-3) and chapter(2).h_values[forward.argmin()] == 1e-8
    assert np.isclose(chapter(2).h_values[17], 1e-17, atol=0) and chapter(2).measured["centrale"][17] == 0 == chapter(2).measured["in avanti"][17]


def worst_error(f, derivative, x, h):
    """L'errore peggiore della differenza centrale su ventuno punti da x in poi: uno solo può essere fortunato."""
    points = np.linspace(x, x + 1, 21)
    return np.max(np.abs((f(points + h) - f(points - h)) / (2 * h) - derivative(points)))


def test_02_the_details_on_the_step():
    """La somma di secante e arrotondamento limita l'errore; il suo fondo; il passo per numeri grandi."""
    cube, u = chapter(2).cube, 2.0**-53
    h = np.geomspace(1e-14, 1e-2, 2000)
    error = np.abs((cube(1 + h) - cube(1 - h)) / (2 * h) - 3)
    assert np.all(error <= h**2 + 6 * u / h)
    bottom = (3 * u) ** (1 / 3)
    assert float(f"{bottom:.0e}") == 7e-06 and np.isclose(6 * u / bottom, 2 * bottom**2)
    steps = 10.0 ** -np.arange(0, 9, 0.5)
    at_thousand = [worst_error(cube, lambda v: 3 * v**2, 1000, step) for step in (1e-5, 1e-2)]
    assert np.allclose(np.log10(at_thousand), [-2, -4], atol=0.5)
    near, far = (steps[np.argmin([worst_error(np.sin, np.cos, x, s) for s in steps])] for x in (1, 1e6))
    assert 10 <= far / near <= 100


def test_02_which_number_switches_f_off(show):
    """Si spegne F togliendo 0.5 a w₁, e gli altri cinque casi restano giusti."""
    assert "✓ Giusto: in F l'uscita va da 1 a 0. Casi giusti: 6 su 6." in show(2, "touch_one", touched="w₁").text
    for number, left in [("w₀", "1"), ("w₂", "0.5"), ("b", "0.5")]:
        assert f"✗ No: in F l'uscita va da 1 a {left}. Casi giusti: 5 su 6." in show(2, "touch_one", touched=number).text
    for name in ("cases", "wanted"):
        assert np.array_equal(chapter(2).names[name], chapter(1).names[name])


def test_02_the_ratio_goes_to_three(show):
    options = next(i for i in chapter(2).interactives if i.f.__name__ == "check_limit").controls[1].values
    for delta in options:
        assert np.isclose(numbers(show(2, "show_secant", delta=delta).text)[-1], 3 + 3 * delta + delta**2, rtol=1e-3)
    assert options[0] == 1 and "✓" in show(2, "check_limit", guess=3).text and "✗" in show(2, "check_limit", guess=4).text


def test_02_the_promise_is_broken_by_two_numbers(show):
    """w₂ sotto −2 e x₀ sopra 2; gli altri cinque, fra −3 e 3, la mantengono. Si disegna soltanto fin dove si è arrivati."""
    nudges = np.arange(-3, 3.5, 0.5)
    kept = {(i, d): "Mantenuta" in show(2, "watch_nudge", i=i, nudge=d).text for i in range(7) for d in nudges}
    for (i, d), faithful in kept.items():
        assert faithful == (d >= -2 if i == 5 else d <= 2 if i == 0 else True)
    assert numbers(show(2, "watch_nudge", i=5, nudge=-3).text)[-2:] == [-3, 0]
    assert "✓" in show(2, "check_kink", guess=-2).text and "✗" in show(2, "check_kink", guess=-2.5).text


def test_02_nothing_is_drawn_before_it_is_reached():
    """Le curve dei cursori arrivano fin dove è il cursore, e non oltre."""

    def lines(name, **values):
        with contextlib.redirect_stdout(io.StringIO()):
            chapter(2).names[name](**values)
        found = [line.get_xdata() for ax in plt.gcf().axes for line in ax.lines]
        plt.close("all")
        return found

    reached = lines("watch_nudge", i=5, nudge=-1.0)
    assert all(-1 <= v <= 0 for data in reached for v in data) and np.ptp(reached[0]) == 1
    assert [len(data) for data in lines("watch_error", k=4)] == [5, 5]
    *_, trace, point = lines("watch_kink", z=-0.5, h=0.5)
    assert max(trace) == -0.5 == point[0]


def test_02_the_error_is_said_as_it_is(show):
    for k in (0, 2, 5, 12, 17):
        lines = show(2, "watch_error", k=k).text.replace("−", "-").splitlines()
        for line, (method, slopes) in zip(lines, chapter(2).measured.items(), strict=True):
            assert line.startswith(method) and np.isclose(numbers(line)[0], slopes[k]) and len(numbers(line)) == 2
    assert [p for p in chapter(2).powers if "⁵" in p] == ["10⁻⁵", "10⁻¹⁵"] and len(chapter(2).powers) == 18
    assert "✓" in show(2, "check_fate", fate="scende, poi risale").text


def test_02_the_secant_across_zero(show):
    for z, h, slope in [(0.2, 0.5, 0.7), (0.5, 0.5, 1.0), (0.0, 0.5, 0.5), (-0.5, 0.5, 0.0), (0.1, 0.1, 1.0)]:
        assert f"misurata {slope:.2f}" in show(2, "watch_kink", z=z, h=h).text
    assert "✓" in show(2, "check_distance", guess=0.5).text and "✗" in show(2, "check_distance", guess=0.1).text


def test_02_one_nudge_only():
    """Esercizio 2.4: un terzo basta, su w₂ o su x₀; sugli altri serve di più."""
    neuron = chapter(2).neuron
    third = np.array([0, 0, 1 / 3])
    assert np.isclose(neuron(x, w - third, b), 5) and np.isclose(neuron(x + third[::-1], w, b), 5)
    assert sorted(abs(1 / np.array([*w, *x, 1.0])))[:2] == [1 / 3, 1 / 3]


# Capitoli 3 e 4: la catena, le regole locali ------------------------------------------------------------------------


def gradient(f, *point):
    """Le derivate parziali di f per differenze centrali, con la funzione del libro."""
    return chapter(3).numerical_gradient(lambda v: f(*v), np.array(point, dtype=float))


@pytest.mark.parametrize("point", [(1, 3, -2), (-1, 3, 4), (3, -1, 1), (1, -1, 2)])
def test_03_the_sum_times_c(show, monkeypatch, point):
    """Chi cambia gli ingressi trova nel grafo, nelle caselle e nelle frasi le derivate di (a + b) · c."""
    monkeypatch.setitem(chapter(3).names, "inputs", dict(zip("abc", point, strict=True)))
    da, db, dc = gradient(lambda a, b, c: (a + b) * c, *point).round(6)
    seen = show(3, "show_step", step=7)
    backward = {wire: float(back) for wire, (_, back) in seen.wires.items()}
    assert backward == {("a", "+"): da, ("b", "+"): db, ("c", "×"): dc, ("+", "×"): point[2], ("×", "f"): 1}
    assert numbers(seen.text)[-3:] == [da, db, dc]
    for name, right in [("∂f/∂q", point[2]), ("∂f/∂a", da), ("∂f/∂c", dc)]:
        for answer in range(-9, 10):
            verdict = show(3, "check_step", **{name: answer}).text
            assert verdict.startswith("✓ Giusto" if answer == right else "✗ No" if answer else "Scrivi"), (name, answer)
    for wire in zip("abc", "++×", strict=True):
        assert show(3, "show_sweep", sweep=f"avanti, si muove {wire[0]}").wires["×", "f"][0] == f"{backward[wire]:.0f}"
    assert {w: float(v[1]) for w, v in show(3, "show_sweep", sweep="indietro, da f").wires.items()} == backward


def test_03_cutting_a_wire(show):
    """Muovendo un ingresso, o il filo q tagliato, f cambia della sua derivata per la mossa: il grafo è di primo grado in ciascuno."""
    for wire, derivative in [("a", -2), ("b", -2), ("c", 4), ("q, tagliato", -2)]:
        seen = show(3, "nudge", wire=wire, move=0.75)
        assert numbers(seen.text) == [-8, -8 + 0.75 * derivative, 0.75 * derivative, derivative]
        assert float(seen.wires["×", "f"][0]) == -8 + 0.75 * derivative
        assert (("+", "×") in seen.wires) == (("q", "×") not in seen.wires) == (wire != "q, tagliato")
        assert "volte" not in show(3, "nudge", wire=wire, move=0).text


@pytest.mark.parametrize("point", [(4, -2), (2, 3), (2, -3), (-2, 1)])
def test_03_a_fork_adds(show, monkeypatch, point):
    a, b = point
    q = a + b
    monkeypatch.setitem(chapter(3).names, "fork_a", a)
    monkeypatch.setitem(chapter(3).names, "fork_b", b)
    expected = {
        ("a", "•"): (a, a + q), ("•", "+"): (a, a), ("•", "×"): (a, q),
        ("b", "+"): (b, a), ("+", "×"): (q, a), ("×", "f"): (q * a, 1),
    }  # fmt: skip
    seen = show(3, "show_fork", step=9)
    assert {wire: tuple(numbers(forward + backward.rjust(9))) for wire, (forward, backward) in seen.wires.items()} == expected
    assert numbers(seen.text)[-1] == a + q
    assert np.allclose(gradient(lambda a, b: (a + b) * a, a, b), [a + q, a])
    for name, right in [("∂f/∂q", a), ("filo dritto", q), ("∂f/∂a", a + q)]:
        accepted = [n for n in range(-9, 10) if show(3, "check_fork", **{name: n}).text.startswith("✓")]
        assert accepted == [right]


@pytest.mark.parametrize("move", [0.1, 0.5, 1.0])
def test_03_both_wires_of_a_fork(show, move):
    """Da 2, con b = 3: 2Δ da una strada, 5Δ dall'altra, Δ² che svanisce; insieme, il vero Δf."""
    assert np.allclose(numbers(show(3, "stack_moves", wires="solo verso la somma", move=move).text)[1:], [2 * move, 2])
    assert np.allclose(numbers(show(3, "stack_moves", wires="solo dritto", move=move).text)[1:], [5 * move, 5])
    found = numbers(show(3, "stack_moves", wires="tutti e due", move=move).text)
    assert np.allclose(found[1:5], [2 * move, 5 * move, move**2, (2 + move + 3) * (2 + move) - 10])


def test_03_ratios_of_small_moves_are_the_derivatives(show):
    """In x = 1 i rapporti vanno a 2 e −0.74; la derivata si legge soltanto dove la mossa è piccola."""
    found = numbers(show(3, "follow_a_move", x=1.0, dx=0.01).text)
    assert found == [2.01, -0.36, 2, -0.37, -0.74]
    assert round(gradient(lambda x: chapter(3).g2(chapter(3).g1(x)), 1.0)[0], 2) == -0.74
    assert "derivate" not in show(3, "follow_a_move", x=1.0, dx=0.1).text
    assert numbers(show(3, "follow_a_move", x=0.0, dx=0.01).text)[-3:] == [0, -1, 0]
    assert "non si è mosso affatto" in show(3, "follow_a_move", x=-0.2, dx=0.4).text
    assert numbers(show(3, "follow_a_move", x=-1.0, dx=0.01).text)[-1] == 0.74


def test_03_the_code_by_hand():
    """I numeri delle celle: la biforcazione in (4, −2), la derivata calcolata nel posto sbagliato, il gradiente in arrivo di L = f²."""
    book = chapter(3)
    assert np.allclose([book.right, book.wrong], [-4 * np.exp(-4), -4 * np.exp(-2)])
    assert np.isclose(book.right, gradient(lambda x: np.exp(-(x**2)), 2.0)[0])
    assert np.isclose(gradient(lambda q: (q * -2) ** 2, 4.0)[0], 32)
    code = [c.source for c in nbformat.read(CHAPTERS[2], 4).cells if c.cell_type == "code" and "da_through_sum" in c.source]
    names = {}
    exec(code[0], names)
    assert (names["da"], names["db"], names["da_through_sum"]) == (6, 4, 4)
    assert np.allclose(gradient(lambda a, b: (a + b) * a, 4, -2), [names["da"], names["db"]])


def test_03_a_number_is_asked_before_it_is_shown(show):
    """Un passo prima c'è un punto interrogativo, ancora prima niente."""
    at = [show(3, "show_step", step=step).wires for step in range(8)]
    for wire, where, since in [(("×", "f"), 0, 2), (("+", "×"), 1, 4), (("c", "×"), 1, 5), (("a", "+"), 1, 6)]:
        assert [at[step][wire][where] for step in range(since)][-2:] == [None, "?"]
        assert at[since][wire][where] not in (None, "?")
    assert at[0]["+", "×"][0] == "q = ?"
    fork = [show(3, "show_fork", step=step) for step in range(10)]
    assert [seen.wires["a", "•"][1] for seen in fork[7:]] == [None, "?", "6"]


@pytest.mark.parametrize("m", [1, 4, 10])
def test_03_paths_and_wires(show, m):
    seen = show(3, "count_paths", m=m, path=2)
    wires, paths, *ones, total = numbers(seen.text)
    assert (wires, paths, total) == (2 * m, 2**m, chapter(3).doubling_backward(m)[0]) and set(ones) == {1}


def test_03_twelve_graphs_to_fill_in(show):
    """I numeri rossi di ogni grafo sono le derivate; una casella accetta soltanto il suo; la soluzione si vede se la si chiede."""
    kinds, sign = set(), {"+": lambda u, v: u + v, "×": lambda u, v: u * v}
    for number in range(1, 13):
        first, second, straight, values, right = chapter(3).new_graph(number)
        kinds.add((first, second, straight))
        assert len({abs(value) for value in values.values()}) == 3  # chi scambia due fattori sbaglia sempre

        def of_wires(q, direct, second=second):
            return sign[second](q, direct)

        def of_inputs(a, b, first=first, second=second, straight=straight, values=values):
            return sign[second](sign[first](a, b), {"a": a, "b": b, "c": values["c"]}[straight])

        q = sign[first](values["a"], values["b"])
        expected = [*gradient(of_wires, q, values[straight]), *gradient(of_inputs, values["a"], values["b"])]
        assert np.allclose([*right.values()], expected) and 0 not in right.values()
        for name, value in right.items():
            verdicts = {n: show(3, "check_red", graph=number, **{name: n}).text for n in range(-12, 13)}
            assert [n for n, text in verdicts.items() if text.startswith("✓")] == [value]
        hidden, solved = (show(3, "show_graph", graph=number, solved=shown) for shown in (False, True))
        assert [back for _, back in hidden.wires.values() if back is not None] == ["1"]
        assert numbers(solved.text.split(".")[-2]) == [*right.values()]
        into = {(start, end): float(back) for (start, end), (_, back) in solved.wires.items()}
        for name in "ab":  # i contributi scritti sui fili, sommati, sono il gradiente dell'ingresso
            assert sum(back for (start, _), back in into.items() if start == name) == right[f"∂f/∂{name}"]
    assert len(kinds) == 12


def test_03_usual_mistakes_have_their_reason(show):
    """Nel grafo 6, f = (a + b) · a, il gradiente di a ha due contributi; nell'1 i fattori si scambiano."""
    first, second, straight, values, right = chapter(3).new_graph(6)
    assert (first, second, straight) == ("+", "×", "a")
    for name in ("∂f/∂q", "filo dritto"):
        assert "uno solo" in show(3, "check_red", graph=6, **{"∂f/∂a": right[name]}).text
    one = chapter(3).new_graph(1)[-1]
    assert "l'altro fattore" in show(3, "check_red", graph=1, **{"∂f/∂q": one["filo dritto"]}).text


def test_04_the_rules(show):
    """La somma distribuisce, il prodotto scambia, la ReLU lascia passare o ferma, il massimo instrada; prima di scoprirli, punti interrogativi."""
    rules = [("somma", 2, [3, 3]), ("prodotto", 2, [-3, 6]), ("ReLU", 2, [3]), ("ReLU", 0, [0]), ("ReLU", -1, [0])]
    rules += [("massimo", 2, [3, 0]), ("massimo", -1, [0, 3])]
    for node, u, expected in rules:
        seen = show(4, "show_node", node=node, x=u, y=-1, dvalue=3, shown=True)
        assert [numbers(part)[-1] for part in seen.text.split(", a ")] == expected
        assert [float(seen.wires[name, "nodo"][1]) for name in "xy"[: len(expected)]] == expected
        covered = show(4, "show_node", node=node, x=u, y=-1, dvalue=3, shown=False)
        assert {back for wire, (_, back) in covered.wires.items() if wire[1] == "nodo"} == {"?"} and "torna 3" not in covered.text
    assert show(4, "show_node", node="ReLU", x=1, y=0, dvalue=-2, shown=True).wires["x", "nodo"][1] == "-2"
    assert -7 * chapter(4).relu_derivative(0.1) == -7


def test_04_through_a_neuron(show):
    """Il cammino da y a x₀ vale w₀ = −3, e la casella accetta soltanto quello."""
    assert chapter(4).dx0 == -3 and np.isclose(gradient(lambda v: max(0.0, v * -3 + x[1:] @ w[1:] + b), 1.0)[0], -3)
    assert [n for n in range(-6, 7) if show(4, "check_path", answer=n).text.startswith("✓")] == [-3]


def test_04_a_weighted_sum_that_is_exactly_zero():
    """Con pesi e bias a caso z = 0 non capita; con bias 0 e ingressi nulli capita sempre, e per differenze viene mezza pendenza."""
    rng = np.random.default_rng(0)
    weights = rng.normal(size=(1000, 3))
    assert np.all(weights @ x + rng.normal(size=1000) != 0) and not np.any(weights @ np.zeros(3))
    assert chapter(4).relu_derivative(0.0) == 0 and np.isclose(gradient(chapter(4).relu, 0.0)[0], 0.5)


def test_04_twelve_graphs_with_two_roads(show):
    """Ciò che torna a x e a y è il gradiente in arrivo per la derivata del grafo; una casella accetta soltanto il suo numero."""
    functions = {"somma": lambda *v: sum(v), "prodotto": lambda u, v: u * v, "ReLU": lambda v: max(v, 0.0), "massimo": max}
    blocked, kinds = 0, set()
    for number in range(1, 13):
        first, second, values, dvalue, (u, v), wires, totals = chapter(4).new_exercise(number)
        seen = [name for name in "xy" if (name, "2") in wires]
        kinds.add((first, second, *seen))

        def graph(x, y, first=first, second=second, seen=seen):
            return functions[first](x, y) + functions[second](*[{"x": x, "y": y}[name] for name in seen])

        assert u + v == graph(**values)
        assert np.allclose([totals["x"], totals["y"]], dvalue * gradient(graph, *values.values())) and 0 not in totals.values()
        blocked += 0 in wires.values()
        for name in "xy":
            verdicts = {n: show(4, "check_exercise", graph=number, **{f"torna a {name}": n}).text for n in range(-10, 11)}
            assert [n for n, text in verdicts.items() if text.startswith("✓")] == [totals[name]]
        hidden, solved = (show(4, "show_exercise", graph=number, solved=shown) for shown in (False, True))
        assert [back for _, back in hidden.wires.values() if back is not None] == [f"{dvalue}"]
        assert numbers(solved.text)[-2:] == [totals["x"], totals["y"]]
    assert len(kinds) == 6 and blocked >= 6


# Capitolo 5 ---------------------------------------------------------------------------------------------------------


def test_05_seven_derivatives_of_the_example():
    dx, dw, db = chapter(5).neuron_backward(x, w, b, dvalue=1.0)
    assert dx.tolist() == [-3, -1, 2] and dw.tolist() == [1, -2, 3] and db == 1
    assert chapter(5).relu_derivative(6.0) == 1
    for gradient in chapter(5).neuron_backward(x, w, -6.0, 100.0):  # z = −1
        assert not np.any(gradient)
    assert [*(chapter(5).relu(6.0) * x)] == [6, -12, 18]  # l'uscita al posto della derivata: il gradiente di ½y²
    half_square = chapter(5).numerical_gradient(lambda v: 0.5 * chapter(5).neuron(x, v, b) ** 2, w)
    assert np.allclose(half_square, [6, -12, 18])
    after = chapter(5).neuron_backward(np.array([6.0]), [0.5], -1.0, 1.0)[0]  # due neuroni in fila
    assert np.allclose(chapter(5).neuron_backward(x, w, b, after[0])[1], [0.5, -1, 1.5])


def test_05_one_backward_pass_or_fourteen_forward_passes():
    calls = []

    def counted(v):
        calls.append(v)
        return chapter(5).neuron(v[:3], v[3:6], v[6])

    assert np.allclose(chapter(5).numerical_gradient(counted, [*x, *w, b]), [*w, *x, 1])
    assert len(calls) == 14 == chapter(5).forward_passes == len(chapter(2).calls)


def test_05_the_graph_shows_every_gradient(show):
    for dvalue, bias in [(4, 1), (-2, 2), (1, -6), (2, -5)]:  # acceso, acceso, z = −1, z = 0 per convenzione
        seen = show(5, "show_neuron", step=6, dvalue=dvalue, bias=bias)
        dx, dw, db = chapter(5).neuron_backward(x, w, bias, dvalue)
        read = {wire: numbers(forward.split("=")[-1]) + numbers(backward) for wire, (forward, backward) in seen.wires.items()}
        for i in range(3):
            assert read[f"x{i}", f"m{i}"] == [x[i], dx[i]] and read[f"w{i}", f"m{i}"] == [w[i], dw[i]]
            assert read[f"m{i}", "z"] == [x[i] * w[i], db]
        z = x @ w + bias
        assert read["b", "z"] == [bias, db] and read["z", "relu"] == [z, db] and read["relu", "y"] == [max(0, z), dvalue]
        assert np.array_equal(numbers(seen.text), [*dx, *dw, db])
        assert set(seen.stopped) == (set() if z > 0 else set(seen.wires) - {("relu", "y")})


def test_05_a_number_is_asked_before_it_is_shown(show):
    """A ogni passo un punto interrogativo sta dove al passo dopo c'è un numero, e più indietro non c'è niente."""
    before = None
    for step in range(7):
        seen = show(5, "show_neuron", step=step, dvalue=4, bias=1)
        asked = {(wire, i) for wire, pair in seen.wires.items() for i, text in enumerate(pair) if text and "?" in text}
        known = {(wire, i) for wire, pair in seen.wires.items() for i, text in enumerate(pair) if text and "?" not in text}
        assert before is None or known - before[1] == before[0] or step == 3  # al passo 3 arriva anche dvalue, che è dato
        assert bool(asked) == (step < 6) and seen.stopped == []
        before = asked, known
    verdicts = {answer: show(5, "predict_w1", answer=answer).text for answer in range(-12, 13)}
    assert [answer for answer, text in verdicts.items() if "✓" in text] == [-8] and len({*verdicts.values()}) == 25


def test_05_which_weight_to_touch(show):
    """Di un decimo, w₂ in giù abbassa di più L: da 8 a 6.845, cioè −1.155 dove il gradiente promette −1.2."""
    after = {}
    for which in chapter(5).parameters:
        for shift in (-0.1, 0.1):
            text = show(5, "nudge", which=which, shift=shift).text
            assert numbers(text)[-2] == 8
            after[which, shift] = numbers(text.rstrip(".\n"))[-1]
    assert min(after, key=after.get) == ("w₂", -0.1) and after["w₂", -0.1] == 6.845
    dx, dw, db = chapter(5).neuron_backward(x, w, b, 6 - 2)
    assert [*dw, db] == [4, -8, 12, 4] and round(12 * -0.1, 1) == -1.2 and round(after["w₂", -0.1] - 8, 3) == -1.155
    for (name, gradient) in zip(chapter(5).parameters, [*dw, db], strict=True):
        assert (after[name, 0.1] > 8) == (gradient > 0)
    assert "Scegli" in show(5, "nudge", which=None, shift=0.1).text


def test_05_the_drill_has_right_answers(show):
    controls = next(i for i in chapter(5).interactives if i.f.__name__ == "ask").controls
    asked = set()
    for number in controls[0].values:
        x, w, bias, dvalue, z, question, right, mistakes = chapter(5).drill(number)
        dx, dw, db = chapter(5).neuron_backward(x, w, bias, dvalue)
        what = {f"{name}[{i}]": value for name, values in (("dx", dx), ("dw", dw)) for i, value in enumerate(values)}
        what |= {"db": db, "nulli": np.count_nonzero([*dx, *dw, db] == np.zeros(7))}
        assert right == next(value for name, value in what.items() if name in question)
        assert z == x @ w + bias != 0 and right != 0 and right in controls[1].values
        assert not (abs(x) == abs(w)).any()  # chi scambia x e w sbaglia sempre
        asked.add((*x, *w, bias, dvalue, question))
        assert question in show(5, "ask", variant=number).text
        empty, good = (show(5, "check", variant=number, answer=answer).text for answer in (0, right))
        assert "Giusto" in good and "Giusto" not in empty and "No" not in empty
        for wrong, reason in mistakes.items():
            assert wrong in controls[1].values and right != wrong != 0
            assert f"✗ No: {wrong}: {reason}.".replace("-", "−") in show(5, "check", variant=number, answer=wrong).text
        assert f"dx = {chapter(5).written(dx)}, " in show(5, "solve", variant=number, solution=True).text
        assert show(5, "solve", variant=number, solution=False).text == ""
    assert len(asked) == len(controls[0].values) >= 12


# Capitolo 6 ---------------------------------------------------------------------------------------------------------


def path(learning_rate, epochs, target=2.0, **more):
    return chapter(6).path(x, w, b, learning_rate, epochs, target, **more)


def losses(history, target=2.0):
    """La loss lungo una storia di descend."""
    return 0.5 * (np.array([y for y, _, _ in history]) - target) ** 2


def test_06_lowering_the_output():
    assert np.allclose(chapter(6).y_values, [6.00, 5.85, 5.70, 5.55, 5.40, 5.25]) and x @ x + 1 == 15
    for learning_rate in np.geomspace(1e-4, 2, 60):
        now_w, now_b = w, b
        for k in range(51):
            assert np.isclose(chapter(6).neuron(x, now_w, now_b), max(0, 6 - 15 * learning_rate * k), atol=1e-12)
            _, dw, db = chapter(6).neuron_backward(x, now_w, now_b, 1.0)
            now_w, now_b = now_w - learning_rate * dw, now_b - learning_rate * db


def test_06_the_steepest_direction():
    """Fra mille passi lunghi 0.1 nessuno abbassa y più di quello contro il gradiente, che toglie 0.1 per √15."""
    directions = np.random.default_rng(6).normal(size=(1000, 4))
    directions *= 0.1 / np.linalg.norm(directions, axis=1, keepdims=True)
    _, dw, db = chapter(6).neuron_backward(x, w, b, 1.0)
    best = -0.1 * np.array([*dw, db]) / np.sqrt(15)
    y = [chapter(6).neuron(x, w + move[:3], b + move[3]) for move in [best, *directions]]
    assert np.isclose(y[0], 6 - 0.1 * np.sqrt(15)) and min(y[1:]) > y[0]


def test_06_the_stale_gradient():
    """Con η = 1 e il primo gradiente z arriva a −69; ricalcolato, si ferma a −9. L'esercizio: −0.6 per 20 passi, da 6 a −6."""
    _, dw, db = chapter(6).neuron_backward(x, w, b, 1.0)
    assert x @ (w - 5 * dw) + b - 5 * db == 6 - 5 * 15 == -69
    after = [chapter(6).neuron_backward(x, w - dw, b - db, 1.0)[i] for i in (1, 2)]
    assert x @ (w - dw) + b - db == -9 and not np.any(after[0]) and not after[1]
    assert np.isclose(x @ chapter(6).stale_w + chapter(6).stale_b, 6 - 12) and np.isclose(20 * 0.6, 12)


def between(low, high):
    """Molti learning rate fra due soglie, fitti vicino a ognuna."""
    near = np.geomspace(1e-4, 0.5, 60)
    return low + (high - low) * np.concatenate([near, 1 - near])


REGIMES = [  # da, a, con la ReLU, nome
    (0, 1 / 15, True, "converge senza oscillare"),
    (0, 1 / 15, False, "converge senza oscillare"),
    (1 / 15, 0.1, True, "converge oscillando"),
    (1 / 15, 2 / 15, False, "converge oscillando"),
    (0.1, 0.4, True, "si spegne"),
    (2 / 15, 0.4, False, "diverge"),
]


@pytest.mark.parametrize(("low", "high", "use_relu", "name"), REGIMES)
def test_06_regimes_on_both_sides_of_every_threshold(low, high, use_relu, name):
    for learning_rate in between(low, high):
        z, q = path(learning_rate, 40, alpha=0.0 if use_relu else 1.0), 1 - 15 * learning_rate
        assert chapter(6).regime(learning_rate, use_relu) == name
        if use_relu:
            history = chapter(6).descend(x, w, b, learning_rate, 40, target=2.0)
            assert np.allclose(z, [x @ now_w + now_b for _, now_w, now_b in history], atol=1e-12)
        if name == "si spegne":
            assert np.isclose(z[1], 2 + 4 * q) and np.all(z[1:] == z[1]) and z[1] <= 0
            assert np.all(losses(history)[1:] == 2) and all(np.array_equal(now_w, history[1][1]) for _, now_w, _ in history[1:])
            continue
        assert np.allclose(z - 2, 4 * q ** np.arange(41), rtol=1e-6, atol=1e-12)
        assert (0 < q < 1) == (name == "converge senza oscillare") and (q < -1) == (name == "diverge")
        assert (abs(z[-1] - 2) < 4) == (name != "diverge")


def test_06_on_the_thresholds():
    """1/15 arriva in un passo, 0.1 spegne, 2/15 senza ReLU rimbalza per sempre; 0 resta fermo. Come nei dettagli."""
    descend, regime = chapter(6).descend, chapter(6).regime
    assert np.allclose(path(1 / 15, 50)[1:], 2, atol=1e-13)
    assert np.all(losses(descend(x, w, b, 0.1, 50, target=2.0))[1:] == 2) and f"{path(0.1, 1)[1]:.1e}" == "-5.6e-16"
    assert np.allclose(path(2 / 15, 50, alpha=1.0), 2 + 4 * (-1.0) ** np.arange(51))
    assert np.all(path(0.0, 50) == 6)
    assert np.isclose(path(0.0999, 50)[-1], 2) and path(0.1001, 50)[-1] < 0
    names = [regime(0), regime(1 / 15), regime(0.1), regime(2 / 15), regime(2 / 15, False)]
    assert names == ["resta ferma", "converge in un passo", "si spegne", "si spegne", "oscilla per sempre"]


def test_06_the_table_is_filled_by_the_reader():
    """Cinque righe vuote; ognuna dà ragione a una sola scelta, che è il suo regime, e non dice le altre."""
    rows = next(i for i in chapter(6).interactives if "row" in i.f.__qualname__ or len(i.controls) == 5)
    assert len(rows.controls) == 5
    right = []
    for i, control in enumerate(rows.controls):
        texts = [rows.text(*[k if j == i else 0 for j in range(5)]) for k in range(len(control.values))]
        assert "✓" not in texts[0] and "✗" not in texts[0]
        (k,) = [k for k, text in enumerate(texts) if "✓ Giusto" in text]
        right.append(control.values[k])
        assert all(control.values[k] not in text for j, text in enumerate(texts) if j != k)
    assert right == ["converge senza oscillare", "converge oscillando", "si spegne", "converge oscillando", "diverge"]


def test_06_one_fixed_sample_never_wakes_the_neuron():
    for learning_rate in (0.1, 0.12, 0.5):
        short, long = (chapter(6).descend(x, w, b, learning_rate, epochs, target=2.0) for epochs in (1, 5000))
        assert np.array_equal(short[-1][1], long[-1][1]) and losses(long)[-1] == 2


def test_06_other_samples_wake_it(show):
    """La serra: con η = 0.02 F si spegne e poi si riaccende; con 0.08 A si spegne per sempre."""
    neuron, learn, cases = (chapter(6).names[name] for name in ("neuron", "learn", "cases"))
    assert np.array_equal(cases, chapter(1).cases) and np.array_equal(chapter(6).targets > 0, chapter(1).wanted)

    def outputs(learning_rate, epochs):
        trained = learn(w, b, learning_rate, epochs)
        return np.array([neuron(case, *trained) for case in cases])

    def loss(learning_rate, epochs):
        return 0.5 * ((outputs(learning_rate, epochs) - chapter(6).targets) ** 2).sum()

    assert loss(0.02, 0) == 53 and round(loss(0.02, 10)) == 1
    assert outputs(0.02, 0)[5] == 1 and outputs(0.02, 10)[5] == 0 < outputs(0.02, 50)[5] > outputs(0.02, 200)[5]
    assert np.array_equal(outputs(0.02, 10) > 0, chapter(6).targets > 0)
    assert loss(0.02, 20) > loss(0.02, 200) and np.sum((outputs(0.02, 20) > 0) == (chapter(6).targets > 0)) == 6
    assert np.sum((outputs(0.02, 200) > 0) == (chapter(6).targets > 0)) == 5
    assert all(outputs(0.08, epochs)[0] == 0 for epochs in (1, 5, 50, 1000)) and np.isclose(loss(0.08, 1000), 2)
    for learning_rate, epochs in [(0.02, 10), (0.02, 50), (0.08, 20)]:
        text = show(6, "greenhouse", learning_rate=learning_rate, epochs=epochs).text
        y = outputs(learning_rate, epochs)
        good = np.sum((y > 0) == (chapter(6).targets > 0))
        assert f"L = {loss(learning_rate, epochs):.3f}, {good} casi su 6.\nUscita di F: {y[5]:.2f}" in text


def test_06_steps_and_records():
    descend, steps_to = chapter(6).descend, chapter(6).steps_to
    for scale, best in [(1.0, 15), (0.5, 4.5), (2.0, 57)]:
        assert steps_to(losses(descend(scale * x, w / scale, b, 1 / best, 10, target=2.0))) == 1
    assert steps_to(losses(descend(x, w, b, 0.1, 1000, target=2.0))) is None
    assert steps_to(losses(descend(x, w, b, 0.01, 100, target=2.0))) == 21
    assert np.array_equal(losses(descend(x, w, b, 0.02, 5, target=2.0)).round(4), [8, 3.92, 1.9208, 0.9412, 0.4612, 0.226])


def test_06_what_momentum_allows():
    """Nel burrone, di derivate seconde 8 e 0.5, si converge se e solo se η < 2(1 + μ)/8, per ogni μ del cursore."""
    X = chapter(6).ravine_X
    assert np.allclose(np.linalg.eigvalsh(X.T @ X), [0.5, 8])
    for mu in (0.0, 0.3, 0.5, 0.7, 0.9):
        for factor, converges in ((0.5, True), (0.99, True), (1.01, False)):
            visited = chapter(6).ravine_path(factor * 2 * (1 + mu) / 8, mu, 3000)
            assert np.allclose(visited[-1], 2) == converges, (mu, factor)


def test_06_momentum_and_leak(show):
    """μ = 0.5 riduce i passi da 21 a 7, μ = 0.9 spegne al sesto passo e scende fino a −7.66; la leaky ReLU risale."""
    fast = path(0.01, 100, mu=0.9)
    assert chapter(6).steps_to(0.5 * (np.maximum(0, path(0.01, 100, mu=0.5)) - 2) ** 2) == 7
    assert np.all(fast[:6] > 0) and np.allclose(fast[[6, 100]], [-0.25, -7.66], atol=0.005) and np.all(np.diff(fast) < 0)
    assert np.allclose(path(0.12, 3, alpha=0.1), [6, -1.20, -0.82, -0.44], atol=0.005)
    assert np.isclose(path(0.12, 60, alpha=0.1)[-1], 2, atol=1e-3) and path(0.12, 60)[-1] == path(0.12, 1)[1]
    waits = [np.flatnonzero(path(0.12, 60, alpha=alpha)[1:] > 0)[0] for alpha in (0.05, 0.1, 0.2, 0.3)]
    assert waits == sorted(waits, reverse=True) and len(set(waits)) == 4
    assert "z: 6.00, −1.20, −0.82, −0.44" in show(6, "leak", alpha=0.1, learning_rate=0.12).text


def test_06_the_ravine(show):
    """Derivate seconde 8 e 0.5; si diverge oltre 0.25; con η = 0.1 bastano 14 passi con μ = 0.7 invece di 52."""
    X = chapter(6).ravine_X
    assert np.allclose(np.linalg.eigvalsh(X.T @ X), [0.5, 8]) and chapter(6).ravine_loss(np.array([2.0, 2.0])) == 0
    for learning_rate in (0.24, 0.26):
        loss = chapter(6).ravine_loss(chapter(6).ravine_path(learning_rate, 0.0, 400))
        assert (loss[-1] < loss[0]) == (learning_rate < 0.25)
    for learning_rate in np.linspace(0.01, 0.25, 20):  # lungo ogni direzione l'errore si moltiplica per 1 − ηa
        away = chapter(6).ravine_path(learning_rate, 0.0, 9) - 2
        for a, direction in [(8, [1, 1]), (0.5, [1, -1])]:
            assert np.allclose(away @ direction, (away[0] @ direction) * (1 - a * learning_rate) ** np.arange(10))
    assert numbers(show(6, "ravine", learning_rate=0.1, mu=0.0).text)[1] == 52
    assert numbers(show(6, "ravine", learning_rate=0.1, mu=0.7).text)[1] == 14
    assert "mai" in show(6, "ravine", learning_rate=0.25, mu=0.0).text


def test_06_another_neuron_by_hand():
    """L'esercizio: z₀ = 4.5, c = 6, primo errore 3.5; arriva con 1/6, si spegne da 3/14 ≈ 0.2143, diverge oltre 1/3."""
    other, weights = np.array([2.0, 0.0, -1.0]), np.array([1.0, 3.0, -2.0])
    z = other @ weights + 0.5
    assert (z, other @ other + 1, z - 1) == (4.5, 6, 3.5) and round(4.5 / (6 * 3.5), 4) == 0.2143

    def after(learning_rate, epochs, alpha=0.0):
        return chapter(6).path(other, weights, 0.5, learning_rate, epochs, 1.0, alpha)

    assert np.isclose(after(1 / 6, 1)[1], 1)
    assert after(3 / 14 - 1e-6, 1)[1] > 0 > after(3 / 14 + 1e-6, 1)[1]
    assert abs(after(1 / 3 - 1e-3, 50, 1.0)[-1] - 1) < 3.5 < abs(after(1 / 3 + 1e-3, 50, 1.0)[-1] - 1)
    assert round(-np.log(0.01 / 8), 3) == 6.685 and round(-2 * np.log(0.7), 3) == 0.713 and round(6.685 / 0.713, 2) == 9.38
    assert round(np.log(0.01 / 8) / (2 * np.log(0.7)), 2) == 9.37 and chapter(6).predicted_steps(0.02, 0.01) == 10


def test_06_the_relu_cannot_switch_off_when_the_target_is_near():
    for learning_rate in between(0, 2 / 15):
        assert min(path(learning_rate, 200, target=4.0)) > 0
    assert path(0.1, 1)[1] <= 0


def test_06_the_sliders_say_the_same(show):
    sliders = next(i for i in chapter(6).interactives if i.f.__name__ == "watch_descent").controls
    assert np.allclose(sliders[0].values, sorted([*np.arange(31) * 0.005, 1 / 15, 2 / 15])) and len(sliders[1].values) >= 50
    for learning_rate, epochs in [(0.03, 10), (0.08, 7), (0.12, 50)]:
        text = show(6, "watch_descent", learning_rate=learning_rate, epochs=epochs).text
        y, last_w, last_b = chapter(6).descend(x, w, b, learning_rate, epochs, 2.0)[-1]
        assert np.allclose(equalities(text), [x @ last_w + last_b, y, 0.5 * (y - 2) ** 2], atol=6e-4)
        assert set(last_w.round(3)) | {round(last_b, 3)} <= set(numbers(text))
    rates = next(i for i in chapter(6).interactives if i.f.__name__ == "without_relu").controls[0].values
    assert np.array_equal(rates, sliders[0].values)
    for learning_rate in rates:
        _, *lines = show(6, "without_relu", learning_rate=learning_rate).text.splitlines()
        for line, alpha in zip(lines, [0.0, 1.0], strict=True):
            z = path(learning_rate, 15, alpha=alpha)[-1]
            assert np.allclose(equalities(line), [z, 0.5 * (max(alpha * z, z) - 2) ** 2], atol=6e-4)


# Capitolo 7 ---------------------------------------------------------------------------------------------------------


Z = X @ W + biases


def test_07_the_layer_of_the_example():
    Y, Z = chapter(7).dense_forward(X, W, biases)
    assert W.shape == (4, 3) and np.argwhere(Z <= 0).tolist() == [[1, 1]]
    assert np.isclose(Z[1, 1], -2.81) and np.isclose(Z[2, 1], 0.051) and np.array_equal(Y, np.maximum(Z, 0))
    dX, dW, db = chapter(7).dense_backward(dvalues, X, W, Z)
    assert np.allclose(dW, [[0.5, -3.5, 0.5], [20.1, 10.1, 20.1], [10.9, 12.9, 10.9], [4.1, 0.1, 4.1]])
    assert np.allclose(db, [6, 4, 6])
    assert np.allclose(dX, (dvalues * [[1, 1, 1], [1, 0, 1], [1, 1, 1]]) @ W.T) and np.isclose(dX[1, 0], 0.4 - 0.52)


def test_07_an_update_of_a_thousandth():
    """Il passo di discesa, e nell'esercizio ciò che la formula ne promette."""
    book = chapter(7)
    assert np.allclose(book.W_new - book.W, -0.001 * book.dW) and np.isclose((book.W_new - book.W)[1, 0], -0.0201)
    assert np.allclose(book.b_new - book.b, [-0.006, -0.004, -0.006])
    assert book.loss(X, book.W_new, book.b_new) < book.loss(X, W, biases)
    assert round(-0.001 * book.slope, 3) == -1.448 and round(book.change, 3) == -1.364
    assert np.argwhere((Z > 0) != (book.Z_new > 0)).tolist() == [[2, 1]]
    small = book.loss(X, W - 1e-5 * book.dW, biases - 1e-5 * book.db) - book.loss(X, W, biases)
    assert np.isclose(small, -1e-5 * book.slope)  # finché nessuno si spegne la promessa è esatta


def test_07_the_cells_that_light_up(show):
    """Della tabella di arrivo si vede la cella toccata e nient'altro, e la riga stampata ne fa il conto."""
    dX, dW, _ = chapter(7).dense_backward(dvalues, X, W, Z)
    factors = {
        "layer": ("Z", Z, "X", X, "W, e sotto b", np.vstack([W, biases])),
        "cell_of_dW": ("dW", dW, "Xᵀ", X.T, "dZ", dvalues * (Z > 0)),
        "cell_of_dX": ("dX", dX, "dZ", dvalues * (Z > 0), "Wᵀ", W.T),
    }
    for name, (title, result, left_title, left, right_title, right) in factors.items():
        rows, columns = map(range, result.shape)
        for i, j in itertools.product([None, *rows], [None, *columns]):
            cell = None if None in (i, j) else (i, j)
            seen = show(7, name, i=i, j=j)
            assert np.allclose(read(seen.matrices[left_title]), left) and np.allclose(read(seen.matrices[right_title]), right)
            shown = seen.matrices[title]
            assert np.argwhere(shown != "?").tolist() == ([list(cell)] if cell else [])
            if cell:
                assert np.isclose(read(shown[[cell[0]], [cell[1]]])[0], result[cell], atol=6e-4)
                left_side, *_, last = re.split(" = ", seen.text)
                *at, terms = *numbers(seen.text)[:2], numbers(seen.text)[2:-1]
                pairs = np.reshape(terms[: 2 * left.shape[1]], (-1, 2))
                assert at == [i, j] and np.isclose(pairs.prod(axis=1).sum() + sum(terms[len(pairs) * 2 :]), result[cell])
                assert np.isclose(numbers(last)[0], result[cell], atol=6e-4) and title in left_side


def read(texts):
    """I numeri di una tabella di scritte."""
    return np.vectorize(lambda text: float(text.replace("−", "-")))(texts)


def test_07_the_predictions_are_right():
    """W[1, 2] entra nella colonna 2 di Z, X[1, 0] nella riga 1, e Z[1, 2] dipende dalla riga, dalla colonna e dal bias detti."""
    book = chapter(7)

    def moved(**changed):
        given = {"X": X, "W": W, "b": biases} | changed
        return np.argwhere(book.dense_forward(**given)[1] != Z).tolist()

    nudge = np.zeros((4, 3))
    nudge[1, 2] = 1
    assert moved(W=W + nudge) == [[0, 2], [1, 2], [2, 2]] and moved(X=X + nudge.T[[1, 2, 0]]) == [[1, 0], [1, 1], [1, 2]]
    assert book.guesses_W["in tre, tutta la colonna 2"][0] and book.guesses_X["sui neuroni"][0]
    assert [guess for guess, (right, _) in book.guesses_Z.items() if right] == ["la riga 1 di X, la colonna 2 di W, b[2]"]
    assert [guess for guess, (right, _) in book.guesses_chain.items() if right] == [f"{book.dY1.shape}, come Y₁"]


def test_07_which_formulas_give_the_weights(show):
    """(dZ @ X).T inganna se e solo se N = H, tranne con un esempio e un neurone; X @ dZ se e solo se N = 4."""
    for N, H in itertools.product(range(1, 7), repeat=2):
        hidden, lines = (
            dict(line.split(": ") for line in show(7, "shapes", N=N, H=H, judged=judged).text.splitlines()) for judged in (False, True)
        )
        assert hidden == dict.fromkeys(lines, "?")  # prima della previsione non si esclude niente
        assert lines["X.T @ dZ"] == "✓ giusta"
        swapped = "✗ NumPy dà errore" if N != H else "✓ giusta" if N == 1 else "✗ numeri sbagliati"
        assert lines["(dZ @ X).T"] == swapped
        assert lines["X @ dZ"] == ("✗ numeri sbagliati" if N == 4 else "✗ NumPy dà errore")
    assert chapter(7).guesses_shape["quando N = H"][0]
    assert (X[:1] @ W + biases[:, None]).shape == (3, 3)  # con un esempio solo gira, e dà (H, H)
    assert (X @ W + biases[:, None]).shape == Z.shape and not np.allclose(X @ W + biases[:, None], Z)
    assert not np.allclose((dvalues * (Z > 0) @ X).T, X.T @ (dvalues * (Z > 0)))  # con i numeri del capitolo


def test_07_two_layers_step_by_step(show, capsys):
    """I passi pari chiedono, i dispari mostrano: forme sui fili e numeri sono quelli di due dense_forward e due dense_backward."""
    book = chapter(7)
    inputs, G, W1, W2 = (np.array(a, dtype=float) for a in (book.inputs, book.G, book.W1, book.W2))
    Z1 = inputs @ W1 + [0, -1]
    Y1 = np.maximum(Z1, 0)
    Z2 = Y1 @ W2 + 3
    dZ2 = G * (Z2 > 0)
    dY1 = dZ2 @ W2.T
    dZ1 = dY1 * (Z1 > 0)
    answers = {"Y₁": Y1, "Y₂": np.maximum(Z2, 0), "dZ₂": dZ2, "dW₂": Y1.T @ dZ2, "dY₁": dY1, "dZ₁": dZ1}
    answers |= {"dW₁": inputs.T @ dZ1, "dX": dZ1 @ W1.T}
    assert Z2.ravel().tolist() == [7, 1, 5, -1] and not dY1[3].any() and dZ1[2].tolist() == [4, 0] and dY1[2, 1] == -2
    assert len({len(G), *W1.shape, *W2.shape}) == 4
    behind = {"Y₁": [("1", "2")], "Y₂": [("2", "L")], "dW₂": [("W2", "2"), ("b2", "2")], "dY₁": [("1", "2")]}
    behind |= {"dW₁": [("W1", "1"), ("b1", "1")], "dX": [("X", "1")]}
    for stage, (name, answer) in enumerate(answers.items()):
        way = 0 if stage < 2 else 1  # in avanti o all'indietro
        ask, tell = (show(7, "two_layers", step=step) for step in (2 * stage, 2 * stage + 1))
        assert (ask.matrices[name] == "?").all() and "Che forma" in ask.text and str(answer.shape) not in ask.text
        left, right = (read(numbers) for title, numbers in ask.matrices.items() if title != name)
        made = left * (right > 0) if "Z" in name else left @ right if way else np.maximum(left @ right[:-1] + right[-1], 0)
        assert np.allclose(made, answer)  # i due fattori che si vedono danno il risultato
        assert np.allclose(read(tell.matrices[name]), answer) and f"{name} ha forma {answer.shape}" in tell.text
        for wire in behind.get(name, ()):
            assert ask.wires[wire][way] == "?"
        if name in behind:
            assert tell.wires[behind[name][0]][way] == str(answer.shape).replace(", ", ",")
    assert all(forward == backward for forward, backward in tell.wires.values())  # alla fine: la forma del valore sullo stesso filo
    for step, told in (7, "db₂ = [2], di forma (1,)"), (13, "db₁ = [4, 0], di forma (2,)"):
        asked = show(7, "two_layers", step=step - 1).text
        assert f"E {told[:3]}?" in asked and told not in asked and told in show(7, "two_layers", step=step).text
    assert "dY₁" not in "".join(show(7, "two_layers", step=step).text for step in range(6))  # al passo 7 si prevede senza averla vista
    assert np.allclose(book.dW1, answers["dW₁"]) and np.allclose(book.dX1, answers["dX"])
    verdicts = []
    for number in (0, -2, 2, -1, 1, 4, -3):
        book.check_number(number)
        verdicts.append(capsys.readouterr().out)
    assert [("✓" in text, "✗" in text) for text in verdicts] == [(False, False), (True, False), *[(False, True)] * 5]
    assert len(set(verdicts)) == len(verdicts)  # il gradiente da solo, il peso da solo, la loro somma, l'altro neurone: quattro errori diversi


def test_07_a_broken_sensor():
    """L'ultima domanda: con un ingresso sempre 0 è nulla la sua riga di dW, e delle altre risposte nessuna."""
    broken = X * [1, 1, 0, 1]
    dX, dW, db = chapter(7).dense_backward(dvalues, broken, W, broken @ W + biases)
    assert not dW[2].any() and dW[:, 2].any() and dX[:, 2].any() and db.any()
    assert [answer for answer, (right, _) in chapter(7).risposte_3.items() if right] == ["La riga 2 di dW"]


def test_07_two_layers_by_hand():
    """L'esercizio: con W2 = [[2], [1]] lo strato 2 è acceso ovunque, e l'esempio 3 corregge un solo neurone."""
    book = chapter(7)
    assert book.Z2_new.ravel().tolist() == [11, 13, 5, 7] and book.dY1_new.tolist() == [[2, 1], [-2, -1], [4, 2], [6, 3]]
    assert (book.dY1_new * (book.Z1 > 0)).tolist() == [[2, 1], [-2, -1], [4, 0], [0, 3]]
    assert book.dW1_new[0, 0] == 10 and book.db1_new.tolist() == [4, 3] and (book.Z1 <= 0).sum(axis=1).tolist() == [0, 0, 1, 1]


def tables(text):
    """Le tabelle scritte una accanto all'altra, con il nome sopra."""
    found, names = {}, []
    for line in text.splitlines():
        if "[" in line:
            for name, row in zip(names, re.findall(r"\[.*?\]", line)):
                found[name].append(numbers(row))
        else:
            names = line.split()
            found |= {name: [] for name in names}
    return {name: np.array(rows) for name, rows in found.items()}


def test_07_the_drill_has_right_answers(show):
    """Le forme vengono da due strati veri, i numeri da un conto fatto addendo per addendo."""
    book, asked = chapter(7), set()
    drill = next(i for i in book.interactives if i.f.__name__ == "ask")
    variants, box = drill.controls[0].values, drill.controls[1].values
    for variant in variants:
        given, question, right, mistakes, rule, solution = book.drill(variant)
        asked.add((given, question))
        assert right != 0 and {right, *(wrong for wrong in mistakes if wrong != right)} <= {*box} and len(set(mistakes) - {0, right}) >= 2
        if variant <= 6:
            N, D, _, H, _, K = map(int, numbers(given))
            Y, one = book.dense_forward(np.ones((N, D)), np.ones((D, H)), np.zeros(H))
            two = book.dense_forward(Y, np.ones((H, K)), np.zeros(K))[1]
            dY, dW2, _ = book.dense_backward(two, Y, np.ones((H, K)), two)
            dX, dW, db = book.dense_backward(dY, np.ones((N, D)), np.ones((D, H)), one)
            sizes = [len(dW), dX.shape[1], db.size, len(dW2), len(dY), dY.size]
            assert right == sizes[variant - 1] and len({N, D, H, K}) == 4
            assert f"dX {dX.shape}, dW1 {dW.shape}, db1 {db.shape}\ndY1 {dY.shape}, dW2 {dW2.shape}, dY2 {two.shape}" == solution
        else:
            data = tables(given)
            rows, weights, (bias,) = data["X"], data["W"], data["b"]
            z = np.array([[sum(rows[i, d] * weights[d, j] for d in range(2)) + bias[j] for j in range(2)] for i in range(3)])
            dz = data.get("dvalues", np.ones((3, 2))) * (z > 0)
            expected = {
                "Z": z,
                "dX": [[sum(dz[i, j] * weights[d, j] for j in range(2)) for d in range(2)] for i in range(3)],
                "dW": [[sum(rows[i, d] * dz[i, j] for i in range(3)) for j in range(2)] for d in range(2)],
                "db": dz.sum(axis=0),
            }
            name, at = re.search(r"(\w+)\[(.*)\]", question).groups()
            assert right == np.array(expected[name])[tuple(map(int, numbers(at)))] and (z != 0).all()
            assert np.array_equal(data.get("Z", z), z) and (name == "Z") == ("dvalues" not in data)
            *shown, working = solution.splitlines()
            assert tables("\n".join(shown)).keys() == ({"dZ"} if shown else set()) and bool(shown) == (name != "Z")
            assert np.array_equal(tables("\n".join(shown)).get("dZ", dz), dz)
            said, written, last = working.split(" = ")
            assert said == f"{name}[{at}]" and eval(re.sub("[−·]", lambda sign: "-" if sign[0] == "−" else "*", written)) == right == numbers(last)[0]
            assert max(map(len, given.splitlines())) <= 38  # righe intere anche su un telefono
        assert given in show(7, "ask", variant=variant).text and solution in show(7, "solve", variant=variant, solution=True).text
        for wrong, why in mistakes.items():
            if wrong not in (0, right):
                assert f"✗ No: {int(wrong)}: {why}.".replace("-", "−") in show(7, "check", variant=variant, answer=int(wrong)).text
        other = next(answer for answer in box if answer not in (0, right, *mistakes))
        good, empty, odd = (show(7, "check", variant=variant, answer=answer).text for answer in (right, 0, other))
        assert f"{other}: {rule}.".replace("-", "−") in odd and "Giusto" in good and "Giusto" not in empty and "No" not in empty
    assert len(asked) == len(variants) >= 12


# Capitoli 8 e 9 -----------------------------------------------------------------------------------------------------


def test_08_the_jacobian_of_the_example():
    assert np.allclose(chapter(8).softmax(np.log([7, 1, 2])), s)
    assert np.allclose(chapter(8).softmax_jacobian(s), J)
    assert np.allclose(chapter(8).left, np.diag(s)) and np.allclose(chapter(8).right, np.outer(s, s))
    assert np.allclose(chapter(8).softmax_jacobian(s).sum(axis=1), 0)
    assert np.allclose(chapter(8).softmax([10 + np.log(7), 10, 10 + np.log(2)]), s)


def test_08_delta_compares_indices():
    found = chapter(8).softmax_jacobian([0.4, 0.4, 0.2])
    assert np.isclose(found[0, 1], -0.16) and np.isclose(found[0, 0], 0.24)


def test_08_predictions():
    """Una sola previsione giusta per domanda: e dove si misura, è quella."""
    book = chapter(8)
    right = [[text for text, (good, _) in book.names[f"previsione_{n}"].items() if good] for n in (1, 2, 3, 4)]
    assert list(map(len, right)) == [1, 1, 1, 1]
    with np.errstate(all="ignore"):
        found = book.naive_softmax(np.array([1000.0, 0, 0]))
    assert right[1] == [str(found.tolist()).replace(".0", "")] and right[3] == ["[0, 0, 0]"]


def test_08_the_temperature(show):
    def warm(temperature):
        return numbers(show(8, "warm", temperature=temperature).text.splitlines()[1])

    assert numbers(show(8, "warm", temperature=0.5).text) == [3.89, 0, 1.39, 0.907, 0.019, 0.074]
    assert np.allclose(warm(1), s) and np.allclose(warm(100), 1 / 3, atol=0.005) and np.allclose(warm(0.1), [1, 0, 0], atol=1e-3)
    assert np.argsort(warm(-1)).tolist() == [0, 2, 1] == np.argsort(s)[::-1].tolist() == np.argsort(warm(5))[::-1].tolist()
    assert np.argsort(warm(-5)).tolist() == [0, 2, 1] and np.allclose(warm(-0.25), [0, 0.941, 0.059], atol=1e-3)
    assert np.allclose(chapter(8).softmax(np.array([2.0, 2.0, 0.0]) / 0.01), [0.5, 0.5, 0])


def test_08_where_the_formula_overflows(show):
    """Com'è scritta si rompe oltre 709.78; la riparano i c fra −1000 e −300; il risultato giusto non dipende da c."""

    def rows(z0, c):
        logits, naive, right = show(8, "overflow", z0=z0, c=c).text.splitlines()
        assert numbers(logits) == [z0 + c, c, c]
        return naive.split(":")[1].split(), right.split(":")[1].split()

    for c in range(-1000, 501, 100):
        naive, right = rows(1000, c)
        assert (naive == right) == (c <= -300) and ("nan" in naive) == (c > -300) and right == ["1.00", "0.00", "0.00"]
        assert rows(2, c)[1] == ["0.79", "0.11", "0.11"]
    assert "nan" not in rows(709, 0)[0] and "nan" in rows(710, 0)[0] and round(np.log(np.finfo(float).max), 2) == 709.78
    assert rows(0, -800) == (["nan"] * 3, ["0.33"] * 3)
    extremes = chapter(8).softmax([[1000, 0, 0], [1e4, -1e4, 1e4], [-1e4, -1e4, -1e4]])
    assert np.allclose(extremes, [[1, 0, 0], [0.5, 0, 0.5], [1 / 3, 1 / 3, 1 / 3]])


@pytest.mark.parametrize("k", range(3))
def test_08_the_others_lose_the_same_percentage(show, k):
    """Ciò che è scritto, con i decimali che ogni mossa chiede; la figura disegna i cambiamenti per unità di z."""
    for move in (-2, -0.1, 0.01, 1, 2):
        change, percent, ratio = map(numbers, show(8, "nudge", k=k, move=move).text.splitlines()[1::2])
        exact = np.exp(np.log(s) + move * np.eye(3)[k])
        exact = exact / exact.sum() - s
        assert np.allclose(change, exact, atol=6e-4 if abs(move) >= 1 else 6e-5) and all(change)
        assert np.allclose(ratio, exact / move, atol=6e-4) and (np.abs(ratio) < 0.3).all()
        assert np.allclose(percent, 100 * exact / s, atol=0.06) and len(set(np.delete(percent, k))) == 1
    assert show(8, "nudge", k=k, move=0).text == "Muovi il logit.\n"
    assert np.allclose(numbers(show(8, "nudge", k=k, move=0.01).text.splitlines()[-1]), J[:, k], atol=0.002)
    if k == 1:
        change, percent, _ = map(numbers, show(8, "nudge", k=1, move=1).text.splitlines()[1::2])
        assert percent[0] == percent[2] == -14.7 and change[0] < change[2] < 0


def test_08_what_comes_back_is_the_distance_from_the_mean(show):
    book = chapter(8)
    sent = [(1, 0, 0), (0, -2, 1), (2, 2, -1), (-2, 1, 2)]
    for (network, p), v in itertools.product(book.networks.items(), sent):
        text = show(8, "send_back", network=network, v0=v[0], v1=v[1], v2=v[2], mean=True).text
        probabilities, arrives, back, mean = map(numbers, text.splitlines())
        assert np.allclose(probabilities, p, atol=6e-4) and tuple(arrives) == v and mean == [round(p @ v, 2)]
        assert np.allclose(back, book.softmax_jacobian(p) @ v, atol=6e-4) and abs(sum(back)) < 2e-3
        assert all(np.sign(back) * np.sign(np.array(v) - p @ v) == (np.array(back) != 0)) and sum(np.array(back) != 0) >= 2
    for n, network in itertools.product((-2, 1, 2), book.networks):
        assert numbers(show(8, "send_back", network=network, v0=n, v1=n, v2=n, mean=False).text.split("dz")[1]) == [0, 0, 0]
    example, sure = book.networks  # se la rete è sicura, resta poco
    assert np.allclose(book.networks[example], s) and np.abs(book.softmax_jacobian(book.networks[sure])).max() < 0.02
    assert "media" not in show(8, "send_back", network=example, v0=1, v1=0, v2=0, mean=False).text


def test_08_what_the_text_says_of_the_backward_pass():
    """Le tre strade; la sola diagonale; la Jacobiana delle probabilità medie; la rete sicura e sbagliata; il quiz."""
    book, v = chapter(8), np.array([1.0, -2.0, 0.5])
    assert np.allclose(book.softmax_backward(v, s), J @ v) and np.allclose(book.numerical, J @ v)
    assert np.allclose(book.dZ, book.one_by_one)
    assert np.allclose(v * s * (1 - s), [0.21, -0.18, 0.08]) and not np.isclose((v * s * (1 - s)).sum(), 0)
    assert not np.allclose(book.dvalues_batch @ book.softmax_jacobian(book.S.mean(axis=0)), book.dZ, atol=0.01)
    uncertain, sure = (book.softmax_backward(p - [0, 1, 0], p) for p in map(book.softmax, ([0, 0, 0], [6, 0, 0])))
    assert np.abs(sure).max() < 0.01 < 0.2 < np.abs(uncertain).max()
    nudged = book.softmax(np.log([0.6, 0.1, 0.3]) + [0, 0, 0.01])  # il quiz: la classe 0 perde 0.0018
    assert round(nudged[0] - 0.6, 4) == -0.0018 and np.isclose(book.softmax_jacobian([0.6, 0.1, 0.3])[0, 2], -0.18)
    assert np.isclose(book.softmax_jacobian([0.6, 0.1, 0.3])[0, 0], 0.24)


def test_08_the_solutions_agree_with_the_differences():
    """I casi estremi; la sigmoide e la sua derivata; i gradienti con la temperatura."""
    book = chapter(8)
    with np.errstate(all="ignore"):
        fine, infinite, summed, tiny = map(book.naive_softmax, book.cases)
        assert np.exp(-744.4) > 0 and np.exp(-760) == 0 and float(f"{np.exp(-744.4):.0e}") == 5e-324
    right = book.softmax(book.cases)
    assert np.allclose(fine, right[0]) and np.array_equal(infinite, [0, 0, np.nan], equal_nan=True) and np.allclose(right[1], [0, 0, 1])
    assert np.array_equal(summed, [0, 0, 0]) and np.allclose(right[2], [0.5, 0.5, 0])
    assert [tiny[0].round(3), right[3, 0].round(3)] == [0.988, 0.993] and np.isclose(tiny.sum(), 1)
    assert np.allclose(book.softmax(2 * book.z), book.softmax(book.z / 0.5)) and np.allclose(book.softmax(2 * book.z), np.array([49, 1, 4]) / 54)
    assert np.isclose(book.slope, book.measured) and np.allclose(book.softmax(book.pair), [book.sigma, 1 - book.sigma])
    assert np.allclose(book.dz, book.measured_z) and np.isclose(book.dtemperature, book.measured_t)


def test_08_the_drill_knows_right_from_wrong(show):
    """Ogni risposta è quella delle differenze; la casella accetta lei sola, e nessun errore previsto è giusto."""
    book = chapter(8)
    assert len(book.drills) == 14
    box = next(i for i in book.interactives if i.f.__name__ == "ask").controls[1].values
    for n, (tenths, given, *last) in enumerate(book.drills, 1):
        p, question, right, _, mistakes = book.drill(n)
        assert np.allclose(p, np.array(tenths) / 10) and np.isclose(p.sum(), 1)
        j, k = given if not last else (None, last[0])
        weights = np.eye(3)[j] if not last else np.array(given)
        step = 1e-5 * np.eye(3)[k]
        measured = weights @ (book.softmax(np.log(p) + step) - book.softmax(np.log(p) - step)) / 2e-5
        assert np.isclose(right, measured) and abs(right) > 0.005 and np.isclose(100 * right, round(100 * right))
        assert not any(np.isclose(value, right) for value in [*mistakes, -0.35])  # −0.35 dice soltanto come si scrive
        for value in mistakes:  # si può scrivere, e la pagina ne dice la ragione; ai bordi della casella nessuno è riconosciuto
            typed = min(box, key=lambda number: abs(number - value))
            first = next(why for other, why in mistakes.items() if np.isclose(other, value))
            assert np.isclose(typed, value) and abs(value) < max(box)
            assert np.isclose(value, 0) or first in show(8, "check_drill", n=n, answer=typed).text
        accepted = [value for value in box if "✓" in show(8, "check_drill", n=n, answer=value).text]
        assert np.allclose(accepted, [right]) and len(accepted) == 1
        reasons = {show(8, "check_drill", n=n, answer=value).text.split(": ")[2] for value in box if value not in (*accepted, 0)}
        assert len(reasons) >= 2
        solution = numbers(show(8, "solve", n=n, shown=True).text)
        assert solution[-1] == round(right, 2) and (not last or solution[0] == round(weights @ p, 1))
        assert show(8, "solve", n=n, shown=False).text == ""
        assert ("J[" in show(8, "ask", n=n).text) == (not last) and question in show(8, "ask", n=n).text.replace("−", "-")


def test_09_the_long_way_and_the_short_way():
    book = chapter(9)
    long_way, short_way = book.softmax_jacobian(s) @ (-y / s), book.softmax_cross_entropy_backward([s], [y])
    assert np.allclose(long_way, [-0.3, 0.1, 0.2]) and np.allclose(short_way, [[-0.3, 0.1, 0.2]])
    assert np.allclose(book.product, long_way) and np.isclose(s @ book.v, -1)
    assert np.isclose(book.cross_entropy([s], [y]), -np.log(0.7)) and np.isclose(book.loss_from_logits(np.log(s), 0), -np.log(0.7))
    assert np.isclose(book.cross_entropy(np.full((5, 3), 1 / 3), np.eye(3)[[0, 1, 2, 0, 1]]), np.log(3))


def test_09_what_the_text_says():
    """Il prodotto dei tre fiori, i valori ai limiti del calcolatore, la somma nulla, gli indici confusi."""
    book = chapter(9)
    flowers = np.array([[0.7, 0.1, 0.2], [0.1, 0.5, 0.4], [0.6, 0.3, 0.1]])
    assert np.isclose(np.prod(np.diag(flowers)), 0.035) and round(np.log(2), 3) == 0.693
    assert np.isclose(3 * book.cross_entropy(flowers, np.eye(3)), -np.log(0.035))
    assert 0.5**2000 == 0 and np.isfinite(2000 * np.log(0.5))
    assert book.cross_entropy(book.Y_hat, np.eye(3)) > np.log(3) > -np.log([0.7, 0.5]).max()
    assert round(book.cross_entropy([[0, 1, 0]], [[1, 0, 0]]), 1) == 708.4 and np.exp(-800) == 0 and f"{np.finfo(float).tiny:.1e}" == "2.2e-308"
    assert round(book.loss_from_logits(np.array([-800.0, 0, 0]), 0), 1) == 800.7
    assert book.loss_from_logits(np.array([1000.0, 0, 0]), 1) == 1000
    assert np.isclose(book.gradient.sum(axis=1), 0).all() and abs(book.gradient).max() < 1
    twice = np.array([book.softmax_jacobian(p) @ row for p, row in zip(book.softmax(book.logits), book.gradient)])
    assert twice.shape == book.numerical.shape and not np.allclose(twice, book.numerical)
    assert (flowers - [0, 1, 2]).shape == flowers.shape


def test_09_one_over_n_stands_once():
    """Con il batch ripetuto la loss non cambia e ogni riga del gradiente si dimezza."""
    rows, labels = np.array([s, [0.25, 0.5, 0.25]]), np.eye(3)[[0, 2]]
    once = chapter(9).softmax_cross_entropy_backward(rows, labels)
    twice = chapter(9).softmax_cross_entropy_backward(np.tile(rows, (2, 1)), np.tile(labels, (2, 1)))
    assert np.allclose(once, [[-0.15, 0.05, 0.1], [0.125, 0.25, -0.375]]) and np.allclose(twice[:2], once / 2)
    assert np.isclose(chapter(9).cross_entropy(rows, labels), -np.log(0.7 * 0.25) / 2)
    assert np.allclose(2 * once, [[-0.3, 0.1, 0.2], [0.25, 0.5, -0.75]])


def test_09_every_halving_costs_the_same(show):
    texts = [show(9, "show_surprise", guess=None, halvings=n).text for n in range(9)]
    assert texts[0].startswith("p = 1: costo 0.000\n") and numbers(texts[0])[-1] == -1 and "nessun" in texts[0]
    for n, text in enumerate(texts[1:], 1):
        one, denominator, cost, step, slope = numbers(text)
        assert (one, denominator, step, slope) == (1, 2**n, 0.693, -(2**n)) and np.isclose(cost, n * np.log(2), atol=5.1e-4)
    assert "1/128:" in texts[7] and "1/256:" in texts[8] and "−256" in texts[8]
    for guess, sign in [("Altrettanto", "✓"), ("Di più", "✗"), ("Di meno", "✗")]:
        assert sign in show(9, "show_surprise", guess=guess, halvings=8).text
        assert not {"✓", "✗"} & set(show(9, "show_surprise", guess=guess, halvings=7).text)
    assert "Scegli" in show(9, "show_surprise", guess=None, halvings=8).text


def test_09_the_measured_numbers(show):
    """Alzando un logit la derivata è la probabilità, meno 1 se la classe è giusta."""
    for true_class in range(3):
        for which, expected in enumerate(s - np.eye(3)[true_class]):
            assert np.isclose(equalities(show(9, "show_measured", which=which, true_class=true_class).text)[0], expected)
    assert "Scegli" in show(9, "show_measured", which=None, true_class=0).text
    assert "✓" in show(9, "check_move", guess="Sale").text and "con la classe 0 la derivata è 0.1" in show(9, "check_move", guess="Sale").text
    assert all("✗" in show(9, "check_move", guess=guess).text for guess in ("Scende", "Resta ferma"))


def test_09_which_loss_learns(show):
    """Da m = 6 l'entropia incrociata impara e l'errore quadratico no; da m = 0 tutte e due."""

    def race(m, steps):
        found = numbers(show(9, "show_race", m=m, steps=steps).text)
        assert found[0] == steps
        return [tuple(found[1:3]), tuple(found[3:])]

    assert race(6, 0) == [(0.0012, 0.9988), (0.0012, 0.0019)] and race(8, 0)[0][0] == 0.0002 and race(6, 50)[0][0] > 0.95 and race(6, 10)[0][0] > 0.5
    assert race(6, 200)[1][0] < 0.01 and min(p for p, _ in race(0, 50)) > 0.8
    for m in (0, 2, 4, 6, 8):
        p = np.exp(-m) / (np.exp(-m) + 2)
        assert np.allclose([pull for _, pull in race(m, 0)], [1 - p, 1.5 * p * (1 - p) ** 2], atol=5.1e-5)
    book, rng = chapter(9), np.random.default_rng(9)
    logits, labels = rng.normal(size=(4, 3)), np.eye(3)[[0, 1, 2, 1]]
    probabilities, c = book.softmax(logits), labels.argmax(axis=1)
    right = probabilities[range(4), c]
    expected = -right * ((1 - right) ** 2 + (probabilities**2).sum(axis=1) - right**2)
    found = book.squared_backward(probabilities, labels)
    assert np.allclose(4 * found[range(4), c], expected) and np.all(abs(expected) <= 2 * right * (1 - right) ** 2)
    numerical = book.numerical_gradient(lambda Z: 0.5 * ((book.softmax(Z) - labels) ** 2).sum(axis=1).mean(), logits)
    assert np.allclose(found, numerical)
    verdicts = {guess: show(9, "check_race", guess=guess, m=6, steps=200).text for guess in book.pushes}
    assert [guess for guess, text in verdicts.items() if "✓" in text] == ["Cala"]
    ends = [round(book.softmax(book.train_logits(6, 50, backward)[0])[-1, 0], 3) for backward, _ in book.losses.values()]
    assert all(numbers(text) == [0.2222, 0.0019, 50, *ends[::-1]] for text in verdicts.values())
    assert numbers(show(9, "check_race", guess="Cala", m=6, steps=0).text) == [0.2222, 0.0019, 50]
    assert not {"✓", "✗"} & set(show(9, "check_race", guess="Cala", m=4, steps=50).text) and show(9, "show_race", m=6, steps=1).text.startswith("Dopo 1 passo:")


def test_09_the_drill_knows_right_from_wrong(show):
    book = chapter(9)
    assert len(book.drills) >= 12
    tenths = np.arange(-30, 31) / 10
    assert np.allclose(tenths, next(c for i in book.interactives for c in i.controls if c.name == "answer").values)
    for n, (p, c, k, N) in enumerate(book.drills, 1):
        assert np.isclose(sum(p), 1)
        right = p[c] if k is None else (p[k] - (k == c)) / N
        accepted = [answer for answer in tenths if "✓" in show(9, "check", variant=n, answer=answer).text]
        assert len(accepted) == 1 and np.isclose(accepted[0], right) and not np.isclose(right, 0)
        assert str(N) in show(9, "ask", variant=n).text and show(9, "solve", variant=n, shown=False).text == ""
        row = (np.array(p) - np.eye(len(p))[c]) / N
        others = np.delete(row if k is not None else p, c if k is None else k)
        assert all(abs(other - right) > 0.051 or np.isclose(other, right) for other in others)  # la casella arrotonda ai decimi
        assert np.allclose(numbers(show(9, "solve", variant=n, shown=True).text.split(")/N")[1]), row, atol=6e-3)
    causes = {(1, 0.4): "segno", (1, 0.6): "tolto 1", (7, -0.6): "soltanto", (8, -0.4): "manca il fattore 1/N", (15, 0.6): "moltiplica per N", (4, 0.5): "parti da ŷ − y.", (12, 0.9): "poi dividi per 5", (14, 0.9): "aggiungi y al", (15, 0.9): "moltiplica per 2, poi"}
    assert all(cause in show(9, "check", variant=n, answer=answer).text for (n, answer), cause in causes.items())


# Capitolo 10 ---------------------------------------------------------------------------------------------------------


def turns(x, c, count=3, rate=0.05):
    """La rete del capitolo 10 rifatta un numero alla volta, senza matrici: un dizionario per giro."""
    W1, b1, W2, b2 = [[1.0, 1.0], [0.5, 1.0]], [0.0, -2.0], [[1.0, -1.0], [-1.0, 2.0]], [0.0, 1.0]
    found, two = [], (0, 1)
    for _ in range(count):
        z1 = [x[0] * W1[0][j] + x[1] * W1[1][j] + b1[j] for j in two]
        a1 = [max(0.0, z) for z in z1]
        z2 = [a1[0] * W2[0][k] + a1[1] * W2[1][k] + b2[k] for k in two]
        p = [1 / (1 + np.exp(z2[1 - k] - z2[k])) for k in two]
        dz2 = [p[k] - (k == c) for k in two]
        da1 = [W2[j][0] * dz2[0] + W2[j][1] * dz2[1] for j in two]
        dz1 = [da1[j] if z1[j] > 0 else 0.0 for j in two]
        dW1, dW2 = [[x[i] * dz1[j] for j in two] for i in two], [[a1[j] * dz2[k] for k in two] for j in two]
        found.append({"W1": W1, "b1": b1, "W2": W2, "b2": b2, "z1": z1, "a1": a1, "z2": z2, "p": p, "loss": -np.log(p[c]), "dz2": dz2, "da1": da1, "dz1": dz1, "dW1": dW1, "dW2": dW2, "db1": dz1, "db2": dz2})
        W1, W2 = ([[W[i][j] - rate * dW[i][j] for j in two] for i in two] for W, dW in ((W1, dW1), (W2, dW2)))
        b1, b2 = ([b[j] - rate * db[j] for j in two] for b, db in ((b1, dz1), (b2, dz2)))
    return found


CASES_10 = {"A": ([1.0, 2.0], 0), "B": ([1.0, -1.0], 1)}


def test_10_every_number_of_the_wires():
    """I numeri del disegno sono quelli di un conto senza matrici, della rete a strati e delle differenze."""
    book = chapter(10)
    for name, (x, c) in CASES_10.items():
        for found, expected in zip(book.rounds[name], turns(x, c), strict=True):
            assert all(np.allclose(found[key], value) for key, value in expected.items())
        X, Y = np.array([x]), np.eye(2)[[c]]
        history = book.train(X, Y, book.layers, 0.05, 2, lambda layers: layers)[1]
        losses = [book.cross_entropy(book.forward(X, layers)[0], Y) for layers in history]
        assert np.allclose(losses, [turn["loss"] for turn in turns(x, c)]) and losses[0] > losses[1] > losses[2]
        Y_hat, inputs = book.forward(X, book.layers)
        (dW1, db1), (dW2, db2) = book.backward(Y_hat, Y, book.layers, inputs)
        first = turns(x, c)[0]
        assert all(np.allclose(found, first[key]) for found, key in ((dW1, "dW1"), (db1, "db1"), (dW2, "dW2"), (db2, "db2")))
        parameters = np.concatenate([np.ravel(first[key]) for key in ("W1", "b1", "W2", "b2")])

        def loss(v, X=X, Y=Y):
            return book.cross_entropy(book.forward(X, [(v[:4].reshape(2, 2), v[4:6]), (v[6:10].reshape(2, 2), v[10:])])[0], Y)

        numerical = book.numerical_gradient(loss, parameters)
        assert np.allclose(numerical, np.concatenate([np.ravel(first["d" + key]) for key in ("W1", "b1", "W2", "b2")]), atol=1e-8)
    A, B = (turns(*CASES_10[name]) for name in "AB")
    assert A[0]["dW1"][1][1] == 3 and A[0]["da1"] == [-1, 1.5] and B[0]["da1"][1] == -1.5 and B[0]["a1"][1] == 0
    assert [round(turn["loss"], 3) for turn in A] == [0.693, 0.099, 0.065]
    assert all((np.ravel(turn["dW1"] + turn["dW2"]) == 0).sum() == 4 for turn in B) and book.early_W2.tolist() == [[1.05, -1.05], [-0.975, 1.975]]
    both = book.backward(book.Y_hat, book.Y, book.layers, book.inputs)
    assert np.allclose(both[0][0], np.mean([A[0]["dW1"], B[0]["dW1"]], axis=0)) and both[0][0][1, 1] == 1.5


def test_10_the_prediction_is_judged(show):
    box = [value for i in chapter(10).interactives for control in i.controls for value in control.values if control.name == "answer"]
    texts = {answer: show(10, "predict_wire", answer=answer).text for answer in np.arange(-8, 9) / 2}
    assert {*texts} <= {*box} and [answer for answer, text in texts.items() if "✓" in text] == [3] and "Scrivi" in texts[0]
    assert "ingresso" in texts[1.5] and "due fili" in texts[2] and "due fili" in texts[1] and "segno" in texts[-3] and "logit" in texts[0.5]
    guesses = {guess: show(10, "predict_zeros", guess=guess).text for guess in chapter(10).zeros}
    assert [guess for guess, text in guesses.items() if "✓" in text] == ["Quattro"] and "Scegli" in show(10, "predict_zeros", guess=None).text


@pytest.mark.parametrize("name", CASES_10)
def test_10_numbers_appear_when_they_are_reached(show, monkeypatch, name):
    """Passo per passo: prima niente, poi un punto interrogativo, poi il numero, quello del conto senza matrici."""
    book, expected = chapter(10), turns(*CASES_10[name])
    when = {"z1": 1, "a1": 1, "z2": 2, "p": 3, "dz2": 4, "dW2": 5, "db2": 5, "da1": 6, "dz1": 7, "dW1": 8, "db1": 8}
    wires, units = [], []
    monkeypatch.setitem(book.names, "wire", lambda ax, i, j, top, bottom, *rest: wires.append((i, j, *rest)))
    monkeypatch.setitem(book.names, "put", lambda ax, x, y, text, *_, **__: units.append(text))
    for step in range(22):
        wires.clear()
        units.clear()
        turn, k = divmod(step, 9)
        told = show(10, "show_network", example=name, step=step).text
        for layer, drawn in (1, wires[:4]), (2, wires[4:]):
            for i, j, weight, gradient, _ in drawn:
                assert abs(numbers(weight)[0] - expected[turn][f"W{layer}"][i][j]) < 6e-4
                at = when[f"dW{layer}"]
                assert gradient == ("" if k < at - 1 else "?" if k == at - 1 else gradient)
                assert k < at or abs(numbers(gradient)[0] - expected[turn][f"dW{layer}"][i][j]) < 6e-4
        assert len(wires) == 8 and len(units) == 2 + 4 * 4 + 1
        assert np.allclose(numbers(units[-1]), [turn + 1, CASES_10[name][1], *[expected[turn]["loss"]] * (k >= 3)], atol=6e-4)
        for n, key in enumerate(["h0", "o0", "h1", "o1"]):  # di ogni colonna: l'ingresso, h, o
            bias, dbias, values, back = units[(n // 2) * 9 + 1 + (n % 2) * 4 :][:4]
            layer, j = ("1", int(key[1])) if key[0] == "h" else ("2", int(key[1]))
            assert abs(numbers(bias)[0] - expected[turn][f"b{layer}"][j]) < 6e-4
            lines = [(dbias, ["db" + layer]), (values, ["z1", "a1"] if layer == "1" else ["z2", "p"]), (back, ["da1", "dz1"] if layer == "1" else ["dz2"])]
            for text, keys in lines:
                reached = [key for key in keys if k >= when[key]]
                assert np.allclose(numbers(text), [expected[turn][key][j] for key in reached], atol=6e-4)
                asked = [key for key in keys if step < 21 or key[0] != "d"]  # in fondo al cursore non resta niente da indovinare
                assert text.count("?") == sum(k == when[key] - 1 for key in asked)
        if step < 21:
            assert ("Aggiornati" in told) == (step in (9, 18)) and len(told) < 36
    assert np.allclose(numbers(told), [turn["loss"] for turn in expected], atol=6e-4)


def test_10_the_arithmetic_of_a_unit_is_right(show):
    """Ogni riga è un'uguaglianza vera fra numeri già raggiunti, e i risultati sono quelli del conto senza matrici."""
    first = {"h": 1, "o": 2}
    for name, node, step in itertools.product(CASES_10, ("h0", "h1", "o0", "o1"), range(22)):
        turn, k = divmod(step, 9)
        text = show(10, "show_arithmetic", example=name, step=step, node=node).text
        layer, j, now = "12"[node[0] == "o"], int(node[1]), turns(*CASES_10[name])[turn]
        if k < first[node[0]] and not (k == 0 and turn):
            assert "niente" in text
            continue
        lines = re.sub(r"\n  ([=≈])", r" \1", text).splitlines()
        assert max(map(len, text.splitlines())) < 40 and len(text.splitlines()) <= 4
        results = {}
        for line in lines:
            what, how, value = re.split(" [=≈] ", line)
            how = re.sub(r"e\^(\S+)", r"np.exp(\1)", how.replace("(e^", "( e^").replace("−", "-").replace("·", "*").replace("ReLU(", "max(0, "))
            how = how.replace("np.exp(0))", "np.exp(0) )") if how.count("(") < how.count(")") else how
            results[what] = numbers(value)[0]
            named = {"np": np, "dz": turns(*CASES_10[name])[turn]["dz" + layer][j]}
            assert abs(eval(how.replace("( np", "(np"), named) - results[what]) < 4e-3, line
        inputs = CASES_10[name][0] if layer == "1" else now["a1"]
        known = {"z": now["z" + layer][j], "a": now["a1"][j], "ŷ": now["p"][j], "da": now["da1"][j], "dz": now["dz" + layer][j], "b": now["b" + layer][j]}
        known |= {f"w{'₀₁'[i]}": now["W" + layer][i][j] for i in (0, 1)}
        known |= {f"dw{'₀₁'[i]}": inputs[i] * now["dz" + layer][j] for i in (0, 1)} | {"db": now["dz" + layer][j]}
        assert all(abs(known[what] - value) < 6e-4 for what, value in results.items())
        stages = {8: "dw₀ dw₁ db", 7: "dz", 6: "da", 1: "z a", 0: "w₀ w₁ b"} if layer == "1" else {5: "dw₀ dw₁ db", 4: "dz", 3: "ŷ", 2: "z", 0: "w₀ w₁ b"}
        assert [*results] == next(names for at, names in stages.items() if k >= at).split()
    assert "Scegli" in show(10, "show_arithmetic", example="A", step=3, node=None).text


def test_10_where_one_starts(show):
    """Da zero niente si muove, da pesi uguali le unità restano una sola, a caso si separano: con cinque semi."""
    book = chapter(10)
    assert [show(10, "show_start", start="tutti 0", epoch=epoch).text for epoch in (0, 300)] == ["unità diverse: 1; loss 0.693\n"] * 2
    still = book.watched["tutti 0"]
    assert max(np.abs(a).max() for layers in still for pair in layers for a in pair) < 1e-12
    for seed in range(5):
        rng = np.random.default_rng(seed)
        points = np.repeat(book.corners, 10, axis=0) + rng.normal(scale=0.4, size=(40, 2))
        same = book.train(points, book.Y_board, book.constant_layers(0.5), 0.5, 300)[0]
        other = book.train(points, book.Y_board, book.initial_layers([2, 4, 2], rng), 0.5, 300)[0]
        assert book.different_units(same) == 1 and book.different_units(other) == 4
        assert np.abs(same[0][0] - 0.5).max() > 0.1  # uguali, ma non ferme
        loss = [book.cross_entropy(book.forward(points, layers)[0], book.Y_board) for layers in (same, other)]
        assert loss[1] < loss[0] - 0.1
    verdicts = {guess: show(10, "check_units", guess=guess, start="tutti 0.5", epoch=300).text for guess in book.units}
    assert [guess for guess, text in verdicts.items() if "✓" in text] == ["Una"] and "Una" not in verdicts["Due"]
    assert "Segnato" in show(10, "check_units", guess="Una", start="tutti 0.5", epoch=100).text
    assert "Scegli" in show(10, "check_units", guess=None, start="tutti 0.5", epoch=300).text
    last = [numbers(show(10, "show_start", start=start, epoch=300).text) for start in book.starts]
    assert [units for units, _ in last] == [1, 1, 4] and last[2][1] < 0.1 < last[1][1]


def test_10_what_shape_learns(show):
    """Su cinque semi senza strato nascosto si resta al caso, e con sedici unità si arriva in fondo; le due reti di mezzo, non sempre."""
    book = chapter(10)

    def score(shape, seed, points):
        layers = book.train(points, book.Y_board, book.initial_layers(shape, np.random.default_rng(seed)), 0.5, 500)[0]
        return (book.forward(points, layers)[0].argmax(axis=1) == book.Y_board.argmax(axis=1)).mean()

    for seed in range(5):
        points = np.repeat(book.corners, 10, axis=0) + np.random.default_rng(seed).normal(scale=0.4, size=(40, 2))
        assert score([2, 2], seed, points) < 0.6 and score([2, 16, 2], seed, points) == 1 == score([2, 16, 2], seed, book.X_board)
    assert [score([2, 4, 2], seed, book.X_board) for seed in (0, 1, 8)] == [1, 1, 0.75]
    assert [score([2, 4, 4, 2], seed, book.X_board) for seed in (0, 1)] == [0.75, 1]
    assert "75%" in show(10, "show_regions", shape="2–4–4–2", epoch=500).text and "100%" in show(10, "show_regions", shape="2–4–2", epoch=500).text
    for name, layers in ((name, history[-1]) for name, history in book.grown.items()):
        text = show(10, "show_regions", shape=name, epoch=500).text
        Z = book.X_board
        for W, b in layers[:-1]:
            Z = np.maximum(0, Z @ W + b)
        Z = Z @ layers[-1][0] + layers[-1][1]
        wrong = Z[range(40), [1] * 20 + [0] * 20] - Z[range(40), [0] * 20 + [1] * 20]
        assert numbers(text.split(",")[0]) == [round(np.log1p(np.exp(wrong)).mean(), 3)] and numbers(text)[-1] == round(100 * (wrong < 0).mean())
        count = sum(W.size + b.size for W, b in layers)
        accepted = [n for n in range(131) if "✓" in show(10, "check_count", shape=name, count=n).text]
        assert accepted == [count] and "mancano i bias" in show(10, "check_count", shape=name, count=sum(W.size for W, _ in layers)).text
    assert "Quanti" in show(10, "check_count", shape="2–2", count=0).text
    verdicts = {guess: show(10, "check_deeper", guess=guess, shape="2–4–4–2", epoch=500).text for guess in book.results}
    assert [guess for guess, text in verdicts.items() if "✓" in text] == ["No"]
    assert "Segnato" in show(10, "check_deeper", guess="No", shape="2–4–2", epoch=500).text
    assert [sum((D + 1) * H for D, H in zip(s, s[1:])) for s in ([2, 4, 4, 2], [2, 4, 2])] == [42, 22]


def test_10_what_would_be_kept():
    """784–128–10: 101770 parametri, mille volte 814 milioni di byte; e i 186 dell'esercizio."""
    layers = chapter(10).initial_layers([784, 128, 10], np.random.default_rng(0))
    assert sum(a.size for pair in layers for a in pair) == 101770 and round(1000 * sum(a.nbytes for pair in layers for a in pair) / 1e6) == 814
    assert sum(a.size for pair in chapter(10).deep for a in pair) == 186


def test_10_the_drill_knows_right_from_wrong(show):
    """I parametri si contano negli array, i gradienti con un conto addendo per addendo."""
    book = chapter(10)
    drill = next(i for i in book.interactives if i.f.__name__ == "ask")
    variants, box = drill.controls[0].values, drill.controls[1].values
    assert len(variants) == len(book.drills) == 16 and len({(d[0], d[1]) for d in book.drills}) == len(variants)
    layers = book.initial_layers([4, 7, 5, 3], np.random.default_rng(0))
    Y_hat, inputs = book.forward(np.ones((6, 4)), layers)
    gradients = book.backward(Y_hat, np.eye(3)[[0] * 6], layers, inputs)
    shapes = [len(gradients[1][0]), gradients[2][0].size, inputs[2].size, gradients[0][1].size, len(gradients)]
    for variant, (given, question, right, mistakes, rule, solution) in zip(variants, book.drills, strict=True):
        if "parametri" in question:
            expected = sum(a.size for pair in book.initial_layers([*map(int, numbers(given))], np.random.default_rng(0)) for a in pair)
        elif variant <= 11:
            expected = shapes[variant - 7]
        elif variant < len(variants):
            x, W1, W2, dZ2 = (ast.literal_eval(line.split(" = ")[1].replace("−", "-")) for line in given.splitlines()[1:])
            a = [max(0, x[0] * W1[0][j] + x[1] * W1[1][j]) for j in (0, 1)]
            back = [W2[j][0] * dZ2[0] + W2[j][1] * dZ2[1] for j in (0, 1)]
            through = [back[j] * (a[j] > 0) for j in (0, 1)]
            i, *k = map(int, numbers(re.search(r"\[(.*)\]", question)[1]))
            expected = back[i] if "dA[" in question else x[i] * through[k[0]] if "dW1" in question else a[i] * dZ2[k[0]]
        else:
            off = [(np.ones((3, 4)) * [1, 1, 1, -1], np.zeros(4)), (np.arange(1.0, 9).reshape(4, 2), np.zeros(2))]
            Y_hat, seen = book.forward([[1.0, 2.0, 3.0]], off)
            expected = sum((dW == 0).sum() for dW, _ in book.backward(Y_hat, [[1.0, 0.0]], off, seen))
        assert right == expected != 0 and numbers(solution)[-1] == right
        asked = show(10, "ask", variant=variant).text
        assert given in asked and question in asked and max(map(len, given.splitlines())) <= 40
        accepted = [answer for answer in box if "✓" in show(10, "check", variant=variant, answer=answer).text]
        assert accepted == [right] and "Scrivi" in show(10, "check", variant=variant, answer=0).text
        reasons = {wrong: why for wrong, why in mistakes.items() if wrong not in (0, right)}
        assert len(reasons) >= 2 and all(why in show(10, "check", variant=variant, answer=wrong).text for wrong, why in reasons.items())
        other = next(answer for answer in box if answer not in (0, right, *mistakes))
        assert rule in show(10, "check", variant=variant, answer=other).text
        assert show(10, "solve", variant=variant, shown=False).text == "" and solution in show(10, "solve", variant=variant, shown=True).text


def test_10_the_exercises():
    """I logit alla pari a mano; le epoche per fermarsi; l'errore che un solo esempio non vede; i pesi più piccoli: con cinque semi."""
    book = chapter(10)
    by_hand = turns([3.0, 1.0], 1)[0]
    assert by_hand["a1"] == [3.5, 2] and by_hand["z2"] == [1.5, 1.5] and by_hand["da1"] == [1, -1.5] and by_hand["p"] == [0.5, 0.5]
    assert by_hand["dW1"] == [[3, -4.5], [1, -1.5]] and by_hand["dW2"] == [[1.75, -1.75], [1, -1]]
    for seed in range(5):
        found = []
        for penalty in (0, 0.01):
            layers = book.initial_layers([2, 16, 2], np.random.default_rng(seed))
            for _ in range(300):
                layers = [(W - 0.5 * dW, b - 0.5 * db) for (W, b), (dW, db) in zip(layers, book.backward_l2(layers, penalty))]
            found.append((book.loss_on_board(layers), sum((W**2).sum() for W, _ in layers)))
        (loss, squares), (l2_loss, l2_squares) = found
        assert l2_loss > loss and l2_squares < squares
    errors = {}
    for name, rules in book.versions.items():
        for rows in (2, 1):
            Y_hat, inputs = book.forward(book.X[:rows], book.layers)
            tried = book.backward_with(Y_hat, book.Y[:rows], book.layers, inputs, *rules)
            errors[name, rows] = book.check_gradients(tried, book.X[:rows], book.Y[:rows], book.layers) > 1e-8
    assert [key for key, wrong in errors.items() if wrong] == [("senza maschera", 2), ("media nei bias", 2)]


# Capitolo 11 --------------------------------------------------------------------------------------------------------


def right(logits, Y):
    """La frazione di righe in cui il logit più grande è quello giusto."""
    return np.mean([np.argmax(row) == np.argmax(y) for row, y in zip(logits, Y)])


def logits_11(X, layers):
    """I logit di una rete, uno strato dopo l'altro."""
    for W, b in layers[:-1]:
        X = np.maximum(X @ W + b, 0)
    return X @ layers[-1][0] + layers[-1][1]


def on_spirals(train, sizes, seed, rate=1.0):
    """Accuratezza in addestramento dopo 2000 epoche, e unità morte."""
    X, Y, layers = chapter(11).task(sizes, seed)
    layers, _ = train(X, Y, layers, rate, 2000)
    Z = X @ layers[0][0] + layers[0][1]
    return right(logits_11(X, layers), Y), int(np.sum(~(Z > 0).any(axis=0)))


def test_11_three_models_on_the_spirals():
    """Con cinque semi: lineare e congelate fra 51% e 56%, addestrate fra 96% e 99.3%, che è il massimo."""
    book = chapter(11)
    for seed in range(5):
        assert 0.51 <= on_spirals(book.train, [2, 3], seed)[0] < 0.545
        assert 0.505 < on_spirals(book.train_frozen, [2, 32, 3], seed)[0] < 0.56
        assert 0.96 < on_spirals(book.train, [2, 8, 3], seed)[0] <= 298 / 300
    found = book.scores(2000)
    assert np.allclose([100 * found[name] for name in book.models], [54, 55.7, 99.3], atol=0.05)
    assert round(100 * 298 / 300, 1) == 99.3 and np.abs(book.X[::100]).max() == 0 and np.array_equal(book.Y[::100], np.eye(3))
    assert np.array_equal(book.models["32 congelate"][0][0][0], book.models["32 congelate"][2000][0][0])


def test_11_random_biases_and_width():
    """Congelate con bias a caso: 32 fra 87% e 96%, 8 fra 61% e 72%. Addestrate: 4 fra 69% e 93%, 16 almeno 99%."""
    book = chapter(11)
    found = {(name, width): [] for name, width in [("frozen", 32), ("frozen", 8), ("trained", 4), ("trained", 16)]}
    for (name, width), values in found.items():
        train = book.frozen_with_biases if name == "frozen" else book.train
        values += [on_spirals(train, [2, width, 3], seed)[0] for seed in range(5)]
    assert 0.865 < min(found["frozen", 32]) < max(found["frozen", 32]) < 0.965 and 0.605 < min(found["frozen", 8]) < max(found["frozen", 8]) < 0.725
    assert 0.69 < min(found["trained", 4]) < max(found["trained", 4]) < 0.935 and min(found["trained", 16]) >= 0.99
    X, Y, layers = book.task([2, 8, 3])
    first = book.frozen_with_biases(X, Y, layers, 1.0, 2)[0][0]
    assert np.array_equal(first[0], layers[0][0]) and abs(first[1]).min() > 0
    assert np.isclose(100 * right(logits_11(book.X, book.networks["congelate, bias a caso", 32]), book.Y), 87.0, atol=0.05)


def test_11_the_lines_of_the_units():
    """La distanza è quella del punto più vicino; i punti disegnati stanno sulla retta; all'inizio tutte passano per il centro."""
    book = chapter(11)
    trained = book.models["8 addestrate"]
    assert not book.distances(trained[0]).any()
    W, b = trained[2000][0]
    fig, ax = plt.subplots()
    book.draw_lines(ax, trained[2000], book.X)
    styles = [line.get_linestyle() for line in ax.lines]
    for u, line in enumerate(ax.lines):
        ends = line.get_xydata()
        assert np.allclose(ends @ W[:, u] + b[u], 0, atol=1e-8)
        along = np.linspace(*ends, 100001)
        assert np.isclose(book.distances(trained[2000])[u], np.hypot(*along.T).min(), atol=1e-6)
    plt.close(fig)
    dead = ~(book.X @ W + b > 0).any(axis=0)
    assert [style != "-" for style in styles] == dead.tolist() and dead.sum() == 1


def test_11_straight_boundaries_and_folds():
    """I logit sono di primo grado finché nessuna unità cambia stato; con i bias nulli lo sono lungo un raggio."""
    book = chapter(11)
    for layers, start in ((book.models["lineare"][2000], [-0.3, 0.7]), (book.models["32 congelate"][2000], [0.0, 0.0])):
        points = np.array(start) + np.linspace(0, 1, 3)[:, None] * np.array([0.4, -0.9])
        first, middle, last = logits_11(points, layers)
        assert np.allclose(middle, (first + last) / 2)


def test_11_learning_rates_on_the_spirals():
    """Con 3 i cinque semi superano il 90%; con 10 muoiono tutte e otto le unità in tre epoche; con 0.01 manca il tempo."""
    book = chapter(11)
    assert all(on_spirals(book.train, [2, 8, 3], seed, 3.0)[0] > 0.9 for seed in range(5))
    assert all(on_spirals(book.train, [2, 8, 3], seed, 10.0) == (1 / 3, 8) for seed in range(5))
    assert round(right(logits_11(book.X, book.runs[0.01][2000]), book.Y), 2) == 0.56
    assert book.losses[0.3][-1] < 0.12 and book.losses[1.0][-1] < 0.05 < book.losses[3.0][-1]
    assert book.dead_units(book.forward(book.X, book.runs[10.0][3])[1][1]) == 8
    assert np.all(np.diff(book.losses[0.01]) < 0) and (np.diff(book.losses[3.0]) > 0).sum() > 20


def test_11_dead_units_stay_dead():
    """In ogni addestramento del capitolo chi è spento su tutti i punti lo è anche all'epoca dopo, con gli stessi pesi."""
    book = chapter(11)
    for history in book.runs.values():
        dead = np.array([~(book.X @ W + b > 0).any(axis=0) for (W, b), _ in history])
        assert np.all(dead[1:] >= dead[:-1])
    gone = ~(book.X @ history[10][0][0] + history[10][0][1] > 0).any(axis=0)
    assert gone.any() and np.array_equal(history[10][0][0][:, gone], history[2000][0][0][:, gone])


def test_11_the_flowers():
    """Le misure di Fisher, con le due righe che altrove sono sbagliate, 35 e 38."""
    features, labels = chapter(11).features, chapter(11).labels
    assert features.shape == (150, 4) and np.bincount(labels).tolist() == [50, 50, 50]
    assert features[35 - 1].tolist() == [4.9, 3.1, 1.5, 0.2] and features[38 - 1].tolist() == [4.9, 3.6, 1.4, 0.1]
    assert np.allclose(features.sum(axis=0), [876.5, 458.6, 563.7, 179.9])
    start, train_rows, test_rows = chapter(11).flowers(0)
    assert len(train_rows) == 120 and len(test_rows) == 30 and sum(p.size for layer in start for p in layer) == 67
    assert round(100 / 30, 1) == 3.3 and np.allclose([28 / 30, 29 / 30], [0.933, 0.967], atol=5e-4)


def test_11_the_network_adds_nothing_on_iris():
    """Media di cinque semi: lineare 96.7%, congelate 93.3%, addestrate 96.7%; le congelate perdono solo con il seme 4."""
    found = np.array(chapter(11).found)
    assert np.allclose(found.mean(axis=0), [0.967, 0.933, 0.967], atol=5e-4)
    assert np.array_equal(found[:4, 1], found[:4, 2]) and found[4, 1] < found[4, 2]
    book, slow = chapter(11), []
    for seed in range(5):
        _, rows, test_rows = book.flowers(seed)
        linear = book.initial_layers([4, 3], np.random.default_rng(seed))
        slow.append(book.test_accuracy(book.train, linear, 0.3, book.standardize(book.features, rows), rows, test_rows))
    assert np.isclose(100 * np.mean(slow), 95.3, atol=0.05)


def test_11_on_six_flowers_the_loss_of_the_others_rises():
    """La loss sugli altri sale mentre l'accuratezza cresce un poco."""
    book, seen = chapter(11), []
    others = np.setdiff1d(np.arange(150), book.six)
    book.train(book.data[book.six], book.classes[book.six], book.start, 0.3, 500, watch=seen.append)
    at = {epoch: logits_11(book.data[others], seen[epoch]) for epoch in (30, 500)}
    assert np.allclose([100 * right(z, book.classes[others]) for z in at.values()], [63.9, 66.7], atol=0.05)
    losses = [np.mean(np.log(np.exp(z).sum(axis=1)) - (z * book.classes[others]).sum(axis=1)) for z in at.values()]
    assert np.allclose(losses, [1.118, 1.462], atol=6e-4)


TABLE = [  # learning rate, mediana della loss, accuratezza media sul test, unità morte su quaranta
    (0.001, 0.90, 0.48, 0),
    (0.1, 0.125, 0.96, 0),
    (1.0, 0.040, 0.96, 0),
    (3.0, 0.040, 0.96, 1),
    (10.0, 1.04, 0.66, 9),
]


@pytest.mark.parametrize(("learning_rate", "loss", "accuracy", "dead"), TABLE)
def test_11_five_seeds(learning_rate, loss, accuracy, dead):
    results = np.array([chapter(11).experiment(seed, learning_rate) for seed in range(5)])
    assert np.isclose(np.median(results[:, 0]), loss, rtol=0.02)
    assert np.isclose(results[:, 1].mean(), accuracy, atol=0.01)
    assert results[:, 2].sum() == dead
    if learning_rate == 10:
        assert results[:, 1].max() < 0.7 and results[:, 2].min() == 0


def test_11_the_picture_does_not_depend_on_the_seed():
    """Con altri cinque semi i numeri cambiano, il quadro no."""
    loss, accuracy = {}, {}
    for learning_rate in (0.001, 0.1, 1.0, 3.0, 10.0):
        results = np.array([chapter(11).experiment(seed, learning_rate) for seed in range(5, 10)])
        loss[learning_rate], accuracy[learning_rate] = np.median(results[:, 0]), results[:, 1].mean()
    assert 0.8 < loss[0.001] < 1.4 and accuracy[0.001] < 0.7  # ancora per strada
    assert all(accuracy[rate] > 0.85 for rate in (0.1, 1.0, 3.0)) and abs(loss[3.0] - loss[1.0]) < 0.03
    assert loss[10.0] > 0.8 and accuracy[10.0] < 0.75


@pytest.mark.parametrize("seed", range(5))
def test_11_the_mean_is_the_culprit(seed):
    """Con η = 1: in centimetri o solo riscalate muoiono tutte, centrate nessuna; in centimetri con 0.03 si impara."""
    for rescale in (False, True):
        loss, _, dead = chapter(11).experiment(seed, 1.0, center=False, rescale=rescale)
        assert dead == 8 and np.isclose(loss, np.log(3))
    _, on_test, dead = chapter(11).experiment(seed, 1.0, center=True, rescale=False)
    assert dead == 0 and 0.93 < on_test <= 1
    assert 1 <= chapter(11).experiment(seed, 3.0, center=True, rescale=False)[2] <= 3
    _, on_test, dead = chapter(11).experiment(seed, 0.03, center=False, rescale=False)
    assert 0.9 <= on_test < 0.97 and 2 <= dead <= 4


def test_11_every_product_is_positive():
    """Senza centrare ogni coppia di fiori ha prodotto scalare positivo; centrando, la somma su tutte le coppie è 0."""
    book = chapter(11)
    for way, data in book.prepared.items():
        X = data[book.rows]
        assert (X @ X.T > 0).all() == (way in ("in centimetri", "riscalate"))
        assert np.isclose((X @ X.T).sum(), 0, atol=1e-6) == (way in ("centrate", "standardizzate"))
    assert x @ x + 1 == 15  # il neurone del capitolo 6
    X, layers = book.prepared["riscalate"][book.rows], book.flowers(0)[0]
    (W, b), (V, c) = layers
    P = np.exp(logits_11(X, layers))
    dZ = ((P / P.sum(axis=1, keepdims=True) - book.classes[book.rows]) / 120) @ V.T * (X @ W + b > 0)
    moved = book.train(X, book.classes[book.rows], layers, 0.01, 1)[0][0]
    assert np.allclose(X @ moved[0] + moved[1] - X @ W - b, -0.01 * (X @ X.T + 1) @ dZ)


def test_11_the_sliders_say_what_they_show(show):
    book = chapter(11)
    for epoch in (0, 500, 2000):
        for name in book.models:
            expected = 100 * right(logits_11(book.X, book.models[name][epoch]), book.Y)
            assert np.isclose(numbers(show(11, "show_models", model=name, epoch=epoch).text)[-1], expected, atol=0.051)
    assert numbers(show(11, "show_lines", epoch=0).text)[2:] == [8, 8] and numbers(show(11, "show_lines", epoch=2000).text)[2:] == [0, 8]
    expected = 100 * right(logits_11(book.X, book.networks["addestrate", 4]), book.Y)
    assert np.isclose(numbers(show(11, "show_width", kind="addestrate", width=4).text)[-1], expected, atol=0.051)
    assert numbers(show(11, "show_rate", rate=10.0, epoch=2000).text)[-3:] == [33.3, 8, 8]
    for way, rate, dead in (("centrate", 1.0, 0), ("riscalate", 1.0, 8), ("in centimetri", 0.03, 3)):
        X, test_X = (book.prepared[way][rows] for rows in (book.rows, book.test_rows))
        layers = book.flower_runs[way, rate]
        logits = logits_11(X, layers)
        loss = np.mean(np.log(np.exp(logits).sum(axis=1)) - logits[book.classes[book.rows] == 1])
        on_test = 100 * right(logits_11(test_X, layers), book.classes[book.test_rows])
        found = numbers(show(11, "show_way", way=way, rate=rate).text)
        assert np.allclose(found[-4:], [loss, dead, 8, on_test], atol=0.051) and np.isclose(found[-4], loss, atol=6e-4)


def test_11_predictions_are_judged(show):
    """Prima di essere in fondo al cursore nessuna risposta è svelata; poi è giusta una sola."""
    asked = [
        ("check_models", "wins", {"epoch": 0}, {"epoch": 2000}),
        ("check_lines", "culprits", {"epoch": 0}, {"epoch": 2000}),
        ("check_width", "reach", {"kind": "addestrate", "width": 32}, {"kind": "congelate, bias a caso", "width": 32}),
        ("check_rate", "fates", {"rate": 1.0, "epoch": 2000}, {"rate": 10.0, "epoch": 2000}),
        ("check_way", "saviours", {"way": "in centimetri", "rate": 1.0}, {"way": "riscalate", "rate": 1.0}),
        ("check_six", "courses", {"epoch": 200}, {"epoch": 500}),
    ]
    expected = ["Solo le 8 addestrate", "db, quello dei bias del primo strato", "Fra il 70% e il 97%", "Non impara più niente", "Centrare", "Prima scende, poi risale"]
    for (name, answers, before, after), answer in zip(asked, expected):
        for guess in chapter(11).names[answers]:
            assert "Segnato" in show(11, name, guess=guess, **before).text
            assert ("Giusto" in show(11, name, guess=guess, **after).text) == (guess == answer)
        assert "Scegli" in show(11, name, guess=None, **after).text


def test_11_the_exercises():
    """Due strati senza ReLU, lo strato di uscita congelato, le spirali srotolate, il pendolo."""
    book = chapter(11)
    assert np.allclose(book.two_steps, book.one_step)
    assert right(logits_11(book.unrolled, book.straight), book.Y) > 0.99
    r = np.hypot(*book.X.T)
    assert np.allclose(np.hypot(*book.unrolled.T), r)
    complex_points = (book.X[:, 1] + 1j * book.X[:, 0]) * np.exp(-4j * r)
    assert np.allclose(book.unrolled, np.column_stack([complex_points.imag, complex_points.real]))
    for rate in (1, 5, 6):  # per η fino a 6 ogni passo accorcia |d|
        away = np.linspace(0.01, 20, 500)
        assert (abs(away - 4 / 3 * rate * (book.sigmoid(away) - 0.5)) < away).all()
    assert np.isclose(book.d, -(book.d - 4 / 3 * 10 * (book.sigmoid(book.d) - 0.5)))
    assert abs(book.model_loss - book.report("standardizzate", 10.0)[0]) < 0.01 and round(book.model_loss, 2) == 1.04
    assert np.sum(book.classes[book.rows][:, 0] == 0) == 80


def test_11_the_drill(show):
    """Le sedici risposte, contate a mano, e le cause degli errori."""
    answers = [1, 2, 2, 3, 2, 1.5, 3, 2.5, 3, 1, 4, 5, 80, 60, 40, 60]
    for variant, answer in enumerate(answers, 1):
        assert "Giusto" in show(11, "check", variant=variant, answer=answer).text
        assert "No:" in show(11, "check", variant=variant, answer=5.9).text
        assert "Scrivi" in show(11, "check", variant=variant, answer=0).text
        assert len(show(11, "solve", variant=variant, shown=True).text) > 10 and not show(11, "solve", variant=variant, shown=False).text
        assert "Quant" in show(11, "ask", variant=variant).text
    causes = {(1, 2): "vive", (5, 10): "dividi per |w|", (5, 0.5): "è |b| diviso", (9, 27): "giusti", (9, 10): "moltiplicala", (1, 4): "conta le colonne"}
    causes |= {(13, 4): "dividi per il numero", (13, 20): "errori", (13, 1): "in percentuale"}  # chi scrive 0.8 trova 1
    assert all(cause in show(11, "check", variant=n, answer=answer).text for (n, answer), cause in causes.items())


# Capitolo 12 ---------------------------------------------------------------------------------------------------------


def test_12_what_nine_tenths_become(show):
    """La scommessa ha una risposta giusta sola, e il verdetto arriva soltanto dov'è la domanda."""
    assert round(0.9**50, 3) == 0.005 and round(1.1**50) == 117
    verdicts = {guess: show(12, "check_left", guess=guess, factor=0.9, layers=50).text for guess in chapter(12).left}
    assert [guess for guess, text in verdicts.items() if "✓" in text] == ["Meno di un centesimo"]
    assert "✓" not in show(12, "check_left", guess="Meno di un centesimo", factor=0.9, layers=30).text
    for factor, layers in ((0.8, 20), (1.1, 50), (1.25, 1)):
        assert np.isclose(numbers(show(12, "show_product", factor=factor, layers=layers).text)[-1], factor**layers, rtol=1e-3)


def test_12_amplitudes_over_fifty_layers(show):
    """I numeri del testo, e che non dipendono dal seme: un ordine di grandezza per cinque semi."""
    signals = chapter(12).signals
    ends = {g: np.array([[f[-1], b[0]] for f, b in (signals(50, g, "ReLU", seed=seed) for seed in range(5))]) for g in (1.0, 2**0.5, 2.0)}
    assert f"{ends[1.0][0, 0]:.0e}" == "5e-09" and round(ends[2.0][0, 0] / 1e6) == 6
    assert np.allclose(ends[2**0.5][0].round(2), [0.18, 0.3])
    assert (ends[1.0] < 1e-6).all() and (ends[2**0.5] > 0.1).all() and (ends[2**0.5] < 1).all() and (ends[2.0] > 1e6).all()
    for name, gain in chapter(12).gains.items():
        printed = numbers(show(12, "show_signals", activation="tanh", gain=gain, depth=10).text)
        found = signals(10, gain, "tanh")
        assert np.allclose(printed[1:], [found[0][-1], found[1][0]], rtol=0.06)
        right = show(12, "check_gain", guess=name, gain=gain, depth=50).text
        assert ("✓" in right) == (name == "√2")
    assert "✗" not in show(12, "check_gain", guess="1", gain=2.0, depth=50).text


def test_12_the_sigmoid_looks_sound_and_is_not(show):
    signals = chapter(12).signals
    for seed in range(5):
        ahead, back = signals(50, 1.0, "sigmoide", seed=seed)
        assert ahead[1:].min() > 0.45 and ahead[1:].max() < 0.6 and back[0] < 1e-30
        assert (back[:-1] / back[1:] < 0.3).all()  # al più un quarto, in media
        ahead, back = signals(50, 1.0, "tanh", seed=seed)
        assert back[0] > 0.05 and signals(50, 4.0, "tanh", seed=seed)[1][0] > 1e8
        at = [signals(50, g, "sigmoide", seed=seed)[1][0] for g in (4.0, 10.0, 16.0)]
        assert at[0] < 1e-8 and 1e-3 < at[1] < 100 and at[2] > 1e3
    texts = {guess: show(12, "check_fate", guess=guess, activation="sigmoide", gain=1.0, depth=50).text for guess in chapter(12).fates}
    assert [guess for guess, text in texts.items() if "✓" in text] == ["Sparisce"]
    z = np.linspace(-8, 8, 1001)
    slope = chapter(12).activations["sigmoide"][1](z)
    assert slope.max() == slope[500] == 0.25 and 4.0**9 < 1e6 < 4.0**10 == 1_048_576 and 4**9 == 262_144


def test_12_small_weights_shrink_everything():
    ratios = [np.divide(*chapter(12).signals(10, 0.01 * 50**0.5, "ReLU", seed=seed)[0][[-1, 0]]) for seed in range(5)]
    assert 0.01 * (50 / 2) ** 0.5 == 0.05 and max(ratios) < 1e-12


def test_12_depth_makes_the_scale_decide(show):
    """Con due strati imparano tutte le scale; con dieci, soltanto quella di He. Su tre semi."""
    for seed in range(3):
        shallow = [chapter(12).loss_curve(2, factor, seed=seed)[-1] for factor in (0.5, 1.0, 2.0)]
        half, he, double = (chapter(12).loss_curve(10, factor, seed=seed) for factor in (0.5, 1.0, 2.0))
        assert shallow[0] > shallow[1] > shallow[2] and max(shallow) < 0.8 and abs(half[-1] - np.log(3)) < 0.01 and he.min() < 0.5
        assert double[0] > 100 and not double[-1] < 1.09  # ln 3, oppure NaN
    assert f"{chapter(12).curves[5, 0.5][-1]:.3f}" == "0.990" and round(chapter(12).curves[10, 2.0][0]) == 260
    for guess in chapter(12).ends:
        assert ("✓" in show(12, "check_end", guess=guess, depth=10, factor=0.5).text) == guess.startswith("No")
    first, _, last = numbers(show(12, "show_curve", depth=5, factor=1.0).text)
    assert np.allclose([first, last], chapter(12).curves[5, 1.0][[0, -1]], atol=6e-4)


def test_12_residual_connections_keep_the_gradient():
    for seed in range(5):
        without, kept = (chapter(12).signals(50, 0.1, "ReLU", skip=skip, seed=seed)[1][0] for skip in (False, True))
        assert without < 1e-50 and 0.5 < kept < 5 and chapter(12).signals(50, 0.5, "ReLU", skip=True, seed=seed)[0][-1] > 1e3


def test_12_the_drill_knows_right_from_wrong(show):
    book = chapter(12)
    assert len(book.drills) >= 12
    rules = {
        "he": lambda m, n: (m / 2) ** 0.5, "potenza": lambda m, n: np.prod([m] * n),
        "sigmoide": lambda m, n: 1 / np.prod([0.25] * m), "scala": lambda m, n: np.prod([m] * n),
    }
    for k, (kind, m, n) in enumerate(book.drills, 1):
        accepted = [answer for answer in range(201) if "✓" in show(12, "check", variant=k, answer=answer).text]
        assert len(accepted) == 1 and np.isclose(accepted[0], rules[kind](m, n))
        assert str(m) in show(12, "ask", variant=k).text and show(12, "solve", variant=k, shown=False).text == ""
        assert accepted[0] in numbers(show(12, "solve", variant=k, shown=True).text.replace("1/", ""))
    causes = {(1, 4): "manca la radice", (2, 10): "si moltiplicano", (2, 16): "manca uno strato", (2, 25): "scambiati", (3, 4): "non ½", (4, 64): "varianza"}
    assert all(cause in show(12, "check", variant=k, answer=answer).text for (k, answer), cause in causes.items())


def test_12_the_exercises():
    book = chapter(12)
    assert np.isclose(np.mean(book.ratios), 2, rtol=0.1)
    rng = np.random.default_rng(5)
    gradients = [(rng.normal(size=(3, 2)), rng.normal(size=2)), (rng.normal(size=(2, 2)), rng.normal(size=2))]

    def flat(pairs):
        return np.concatenate([np.ravel(a) for pair in pairs for a in pair])

    norm = np.linalg.norm(flat(gradients))
    assert np.allclose(flat(book.clip(gradients, norm / 3)), flat(gradients) / 3)
    assert np.array_equal(flat(book.clip(gradients, 2 * norm)), flat(gradients))
    zero = [(np.zeros((2, 2)), np.zeros(2))]
    assert not flat(book.clip(zero, 1.0)).any()


# Capitolo 13 ---------------------------------------------------------------------------------------------------------


def test_13_the_images():
    """Le immagini di UCI: quante per cifra, quali pixel sono bianchi sempre; il file è leggero."""
    book = chapter(13)
    assert np.bincount(book.labels).tolist() == [178, 182, 177, 183, 181, 182, 181, 179, 174, 180]
    assert book.pixels.shape == (1797, 64) and book.pixels.min() == 0 and book.pixels.max() == 16
    assert np.flatnonzero(book.pixels.max(axis=0) == 0).tolist() == [0, 32, 39]
    assert book.pixels[0, :8].tolist() == [0, 0, 5, 13, 9, 1, 0, 0] and book.X.max() == 1
    assert (CHAPTERS[0].parent / "dati" / "cifre.csv").stat().st_size < 150_000
    assert sorted(book.labels[book.hard]) == [0, 1, 3, 4, 4, 5, 5, 6, 7, 8, 8, 9] and len(set(book.hard)) == 12


def test_13_a_sheet_of_images():
    page = chapter(13).sheet(np.arange(3 * 64).reshape(3, 64), 2)
    assert page.shape == (19, 19) and page[0].tolist() == [3] * 19
    assert page[1:9, 10:18].tolist() == np.arange(64, 128).reshape(8, 8).tolist()
    assert page[10:18, 1:9].tolist() == np.arange(128, 192).reshape(8, 8).tolist() and (page[9:, 10:] == 3).all()


def read_digits(layers, images):
    """Le cifre che una rete legge, senza le funzioni del libro; il logit più alto è la classe più probabile."""
    for i, (weights, bias) in enumerate(layers):
        images = images @ weights + bias
        images = images if i == len(layers) - 1 else np.maximum(images, 0)
    return images.argmax(axis=1)


def test_13_five_seeds():
    """Nessuna immagine in due parti; la rete legge bene il 97 % in media, sempre più del modello senza strato nascosto."""
    book, scores = chapter(13), []
    for seed, (net, rows, (said, linear)) in enumerate(book.runs):
        parts = book.split(1797, np.random.default_rng(seed))
        assert [len(part) for part in parts] == [1078, 359, 360] and sorted(np.concatenate(parts)) == [*range(1797)]
        assert (rows == parts[2]).all()
        scores.append((read_digits(net, book.pixels[rows] / 16) == book.labels[rows]).mean())
        assert np.isclose(scores[-1], said) and linear < said
    assert len(scores) == 5 and np.mean(scores) >= 0.97 and min(scores) > 0.965
    assert np.allclose(book.means, [0.978, 0.968], atol=0.0006)
    assert 1 / 48 < 1 - book.means[0] < 1 / 43 and 1 / 32 < 1 - book.means[1] < 1 / 29
    assert sum(weights.size + bias.size for weights, bias in book.layers) == 4810


def test_13_the_best_epoch_is_kept():
    """Gli strati che restano sono quelli con la loss di validazione più bassa, ricalcolata qui."""
    book = chapter(13)
    images, answers = book.pixels[book.validation_rows] / 16, book.labels[book.validation_rows]
    losses = []
    for _, layers in book.watched:
        logits = np.maximum(images @ layers[0][0] + layers[0][1], 0) @ layers[1][0] + layers[1][1]
        losses.append((np.log(np.exp(logits).sum(axis=1)) - logits[np.arange(359), answers]).mean())
    assert len(losses) == 31 and np.allclose(losses, [loss for loss, _ in book.watched])
    assert book.layers is book.watched[int(np.argmin(losses))][1] and 0 < np.argmin(losses) < 30


def test_13_why_not_standardised():
    """Quattro pixel bianchi in ogni immagine di addestramento; con i cinque semi una macchia supera sempre 30."""
    book = chapter(13)
    for seed in [13, 0, 1, 2, 3, 4]:
        seen = book.pixels[book.split(1797, np.random.default_rng(seed))[0]].astype(float)
        inked = seen[:, seen.std(axis=0) > 0]
        assert ((inked - inked.mean(axis=0)) / inked.std(axis=0)).max() > 30
    assert (~book.inked).sum() == 4


def test_13_steps_in_an_epoch(show):
    assert "✓" in show(13, "check_steps", answer=34).text and "manca l'ultimo" in show(13, "check_steps", answer=33).text
    assert show(13, "check_steps", answer=0).text.strip() == "Quanti passi?"
    for size, steps in [(10, 1), (4, 3), (5, 2), (1, 10)]:
        lines = show(13, "show_groups", size=size).text.strip().split("\n")
        assert len(lines) == steps and sorted(n for line in lines for n in numbers(line)[1:]) == [*range(10)]


@pytest.mark.parametrize("size", [1, 2, 3, 4, 5])
def test_13_groups_are_unbiased_and_their_noise_is_known(size):
    """Su tutte le 120 permutazioni di cinque immagini, a ogni passo: la media è il gradiente, il rumore quello della formula."""
    book, five = chapter(13), np.array([3, 141, 592, 653, 58])

    class Fixed:
        def __init__(self, order):
            self.permutation = lambda N: np.array(order)

    each = np.array([book.gradient_on([row], book.noisy_layers) for row in five])
    full = each.mean(axis=0)
    assert np.allclose(book.gradient_on(five, book.noisy_layers), full)
    every = [book.mini_batches(5, size, Fixed(order)) for order in itertools.permutations(range(5))]
    gradient = {}
    for groups in zip(*every):
        keys = [tuple(sorted(group)) for group in groups]
        for key in set(keys) - set(gradient):
            gradient[key] = book.gradient_on(five[list(key)], book.noisy_layers)
        counts = {key: keys.count(key) for key in set(keys)}
        mean = sum(count * gradient[key] for key, count in counts.items()) / 120
        noise = sum(count * ((gradient[key] - full) ** 2).sum() for key, count in counts.items()) / 120
        B = len(keys[0])
        variance = ((each - full) ** 2).sum(axis=1).mean()
        assert np.allclose(mean, full) and np.isclose(noise, variance / B * (5 - B) / 4)


def test_13_four_times_the_samples_half_the_noise(show):
    """Il rumore misurato è quello della formula, a meno del caso; la domanda ha la risposta giusta."""
    book = chapter(13)
    each = np.array([book.gradient_on([row], book.noisy_layers) for row in book.train_rows])
    sigma = np.sqrt(((each - book.full_gradient) ** 2).sum(axis=1).mean()) / np.linalg.norm(book.full_gradient)
    for B, distances in book.noise.items():
        expected = sigma * np.sqrt((1078 - B) / 1077 / B)
        assert np.isclose(np.sqrt((distances**2).mean()), expected, rtol=0.15)
    assert book.noise[1].mean() > 1
    assert [k for k in book.divisors if "✓" in show(13, "check_noise", guess=k, size=64).text] == ["Per due"]
    assert "✓" not in show(13, "check_noise", guess="Per due", size=16).text
    assert np.isclose(numbers(show(13, "show_noise", size=4).text)[1], sigma / 2, rtol=0.15)


def test_13_small_groups_win_at_equal_passes(show):
    """Con tre semi, dopo dieci passaggi: più piccolo il gruppo, più bassa la loss. I passi sono 2700, 340, 50 e 10."""
    book = chapter(13)
    for seed in range(3):
        start, found = book.initial_layers([64, 64, 10], np.random.default_rng(seed)), []
        for size in [4, 32, 256, 1078]:
            layers, _ = book.train_batches(book.X[book.train_rows], book.Y[book.train_rows], start, 0.05, 10, size, 0.0, np.random.default_rng(seed))
            found.append(book.train_loss(layers))
        assert found == sorted(found) and found[0] < 0.2 and found[-1] > 2
    for size, steps in [(4, 2700), (32, 340), (256, 50), (1078, 10)]:
        by_step, by_pass = book.by_size[size]
        assert len(by_step) == steps and len(by_pass) == 11 and np.isclose(by_step[0], by_pass[0], rtol=0.5)
        data = book.X[book.train_rows], book.Y[book.train_rows], book.start, 0.05, 10, size, 0.0, np.random.default_rng(13)
        _, watched = book.train_batches(*data, book.train_loss)
        assert np.allclose(by_pass, watched)
        assert numbers(show(13, "show_size", size=size, epochs=10).text)[0] == steps
    assert [k for k in book.winners if "✓" in show(13, "check_size", guess=k, size=32, epochs=10).text] == ["Gruppi da 4"]
    assert "Segnato" in show(13, "check_size", guess="Gruppi da 4", size=4, epochs=7).text


def test_13_momentum_helps():
    """Dopo cinque epoche, con cinque semi, la loss con μ = 0.9 è meno di un terzo di quella senza."""
    book = chapter(13)
    for seed in range(5):
        start = book.initial_layers([64, 64, 10], np.random.default_rng(seed))
        data = book.X[book.train_rows], book.Y[book.train_rows], start, 0.1, 5, 32
        slow, fast = (book.train_loss(book.train_batches(*data, mu, np.random.default_rng(seed))[0]) for mu in (0.0, 0.9))
        assert fast < slow / 3


def test_13_answers_of_other_images():
    """Con le risposte mescolate ogni volta in un altro modo la loss resta intorno a ln 10 ≈ 2.30, con ogni seme."""
    book = chapter(13)
    for seed in range(3):
        rng = np.random.default_rng(seed)
        layers = book.initial_layers([64, 64, 10], rng)
        for _ in range(5):
            rows = rng.permutation(book.train_rows)
            layers, _ = book.train_batches(book.X[book.train_rows], book.Y[rows], layers, 0.1, 1, 32, 0.0, rng)
        assert 2.2 < book.train_loss(layers) < 2.45


def test_13_learning_by_heart(show):
    """Con le etichette sbagliate la validazione risale; con poche immagini resta lontana; la domanda ha la risposta giusta."""
    book = chapter(13)
    many, few, wrong = (book.by_case[name] for name in book.cases)
    for seen in (many, few, wrong):
        assert len(seen) == 101 and seen[-1, 0] < seen[10, 0] / 4 and 0 < seen[:, 1].argmin() < 100
    assert wrong[-1, 1] > 1.5 * wrong[:, 1].min() and wrong[-1, 2] < wrong[wrong[:, 1].argmin(), 2] - 0.05
    assert few[:, 1].min() > 3 * many[:, 1].min() and few[-1, 0] < 0.01
    name = [*book.cases][2]
    assert [k for k in book.ends if "✓" in show(13, "check_end", guess=k, case=name, epochs=100).text] == ["Risale"]
    assert "✓" not in show(13, "check_end", guess="Risale", case=name, epochs=70).text
    text = show(13, "show_curves", case="60 immagini", epochs=100).text
    assert numbers(text)[:3] == [100, round(few[-1, 0], 3), round(few[-1, 1], 3)]
    assert (few[0] == book.curves(60, 0)[0]).all()


def test_13_wrong_labels_hurt_with_every_seed():
    """Una su cinque sbagliata: in sessanta epoche la validazione risale di un quarto e più, con ogni seme; i dati restano intatti."""
    book, before = chapter(13), chapter(13).labels.copy()
    for seed in range(3):
        rng = np.random.default_rng(seed)
        train, validation, _ = book.split(1797, rng)
        answers = book.labels[train]
        answers[:215] = (answers[:215] + rng.integers(1, 10, size=215)) % 10
        watched = book.train_batches(
            book.X[train], np.eye(10)[answers], book.initial_layers([64, 64, 10], rng), 0.1, 60, 32, 0.9, rng,
            lambda layers: layers,
        )[1]
        losses = [book.cross_entropy(book.forward(book.X[validation], layers)[0], book.Y[validation]) for layers in watched]
        assert losses[-1] > 1.25 * min(losses)
    assert (book.labels == before).all() and np.allclose(215 / 1078, 1 / 5, atol=0.001)


def test_13_the_confusions(show):
    """La tabella rifatta con le cinque reti; l'8 è la cifra letta peggio; le immagini di una cella sono le sue."""
    book, table = chapter(13), np.zeros((10, 10), dtype=int)
    for net, rows, _ in book.runs:
        for label, said in zip(book.labels[rows], read_digits(net, book.pixels[rows] / 16)):
            table[label, said] += 1
    assert (book.confusion == table).all() and table.sum() == 1800
    assert (table - np.diag(np.diag(table))).max() == table[8, 1] == 7 and table[9, 5] == 4
    assert [k for k in range(10) if "✓" in show(13, "check_worst", answer=k).text] == [8]
    assert numbers(show(13, "check_worst", answer=9).text) == [9, 3.8] and numbers(show(13, "check_worst", answer=8).text) == [8, 6]
    assert "8 letto come 1: 7 volte." in show(13, "show_confusion", true=8, guessed=1).text
    assert "0 letto come 5: 0 volte." in show(13, "show_confusion", true=0, guessed=5).text
    for (label, said), rows in book.examples.items():
        assert len(rows) == table[label, said] and (book.labels[rows] == label).all()


def test_13_a_white_pixel_never_moves_its_weight(show):
    """Il peso d'angolo resta com'era, in ogni unità; al centro i pesi si muovono."""
    book = chapter(13)
    before, after = book.pictures["prima"], book.pictures["dopo"]
    assert (before[0] == after[0]).all() and (before[[0, 32, 39]] == after[[0, 32, 39]]).all()
    assert np.abs(after - before)[27].mean() > 10 * np.abs(after - before)[8].mean()
    assert after.std() > before.std()
    assert [k for k in book.corner if "✓" in show(13, "check_corner", guess=k, unit=5).text] == ["Com'era all'inizio"]
    assert numbers(show(13, "show_unit", when="dopo", unit=3).text) == [3, round(after[:, 3].min(), 2), round(after[:, 3].max(), 2)]


def test_13_what_it_gets_wrong(show):
    """Otto immagini su 360, alcune con più di 0.9; la riga stampata dice cifra vera e risposta."""
    book = chapter(13)
    said = read_digits(book.layers, book.pixels[book.test_rows] / 16)
    assert book.wrong.tolist() == np.flatnonzero(said != book.labels[book.test_rows]).tolist() and len(book.wrong) == 8
    assert book.test_probabilities[book.wrong].max() > 0.9
    answers = [k for k in book.beliefs if "✓" in show(13, "check_belief", guess=k, which=8).text]
    assert answers == ["A volte più di 0.9: era sicura"]
    for which, row in enumerate(book.wrong, 1):
        truth, _, digit, _ = numbers(show(13, "show_wrong", which=which).text.replace("probabilità", ""))
        assert (truth, digit) == (book.labels[book.test_rows[row]], said[row])


def test_13_shifted_images():
    """Un pixel più in là la rete legge meno della metà, a destra; con le copie spostate legge bene, con altri semi anche."""
    book = chapter(13)
    images = book.pixels[book.test_rows].reshape(-1, 8, 8)
    moved = np.concatenate([images[:, :, -1:], images[:, :, :-1]], axis=2).reshape(-1, 64)
    assert (book.shifted(book.pixels[book.test_rows], 1) == moved).all()
    answers = book.labels[book.test_rows]
    assert (read_digits(book.layers, moved / 16) == answers).mean() < 0.5
    assert (read_digits(book.taught, moved / 16) == answers).mean() > 0.9 and len(book.copies) == 5390
    for net, rows, _ in book.runs:
        assert 0.35 < (read_digits(net, book.shifted(book.pixels[rows], 1) / 16) == book.labels[rows]).mean() < 0.55


def test_13_the_drill_knows_right_from_wrong(show):
    """Ogni variante ha una risposta intera fra −10 e 40, non nulla, rifatta qui; gli errori riconosciuti non sono la risposta."""
    book = chapter(13)
    assert len(book.drills) == 15
    for variant, (kind, first, second, *more) in enumerate(book.drills, 1):
        if kind == "velocità":
            right = sum(g * first ** (len(second) - 1 - k) for k, g in enumerate(second))
        elif kind == "rumore":
            right = (second / first) ** 0.5
        else:
            starts = range(0, first, second)
            right = {"passi": len(starts), "tutti": len(starts) * sum(more), "ultimo": first - starts[-1]}[kind]
        assert right == int(right) and right != 0 and -10 <= right <= 40
        _, _, mistakes, _ = book.drill(variant)
        assert f"✓ Giusto: {int(right)}." in show(13, "check", variant=variant, answer=int(right)).text.replace("−", "-")
        for wrong, why in mistakes.items():
            if wrong != right:
                assert "✗" in show(13, "check", variant=variant, answer=wrong).text and why in show(13, "check", variant=variant, answer=wrong).text
        assert numbers(show(13, "solve", variant=variant, shown=True).text)[-1] == right
        assert show(13, "solve", variant=variant, shown=False).text == "" and "?" in show(13, "ask", variant=variant).text
        assert "Scrivi" in show(13, "check", variant=variant, answer=0).text


def test_13_the_dozen_is_checked(show):
    book = chapter(13)
    for image, row in enumerate(book.hard, 1):
        assert [k for k in range(10) if "✓" in show(13, "check_hard", image=image, answer=k).text] == [book.labels[row]]
        assert "✗" not in show(13, "check_hard", image=image, answer=-1).text


def test_13_the_project_runs_alone(tmp_path):
    """Da solo in una cartella vuota il quaderno si scrive la tabella, addestra e giudica; le sue funzioni sono quelle del libro."""
    source = CHAPTERS[0].parent / "progetto.ipynb"
    path = tmp_path / source.name
    path.write_bytes(source.read_bytes())
    project = run(path)
    assert (tmp_path / "dati" / "iris.csv").read_bytes() == (source.parent / "dati" / "iris.csv").read_bytes()
    assert (project.N, project.D, project.C) == (150, 4, 3) and sorted(np.concatenate(project.parts)) == [*range(150)]
    assert np.allclose(project.X[project.train_rows].mean(axis=0), 0) and project.accuracy_on(project.test_rows, project.chosen) > 0.9
    assert project.confusion.sum() == 30 and np.isclose(np.trace(project.confusion) / 30, project.accuracy_on(project.test_rows, project.chosen))
    functions = [
        {node.name: ast.unparse(node) for cell in cells(file) for node in ast.parse(cell.source).body if isinstance(node, ast.FunctionDef)}
        for file in (source, next(p for p in CHAPTERS if p.name.startswith("13")))
    ]
    shared = {"softmax", "cross_entropy", "softmax_cross_entropy_backward", "initial_layers", "forward", "backward", "mini_batches", "train_batches"}
    assert all(functions[0][name] == functions[1][name] for name in shared)


def test_13_the_project_takes_another_table(tmp_path):
    """Una tabella con titoli, un numero mancante, una colonna costante e le classi a parole: cambia solo la prima cella."""
    rng = np.random.default_rng(0)
    lines = ["a;b;c;classe"] + [f"{v + 3 * k:.2f};{'' if i == 4 else round(w, 2)};7;{'no sì'.split()[k]}" for i, (v, w, k) in enumerate(zip(*rng.normal(size=(2, 60)), rng.integers(2, size=60)))]
    (tmp_path / "mia.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    sources = [cell.source for cell in cells(CHAPTERS[0].parent / "progetto.ipynb")]
    settings = next(i for i, source in enumerate(sources) if source.startswith("table ="))
    sources[settings] = sources[settings].replace("dati/iris.csv", "mia.csv").replace('","', '";"').replace("header = 0", "header = 1")
    project = run(tmp_path / "progetto.ipynb", sources)
    assert (project.N, project.D, project.C) == (59, 3, 2) and (~project.whole).sum() == 1
    assert np.isfinite(project.X).all() and (project.X[:, 2] == 0).all() and project.names["names"].tolist() == ["no", "sì"]




# Capitolo 14 --------------------------------------------------------------------------------------------------------


def test_14_the_engine_reproduces_the_book():
    book = chapter(14)
    Value, values, grads = book.Value, book.values, book.grads
    a, c, bias = values(x), values(w), Value(b)
    (a @ c + bias).relu().backward()
    assert grads(a).tolist() == [-3, -1, 2] and grads(c).tolist() == [1, -2, 3] and bias.grad == 1

    wanted = [[0.5, -3.5, 0.5], [20.1, 10.1, 20.1], [10.9, 12.9, 10.9], [4.1, 0.1, 4.1]]
    weights, shared = values(W), values(biases)
    (dvalues * book.relu_values(X @ weights + shared)).sum().backward()
    assert np.allclose(grads(weights), wanted) and np.allclose(grads(shared), [6, 4, 6])
    weights, shared = book.Tensor(W), book.Tensor(biases)
    (book.Tensor(X) @ weights + shared).relu().backward(dvalues)
    assert np.allclose(weights.grad, wanted) and np.allclose(shared.grad, [6, 4, 6])

    assert np.allclose(book.rows, J) and np.allclose(book.checks["9, i logit"][0], s - y)
    assert all(np.allclose(engine, by_hand) for engine, by_hand in book.checks.values()) and len(book.checks) == 4


def test_14_forks_order_and_a_second_pass():
    Value = chapter(14).Value
    a = Value(3)
    f = a * a + a
    for _ in range(2):
        f.backward()
        assert (f.data, a.grad) == (12, 7)
    assert chapter(14).gradient_of_a(chapter(14).two_ways, Value.backward) == 12
    assert chapter(14).gradient_of_a(chapter(14).two_ways, chapter(14).backward_by_levels) == 2
    assert repr(a) == "Value(data=3, grad=7)"
    assert chapter(14).total.data == 10_000 and all(term.grad == 1 for term in chapter(14).terms)
    assert len(chapter(14).topological_order(chapter(14).total)) == 20_001


def test_14_what_the_boxes_say():
    """Con = al posto di += resta 3; backward azzera soltanto i nodi del suo grafo; il grafo vecchio dà i gradienti vecchi."""
    Value = chapter(14).Value
    a = Value(3)
    f = a * a + a
    f.grad = 1.0
    for node in reversed(chapter(14).topological_order(f)):
        for parent, local in node.parents:
            parent.grad = local * node.grad
    assert a.grad == 3

    a, other = Value(5), Value(7)
    (a * other).backward()
    (a * 2).backward()
    assert (a.grad, other.grad) == (2, 5)
    f = a * a
    f.backward()
    a.data = 1.0
    f.backward()
    assert a.grad == 10


FINAL = {  # i gradienti alla fine, dalle formule: nell'ordine giusto, e per livelli
    "ReLU(u·c·d + u), u = a + b": ({"a": 3, "b": 3, "c": -6, "d": -3, "u+": 3}, {"a": 1, "b": 1, "c": -6, "d": -3, "u+": 3}),
    "un neurone": ({"x₀": -3, "w₀": 1, "x₁": -2, "w₁": -2, "b": 1},) * 2,
    "ln(e^z₀ + e^z₁) − z₀": ({"z₀": -0.75, "z₁": 0.75},) * 2,
}


def test_14_the_two_orders(show):
    """Alla fine: i gradienti delle formule; ogni filo porta la derivata locale e il prodotto; chi dà torto alla previsione."""
    book = chapter(14)
    assert list(FINAL) == list(book.builders) == list(book.formulas)[:3]
    for formula, finals in FINAL.items():
        for levels, expected in zip((False, True), finals):
            seen = show(14, "show_engine", formula=formula, levels=levels, step=6)
            told = dict(part.rsplit(" ", 1) for part in seen.text.strip().split("\n")[-1].split("; "))
            assert {name: numbers(grad)[0] for name, grad in told.items()} == expected
            assert None not in [back for _, back in seen.wires.values()]
        assert book.formulas[formula][0] == (finals[0] != finals[1])
    wires = show(14, "show_engine", formula=list(FINAL)[0], levels=True, step=6).wires
    assert wires["4", "5"] == ("3 [−1]", "2") and wires["4", "7"] == ("3 [1]", "1")


@pytest.mark.parametrize("formula", list(FINAL))
def test_14_one_step_one_node(show, formula):
    """A ogni passo lavora un nodo: i fili percorsi crescono, e i numeri già scritti restano nell'ordine giusto."""
    before = {}
    for step in range(7):
        seen = show(14, "show_engine", formula=formula, levels=False, step=step)
        written = {wire: back for wire, (_, back) in seen.wires.items() if back is not None}
        assert before.items() <= written.items() and (len(written) > len(before) if step > 1 else not written)
        before = written


def test_14_the_stack(show):
    """Gli stati della lista sono quelli della tabella nei dettagli, e order finisce con a, p, f."""
    states = chapter(14).stack_states
    assert states[-1] == ("f✓", [], ["a", "p", "f"])
    assert [taken for taken, _, _ in states[1:]] == ["f", "p", "a", "a✓", "a", "p✓", "a", "f✓"]
    assert states[2][1] == ["f✓", "a", "p✓", "a", "a"] and states[5][1:] == (["f✓", "a", "p✓"], ["a"])
    assert sum(taken == "a" for taken, _, _ in states) == 3
    assert "order: a p f" in show(14, "show_stack", turn=8).text and "todo: vuota" in show(14, "show_stack", turn=8).text


def test_14_what_is_repeated_is_summed(show):
    for N, H in itertools.product(range(1, 6), range(1, 5)):
        for (kind, total), shape in zip(chapter(14).sums.items(), [(H,), (N, 1), ()]):
            back = np.asarray(total(np.ones((N, H))))
            assert back.shape == shape and np.array_equal(back, chapter(14).unbroadcast(np.ones((N, H)), shape))
            text = show(14, "show_repeats", kind=kind, N=N, H=H).text
            assert numbers(text) == [N * H / back.size] * 2


def test_14_the_network_learns_the_arms(show):
    """Cinque semi: dopo 500 epoche almeno il 97 per cento dei punti; nella figura, ciò che dice la rete salvata."""
    book = chapter(14)
    for seed in range(5):
        rng = np.random.default_rng(seed)
        points, Y = book.spirals(rng)
        net = book.MLP([2, 32, 3], rng)
        book.train_network(net, points, Y, 1.0, 500)
        (W1, b1), (W2, b2) = [(W.data, b.data) for W, b in net.layers]
        scores = np.maximum(0, points @ W1 + b1) @ W2 + b2
        assert (scores.argmax(axis=1) == Y.argmax(axis=1)).mean() >= 0.97
    found = [numbers(show(14, "show_spirals", epoch=epoch).text) for epoch in book.saved]
    assert [row[0] for row in found] == [0, 20, 50, 100, 200, 500, 1000]
    assert found[0][2] < 50 and found[-1][2] >= 97 and found[-1][1] < 0.1
    rng = np.random.default_rng(0)
    points, Y = book.spirals(rng)
    layers = book.initial_layers([2, 32, 3], rng)
    for _ in range(20):  # la stessa discesa, con i gradienti scritti a mano
        Y_hat, inputs = book.forward(points, layers)
        gradients = book.backward(Y_hat, Y, layers, inputs)
        layers = [(W - dW, b - db) for (W, b), (dW, db) in zip(layers, gradients)]
    assert np.allclose(book.saved[20][0][0], layers[0][0])


def test_14_the_costs():
    """Undici nodi contro trentanovemila; due passi in avanti per parametro."""
    book = chapter(14)
    assert book.few == 11 and book.parameters == 64 * 64 + 64 + 64 * 10 + 10
    hidden = 300 * 8 * (2 + 2 + 1 + 1)  # due prodotti, due somme, il bias, la ReLU: almeno
    assert book.many > hidden and book.many / book.few > 1000


def test_14_the_drill(show, monkeypatch):
    """Le risposte, trovate a mano; nessun errore riconosciuto è la risposta giusta, e nessuna risposta è 0."""
    book = chapter(14)
    right = [5, 7, 6, 15, 6, 1, 20, -0.5, 17, 12, 5, 3, 24, 8, 6, 10]
    assert len(book.scalars) + len(book.arrays) == len(right) >= 12
    seen = []
    monkeypatch.setattr(book.disegno, "esito", lambda ok, text: seen.append((ok, text)))
    for exercise, answer in enumerate(right, 1):
        _, found, mistakes, _ = book.drill(exercise)
        assert np.isclose(found, answer) and mistakes and not any(np.isclose(value, answer) for value in mistakes)
        book.check(exercise, answer)
        book.check(exercise, 0)
        book.check(exercise, next(iter(mistakes)))
        assert [ok for ok, _ in seen[-3:]] == [True, None, False] and next(iter(mistakes.values())) in seen[-1][1]
        assert abs(answer) <= 30 and book.short(answer) in show(14, "solve", exercise=exercise, shown=True).text


def test_14_the_exercises():
    """Sui fiori bastano pochi semi; con il momentum la loss scende di più; l'ultimo nodo nuovo regge le differenze."""
    book = chapter(14)
    found = [book.train_iris(seed, [4, 8, 3]) for seed in range(5)]
    assert np.mean(found, axis=0).min() > 0.9
    for seed in range(5):
        losses = []
        for mu in (0.0, 0.9):
            net = book.MLP([2, 32, 3], np.random.default_rng(seed))
            losses.append(book.train_with_momentum(net, book.X_spirals, book.Y_spirals, 0.1, mu, 300))
        assert losses[1] < losses[0] / 2

    net = book.MLP([2, 32, 3], np.random.default_rng(0))
    layers, speed = [(W.data, b.data) for W, b in net.layers], 0
    book.train_with_momentum(net, book.X_spirals, book.Y_spirals, 0.1, 0.5, 3)
    for _ in range(3):  # la stessa discesa sui parametri in fila, con i gradienti scritti a mano
        Y_hat, inputs = book.forward(book.X_spirals, layers)
        flat = np.concatenate([np.ravel(p) for layer in layers for p in layer])
        gradients = book.backward(Y_hat, book.Y_spirals, layers, inputs)
        speed = 0.5 * speed + np.concatenate([np.ravel(g) for pair in gradients for g in pair])
        W1, b1, W2, b2 = np.split(flat - 0.1 * speed, np.cumsum([64, 32, 96]))
        layers = [(W1.reshape(2, 32), b1), (W2.reshape(32, 3), b2)]
    assert np.allclose(net.layers[0][0].data, layers[0][0]) and np.allclose(net.layers[1][1].data, layers[1][1])
    assert abs(book.A.grad - book.numerical).max() < 1e-6


# Il testo -----------------------------------------------------------------------------------------------------------


def stated(text):
    """I numeri che il testo dichiara, come sono scritti: quelli con la virgola, le potenze di dieci, da due cifre in su."""
    text = text.split("\n## E adesso")[0]  # lì si parla di un altro capitolo
    text = re.sub(r"\[[^\]]*\]\([^)]*\)|\{[\w-]+\}`[^`]*`|^:label:.*$|\b(?:cap|eq|es|sol)-[\w-]+|^#+ .*$|^\*\*Tempo.*$|\b19\d\d\b|_\{?\d+\}?", " ", text, flags=re.M)
    text = re.sub(r"(?:(\d+(?:\.\d+)?)\s*\\cdot\s*)?10\^\{?(-?\d+)\}?", lambda m: f" {m[1] or 1}e{m[2]} ", text)
    return re.findall(r"(?<![\w.])(?:\d+\.\d+|\d+(?:\.\d+)?e-?\d+|\d{2,})(?!\w|\.\d)", text)


def constants(source):
    """I numeri scritti nel codice, anche dentro le stringhe."""
    values = [node.value for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Constant)]
    found = [[v] if isinstance(v, (int, float)) else numbers(v) for v in values if isinstance(v, (int, float, str))]
    return [abs(float(number)) for group in found for number in group]


@pytest.mark.parametrize("path", CHAPTERS, ids=lambda path: path.stem)
def test_numbers_in_the_text_are_held(path):
    """Ogni numero del testo compare, arrotondato com'è scritto, nelle celle, nei risultati o nei controlli del capitolo."""
    cells = nbformat.read(path, as_version=4).cells
    tests = [t for name in ("test_numeri", "test_ipotesi") for t in ast.parse(Path(__file__).with_name(f"{name}.py").read_text("utf-8")).body]
    held = [n for t in tests if getattr(t, "name", "").startswith(f"test_{path.name[:2]}_") for n in constants(ast.unparse(t))]
    for cell in cells:
        if cell.cell_type == "code":
            held += constants(cell.source)
            held += [abs(number) for output in cell.outputs for number in numbers(output.get("text", ""))]
    found = [number for cell in cells if cell.cell_type == "markdown" for number in stated(cell.source)]
    assert found and held

    def close(written):
        digits = written.split("e")[0].partition(".")[2]
        unit = 10.0 ** (int(written.partition("e")[2] or 0) - len(digits))
        return np.min(np.abs(np.subtract(held, float(written)))) <= unit * (0.5 if digits or "e" in written else 0.0) + 1e-12 * unit

    assert [number for number in found if not close(number)] == []
