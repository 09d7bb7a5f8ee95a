"""Fin dove vale ciò che il libro afferma: i casi che cadono fuori dalle ipotesi, e quelli che ci stanno dentro.

Il numero del capitolo sta nel nome del controllo.
"""

import numpy as np
import pytest
from notebook import chapter

SIX = [0, 1, 50, 51, 100, 101]


def six_flowers(features, learning_rate, seed=4):
    """Loss e accuratezza sui sei fiori dopo 500 epoche, e unità morte."""
    book = chapter(11)
    X, Y = features[SIX], np.eye(3)[book.labels[SIX]]
    start = book.initial_parameters(np.random.default_rng(seed))
    Y_hat, _, Z1 = book.forward(X, book.train(X, Y, start, learning_rate, 500)[-1])
    return book.cross_entropy(Y_hat, Y), book.accuracy(Y_hat, Y), book.dead_units(Z1)


def test_08_a_tie_is_shared():
    """Il massimo prende tutto soltanto se è uno solo."""
    softmax = chapter(8).softmax
    assert np.allclose(softmax([1e4, -1e4, 1e4]), [0.5, 0, 0.5]) and np.allclose(softmax([1e4, 0, 2e4]), [0, 0, 1])


def test_09_a_loss_like_one_third_may_be_all_right():
    """Con 0.334 alla classe giusta si indovina sempre, e la loss è 1.10 come quella di chi dà un terzo a tutte."""
    assert -np.log(0.334) < np.log(3) < 1.1 and round(-np.log(0.334), 2) == round(np.log(3), 2) == 1.10


def test_09_the_loss_from_the_logits_does_not_overflow():
    loss, batch = chapter(9).loss_from_logits, chapter(9).cross_entropy_from_logits
    rows = np.array([[1000.0, 0.0, 0.0], [0.0, 1000.0, 0.0]])
    with np.errstate(over="raise", invalid="raise"):
        assert [loss(z, 1) for z in rows] == [1000, 0] and batch(rows, np.array([1, 1])) == 500


def test_09_the_loss_of_an_example_is_zero_only_in_the_limit():
    """Sempre più piccola e mai nulla, finché il computer sa distinguere 1 da ciò che gli è più vicino."""
    losses = [chapter(9).loss_from_logits(np.array([t, 0.0, 0.0]), 0) for t in (0, 5, 10, 20, 30)]
    assert np.all(np.diff(losses) < 0) and 0 < losses[-1] < 1e-12


def test_09_only_the_logarithm_turns_products_into_sums():
    p, q = np.random.default_rng(0).uniform(0.01, 1, size=(2, 50))
    assert np.allclose(-np.log(p * q), -np.log(p) - np.log(q)) and 1 / 0.25 - 1 == 3 != 2 * (1 / 0.5 - 1)


def test_09_a_missing_class_leaves_no_minimum():
    """Se una classe nel batch non c'è, una softmax si avvicina all'entropia delle frequenze e non la raggiunge."""
    softmax, Y = chapter(9).softmax, np.eye(3)[[0, 1]]
    losses = [chapter(9).cross_entropy(np.tile(softmax(np.array([t, t, -t])), (2, 1)), Y) for t in (1, 5, 10)]
    assert np.all(np.diff(losses) < 0) and losses[-1] > np.log(2) and np.isclose(losses[-1], np.log(2))


def test_11_the_test_loss_is_flat_at_the_end():
    """Dal minimo, all'epoca 127, la loss di prova risale di mezzo millesimo; quella di addestramento scende sempre."""
    book = chapter(11)
    losses = [book.cross_entropy(book.forward(book.X_test, p)[0], book.Y_test) for p in book.histories[0.3]]
    assert np.argmin(losses) == book.lowest == 127 and np.all(np.diff(book.losses[0.3]) < 0)
    assert np.allclose([losses[127], losses[200]], [0.1530, 0.1535], atol=5e-5)


def test_11_six_flowers_by_heart():
    """Sui sei la loss scende, sugli altri 144 risale: questo è il sovradattamento."""
    book = chapter(11)
    for X, Y, expected in ((book.X[SIX], book.Y[SIX], [0.063, 0.0014]), (book.X_others, book.Y_others, [1.118, 1.462])):
        losses = [book.cross_entropy(book.forward(X, book.six_history[epoch])[0], Y) for epoch in (30, 500)]
        assert np.allclose(losses, expected, atol=5e-4)


