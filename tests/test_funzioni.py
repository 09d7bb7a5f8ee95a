"""Ogni funzione del libro che calcola una derivata, su mille casi generati, davanti a oracoli che non la conoscono:

le differenze centrali, autograd, le formule chiuse. I numeri vengono da una griglia di mezzi: le somme e i prodotti
sono esatti, e lo spigolo della ReLU, z = 0, capita spesso. Il numero del capitolo sta nel nome del controllo.
"""

import math
import os
from decimal import Decimal, localcontext

import autograd
import autograd.numpy as anp
import numpy as np
import pytest
from hypothesis import HealthCheck, Phase, assume, given, settings
from hypothesis import strategies as st
from notebook import chapter

CASES = int(os.environ.get("LIBRO_CASI", "1000"))
PHASES = set(Phase) if CASES >= 1000 else {Phase.generate}
TINY = 2.0**-30

pytestmark = pytest.mark.filterwarnings("ignore:Output seems independent of input")


def cases(**data):
    """Il controllo che segue su molti casi, gli stessi a ogni esecuzione; rng dà i numeri del caso."""
    rng = st.builds(np.random.default_rng, st.integers(0, 2**32 - 1))
    # Una macchina lenta non è un errore.
    slow = {"deadline": None, "suppress_health_check": [HealthCheck.too_slow]}
    profile = settings(max_examples=CASES, derandomize=True, phases=PHASES, **slow)
    return lambda test: profile(given(rng=rng, **data)(test))


side = st.integers(1, 5)  # N, D, H, C: da uno in su


def halves(rng, *shape):
    """Multipli di ½ fra −2 e 2."""
    return rng.integers(-4, 5, size=shape) / 2


def near_kink(rng, *shape):
    """Come halves, con un'inezia in più o in meno: una somma pesata cade sullo spigolo o appena accanto."""
    return halves(rng, *shape) + rng.choice([-TINY, 0.0, TINY], size=shape)


def off_kink(rng, *shape):
    """Come halves, più ⅛: una somma di prodotti di mezzi, con questo bias, dista almeno ⅛ dallo spigolo."""
    return halves(rng, *shape) + 0.125


def one_hot(rng, N, C):
    return np.eye(C)[rng.integers(C, size=N)]


def differences(f, x, h=1e-5):
    """Il gradiente di f in x per differenze centrali."""
    x = np.asarray(x, dtype=float)
    steps = h * np.eye(x.size).reshape(x.size, *x.shape)
    return np.reshape([(f(x + step) - f(x - step)) / (2 * h) for step in steps], x.shape)


def relu(z):
    """Una ReLU per autograd, con derivata 0 nello spigolo, come nel libro."""
    return anp.where(z > 0, z, 0.0)


def mean_loss(logits, Y):
    """L'entropia incrociata media vista dai logit: ln Σ exp(z) meno il logit della classe giusta."""
    return anp.mean(anp.log(anp.sum(anp.exp(logits), axis=1)) - anp.sum(Y * logits, axis=1))


def assert_same(found, expected, tolerance=1e-12):
    """Le stesse forme e gli stessi numeri, per un array o per un elenco di array."""
    if isinstance(expected, (list, tuple)):
        assert len(found) == len(expected)
        for pair in zip(found, expected, strict=True):
            assert_same(*pair, tolerance)
    else:
        assert np.shape(found) == np.shape(expected)
        scale = 1 + np.abs(expected).max(initial=0)
        assert np.allclose(found, expected, rtol=0, atol=tolerance * scale), f"{found} invece di {expected}"


# Capitolo 1 ---------------------------------------------------------------------------------------------------------


@cases(N=side, D=side)
def test_01_neuron_is_the_relu_of_the_weighted_sum(rng, N, D):
    X, w, b = halves(rng, N, D), halves(rng, D), float(near_kink(rng))
    expected = [max(0.0, math.fsum([*(x * w), b])) for x in X]
    assert_same([chapter(1).neuron(x, w, b) for x in X], expected)
    assert_same(chapter(1).neuron_batch(X, w, b), np.array(expected))


# Capitolo 2 ---------------------------------------------------------------------------------------------------------


@cases(shape=st.lists(st.integers(0, 3), max_size=3), h=st.sampled_from([1.0, 2.0**-4, 2.0**-10]))
def test_02_numerical_gradient_is_exact_on_parabolas(rng, shape, h):
    """Per una parabola la differenza centrale è la derivata, per ogni h; qui nemmeno l'arrotondamento la tocca."""
    x, A, B = (halves(rng, *shape) for _ in range(3))
    calls = []

    def f(v):
        calls.append(v)
        return np.sum(A * v**2 + B * v)

    kept = x.copy()
    found = chapter(2).numerical_gradient(f, x, h)
    assert np.array_equal(found, 2 * A * x + B) and found.shape == x.shape
    assert len(calls) == 2 * x.size and np.array_equal(x, kept)


@cases(shape=st.lists(side, max_size=2))
def test_02_numerical_gradient_agrees_with_autograd(rng, shape):
    x, A = rng.normal(size=shape), halves(rng, *shape)

    def f(v):
        return anp.sum(anp.sin(A * v)) * anp.exp(anp.mean(v))

    assert_same(chapter(2).numerical_gradient(f, x), autograd.grad(f)(x), 1e-7)
    assert_same(chapter(2).numerical_gradient(f, x.tolist()), differences(f, x), 1e-12)


@cases(z=st.floats(-3, 3), h=st.floats(1e-3, 2))
def test_02_secant_across_the_kink(rng, z, h):
    """La formula dell'esercizio: (z + h) / 2h se la secante scavalca lo spigolo, altrimenti 1 oppure 0."""
    expected = (z + h) / (2 * h) if abs(z) < h else float(z > 0)
    assert np.isclose(chapter(2).numerical_gradient(chapter(2).relu_alone, z, h), expected)


# Capitolo 3 ---------------------------------------------------------------------------------------------------------


@cases()
def test_03_forward_backward_with_forks(rng):
    def f(v):
        return (v[0] * v[1] + v[2]) * (v[1] + v[2])

    point = halves(rng, 3)
    value, gradient = chapter(3).forward_backward(*point)
    assert value == f(point)
    assert_same(np.array(gradient), autograd.grad(f)(point))
    assert_same(np.array(gradient), differences(f, point), 1e-8)
    x, y, z = point
    assert_same(gradient, (y * (y + z), x * y + z + x * (y + z), x * y + z + y + z))


@cases(n=st.integers(0, 200))
def test_03_doublings(rng, n):
    """Ogni raddoppio moltiplica la derivata per 2 e aggiunge due fili."""
    assert chapter(3).doubling_backward(n) == (2.0**n, 2 * n)


@cases(x=st.floats(-20, 20), y=st.floats(-20, 20))
def test_03_composition(rng, x, y):
    """f(g(x)) = exp(−x²), con la derivata calcolata in u."""
    f, g = chapter(3).g2, chapter(3).g1
    assert math.isclose(f(g(x)), math.exp(-x * x), abs_tol=1e-300)
    assert math.isclose(-f(g(x)) * 2 * x, autograd.grad(lambda v: anp.exp(-(v**2)))(x), abs_tol=1e-300)


# Capitolo 4 ---------------------------------------------------------------------------------------------------------

EXTREMES = np.array([-1e308, -1.0, -TINY, -5e-324, -0.0, 0.0, 5e-324, TINY, 1.0, 1e308])


@cases(shape=st.lists(st.integers(0, 3), max_size=3))
def test_04_relu_and_its_derivative(rng, shape):
    """Di qua dallo spigolo 0, di là 1, nello spigolo 0; a ogni distanza e per ogni forma."""
    relu_of, slope = chapter(4).relu, chapter(4).relu_derivative
    z = rng.choice(EXTREMES, size=shape)
    assert np.array_equal(relu_of(z), np.reshape([max(0.0, v) for v in z.ravel()], shape))
    assert np.array_equal(slope(z), np.reshape([1.0 if v > 0 else 0.0 for v in z.ravel()], shape))
    assert_same(slope(z), autograd.elementwise_grad(relu)(z))
    far = off_kink(rng, *shape)
    assert_same(slope(far), differences(lambda v: np.sum(relu_of(v)), far), 1e-9)


