"""Fin dove vale ciò che il libro afferma: i casi che cadono fuori dalle ipotesi, e quelli che ci stanno dentro.

Il numero del capitolo sta nel nome del controllo.
"""

import numpy as np
from notebook import chapter

SIX = [0, 1, 50, 51, 100, 101]


def six_flowers(X, learning_rate, seed=4):
    """Loss e accuratezza sui sei fiori dopo 500 epoche, e unità morte."""
    book = chapter(11)
    X, Y = X[SIX], book.classes[SIX]
    layers, _ = book.train(X, Y, book.initial_layers([4, 8, 3], np.random.default_rng(seed)), learning_rate, 500)
    Y_hat, inputs = book.forward(X, layers)
    return book.cross_entropy(Y_hat, Y), book.accuracy(Y_hat, Y), book.dead_units(inputs[1])


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


def test_11_the_test_loss_hardly_rises():
    """Con le misure standardizzate, fra 0.1 e 3, la loss sul test finisce vicino al suo minimo."""
    for rate in (0.1, 0.3, 1.0, 3.0):
        losses = chapter(11).hidden_losses["standardizzate", rate]
        assert losses[-1] - min(losses) < 0.002


def test_11_six_flowers_by_heart():
    """Sui sei la loss scende sempre, sugli altri 144 prima scende e poi risale: questo è il sovradattamento."""
    few, many = np.transpose(chapter(11).two)
    assert np.all(np.diff(few) < 0) and np.allclose(few[[30, 500]], [0.063, 0.0014], atol=5e-4)
    assert 0 < np.argmin(many) < 30 and np.allclose(many[[30, 500]], [1.118, 1.462], atol=5e-4)


def test_11_six_flowers_are_learned_under_two_conditions():
    """Con dati standardizzati e un buon learning rate sempre; se no anche il codice giusto può non riuscirci."""
    book = chapter(11)
    X = book.prepared["standardizzate"]
    assert [book.learn_six(X, rate)[0] == 1 for rate in (0.3, 0.001, 10.0)] == [True, False, False] and book.learn_six(book.features, 1.0)[1] == 8
    assert all(six_flowers(X, 0.3, seed)[1] == 1 for seed in range(10))
    assert six_flowers(book.features, 1.0)[2] == 8 and np.isclose(six_flowers(book.features, 1.0)[0], np.log(3))
    assert six_flowers(X, 10.0)[1] < 0.7 and six_flowers(X, 0.001)[1] < 0.7


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