def test_11_six_flowers_are_learned_under_two_conditions():
    """Con dati standardizzati e un buon learning rate sempre; se no anche il codice giusto può non riuscirci."""
    book = chapter(11)
    assert all(six_flowers(book.X, 0.3, seed)[1] == 1 for seed in range(10))
    assert six_flowers(book.features, 1.0)[2] == 8 and np.isclose(six_flowers(book.features, 1.0)[0], np.log(3))
    assert six_flowers(book.X, 10.0)[1] < 0.7 and six_flowers(book.X, 0.001)[1] < 0.7


def test_11_one_seed_leaves_the_pendulum():
    """Con η = 10 nessuno dei primi cinque semi impara, il 57 sì, abbastanza."""
    assert max(chapter(11).experiment(seed, 10.0)[1] for seed in range(5)) < 0.7
    assert round(100 * chapter(11).experiment(57, 10.0)[1]) == 87


def test_11_when_the_loss_rises_again():
    """Con η = 3: prima poche risalite grandi, poi molte minuscole."""
    losses = np.array(chapter(11).losses[3.0])
    rises = np.flatnonzero(np.diff(losses) > 0) + 1
    early, late = rises[rises <= 18], rises[rises > 18]
    assert len(rises) == 21 and len(early) == 6 and late.min() > 166
    heights = np.diff(losses)[rises - 1]
    assert heights[len(early) :].max() < 1e-3 * heights.max()


def test_11_the_true_loss_is_finite():
    """Calcolata dai logit la loss di η = 10 supera 10^30, e resta finita; quella del libro si ferma molto prima."""
    book, worst = chapter(11), 0
    for W1, b1, W2, b2 in book.histories[10.0]:
        logits = np.maximum(0, book.X_train @ W1 + b1) @ W2 + b2
        shifted = logits - logits.max(axis=1, keepdims=True)
        true = np.log(np.exp(shifted).sum(axis=1)) - shifted[book.Y_train == 1]
        worst = max(worst, true.mean())
    assert 1e30 < worst < 1e31 and max(book.losses[10.0]) < 708


def test_11_zero_and_equal_weights():
    """Con pesi nulli non si muove niente; con pesi uguali i neuroni restano uguali."""
    book = chapter(11)
    zeros = [np.zeros_like(p) for p in book.start]
    gradients = book.backward(book.X_train, book.Y_train, zeros, book.forward(book.X_train, zeros))
    assert not any(g.any() for g in gradients[:3]) and abs(gradients[3]).max() < 1e-15
    equal = [np.full((4, 8), 0.1), np.full(8, 0.1), np.tile([0.1, 0.2, 0.3], (8, 1)), np.zeros(3)]
    W1, _, W2, _ = book.train(book.X_train, book.Y_train, equal, 0.3, 50)[-1]
    assert not np.allclose(W1, equal[0]) and np.allclose(W1, W1[:, :1]) and np.allclose(W2, W2[:1])


@pytest.mark.parametrize("seed", [0, 5, 22])
def test_11_a_deep_network_meets_the_corner(seed):
    """Con bias nulli z può essere 0 esatto nel secondo strato, e la verifica fallisce; con bias piccoli no."""
    book = chapter(11)
    for bias, fails in ((0.0, True), (0.1, False)):
        rng = np.random.default_rng(seed)
        parameters = [rng.normal(scale=np.sqrt(2 / s[0]), size=s) if len(s) == 2 else np.zeros(s) for s in book.shapes]
        parameters = [p if p.ndim == 2 else p + bias * rng.normal(size=p.shape) for p in parameters]
        stored = book.deep_forward(book.X_train, parameters)
        gradient = book.deep_backward(book.X_train, book.Y_train, parameters, stored)[3]

        def loss(b2, parameters=parameters):
            changed = [*parameters[:3], b2, *parameters[4:]]
            return book.cross_entropy(book.deep_forward(book.X_train, changed)[0], book.Y_train)

        wrong = abs(gradient - book.numerical_gradient(loss, parameters[3])).max()
        assert (stored[4] == 0).any() == fails == (wrong > 1e-4)


def test_14_the_list_of_things_to_do():
    """L'ordine dell'esempio, e un ingresso che è completo prima che l'ultimo nodo lavori."""
    Value = chapter(14).Value
    a, x, y, z = (Value(v, label=name) for v, name in ((3, "a"), (-2, "x"), (5, "y"), (-4, "z")))
    assert [node.label for node in chapter(14).topological_order(a * a + a)] == ["a", "×", "+"]
    f = (x + y) * z
    f.grad = 1.0
    for parent, local in f.parents:
        parent.grad += local * f.grad
    before = z.grad
    f.backward()
    assert before == z.grad == 3 != x.grad