@cases(shape=st.lists(st.integers(0, 3), max_size=3), alpha=st.floats(0.001, 0.999))
def test_04_leaky_relu_and_its_derivative(rng, shape, alpha):
    leaky, slope = chapter(4).leaky_relu, chapter(4).leaky_relu_derivative
    z, far = near_kink(rng, *shape), off_kink(rng, *shape)
    assert_same(leaky(z, alpha), np.maximum(z, alpha * z))
    assert_same(slope(z, alpha), autograd.elementwise_grad(lambda v: anp.where(v > 0, v, alpha * v))(z))
    assert_same(slope(far, alpha), differences(lambda v: np.sum(leaky(v, alpha)), far), 1e-9)


@cases(node=st.sampled_from(["somma", "prodotto", "ReLU", "massimo"]))
def test_04_local_rules(rng, node):
    f = {
        "somma": lambda v: v[0] + v[1],
        "prodotto": lambda v: v[0] * v[1],
        "ReLU": lambda v: relu(v[0]),
        "massimo": lambda v: v[1] + relu(v[0] - v[1]),
    }[node]
    point, far = near_kink(rng, 2), off_kink(rng, 2)
    if node == "massimo":
        far[1] += 0.25  # mai uguali
    value, derivatives = chapter(4).local_rule(node, *point)
    assert value == f(point)
    assert_same(np.array(derivatives), autograd.grad(f)(point)[: len(derivatives)])
    derivatives = chapter(4).local_rule(node, *far)[1]
    assert_same(np.array(derivatives), differences(f, far)[: len(derivatives)], 1e-9)


@cases()
def test_04_derivatives_of_the_maximum(rng):
    """Il gradiente va tutto al più grande; se sono uguali, tutto a y, come vuole la convenzione sulla ReLU."""
    x, y = near_kink(rng, 2)
    found = chapter(4).maximum_derivatives(x, y)
    assert_same(found, (1.0, 0.0) if x > y else (0.0, 1.0))
    assert_same(found, tuple(autograd.grad(lambda v: v[1] + relu(v[0] - v[1]))(np.array([x, y]))))


# Capitolo 5 ---------------------------------------------------------------------------------------------------------


@cases(D=side)
def test_05_neuron_backward_on_the_kink_too(rng, D):
    """Contro autograd e contro la formula in una riga, con z anche nullo."""
    x, w, b, dvalue = halves(rng, D), halves(rng, D), float(near_kink(rng)), float(halves(rng))
    found = chapter(5).neuron_backward(x, w, b, dvalue)
    on = float(math.fsum([*(x * w), b]) > 0)
    assert_same(found, (dvalue * on * w, dvalue * on * x, np.float64(dvalue * on)))
    loss = autograd.grad(lambda x, w, b: dvalue * relu(anp.dot(x, w) + b), (0, 1, 2))
    assert_same(found, loss(x, w, b))


@cases(D=side)
def test_05_neuron_backward_against_differences(rng, D):
    x, w, b, dvalue = halves(rng, D), halves(rng, D), float(off_kink(rng)), float(halves(rng))
    neuron = chapter(5).neuron
    expected = (
        differences(lambda v: dvalue * neuron(v, w, b), x),
        differences(lambda v: dvalue * neuron(x, v, b), w),
        differences(lambda v: dvalue * neuron(x, w, v), b),
    )
    assert_same(chapter(5).neuron_backward(x, w, b, dvalue), expected, 1e-8)
    assert chapter(5).check_neuron(x, w, b, dvalue) < 1e-8


# Capitolo 6 ---------------------------------------------------------------------------------------------------------

steps = st.integers(0, 5)
rate = st.floats(0.001, 0.5)


@cases(D=side, epochs=steps, learning_rate=rate, goal=st.sampled_from([-1.0, 0.0, 2.0]))
def test_06_descend_follows_autograd(rng, D, epochs, learning_rate, goal):
    """A ogni passo ci si sposta contro il gradiente ricalcolato; la storia comincia prima del primo passo."""
    x, w, b = halves(rng, D), halves(rng, D), float(near_kink(rng))
    start = w.copy()
    history = chapter(6).descend(x, w, b, learning_rate, epochs, goal)
    assert np.array_equal(w, start) and len(history) == epochs + 1
    for found in history:
        assert_same(found, (np.float64(max(0.0, math.fsum([*(x * w), b]))), w, np.float64(b)), 1e-9)
        _, w, b = found  # sullo spigolo anche un arrotondamento conta
        _, dw, db = autograd.grad(lambda x, w, b: 0.5 * (relu(anp.dot(x, w) + b) - goal) ** 2, (0, 1, 2))(x, w, b)
        w, b = w - learning_rate * dw, b - learning_rate * db


@cases(D=side, epochs=steps, learning_rate=rate, goal=st.sampled_from([-1.0, 0.0, 2.0]))
def test_06_error_is_multiplied_at_every_step(rng, D, epochs, learning_rate, goal):
    """La formula chiusa: senza ReLU, z − t si moltiplica ogni volta per 1 − η(|x|² + 1)."""
    x, w, b = halves(rng, D), halves(rng, D), float(halves(rng))
    factor = 1 - learning_rate * (math.fsum(x * x) + 1)
    errors = (np.dot(x, w) + b - goal) * factor ** np.arange(epochs + 1)
    assert_same(chapter(6).path(x, w, b, learning_rate, epochs, goal, alpha=1.0) - goal, errors, 1e-9)


@cases(D=side, learning_rate=rate, alpha=st.sampled_from([0.0, 0.1, 0.5, 1.0]), mu=st.floats(0, 0.95), epochs=st.integers(0, 30))
def test_06_momentum_and_leak(rng, D, learning_rate, alpha, mu, epochs):
    """La velocità su z: v ← μv + (|x|² + 1) dz, z ← z − ηv, con la pendenza α dove il neurone è spento."""
    x, w, b = halves(rng, D), halves(rng, D), float(halves(rng))
    z, velocity = np.dot(x, w) + b, 0.0
    for found in chapter(6).path(x, w, b, learning_rate, epochs, 2.0, alpha, mu):
        assert_same(found, np.float64(z), 1e-9)
        z = found  # sullo spigolo anche un arrotondamento conta
        slope = 1.0 if z > 0 else alpha
        velocity = mu * velocity + (x @ x + 1) * (slope * z - 2) * slope
        z = z - learning_rate * velocity


@cases(D=side, learning_rate=rate, epochs=st.integers(0, 3))
def test_06_learning_one_case_is_the_same_descent(rng, D, learning_rate, epochs):
    """Sui sei casi della serra, un passo per caso: gli stessi passi, ognuno con un giro di descend."""
    w, b = halves(rng, 3), float(halves(rng))
    found = chapter(6).learn(w, b, learning_rate, epochs)
    for _ in range(epochs):
        for case, goal in zip(chapter(6).cases, chapter(6).targets, strict=True):
            _, w, b = chapter(6).descend(case, w, b, learning_rate, 1, goal)[-1]
    assert_same(found, (w, np.float64(b)), 1e-9)


@cases(learning_rate=st.floats(0.004, 0.098), epsilon=st.floats(1e-6, 1))
def test_06_predicted_steps(rng, learning_rate, epsilon):
    """Il k previsto è il primo con 8 q^(2k) < ε."""
    loss = 8 * (1 - 15 * learning_rate) ** (2 * np.arange(200))
    assume(loss[1] > 1e-12 and not np.isclose(loss, epsilon, rtol=1e-9).any())
    expected = next(k for k, value in enumerate(loss) if value < epsilon)
    assert chapter(6).predicted_steps(learning_rate, epsilon) == expected == chapter(6).steps_to(loss, epsilon)
    assert chapter(6).steps_to(loss[:expected], epsilon) is None
    assert chapter(6).steps_to(loss, loss[1]) == 2  # la soglia va superata, non raggiunta


# Capitolo 7 ---------------------------------------------------------------------------------------------------------


@cases(N=st.integers(0, 5), D=side, H=side)
def test_07_dense_layer_on_the_kink_too(rng, N, D, H):
    """Contro autograd, e contro la somma dei contributi di ogni esempio e di ogni neurone; N può essere 0."""
    X, W, b, G = halves(rng, N, D), halves(rng, D, H), near_kink(rng, H), halves(rng, N, H)
    Y, Z = chapter(7).dense_forward(X, W, b)
    assert_same([Y, Z], [np.maximum(Z, 0), np.einsum("nd,dh->nh", X, W) + b])

    found = chapter(7).dense_backward(G, X, W, Z)
    loss = autograd.grad(lambda X, W, b: anp.sum(G * relu(anp.dot(X, W) + b)), (0, 1, 2))
    assert_same(found, loss(X, W, b))

    open_wires = np.array([[float(Z[i, j] > 0) * G[i, j] for j in range(H)] for i in range(N)])
    dX = [[sum(open_wires[i, j] * W[d, j] for j in range(H)) for d in range(D)] for i in range(N)]
    dW = [[sum(X[i, d] * open_wires[i, j] for i in range(N)) for j in range(H)] for d in range(D)]
    db = [sum(open_wires[i, j] for i in range(N)) for j in range(H)]
    assert_same(found, (np.reshape(dX, (N, D)), np.array(dW), np.array(db)))


@cases(N=st.integers(0, 5), D=side, H=side)
def test_07_dense_backward_against_differences(rng, N, D, H):
    X, W, b, G = halves(rng, N, D), halves(rng, D, H), off_kink(rng, H), halves(rng, N, H)

    def loss(X, W, b):
        return np.sum(G * chapter(7).dense_forward(X, W, b)[0])

    expected = (
        differences(lambda v: loss(v, W, b), X),
        differences(lambda v: loss(X, v, b), W),
        differences(lambda v: loss(X, W, v), b),
    )
    Z = chapter(7).dense_forward(X, W, b)[1]
    assert_same(chapter(7).dense_backward(G, X, W, Z), expected, 1e-8)


@cases(N=st.integers(0, 5), D=side, H=side)
def test_07_the_mask_goes_on_the_incoming_gradient(rng, N, D, H):
    """La versione corretta dell'esercizio vale dense_backward; quella sbagliata è il gradiente di ½ΣY²."""
    X, W, b, G = halves(rng, N, D), halves(rng, D, H), near_kink(rng, H), halves(rng, N, H)
    Z = chapter(7).dense_forward(X, W, b)[1]
    assert_same(chapter(7).fixed_backward(G, X, W, Z), chapter(7).dense_backward(G, X, W, Z))
    half_square = autograd.grad(lambda X, W, b: anp.sum(relu(anp.dot(X, W) + b) ** 2) / 2, (0, 1, 2))
    assert_same(chapter(7).broken_backward(G, X, W, Z), half_square(X, W, b))


# Capitolo 8 ---------------------------------------------------------------------------------------------------------


def exact_softmax(z):
    """La formula così com'è, con quaranta cifre: niente trabocca."""
    with localcontext(prec=40):
        exponentials = [Decimal(v).exp() for v in np.asarray(z, dtype=float).tolist()]
        return np.array([float(e / sum(exponentials)) for e in exponentials])


@cases(N=st.integers(0, 3), C=side)
def test_08_softmax_is_stable(rng, N, C):
    """Con logit fino a ±10⁴: nessun trabocco, ogni riga è quella esatta, sommare un numero ai logit non la cambia."""
    Z = rng.choice([-1e4, -745.0, -1.0, 0.0, 2.0, 709.5, 1e4 - 1, 1e4], size=(N, C))
    softmax = chapter(8).softmax
    with np.errstate(over="raise", invalid="raise", divide="raise"):
        S = softmax(Z)
        assert_same(S, np.reshape([exact_softmax(z) for z in Z], (N, C)))
        assert_same(S.sum(axis=1), np.ones(N))
        assert_same(softmax(Z + 64), S)
        assert_same([softmax(z) for z in Z], list(S))


@cases(C=side, tiny=st.sampled_from([0.0, 5e-324, 1e-300, 1e-16, 0.1]))
def test_08_jacobian_closed_form(rng, C, tiny):
    """s_j (δ_jk − s_k), cella per cella, anche con probabilità nulle, minuscole o uguali a 1; righe a somma 0."""
    s = rng.integers(0, 4, size=C) * tiny
    s[rng.integers(C)] = 1.0
    s = s / s.sum()
    J = chapter(8).softmax_jacobian(s)
    expected = [[s[j] * (1 - s[j]) if j == k else -s[j] * s[k] for k in range(C)] for j in range(C)]
    assert_same(J, np.array(expected))
    assert_same(J, J.T)
    assert_same(J.sum(axis=1), np.zeros(C))
    assert np.abs(J).max() <= 1 - s.max() + 1e-15


@cases(C=side)
def test_08_jacobian_is_the_derivative_of_softmax(rng, C):
    z = halves(rng, C)
    J = chapter(8).softmax_jacobian(chapter(8).softmax(z))
    assert_same(J, autograd.jacobian(lambda v: anp.exp(v) / anp.sum(anp.exp(v)))(z))
    rows = [differences(lambda v, j=j: chapter(8).softmax(v)[j], z) for j in range(C)]
    assert_same(J, np.array(rows), 1e-9)


@cases(N=side, C=side)
def test_08_softmax_backward_without_the_jacobian(rng, N, C):
    Z, G = halves(rng, N, C), halves(rng, N, C)
    S = chapter(8).softmax(Z)
    found = chapter(8).softmax_backward(G, S)
    assert_same(found, np.array([g @ chapter(8).softmax_jacobian(s) for g, s in zip(G, S, strict=True)]))
    loss = autograd.grad(lambda Z: anp.sum(G * anp.exp(Z) / anp.sum(anp.exp(Z), axis=1, keepdims=True)))
    assert_same(found, loss(Z))
    assert_same(found, differences(lambda v: np.sum(G * chapter(8).softmax(v)), Z), 1e-8)


@cases(u=st.floats(-30, 30))
def test_08_two_classes_are_a_sigmoid(rng, u):
    s = chapter(8).softmax([u, 0.0])
    assert_same(s, np.array([chapter(8).sigmoid(u), chapter(8).sigmoid(-u)]))
    slope = autograd.grad(lambda v: 1 / (1 + anp.exp(-v)))(u)
    assert_same(chapter(8).softmax_jacobian(s), np.array([[slope, -slope], [-slope, slope]]))


# Capitolo 9 ---------------------------------------------------------------------------------------------------------


@cases(N=side, C=side, tiny=st.sampled_from([0.0, 5e-324, 1e-308, 1e-30, 0.25]))
def test_09_cross_entropy_is_the_mean_surprise(rng, N, C, tiny):
    """Anche con probabilità minuscole o nulle alla classe giusta il risultato è finito."""
    classes = rng.integers(C, size=N)
    Y_hat, Y = rng.choice([tiny, 0.5, 1.0], size=(N, C)), np.eye(C)[classes]
    loss = chapter(9).cross_entropy
    with np.errstate(over="raise", invalid="raise", divide="raise"):
        found = loss(Y_hat, Y)
    smallest = float(np.finfo(float).tiny)
    surprise = [-math.log(max(p, smallest)) for p in Y_hat[np.arange(N), classes]]
    assert_same(found, math.fsum(surprise) / N)


@cases(N=side, C=side)
def test_09_backward_is_the_derivative(rng, N, C):
    """Contro autograd, contro le differenze, contro la strada lunga per la Jacobiana; ogni riga ha somma 0."""
    logits, Y = halves(rng, N, C), one_hot(rng, N, C)
    softmax, loss = chapter(9).softmax, chapter(9).cross_entropy
    Y_hat = softmax(logits)
    found = chapter(9).softmax_cross_entropy_backward(Y_hat, Y)
    assert_same(found, autograd.grad(mean_loss)(logits, Y))
    assert_same(found, differences(lambda v: loss(softmax(v), Y), logits), 1e-8)
    long_way = [chapter(9).softmax_jacobian(s) @ (-y / s) / N for s, y in zip(Y_hat, Y, strict=True)]
    assert_same(found, np.array(long_way))
    assert_same(found.sum(axis=1), np.zeros(N))


@cases(N=st.integers(0, 4), C=side)
def test_09_backward_stays_calm(rng, N, C):
    """Con logit fino a ±10⁴ la strada corta è (ŷ − y)/N, mai oltre 1/N. Un batch vuoto dà un array vuoto."""
    logits, Y = rng.choice([-1e4, 0.0, 1.0, 1e4], size=(N, C)), one_hot(rng, N, C)
    softmax, backward = chapter(9).softmax, chapter(9).softmax_cross_entropy_backward
    with np.errstate(over="raise", invalid="raise", divide="raise"):
        found = backward(softmax(logits), Y)
    expected = np.reshape([(exact_softmax(z) - y) / N for z, y in zip(logits, Y, strict=True)], (N, C))
    assert_same(found, expected)
    assert np.abs(found).max(initial=0) * N <= 1


@cases(C=side, tiny=st.sampled_from([1e-2, 1e-3]))
def test_09_gradient_with_respect_to_the_probabilities(rng, C, tiny):
    """Da sola, l'entropia incrociata ha gradiente −y/ŷ: più la probabilità è piccola, più è grande."""
    s, c = rng.choice([tiny, 0.25, 0.5], size=C), int(rng.integers(C))
    y = np.eye(C)[c]
    found = differences(lambda v: chapter(9).cross_entropy([v], [y]), s)
    assert np.allclose(found, -y / s, rtol=1e-4) and np.isclose(found[c], -1 / s[c], rtol=1e-4)


# Capitolo 10 ---------------------------------------------------------------------------------------------------------


def net_logits(X, layers, bend=relu):
    """Una rete di strati [(W, b), …], tutti con la stessa funzione tranne l'ultimo: X → logit."""
    *hidden, (W, b) = layers
    for W1, b1 in hidden:
        X = bend(anp.dot(X, W1) + b1)
    return anp.dot(X, W) + b


def net_loss(X, Y, layers, bend=relu):
    """L'entropia incrociata media, senza traboccare nemmeno quando i logit sono migliaia."""
    logits = net_logits(X, layers, bend)
    top = anp.max(logits, axis=1, keepdims=True)
    return mean_loss(logits - top, Y)


def random_layers(rng, widths, bias=halves):
    return [(halves(rng, D, H), bias(rng, H)) for D, H in zip(widths[:-1], widths[1:], strict=True)]


widths = st.lists(side, min_size=2, max_size=5)  # da uno a quattro strati


@cases(N=side, widths=widths)
def test_10_network_gradients(rng, N, widths):
    """Reti di ogni forma e profondità, con somme pesate anche sullo spigolo: i gradienti sono quelli di autograd."""
    X, Y, layers = halves(rng, N, widths[0]), one_hot(rng, N, widths[-1]), random_layers(rng, widths, near_kink)
    kept = [(W.copy(), b.copy()) for W, b in layers]
    Y_hat, inputs = chapter(10).forward(X, layers)
    assert_same(Y_hat, np.array([exact_softmax(z) for z in net_logits(X, layers)]), 1e-10)
    assert_same(inputs, [X, *(relu(net_logits(X, layers[: k + 1])) for k in range(len(layers) - 1))])
    found = chapter(10).backward(Y_hat, Y, layers, inputs)
    assert_same(found, autograd.grad(lambda p: net_loss(X, Y, p))(layers), 1e-10)
    assert all(np.array_equal(a, b) for pair in zip(layers, kept, strict=True) for a, b in zip(*pair, strict=True))


@cases(N=st.integers(1, 3), widths=st.lists(st.integers(1, 3), min_size=2, max_size=5))
def test_10_network_gradients_against_differences(rng, N, widths):
    """Lontano dallo spigolo anche le differenze, fatte con la rete scritta qui e con quella del capitolo."""
    X, Y = rng.normal(size=(N, widths[0])), one_hot(rng, N, widths[-1])
    layers = [(rng.normal(size=(D, H)), rng.normal(size=H)) for D, H in zip(widths[:-1], widths[1:], strict=True)]
    assume(all((np.abs(net_logits(X, layers[:k])) > 1e-3).all() for k in range(1, len(layers))))
    book = chapter(10)
    Y_hat, inputs = book.forward(X, layers)
    found = book.backward(Y_hat, Y, layers, inputs)
    for i, pair in enumerate(layers):
        for j in (0, 1):

            def loss_with(value, i=i, j=j):
                moved = [value if k == j else array for k, array in enumerate(layers[i])]
                return net_loss(X, Y, [*layers[:i], moved, *layers[i + 1 :]])

            assert_same(found[i][j], differences(loss_with, pair[j]), 1e-6)
    spot = rng.integers(len(layers)), rng.integers(2)
    found[spot[0]][spot[1]].flat[-1] += 0.5  # un errore in un numero solo
    assert np.isclose(book.check_gradients(found, X, Y, layers), 0.5, atol=1e-6)


@cases(N=side, widths=widths, learning_rate=rate, epochs=st.integers(0, 3))
def test_10_training_goes_against_the_gradient(rng, N, widths, learning_rate, epochs):
    """Ogni epoca parte dagli strati di quella prima; watch li vede tutti, e quelli di partenza restano com'erano."""
    X, Y = halves(rng, N, widths[0]), one_hot(rng, N, widths[-1])
    layers, history = random_layers(rng, widths, near_kink), []
    start = [(W.copy(), b.copy()) for W, b in layers]

    def watch(now):
        history.append([(W.copy(), b.copy()) for W, b in now])
        return len(history)

    last, watched = chapter(10).train(X, Y, layers, learning_rate, epochs, watch)
    assert watched == list(range(1, epochs + 2)) and len(last) == len(layers)
    assert_same(layers, start, 0)
    assert_same(history[0], start, 0)
    assert_same(history[-1], last, 0)
    for before, after in zip(history[:-1], history[1:], strict=True):
        gradients = autograd.grad(lambda p: net_loss(X, Y, p))(before)
        steps = [[p - learning_rate * g for p, g in zip(*pair, strict=True)] for pair in zip(before, gradients, strict=True)]
        assert_same(after, steps, 1e-9)
    again, nothing = chapter(10).train(X, Y, layers, learning_rate, epochs)
    assert nothing == []
    assert_same(again, last, 0)


@cases(widths=widths)
def test_10_initial_layers(rng, widths):
    """Le forme, i bias nulli; e i pesi, divisi per la scala di He, sono i numeri che il generatore avrebbe dato."""
    seed = int(rng.integers(2**32))
    layers, same = chapter(10).initial_layers(widths, np.random.default_rng(seed)), np.random.default_rng(seed)
    assert len(layers) == len(widths) - 1
    for k, (W, b) in enumerate(layers):
        assert_same(W * np.sqrt(widths[k] / 2), same.standard_normal((widths[k], widths[k + 1])))
        assert np.array_equal(b, np.zeros(widths[k + 1]))


def test_10_initial_layers_have_the_scale_of_he():
    """Su molti numeri: media 0 e varianza due diviso gli ingressi."""
    for D in (1, 8, 50):
        W = chapter(10).initial_layers([D, 40_000 // D], np.random.default_rng(D))[0][0]
        assert abs(W.mean()) < 0.03 * W.std() and abs(W.var() * D / 2 - 1) < 0.03


@cases(N=side, widths=widths, penalty=st.sampled_from([0.01, 0.5, 3.0]))
def test_10_exercises_on_the_network(rng, N, widths, penalty):
    """La tangente iperbolica e la penalità sui pesi, davanti ad autograd."""
    book = chapter(10)
    X, Y, layers = halves(rng, N, widths[0]), one_hot(rng, N, widths[-1]), random_layers(rng, widths)
    Y_hat, inputs = book.forward_tanh(X, layers)
    found = book.backward_tanh(Y_hat, Y, layers, inputs)
    assert_same(found, autograd.grad(lambda p: net_loss(X, Y, p, anp.tanh))(layers), 1e-10)
    layers = random_layers(rng, [2, *widths[1:-1], 2], near_kink)

    def penalized(p):
        return net_loss(book.X_board, book.Y_board, p) + penalty / 2 * sum(anp.sum(W**2) for W, b in p)

    assert_same(book.backward_l2(layers, penalty), autograd.grad(penalized)(layers), 1e-10)


@cases(N=side, D=side)
def test_10_a_layer_that_scales(rng, N, D):
    dY, X, g = halves(rng, N, D), halves(rng, N, D), halves(rng, D)
    expected = autograd.grad(lambda p: anp.sum(dY * (p[1] * p[0])))([X, g])
    assert_same(chapter(10).scale_backward(dY, X, g), expected)


# Capitolo 11 --------------------------------------------------------------------------------------------------------


def network(X, parameters):
    """Una rete di strati con ReLU, l'ultimo senza: X → logit."""
    *hidden, W, b = parameters
    for W1, b1 in zip(hidden[::2], hidden[1::2], strict=True):
        X = relu(anp.dot(X, W1) + b1)
    return anp.dot(X, W) + b


def random_network(rng, widths, bias):
    """Pesi e bias di una rete con gli strati di quelle larghezze."""
    layers = zip(widths[:-1], widths[1:], strict=True)
    return [array for D, H in layers for array in (halves(rng, D, H), bias(rng, H))]


def pairs(parameters):
    """[W1, b1, W2, b2, …] come [(W1, b1), (W2, b2), …]."""
    return list(zip(parameters[::2], parameters[1::2], strict=True))


@cases(N=side, D=side, H=side, C=side, learning_rate=rate, epochs=st.integers(0, 2))
def test_11_frozen_layers_do_not_move(rng, N, D, H, C, learning_rate, epochs):
    """Lo strato congelato resta com'era, l'altro va contro il gradiente dell'intera rete: prima l'uno, poi l'altro."""
    X, Y, parameters = halves(rng, N, D), one_hot(rng, N, C), random_network(rng, (D, H, C), near_kink)
    start = [p.copy() for p in parameters]
    gradient = autograd.grad(lambda p: mean_loss(network(X, p), Y))
    for train, moving in ((chapter(11).train_frozen, (2, 3)), (chapter(11).train_first, (0, 1))):
        expected = list(parameters)
        for _ in range(epochs):
            found = gradient(expected)
            expected = [p - learning_rate * g if i in moving else p for i, (p, g) in enumerate(zip(expected, found, strict=True))]
        layers = train(X, Y, pairs(parameters), learning_rate, epochs)
        layers = layers[0] if train is chapter(11).train_frozen else layers
        assert_same([p for layer in layers for p in layer], expected, 1e-9)
        assert all(np.array_equal(a, b) for a, b in zip(parameters, start, strict=True))


@cases(N=side, epochs=st.integers(0, 3))
def test_11_frozen_training_is_watched(rng, N, epochs):
    """watch vede la rete intera, prima del primo passo e dopo ogni epoca."""
    X, Y, layers = halves(rng, N, 2), one_hot(rng, N, 3), pairs(random_network(rng, (2, 4, 3), off_kink))
    last, watched = chapter(11).train_frozen(X, Y, layers, 0.5, epochs, watch=lambda layers: layers)
    assert len(watched) == epochs + 1 and len(watched[0]) == 2
    assert all(seen[0] is layers[0] for seen in watched) and watched[-1][1] is last[1]


@cases(N=side, H=side, C=side)
def test_11_accuracy_and_dead_units(rng, N, H, C):
    Y_hat, Y, Z = rng.permuted(np.tile(np.arange(C), (N, 1)), axis=1), one_hot(rng, N, C), near_kink(rng, N, H)
    right = sum(int(y[list(y_hat).index(C - 1)]) for y_hat, y in zip(Y_hat, Y, strict=True))
    assert np.isclose(chapter(11).accuracy(Y_hat, Y), right / N)
    outputs = np.array([[max(0.0, z) for z in row] for row in Z])
    assert chapter(11).dead_units(outputs) == sum(all(Z[i, j] <= 0 for i in range(N)) for j in range(H))


@cases(held=st.integers(1, 20), center=st.booleans(), rescale=st.booleans())
def test_11_split_and_standardize(rng, held, center, rescale):
    """Ogni fiore sta da una parte sola, altrettanti per specie; media e scarto sono quelli dell'addestramento."""
    labels, features = chapter(11).labels, chapter(11).features
    train_rows, test_rows = chapter(11).split(labels, rng, held)
    assert sorted([*train_rows, *test_rows]) == list(range(150))
    assert np.bincount(labels[test_rows]).tolist() == [held] * 3
    X = chapter(11).standardize(features, train_rows, center, rescale)
    mean = [math.fsum(column) / len(train_rows) for column in features[train_rows].T]
    std = [math.sqrt(math.fsum((column - m) ** 2) / len(train_rows)) for column, m in zip(features[train_rows].T, mean, strict=True)]
    assert_same(X * (std if rescale else np.ones(4)) + (mean if center else np.zeros(4)), features, 1e-10)


@cases(n=st.integers(2, 30))
def test_11_spirals(rng, n):
    """Su ogni braccio la distanza cresce da 0 a 1, e l'angolo va avanti di 4 radianti, a meno del rumore."""
    X, Y = chapter(11).spirals(rng, n)
    assert X.shape == (3 * n, 2) and np.array_equal(Y.argmax(axis=1), np.repeat([0, 1, 2], n))
    assert_same(np.hypot(*X.T), np.tile(np.linspace(0, 1, n), 3))
    for k in range(3):
        points = X[k * n + 1 : (k + 1) * n]
        noise = np.arctan2(*points.T) - 4 * (k + np.linspace(0, 1, n)[1:])
        assert np.abs((noise + np.pi) % (2 * np.pi) - np.pi).max() < 1.2


# Capitolo 12 ---------------------------------------------------------------------------------------------------------


@cases(depth=st.integers(1, 4), width=st.integers(1, 6), activation=st.sampled_from(["ReLU", "sigmoide", "tanh"]), skip=st.booleans())
def test_12_signals_are_those_of_autograd(rng, depth, width, activation, skip):
    """Le ampiezze in avanti e quelle dei gradienti rispetto alle uscite di ogni strato, con le stesse estrazioni."""
    seed, gain = int(rng.integers(1000)), rng.uniform(0.5, 3)
    draws = np.random.default_rng(seed)
    X = draws.normal(size=(50, width))
    weights = [draws.normal(scale=gain / np.sqrt(width), size=(width, width)) for _ in range(depth)]
    arriving = draws.normal(size=X.shape)
    f = {"ReLU": lambda z: anp.where(z > 0, z, 0.0), "sigmoide": lambda z: 0.5 + 0.5 * anp.tanh(z / 2), "tanh": anp.tanh}[activation]

    def through(A, layers):
        for W in layers:
            A = f(A @ W) + skip * A
        return A

    outputs = [through(X, weights[:n]) for n in range(depth + 1)]
    gradients = [autograd.grad(lambda A, n=n: anp.sum(arriving * through(A, weights[n:])))(outputs[n]) for n in range(depth + 1)]
    found = chapter(12).signals(depth, gain, activation, width, skip, seed)
    expected = [[np.linalg.norm(A) / np.sqrt(A.size) for A in arrays] for arrays in (outputs, gradients)]
    assert_same(list(found), [np.array(e) for e in expected], 1e-9)


# Capitolo 13 ---------------------------------------------------------------------------------------------------------


@cases(N=st.integers(1, 40), size=st.integers(1, 45))
def test_13_groups_are_a_partition(rng, N, size):
    """Ogni esempio in un gruppo solo; i gruppi sono interi, tranne forse l'ultimo; un'altra epoca ne fa altri."""
    groups = chapter(13).mini_batches(N, size, rng)
    assert sorted(i for group in groups for i in group) == list(range(N))
    assert len(groups) == math.ceil(N / size) and [len(group) for group in groups[:-1]] == [size] * (len(groups) - 1)
    assert 1 <= len(groups[-1]) <= size
    again = chapter(13).mini_batches(N, size, rng)
    assert N < 20 or np.concatenate(groups).tolist() != np.concatenate(again).tolist()


@cases(N=side, D=side, H=side, C=side, size=side, epochs=st.integers(0, 2), mu=st.sampled_from([0.0, 0.5, 0.9]))
def test_13_momentum_follows_autograd(rng, N, D, H, C, size, epochs, mu):
    """Gli stessi gruppi, un ciclo scritto in un altro modo: un parametro alla volta, con le derivate di autograd."""
    X, Y = halves(rng, N, D), one_hot(rng, N, C)
    layers = [(halves(rng, D, H), off_kink(rng, H)), (halves(rng, H, C), off_kink(rng, C))]
    seed = int(rng.integers(1000))

    def loss(parameters, X, Y):
        W1, b1, W2, b2 = parameters
        return mean_loss(relu(X @ W1 + b1) @ W2 + b2, Y)

    parameters = [p for pair in layers for p in pair]
    before, moving, order = [p.copy() for p in parameters], [p * 0 for p in parameters], np.random.default_rng(seed)
    for _ in range(epochs):
        shuffled = order.permutation(N).tolist()
        while shuffled:
            rows, shuffled = shuffled[:size], shuffled[size:]
            slopes = autograd.grad(loss)(parameters, X[rows], Y[rows])
            for k, slope in enumerate(slopes):
                moving[k] = mu * moving[k] + slope
                parameters[k] = parameters[k] - 0.125 * moving[k]
    seen = []
    trained, watched = chapter(13).train_batches(X, Y, layers, 0.125, epochs, size, mu, np.random.default_rng(seed), lambda now: seen.append(now) or len(seen))
    assert_same([p for pair in trained for p in pair], parameters, 1e-8)
    assert_same([p for pair in layers for p in pair], before, 0)
    assert watched == [*range(1, epochs + 2)] and seen[0] is layers and seen[-1] is trained




# Capitolo 14 --------------------------------------------------------------------------------------------------------


def engine_relu(a):
    return a.relu() if hasattr(a, "relu") else relu(a)


def anywhere(a, b):
    return True


OPERATIONS = {  # l'operazione e dove si può fare; vale per i Value, per i numeri e per autograd
    "a + b": (lambda a, b: a + b, anywhere),
    "a − b": (lambda a, b: a - b, anywhere),
    "a · b": (lambda a, b: a * b, anywhere),
    "a / b": (lambda a, b: a / b, lambda a, b: abs(b) > 0.1),
    "2 + a": (lambda a, b: 2 + a, anywhere),
    "a − 3": (lambda a, b: a - 3, anywhere),
    "3 − a": (lambda a, b: 3 - a, anywhere),
    "−a": (lambda a, b: -a, anywhere),
    "½ a": (lambda a, b: 0.5 * a, anywhere),
    "a / 4": (lambda a, b: a / 4, anywhere),
    "2 / a": (lambda a, b: 2 / a, lambda a, b: abs(a) > 0.1),
    "a³": (lambda a, b: a**3, anywhere),
    "a⁰": (lambda a, b: a**0, anywhere),
    "a⁻²": (lambda a, b: a**-2, lambda a, b: abs(a) > 0.1),
    "√a": (lambda a, b: a**0.5, lambda a, b: a > 0.1),
    "exp a": (lambda a, b: anp.exp(a), anywhere),
    "ln a": (lambda a, b: anp.log(a), lambda a, b: a > 0.1),
    "ReLU a": (lambda a, b: engine_relu(a), anywhere),
}
programs = st.lists(st.tuples(st.sampled_from(sorted(OPERATIONS)), st.integers(0, 12), st.integers(0, 12)), max_size=10)


def doable(program, inputs):
    """Le istruzioni del programma che in quel punto hanno senso, e i valori che producono."""
    pool, kept = [float(v) for v in inputs], []
    for name, i, j in program:
        operation, allowed = OPERATIONS[name]
        a, b = pool[i % len(pool)], pool[j % len(pool)]
        if allowed(a, b) and abs(a) < 5:
            value = float(operation(a, b))
            if abs(value) < 200:
                kept.append((operation, i % len(pool), j % len(pool)))
                pool.append(value)
    return kept, pool


def execute(program, inputs):
    """Tutti i valori, nell'ordine in cui nascono: ogni istruzione può usarne uno qualunque, anche più volte."""
    pool = list(inputs)
    for operation, i, j in program:
        pool.append(operation(pool[i], pool[j]))
    return pool


@cases(program=programs, dvalue=st.sampled_from([1.0, -2.0, 0.5]))
def test_14_engine_on_random_expressions(rng, program, dvalue):
    """Espressioni a caso, con biforcazioni, costanti e spigoli: valori e gradienti sono quelli di autograd."""
    point = halves(rng, 3)
    program, values = doable(program, point)
    Value = chapter(14).Value
    inputs = [Value(v) for v in point]
    nodes = execute(program, inputs)
    assert_same([node.data for node in nodes], values)
    for _ in range(2):  # la seconda volta i gradienti ripartono da zero
        nodes[-1].backward(dvalue)
        gradient = autograd.grad(lambda v: dvalue * execute(program, v)[-1])(point)
        assert_same(np.array([value.grad for value in inputs]), gradient, 1e-9)

    order = chapter(14).topological_order(nodes[-1])
    position = {node: k for k, node in enumerate(order)}
    assert len(position) == len(order) and order[-1] is nodes[-1]
    assert all(position[parent] < position[node] for node in order for parent, _ in node.parents)


@cases(program=programs)
def test_14_engine_against_differences(rng, program):
    point = halves(rng, 3) + np.array([0.13, 0.29, -0.17])
    program, _ = doable(program, point)
    inputs = [chapter(14).Value(v) for v in point]
    execute(program, inputs)[-1].backward()
    near, far = (differences(lambda v: execute(program, v)[-1], point, h) for h in (1e-5, 1e-4))
    assume(np.allclose(near, far, rtol=1e-3, atol=1e-3))  # nessuno spigolo a portata di mano
    assert_same(np.array([value.grad for value in inputs]), near, 1e-5)


@cases(a=st.floats(-3, 3))
def test_14_tanh(rng, a):
    """La soluzione dell'esercizio, con la formula chiusa 1 / cosh²."""
    value = chapter(14).Value(a)
    result = chapter(14).tanh(value)
    result.backward()
    assert_same([result.data, value.grad], [math.tanh(a), 1 / math.cosh(a) ** 2])


@cases(N=st.integers(1, 2), D=st.integers(1, 3), H=st.integers(1, 3), C=st.integers(1, 3))
def test_14_engine_reproduces_the_chapters(rng, N, D, H, C):
    """Strato e rete intera: il motore dei numeri e le funzioni scritte a mano danno gli stessi gradienti."""
    book, values, grads = chapter(14), chapter(14).values, chapter(14).grads
    X0, Y, layers = halves(rng, N, D), one_hot(rng, N, C), random_layers(rng, (D, H, C), near_kink)
    G = halves(rng, N, H)
    X, W, b = values(X0), values(layers[0][0]), values(layers[0][1])
    (G * book.relu_values(X @ W + b)).sum().backward()
    _, Z = book.dense_forward(X0, *layers[0])
    assert_same([grads(X), grads(W), grads(b)], list(book.dense_backward(G, X0, layers[0][0], Z)))

    as_values = [(values(W), values(b)) for W, b in layers]
    book.scalar_loss(X0, Y, as_values).backward()
    by_hand = book.backward(*book.forward(X0, layers)[:1], Y, layers, book.forward(X0, layers)[1])
    found = [grads(p) for layer in as_values for p in layer]
    assert_same(found, [g for pair in by_hand for g in pair], 1e-10)


def fits(A, B):
    """Se le due forme si possono combinare elemento per elemento."""
    return all(1 in pair or pair[0] == pair[1] for pair in zip(A.shape[::-1], B.shape[::-1]))


def always(A, B):
    return True


def small(A, B):
    return np.all(A < 3)


ARRAYS = {  # l'operazione per i Tensor, la stessa per autograd, dove si può fare
    "A + B": (lambda A, B: A + B, lambda A, B: A + B, fits),
    "A * B": (lambda A, B: A * B, lambda A, B: A * B, fits),
    "A * A": (lambda A, B: A * A, lambda A, B: A * A, always),
    "A @ B": (lambda A, B: A @ B, lambda A, B: A @ B, lambda A, B: A.ndim == B.ndim == 2 and A.shape[1] == len(B)),
    "½ A": (lambda A, B: 0.5 * A, lambda A, B: 0.5 * A, always),
    "array + A": (lambda A, B: np.ones((2, 1, 1)) + A, lambda A, B: np.ones((2, 1, 1)) + A, lambda A, B: A.ndim < 3),
    "array * A": (lambda A, B: np.array([[3.0], [-1.0]]) * A, lambda A, B: np.array([[3.0], [-1.0]]) * A, lambda A, B: A.ndim < 2),
    "ReLU A": (lambda A, B: A.relu(), lambda A, B: relu(A), always),
    "exp A": (lambda A, B: A.exp(), lambda A, B: anp.exp(A), small),
    "ln A": (lambda A, B: A.log(), lambda A, B: anp.log(A), lambda A, B: np.all(A > 0.1)),
    "Σ A": (lambda A, B: A.sum(), lambda A, B: anp.sum(A), always),
    "Σ₀ A": (lambda A, B: A.sum(axis=0), lambda A, B: anp.sum(A, axis=0, keepdims=True), lambda A, B: A.ndim > 0),
    "Σ₋₁ A": (lambda A, B: A.sum(axis=-1), lambda A, B: anp.sum(A, axis=-1, keepdims=True), lambda A, B: A.ndim > 0),
    "media A": (lambda A, B: A.mean(), lambda A, B: anp.mean(A), always),
}
array_programs = st.lists(st.tuples(st.sampled_from(sorted(ARRAYS)), st.integers(0, 12), st.integers(0, 12)), max_size=10)


@cases(program=array_programs, N=st.integers(1, 3), D=st.integers(1, 3), H=st.integers(1, 3))
def test_14_array_engine_on_random_expressions(rng, program, N, D, H):
    """Forme ripetute dal broadcasting, biforcazioni, spigoli: valori e gradienti sono quelli di autograd."""
    inputs = [halves(rng, *shape) for shape in [(N, D), (D, H), (H,), (N, 1), (1, D), ()]]
    pool, kept = list(inputs), []
    for name, i, j in program:
        i, j = i % len(pool), j % len(pool)
        ours, oracle, allowed = ARRAYS[name]
        if allowed(pool[i], pool[j]):
            value = np.asarray(oracle(pool[i], pool[j]))
            if np.abs(value).max() < 200:
                kept.append((ours, oracle, i, j))
                pool.append(value)

    tensors = [chapter(14).Tensor(v) for v in inputs]
    for ours, _, i, j in kept:
        tensors.append(ours(tensors[i], tensors[j]))
    assert_same([t.data for t in tensors], pool)
    G = halves(rng, *pool[-1].shape)

    def weighted(*values):
        values = list(values)
        for _, oracle, i, j in kept:
            values.append(oracle(values[i], values[j]))
        return anp.sum(G * values[-1])

    expected = [autograd.grad(weighted, k)(*inputs) for k in range(len(inputs))]
    for _ in range(2):  # la seconda volta i gradienti ripartono da zero
        for tensor in tensors[: len(inputs)]:
            tensor.grad = np.zeros_like(tensor.data)  # chi non è nel grafo non si tocca
        tensors[-1].backward(G)
        assert_same([t.grad for t in tensors[: len(inputs)]], [np.asarray(g) for g in expected], 1e-9)


@cases(ndim=st.integers(0, 3), extra=st.integers(0, 2))
def test_14_unbroadcast_sums_what_was_repeated(rng, ndim, extra):
    """Un contatore per ogni elemento: a quale posto di prima appartiene."""
    shape = tuple(rng.integers(1, 4, size=ndim))
    whole = (*rng.integers(1, 4, size=extra), *(rng.integers(1, 4) if n == 1 else n for n in shape))
    G = halves(rng, *whole)
    size = math.prod(shape)
    owner = np.broadcast_to(np.arange(size).reshape(shape), whole)
    expected = np.bincount(owner.ravel(), np.ravel(G), minlength=size).reshape(shape)
    assert_same(chapter(14).unbroadcast(np.asarray(G), shape), expected)


@cases(N=side, C=side, scale=st.sampled_from([1.0, 300.0]))
def test_14_the_loss_is_one_node(rng, N, C, scale):
    """Il nodo solo e la loss composta, davanti ad autograd; con logit grandi il nodo non trabocca."""
    logits, Y = scale * halves(rng, N, C), one_hot(rng, N, C)
    top = logits.max(axis=1, keepdims=True)
    expected = autograd.grad(lambda z: mean_loss(z - top, Y))(logits)
    for function in (chapter(14).softmax_cross_entropy, chapter(14).composed_loss):
        tensor = chapter(14).Tensor(logits)
        loss = function(tensor, Y)
        loss.backward()
        assert_same([loss.data, tensor.grad], [mean_loss(logits - top, Y), expected], 1e-10)


@cases(N=side, sizes=st.lists(side, min_size=2, max_size=5))
def test_14_the_network_has_the_gradients_written_by_hand(rng, N, sizes):
    book = chapter(14)
    net = book.MLP(sizes, rng)
    for (W, b), (weights, biases) in zip(net.layers, random_layers(rng, sizes, near_kink)):
        W.data, b.data = weights / 4, biases
    X, Y = halves(rng, N, sizes[0]), one_hot(rng, N, sizes[-1])
    loss = book.softmax_cross_entropy(net(X), Y)
    loss.backward()
    layers = [(W.data, b.data) for W, b in net.layers]
    Y_hat, inputs = book.forward(X, layers)
    by_hand = book.backward(Y_hat, Y, layers, inputs)
    assert_same([p.grad for p in net.parameters()], [g for pair in by_hand for g in pair], 1e-10)
    assert [p.data.shape for p in net.parameters()] == [s for D, H in zip(sizes, sizes[1:]) for s in ((D, H), (H,))]


@cases(N=side, D=side)
def test_14_new_array_nodes(rng, N, D):
    """Trasposta e massimo di ogni riga, senza pari merito."""
    book = chapter(14)
    A = rng.permutation(N * D).reshape(N, D) + halves(rng) / 8
    G = halves(rng, D, 1)
    tensor = book.Tensor(A)
    book.row_max(book.transpose(tensor)).backward(G)
    expected = autograd.grad(lambda v: anp.sum(G * anp.max(v.T, axis=1, keepdims=True)))(A)
    assert_same(tensor.grad, expected)


# Forme sbagliate, NaN, etichette impossibili --------------------------------------------------------------------------

NAN, INF = math.nan, math.inf
REFUSED = [  # capitolo, funzione, argomenti, che cosa dice il messaggio
    (1, "neuron", ([1.0, 2.0], [1.0], 0.0), "stessa forma"),
    (1, "neuron", ([[1.0]], [[1.0]], 0.0), "stessa forma"),
    (1, "neuron", (1.0, 2.0, 0.0), "stessa forma"),
    (2, "numerical_gradient", (np.sum, [1.0], 0.0), "h deve essere positivo"),
    (2, "numerical_gradient", (np.sum, [1.0], -1e-5), "h deve essere positivo"),
    (2, "numerical_gradient", (np.sum, [1.0], NAN), "h deve essere positivo"),
    (2, "numerical_gradient", (np.sum, [1.0], INF), "h deve essere positivo"),
    (2, "numerical_gradient", (lambda v: 2 * v, [1.0, 2.0]), "un numero finito"),
    (2, "numerical_gradient", (lambda v: v, [1.0]), "un numero finito"),
    (2, "numerical_gradient", (np.sum, [NAN, 1.0]), "un numero finito"),
    (2, "numerical_gradient", (lambda v: INF if v > 1 else 0.0, 1.0), "un numero finito"),
    (5, "neuron_backward", ([1.0, 2.0], [1.0], 0.0, 1.0), "stessa forma"),
    (5, "neuron_backward", ([[1.0]], [[1.0]], 0.0, 1.0), "stessa forma"),
    (6, "descend", ([1.0, 2.0], [1.0], 0.0, 0.1, 5, 2.0), "forma"),
    (6, "descend", ([[1.0]], [[1.0]], 0.0, 0.1, 5, 2.0), "forma"),
    (7, "dense_forward", (np.ones((5, 4)), np.ones((3, 4)), np.ones(3)), "Servono X"),
    (7, "dense_forward", (np.ones(4), np.ones((4, 3)), np.ones(3)), "Servono X"),
    (7, "dense_forward", (np.ones((5, 4)), np.ones(4), np.ones(3)), "Servono X"),
    (7, "dense_forward", (np.ones((5, 4)), np.ones((4, 3)), np.ones(5)), "b deve avere forma"),
    (7, "dense_forward", (np.ones((5, 4)), np.ones((4, 3)), np.ones((5, 3))), "b deve avere forma"),
    (7, "dense_forward", (np.ones((5, 4)), np.ones((4, 3)), np.ones((1, 3))), "b deve avere forma"),
    (7, "dense_forward", (np.ones((3, 4)), np.ones((4, 3)), np.ones((3, 1))), "b deve avere forma"),
    (7, "dense_forward", (np.ones((5, 4)), np.ones((4, 3)), 1.0), "b deve avere forma"),
    (7, "dense_forward", ([[NAN]], [[1.0]], [0.0]), "NaN"),
    (7, "dense_forward", ([[1.0]], [[1.0]], [NAN]), "NaN"),
    (7, "dense_backward", (np.ones((5, 3)), np.ones((5, 4)), np.ones((3, 4)), np.ones((5, 3))), "Servono X"),
    (7, "dense_backward", (np.ones((5, 3)), np.ones(4), np.ones((4, 3)), np.ones((5, 3))), "Servono X"),
    (7, "dense_backward", (np.ones((3, 5)), np.ones((5, 4)), np.ones((4, 3)), np.ones((5, 3))), "ervono dvalues e Z"),
    (7, "dense_backward", (np.ones((5, 3)), np.ones((5, 4)), np.ones((4, 3)), np.ones(3)), "ervono dvalues e Z"),
    (7, "dense_backward", (1.0, np.ones((5, 4)), np.ones((4, 3)), np.ones((5, 3))), "ervono dvalues e Z"),
    (7, "dense_backward", ([[NAN]], [[1.0]], [[1.0]], [[1.0]]), "NaN"),
    (7, "dense_backward", ([[1.0]], [[NAN]], [[1.0]], [[1.0]]), "NaN"),
    (7, "dense_backward", ([[1.0]], [[1.0]], [[NAN]], [[1.0]]), "NaN"),
    (7, "dense_backward", ([[1.0]], [[1.0]], [[1.0]], [[NAN]]), "NaN"),
    (8, "softmax", (1.0,), "hanno forma"),
    (8, "softmax", ([],), "hanno forma"),
    (8, "softmax", (np.ones((3, 0)),), "hanno forma"),
    (8, "softmax", (np.ones((2, 2, 2)),), "hanno forma"),
    (8, "softmax", ([1.0, NAN],), "NaN"),
    (8, "softmax", ([1.0, INF],), "infinito"),
    (8, "softmax", ([1.0, -INF],), "infinito"),
    (8, "softmax_jacobian", ([[0.5, 0.5]],), "un esempio alla volta"),
    (8, "softmax_jacobian", (0.5,), "un esempio alla volta"),
    (8, "softmax_jacobian", ([2.0, 0.0, 1.0],), "probabilità"),
    (8, "softmax_jacobian", ([1.5, -0.5],), "probabilità"),
    (8, "softmax_jacobian", ([0.3, 0.3],), "probabilità"),
    (8, "softmax_jacobian", ([0.5, NAN],), "probabilità"),
    (8, "softmax_jacobian", ([],), "probabilità"),
    (9, "cross_entropy", ([[0.5, 0.5]], [[1.0, 0.0, 0.0]]), "stessa forma"),
    (9, "cross_entropy", ([[0.5, 0.5]], [0.0]), "stessa forma"),
    (9, "cross_entropy", ([0.5, 0.5], [1.0, 0.0]), "stessa forma"),
    (9, "cross_entropy", (np.ones((0, 3)), np.ones((0, 3))), "stessa forma"),
    (9, "cross_entropy", ([[2.0, -1.0]], [[1.0, 0.0]]), "probabilità"),
    (9, "cross_entropy", ([[NAN, 0.5]], [[1.0, 0.0]]), "probabilità"),
    (9, "cross_entropy", ([[0.5, 0.5]], [[1.0, 1.0]]), "one-hot"),
    (9, "cross_entropy", ([[0.5, 0.5]], [[0.0, 0.0]]), "one-hot"),
    (9, "cross_entropy", ([[0.5, 0.5]], [[0.0, 2.0]]), "one-hot"),
    (9, "cross_entropy", ([[0.5, 0.5]], [[0.5, 0.5]]), "one-hot"),
    (9, "cross_entropy", ([[0.5, 0.5]], [[NAN, 1.0]]), "one-hot"),
    (9, "cross_entropy", ([[0.5, 0.5, 0.0]], [[1.0, 1.0, -1.0]]), "one-hot"),
    (9, "softmax_cross_entropy_backward", ([[0.5, 0.5]], [[1.0, 0.0, 0.0]]), "stessa forma"),
    (9, "softmax_cross_entropy_backward", ([[0.5, 0.5]], [0.0]), "stessa forma"),
    (9, "softmax_cross_entropy_backward", ([0.5, 0.5], [1.0, 0.0]), "stessa forma"),
    *[(10, "initial_layers", (sizes, np.random.default_rng(0)), "due interi positivi") for sizes in ([], [3], [3, 0], [0, 3], [3, -1, 2], [2, 2.5])],
    (10, "forward", (np.ones(2), [(np.ones((2, 3)), np.ones(3))]), r"Lo strato 1 vuole ingressi di forma \(N, 2\): ricevuta \(2,\)"),
    (10, "forward", (np.ones((5, 3)), [(np.ones((2, 3)), np.ones(3))]), r"Lo strato 1 vuole .* \(N, 2\): ricevuta \(5, 3\)"),
    (10, "forward", (np.ones((5, 2)), [(np.ones((2, 3)), np.ones(3)), (np.ones((2, 2)), np.ones(2))]), r"Lo strato 2 vuole .* \(N, 2\): ricevuta \(5, 3\)"),
    (10, "forward", (np.ones((1, 5, 2)), [(np.ones((2, 3)), np.ones(3))]), "Lo strato 1"),
    (10, "forward", ([[NAN, 1.0]], [(np.ones((2, 3)), np.ones(3))]), "NaN"),
    (10, "forward", ([[1.0, 1.0]], [(np.ones((2, 3)), np.full(3, NAN)), (np.ones((3, 2)), np.ones(2))]), "NaN"),
    (10, "backward", ([[0.5, 0.5]], [[1.0, 0.0, 0.0]], [], []), "stessa forma"),
    (13, "mini_batches", (10, 0, np.random.default_rng(0)), "intero positivo"),
    (13, "mini_batches", (10, -3, np.random.default_rng(0)), "intero positivo"),
    (13, "mini_batches", (10, 2.5, np.random.default_rng(0)), "intero positivo"),
]


@pytest.mark.parametrize(
    ("number", "name", "arguments", "message"),
    [pytest.param(*row, id=f"{row[0]:02}-{row[1]}-{i}") for i, row in enumerate(REFUSED)],
)
def test_bad_input_is_refused(number, name, arguments, message):
    """Un ValueError, in italiano, invece di un numero sbagliato."""
    with pytest.raises(ValueError, match=message):
        chapter(number).names[name](*arguments)


@pytest.mark.parametrize(
    ("base", "operation", "message"),
    [
        (0.0, lambda a: a.log(), "numero positivo"),
        (-1.0, lambda a: a.log(), "numero positivo"),
        (-1.0, lambda a: a**0.5, "Esponente"),
        (0.0, lambda a: a**-1, "Esponente"),
        (0.0, lambda a: a**0.5, "Esponente"),
        (2.0, lambda a: a**a, "Esponente"),
        (-1.0, lambda a: a**-0.5, "Esponente"),
    ],
)
def test_14_engine_refuses_what_has_no_derivative(base, operation, message):
    with pytest.raises(ValueError, match=message):
        operation(chapter(14).Value(base))


@pytest.mark.parametrize(
    ("operation", "error", "message"),
    [
        (lambda book: book.Value(3) * np.array([1.0, 2.0]), TypeError, r"forma \(2,\)"),
        (lambda book: book.Value(3) + np.ones((1, 1)), TypeError, "un numero solo"),
        (lambda book: book.Value([1.0, 2.0]), TypeError, "un numero solo"),
        (lambda book: book.Tensor([1.0, 0.0]).log(), ValueError, "positivi"),
        (lambda book: book.Tensor([1.0]) @ book.Tensor([[1.0]]), ValueError, "due matrici"),
        (lambda book: book.Tensor([1.0, 2.0]).backward(), ValueError, "gradiente in arrivo"),
        (lambda book: book.Tensor(1.0).backward([1.0]), ValueError, "gradiente in arrivo"),
    ],
)
def test_14_the_two_engines_say_what_is_wrong(operation, error, message):
    with pytest.raises(error, match=message):
        operation(chapter(14))


def test_14_arrays_meet_the_engines():
    """Con l'array a sinistra un Value lavora elemento per elemento; un Tensor in qualunque ordine."""
    book, numbers = chapter(14), np.array([1.0, 2.0])
    products = numbers * book.Value(3)
    assert [value.data for value in products] == [3, 6]
    for product in (numbers * book.Tensor(3.0), book.Tensor(3.0) * numbers):
        assert isinstance(product, book.Tensor) and product.data.tolist() == [3, 6]
