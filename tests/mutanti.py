"""Mette un errore alla volta nei capitoli e nel plug-in, e guarda quale controllo se ne accorge: `python tests/mutanti.py`.

Ogni mutante è una terna (dove, testo, testo sbagliato). Il testo sta una volta sola fra le celle di codice del capitolo,
o nel modulo del plug-in. Si prova in un processo a parte: lo coglie un assert di una cella, uno dei controlli di
test_funzioni e test_numeri, con pochi casi generati, o uno dei controlli veloci del plug-in. Se un mutante sopravvive,
l'uscita è 1.
"""

import argparse
import ast
import multiprocessing
import os
import shutil
import sys
import tempfile
import time
import traceback
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import NamedTuple

import nbformat

TESTS = Path(__file__).resolve().parent
CHAPTERS = TESTS.parent / "chapters"
PLUGIN = TESTS.parent / "interact-replay"
QUICK = "recording", "kernel/controls", "svg"  # i moduli del plug-in che si controllano insieme, in un secondo
CASES = "60"
SECONDS = 600
ENDLESS = f"non finisce in {SECONDS} s"
# Un processo nuovo per ogni mutante, che non deve importare daccapo ciò che serve ai controlli: nasce da uno che l'ha già fatto.
PRELOADED = ["autograd", "hypothesis.extra.numpy", "ipywidgets", "matplotlib.pyplot", "myst_nb.core.read", "pytest"]
FRESH = multiprocessing.get_context(multiprocessing.get_all_start_methods()[-1])


class Mutant(NamedTuple):
    """Un errore da mettere in un capitolo, che si dice con il numero, o in un modulo del plug-in, con il nome."""

    where: int | str
    old: str
    new: str

    def __str__(self) -> str:
        return f"{self.old}  ⟶  {self.new}".replace("\n", "⏎")


UNTOUCHED = Mutant(1, "", "")  # nessun errore: i controlli devono passare
MUTANTS = [
    Mutant(*row)
    for row in [
        # 1: il neurone
        (1, "return np.maximum(0.0, x @ w + b)", "return np.maximum(0.0, x @ w) + b"),
        (1, "return np.maximum(0.0, x @ w + b)", "return np.minimum(0.0, x @ w + b)"),
        (1, "x.ndim != 1 or x.shape != w.shape", "x.ndim != 1"),
        (1, "return np.maximum(0.0, X @ w + b)", "return np.maximum(0.0, X @ w - b)"),
        (1, "reveal(x[i] * w[i], 1)", "reveal(x[i] + w[i], 1)"),
        (1, "cases @ [w0, w1, w2] + b", "cases @ [w0, w1, w2] - b"),
        (1, "(z > 0) == wanted", "(z >= 0) == wanted"),
        (1, "kinks) * [v0, v1, v2]", "kinks) + [v0, v1, v2]"),
        (1, "z - 2 * x[i] * w[i]:", "z - x[i] * w[i]:"),
        # 2: la derivata
        (2, "gradient[index] = (plus - minus) / (2 * h)", "gradient[index] = (plus - minus) / h"),
        (2, "gradient[index] = (plus - minus) / (2 * h)", "gradient[index] = (minus - plus) / (2 * h)"),
        (2, "np.asarray(f(x - step), dtype=float)", "np.asarray(f(x), dtype=float)"),
        (2, "step[index] = h", "step[:] = h"),
        (2, "if not 0 < h < np.inf:", "if not 0 <= h < np.inf:"),
        (2, "plus.ndim or minus.ndim or not", "not"),
        (2, "(cube(1 + h_values) - cube(1)) / h_values", "(cube(1 + h_values) - cube(1)) / (2 * h_values)"),
        (2, "lowered = np.array([*w, b]) - 0.5", "lowered = np.array([*w, b]) + 0.5"),
        (2, "trace = np.linspace(0, nudge, 61)", "trace = np.linspace(-3, 3, 13)"),
        (2, "ax.plot([0, nudge], 6", "ax.plot([0, 3], 6"),
        (2, "ratio = (cube(1 + delta) - cube(1)) / delta", "ratio = (cube(1 + delta) - cube(1)) * delta"),
        # 3: la regola della catena
        (3, "db = dp * a + dt * 1.0", "db = dp * a"),
        (3, "ds, dt = t, s", "ds, dt = s, t"),
        (3, "gradient = gradient * 1.0 + gradient * 1.0", "gradient = gradient * 1.0"),
        (3, "da = da_straight + da_through_sum", "da = da_through_sum"),
        (3, "reveal(q, 5, step)", "reveal(c, 5, step)"),
        (3, "reveal(a + q, 9, step)", "reveal(q, 9, step)"),
        (3, "q = moved[\"a\"] + moved[\"b\"] + move * cut", "q = moved[\"a\"] + moved[\"b\"]"),
        (3, "number + direct * (name == straight)", "number"),
        (3, "(other, q) if second == \"×\" else (1, 1)", "(q, other) if second == \"×\" else (1, 1)"),
        (3, "{\"a\": dq * b, \"b\": dq * a}", "{\"a\": dq * a, \"b\": dq * b}"),
        (3, "numbers[\"q\"] * values[\"c\"] + q * numbers[\"c\"]", "numbers[\"q\"] * values[\"c\"]"),
        (3, "len({*map(abs, values.values())}) == 3", "True"),
        # 4: le derivate locali
        (4, "return np.where(np.asarray(z) > 0, 1.0, 0.0)", "return np.where(np.asarray(z) >= 0, 1.0, 0.0)"),
        (4, "return np.where(np.asarray(z) > 0, 1.0, 0.0)", "return np.where(np.asarray(z) > 0, z, 0.0)"),
        (4, "return np.where(np.asarray(z) > 0, 1.0, alpha)", "return np.where(np.asarray(z) > 0, alpha, 1.0)"),
        (4, "return x * y, [y, x]", "return x * y, [x, y]"),
        (4, "m = relu_derivative(x - y)", "m = relu_derivative(y - x)"),
        (4, "dvalue * derivative + 0.0 for", "derivative + 0.0 for"),
        (4, "float(x > y), float(x <= y)", "float(x <= y), float(x > y)"),
        (4, "dvalue * slope for name, slope in zip(values, one)", "slope for name, slope in zip(values, one)"),
        # 5: il neurone all'indietro
        (5, "return dz * w, dz * x, dz", "return dz * x, dz * w, dz"),
        (5, "return dz * w, dz * x, dz", "return dz * w, dz * x, dvalue"),
        (5, "dz = dvalue * relu_derivative(x @ w + b)", "dz = relu_derivative(x @ w + b)"),
        (5, "dz = dvalue * relu_derivative(x @ w + b)", "dz = dvalue * relu(x @ w + b)"),
        (5, "dz = dvalue * relu_derivative(x @ w + b)", "dz = dvalue * relu_derivative(x @ w)"),
        (5, "[*dx, *dw, dz,", "[*dw, *dx, dz,"),
        (5, "blocked = bool(step > 3 and dz == 0)", "blocked = bool(step > 3 and dz <= 0)"),
        (5, "y = neuron(x, w + move[:3], b + move[3])", "y = neuron(x, w + move[:3], b)"),
        (5, '("dw", x[i], w[i]) if number % 2', '("dw", w[i], x[i]) if number % 2'),
        (5, "if (abs(x) != abs(w)).all() and", "if"),
        (5, "len({*mistakes, dvalue * mine}) == 6", "True"),
        (5, "x[i] = w[i - 1] = 0", "x[i] = 0"),
        (5, "esito(answer == -8,", "esito(answer == 8,"),
        # 6: la discesa del gradiente
        (6, "w, b = w - learning_rate * dw, b - learning_rate * db    #", "w, b = w + learning_rate * dw, b + learning_rate * db    #"),
        (6, "w, b = w - learning_rate * dw, b - learning_rate * db    #", "w, b = w - learning_rate * dw, b    #"),
        (6, "neuron_backward(x, w, b, dvalue=y - target)", "neuron_backward(x, w, b, dvalue=target - y)"),
        (6, "neuron_backward(case, w, b, dvalue=y - target)", "neuron_backward(case, w, b, dvalue=y)"),
        (6, "    for _ in range(epochs + 1):\n        y =", "    for _ in range(epochs):\n        y ="),
        (6, "dz = (slope * z - target) * slope", "dz = slope * z - target"),
        (6, "slope = 1.0 if z > 0 else alpha", "slope = 1.0 if z > 0 else 0.0"),
        (6, "vw, vb = mu * vw + dz * x, mu * vb + dz", "vw, vb = mu * vw + dz * x, dz"),
        (6, "if use_relu and first <= 0:", "if use_relu and q <= -1:"),
        (6, "velocity = mu * velocity + (W", "velocity = (W"),
        (6, "velocity = mu * velocity + (W", "velocity = mu * velocity + (1 - mu) * (W"),
        (6, "(2 * np.log(q))", "np.log(q)"),
        (6, "np.flatnonzero(loss < threshold)", "np.flatnonzero(loss <= threshold)"),
        # 7: lo strato
        (7, "    dZ = dvalues * (Z > 0)\n    dX", "    dZ = dvalues * (Z >= 0)\n    dX"),
        (7, "    dZ = dvalues * (Z > 0)\n    dX", "    dZ = Z * (Z > 0)\n    dX"),
        (7, "    dZ = dvalues * (Z > 0)\n    dX", "    dZ = dvalues * (dvalues > 0)\n    dX"),
        (7, "    dX = dZ @ W.T\n", "    dX = dvalues @ W.T\n"),
        (7, "    dW = X.T @ dZ\n    db", "    dW = X.T @ dZ / len(X)\n    db"),
        (7, "    db = dZ.sum(axis=0)\n    return", "    db = dZ[0]\n    return"),
        (7, "    db = dZ.sum(axis=0)\n    return", "    db = dZ.mean(axis=0)\n    return"),
        (7, "Z = X @ W + b\n    if", "Z = X @ W - b\n    if"),
        (7, "if b.shape != W.shape[1:]:", "if b.size != W.shape[1]:"),
        (7, "if any(np.isnan(a).any() for a in (dvalues, X, W, Z)):", "if any(np.isnan(a).any() for a in (X, W, Z)):"),
        (7, "W_new = W - learning_rate * dW", "W_new = W + learning_rate * dW"),
        (7, "dW = X.T @ dZ\n    fig", "dW = X.T @ dvalues\n    fig"),
        (7, "gradient = dZ @ W.T\n    fig", "gradient = dvalues @ W.T\n    fig"),
        (7, "Z = X @ W + b\n    fig", "Z = X @ W\n    fig"),
        (7, "second[0], inputs, W1, Z1)", "second[0], inputs, W1, Z1 + 9)"),
        (7, "dY1 * (Z1 > 0), G * (Z2 > 0)", "dY1, G * (Z2 > 0)"),
        (7, "arrived, weight = G[2, 0], W2[1, 0]", "arrived, weight = G[2, 0], W2[0, 0]"),
        (7, 'if judged else (None, "?")', ""),
        (7, "X[i] @ W[j] + b[j]:", "X[i] @ W[j]:"),
        (7, "result = (left @ right).T if turned else left @ right", "result = left @ right"),
        # 8: la softmax
        (8, "E = np.exp(Z - Z.max(axis=-1, keepdims=True))", "E = np.exp(Z)"),
        (8, "E = np.exp(Z - Z.max(axis=-1, keepdims=True))", "E = np.exp(Z - Z.max())"),
        (8, "return E / E.sum(axis=-1, keepdims=True)", "return E / E.sum(axis=0, keepdims=True)"),
        (8, "return E / E.sum(axis=-1, keepdims=True)", "return E / E.sum()"),
        (8, "return np.diag(s) - np.outer(s, s)", "return np.diag(s) + np.outer(s, s)"),
        (8, "return np.diag(s) - np.outer(s, s)", "return np.diag(s - s**2)"),
        (8, "return np.diag(s) - np.outer(s, s)", "return s[:, None] * (s[:, None] == s) - np.outer(s, s)"),
        (8, "return S * (dvalues - mean)", "return S * dvalues - mean"),
        (8, "if not (s >= 0).all()", "if not (s > 0).all()"),
        (8, "delta = np.eye(3)", "delta = np.ones((3, 3))"),
        (8, "np.array([z0, 0.0, 0.0]) + c", "np.array([z0, 0.0, 0.0]) - c"),
        (8, "naive_softmax(logits - logits.max())", "naive_softmax(logits)"),
        (8, "move * np.eye(3)[k]", "move * np.eye(3)[0]"),
        (8, "100 * change / s)", "100 * change / new)"),
        (8, "ratio = change / move if move", "ratio = change if move"),
        (8, "numbers([p @ v], 2)", "numbers([v.mean()], 2)"),
        (8, "dz = v @ softmax_jacobian(p)", "dz = v @ softmax_jacobian(s)"),
        (8, "mean, right = p @ v,", "mean, right = v.mean(),"),
        # 9: l'entropia incrociata
        (9, "return (Y_hat - Y) / len(Y)", "return Y_hat - Y"),
        (9, "return (Y_hat - Y) / len(Y)", "return (Y_hat - Y) / len(Y) ** 2"),
        (9, "return (Y_hat - Y) / len(Y)", "return (Y_hat - Y) / Y.size"),
        (9, "return (Y_hat - Y) / len(Y)", "return (Y - Y_hat) / len(Y)"),
        (9, "np.maximum(p, np.finfo(float).tiny)", "p"),
        (9, "np.maximum(p, np.finfo(float).tiny)).mean()", "np.maximum(p, np.finfo(float).tiny)).sum()"),
        (9, "p = (Y_hat * Y).sum(axis=1)", "p = (Y_hat * Y).max(axis=0)"),
        (9, "if not np.all((Y_hat >= 0) & (Y_hat <= 1)):", "if np.any((Y_hat < 0) | (Y_hat > 1)):"),
        (9, "return M + np.log(np.exp(z - M).sum()) - z[c]", "return np.log(np.exp(z).sum()) - z[c]"),
        (9, "return M + np.log(np.exp(z - M).sum()) - z[c]", "return M + np.log(np.exp(z - M).sum()) - z.max()"),
        (9, "v = -y / y_hat", "v = y_hat - y"),
        (9, "y_hat * (v - y_hat @ v)", "y_hat * v - y_hat @ v"),
        (9, "(Y_hat * V).sum(axis=1, keepdims=True)", "V.sum(axis=1, keepdims=True)"),
        (9, "z = z - learning_rate * gradient", "z = z + learning_rate * gradient"),
        (9, "-gradient[-1, 0]", "gradient[-1, 0]"),
        (9, "M[:, 0] + np.log", "M[0, 0] + np.log"),
        (9, "return row, row[k], [", "return row, row[c], ["),
        (9, "(row[k] * N,", "(row[k] / N,"),
        (9, "np.sign(after - before)", "np.sign(before - after)"),
        (9, "np.log(steps[-2] / p)", "-np.log(p)"),
        # 10: una rete, filo per filo
        (10, "A = np.maximum(0.0, Z)  # dopo", "A = Z  # dopo"),
        (10, "A.shape[1] != len(W)", "A.shape[1] != W.shape[1]"),
        (10, "dZ = dA * (A > 0)  # A è", "dZ = dA  # A è"),
        (10, "(A.T @ dZ, dZ.sum(axis=0)))\n        dA", "(A.T @ dZ, dZ.mean(axis=0)))\n        dA"),
        (10, "dA = dZ @ W.T\n        dZ = dA", "dA = dZ @ W.T / len(Y)\n        dZ = dA"),
        (10, "b - learning_rate * db)\n            for", "b)\n            for"),
        (10, "watched = [watch(layers)] if watch else []", "watched = []"),
        (10, "scale=np.sqrt(2 / D), size=(D, H)", "scale=np.sqrt(2 / H), size=(D, H)"),
        (10, "size < 1 for size", "size < 0 for size"),
        (10, "worst = max(worst, np.abs(gradients", "worst = max(0.0, np.abs(gradients"),
        (10, "dz1 = da1 * (z1 > 0)", "dz1 = da1"),
        (10, "da1=6, dz1=7", "da1=5, dz1=7"),
        (10, "sum_of(n[\"W2\"][j], n[\"dz2\"])", "sum_of(n[\"W2\"][:, j], n[\"dz2\"])"),
        (10, "axis=1).T)", "axis=0).T)"),
        (10, "return dY * g, (dY * X).sum(axis=0)", "return dY * g, (dY * X).mean(axis=0)"),
        (10, "(dZ @ W.T) * (1 - A**2)", "(dZ @ W.T) * (1 - A) ** 2"),
        (10, "(dW + penalty * W, db)", "(dW + penalty * W, db + penalty * b)"),
        # 11: perché serve lo strato nascosto
        (11, "angle = 4 * (k + r)", "angle = 4 * k + r"),
        (11, "return int((A == 0).all(axis=0).sum())", "return int((A == 0).any(axis=0).sum())"),
        (11, "return int((A == 0).all(axis=0).sum())", "return int((A == 0).all(axis=1).sum())"),
        (11, "Y_hat.argmax(axis=1) ==", "Y_hat.argmin(axis=1) =="),
        (11, "return [first, *rest], watched", "return [layers[0], *layers[1:]], watched"),
        (11, "mean = X[rows].mean(axis=0) if center", "mean = X.mean(axis=0) if center"),
        (11, "std = X[rows].std(axis=0) if rescale", "std = X[rows].std(axis=0) if center"),
        (11, "[r[:-held] for r in rows]", "[r[:held] for r in rows]"),
        (11, "foot = -bias * np.array", "foot = bias * np.array"),
        (11, "dead, zeros = dead_units(np.maximum(0, Z))", "dead, zeros = dead_units(Z)"),
        # 12: segnali in profondità
        (12, "sigmoid(z) * (1 - sigmoid(z))", "sigmoid(z) * (1 + sigmoid(z))"),
        (12, "lambda z: 1 - np.tanh(z) ** 2", "lambda z: 1 - np.tanh(z)"),
        (12, "gain / np.sqrt(width)", "gain / width"),
        (12, "A = f(Z) + A * skip", "A = f(Z)"),
        (12, "(dA * derivative(Z)) @ W.T + dA * skip", "(dA * derivative(Z)) @ W + dA * skip"),
        (12, "(dA * derivative(Z)) @ W.T + dA * skip", "(dA * derivative(Z)) @ W.T"),
        (12, "for W, Z in reversed(stored):\n        dA = (dA * derivative", "for W, Z in stored:\n        dA = (dA * derivative"),
        (12, "[(factor * W, b) for W, b in layers]", "[(W, b) for W, b in layers]"),
        (12, "min(1.0, limit / norm) if", "max(1.0, limit / norm) if"),
        (12, "round(np.sqrt(m / 2))", "round(np.sqrt(m))"),
        # 13: leggere cifre
        (13, "return [order[start : start + size] for start in range(0, N, size)]", "return [order[start : start + size] for start in range(0, N - size + 1, size)]"),
        (13, "order = rng.permutation(N)\n    return", "order = np.arange(N)\n    return"),
        (13, "(momentum * vW + dW, momentum * vb + db)", "(momentum * vW + dW, db)"),
        (13, "(momentum * vW + dW, momentum * vb + db)", "(momentum * vW + (1 - momentum) * dW, momentum * vb + (1 - momentum) * db)"),
        (13, "(W - learning_rate * vW, b - learning_rate * vb)", "(W - learning_rate * dW, b - learning_rate * db)"),
        (13, "backward(Y_hat, Y[rows], layers, inputs)\n            velocity", "backward(Y_hat, Y[: len(rows)], layers, inputs)\n            velocity"),
        (13, "[int(0.6 * N), int(0.8 * N)]", "[int(0.6 * N), int(0.7 * N)]"),
        (13, "return min(watched, key=lambda pair: pair[0])[1]", "return watched[-1][1]"),
        (13, "return min(watched, key=lambda pair: pair[0])[1]", "return max(watched, key=lambda pair: pair[0])[1]"),
        (13, "return cross_entropy(Y_hat, Y[validation_rows]), layers", "return cross_entropy(forward(X[train_rows], layers)[0], Y[train_rows]), layers"),
        (13, "confusion[labels[row], guessed] += 1", "confusion[guessed, labels[row]] += 1"),
        (13, "missed = 1 - np.diag(confusion) / confusion.sum(axis=1)", "missed = 1 - np.diag(confusion) / confusion.sum(axis=0)"),
        (13, "answers[:wrong] = (answers[:wrong] + rng.integers(1, 10, size=wrong)) % 10", "answers[:wrong] = answers[:wrong]"),
        (13, "top, left = 9 * (i // columns) + 1, 9 * (i % columns) + 1", "top, left = 9 * (i % lines) + 1, 9 * (i // lines) + 1"),
        (13, "layers = [(W - 0.05 * dW, b - 0.05 * db)", "layers = [(W - 0.05 * dW, b)"),
        (13, "v = first * v + g", "v = first * v + (1 - first) * g"),
        (13, "round(np.sqrt(ratio))", "ratio"),
        (13, 'return np.roll(pixels.reshape(-1, 8, 8), steps, axis=axis)', 'return np.roll(pixels.reshape(-1, 8, 8), -steps, axis=axis)'),
        # 14: il motore
        (14, "self.grad = float(dvalue)\n        for node in reversed(order):\n            for parent, local in node.parents:\n                parent.grad +=",
         "self.grad = float(dvalue)\n        for node in reversed(order):\n            for parent, local in node.parents:\n                parent.grad ="),
        (14, "self.grad = float(dvalue)\n        for node in reversed(order):", "self.grad = float(dvalue)\n        for node in order:"),
        (14, "[(self, 1), (other, -1)]", "[(self, 1), (other, 1)]"),
        (14, "[(self, other.data), (other, self.data)]", "[(self, self.data), (other, other.data)]"),
        (14, "(other, -self.data / other.data**2)", "(other, -self.data / other.data)"),
        (14, "return Value.of(other) - self", "return self - other"),
        (14, "n * x ** (n - 1)", "n * x**n"),
        (14, "(x == 0 and n != 0 and n < 1)", "(x == 0 and n < 0)"),
        (14, "[(self, self.data > 0)]", "[(self, self.data >= 0)]"),
        (14, "[(self, 1 / self.data)]", "[(self, self.data)]"),
        (14, "            node.grad = 0.0\n        self", "            pass\n        self"),
        (14, "self.grad = float(dvalue)", "self.grad = 1.0"),
        (14, "    while todo:\n        node, inputs_done = todo.pop()\n        if inputs_done:\n            order.append(node)\n        elif node not in seen:\n            seen.add(node)\n            inputs",
         "    while todo:\n        node, inputs_done = todo.pop()\n        if inputs_done:\n            order.append(node)\n        else:\n            seen.add(node)\n            inputs"),
        (14, "if self.data <= 0:", "if self.data < 0:"),
        (14, "if np.ndim(data):", "if False:"),
        (14, "Value(t, [(value, 1 - t**2)]", "Value(t, [(value, 1 - t)]"),
        (14, "-(Y * np.log(E / E.sum(axis=1, keepdims=True))).sum() / len(X)", "-(Y * np.log(E / E.sum(axis=1, keepdims=True))).sum()"),
        (14, "parent.grad += local * node.grad\n    return nodes", "parent.grad = local * node.grad\n    return nodes"),
        (14, "order = by_levels(nodes[-1]) if levels else nodes[::-1]", "order = nodes[::-1]"),
        (14, "    for node in found:  # la lista cresce", "    for node in found[:1]:  # la lista cresce"),
        # 14: il motore per gli array
        (14, "[(self, lambda G: G), (other, lambda G: G)]", "[(self, lambda G: G), (other, lambda G: -G)]"),
        (14, "[(self, lambda G: G * other.data), (other, lambda G: G * self.data)]", "[(self, lambda G: G * other.data), (other, lambda G: G * other.data)]"),
        (14, "(other, lambda G: self.data.T @ G)", "(other, lambda G: G.T @ self.data)"),
        (14, "rule = lambda G: G * (self.data > 0)", "rule = lambda G: G * (self.data >= 0)"),
        (14, "return Tensor(E, [(self, lambda G: G * E)])", "return Tensor(E, [(self, lambda G: G)])"),
        (14, "lambda G: G / self.data)", "lambda G: G * self.data)"),
        (14, "parent.grad += unbroadcast(rule(node.grad), parent.data.shape)", "parent.grad += rule(node.grad).sum() * np.ones(parent.data.shape)"),
        (14, "            node.grad = np.zeros_like(node.data)\n", "            pass\n"),
        (14, "if length == 1)", "if length == 0)"),
        (14, "if dvalue.shape != self.data.shape:", "if False:"),
        (14, "return self.sum() * (1 / self.data.size)", "return self.sum() * (1 / len(self.data))"),
        (14, "(Z * Y).sum(axis=1)).mean()", "(Z * Y).sum(axis=1)).sum()"),
        (14, "Z.exp().sum(axis=1).log() * -1", "Z.exp().sum(axis=1).log() * 1"),
        (14, "mu * velocities[i] + parameter.grad", "velocities[i] + mu * parameter.grad"),
        (14, "mask[np.arange(len(places)), places] = 1", "mask[:, places] = 1"),
        # il plug-in: i valori dei controlli, la registrazione, le figure
        ("kernel/controls", "math.floor((high - low) / step + 1e-9) + 1", "math.floor((high - low) / step) + 1"),
        ("kernel/controls", "math.floor((high - low) / step + 1e-9) + 1", "math.floor((high - low) / step + 1e-9)"),
        ("kernel/controls", "round(i * (count - 1) / (most - 1))", "round(i * (count - 1) / most)"),
        ("kernel/controls", " if i != start or not (on_grid or thinned)]", "]"),
        ("kernel/controls", "values=[*values, None], labels=[*labels, \"\"]", "values=[None, *values], labels=[\"\", *labels]"),
        ("kernel/controls", "values=[False, True]", "values=[True, False]"),
        ("kernel/controls", 'text.replace("-", "\\N{MINUS SIGN}", 1)', "text"),
        ("recording", "if count == 1 and piece}", "if piece}"),
        ("recording", "if order != sorted(order):", "if False:"),
        ("recording", "bisect_left(tops, number)", "0"),
        ("recording", 'if both.isascii() or max(both) <= "\\uffff":', "if True:"),
        ("recording", "commonprefix((last[begin:][::-1], text[begin:][::-1]))", "commonprefix((last[::-1], text[::-1]))"),
        ("recording", "zip([0, *chosen], chosen)", "zip(chosen, chosen)"),
        ("recording", 'columns[at].append("".join(gap))\n                gap', 'columns[at].append("")\n                gap'),
        ("svg", 'text.rstrip("0").rstrip(".") if "." in text else text', 'text.rstrip("0").rstrip(".")'),
        ("svg", 'match[0] if match[1] in used else ""', "match[0]"),
        ("svg", "key=lambda element: (_without_id(element), element)", "key=None"),
        ("svg", '_COLLECTION.sub("C", _BASE64.sub(_image, svg))', "_BASE64.sub(_image, svg)"),
        ("svg", "definitions = {one for match in _DEFS.finditer(svg) for one in _each(match[1])}",
         "definitions = [one for match in _DEFS.finditer(svg) for one in _each(match[1])]"),
        ("kernel/reuse", "if axes.viewLim.bounds != self.limits:", "if False:"),
        ("kernel/reuse", "place += [*axis.get_data_interval(), axis.get_minpos()]", "pass"),
        ("kernel/reuse", "axis, list(axis.axes.spines.values()), axis.axes.patch", "axis, axis.axes.patch"),
        ("kernel/reuse", "dump((settings, axis,", "dump((axis,"),
        ("kernel/reuse", "len(family.get_siblings(axes)) > 1", "False"),
        ("kernel/reuse", "axes.get_visible() and axes.viewLim]", "axes.get_visible()]"),
    ]
]


def file(mutant: Mutant, chapters: Path = CHAPTERS, plugin: Path = PLUGIN) -> Path:
    """Il notebook o il modulo in cui va l'errore."""
    if isinstance(mutant.where, str):
        return plugin / "interact_replay" / f"{mutant.where}.py"
    return next(chapters.glob(f"{mutant.where:02}-*.ipynb"))


def check(mutant: Mutant) -> str:
    """Perché il mutante non si può fare: il testo non sta una e una sola volta nel codice. Vuota se si può."""
    path = file(mutant)
    if path.suffix == ".py":
        found = path.read_text(encoding="utf-8").count(mutant.old)
    else:
        cells = nbformat.read(path, as_version=4).cells
        found = sum(cell.source.count(mutant.old) for cell in cells if cell.cell_type == "code")
    return "" if found == 1 else f"{path.name}: questo testo sta {found} volte, non una: {mutant.old!r}"


def mutate(mutant: Mutant, folder: Path, with_asserts: bool) -> list[str]:
    """Copia i capitoli in folder, con l'errore; dà le celle di codice."""
    shutil.copytree(CHAPTERS, folder, dirs_exist_ok=True, ignore=shutil.ignore_patterns("__pycache__"))
    path = file(mutant, chapters=folder)
    notebook = nbformat.read(path, as_version=4)
    code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    for cell in code:
        cell.source = cell.source.replace(mutant.old, mutant.new) if mutant.old else cell.source
        if not with_asserts:
            cell.source = ast.unparse(WithoutAsserts().visit(ast.parse(cell.source)))
    nbformat.write(notebook, path)
    return [cell.source for cell in code]


class WithoutAsserts(ast.NodeTransformer):
    """Toglie gli assert: così si vede che cosa colgono i controlli da soli."""

    def visit_Assert(self, node: ast.Assert) -> ast.Pass:
        return ast.Pass()


class Witness:
    """Un plug-in di pytest: mette per primi i controlli del capitolo, e ricorda quello che fallisce."""

    def __init__(self, chapter: int = 0) -> None:
        self.chapter, self.name = f"{chapter:02}", ""

    def pytest_collection_modifyitems(self, items: list) -> None:
        items.sort(key=lambda item: f"test_{self.chapter}_" not in item.name and f"[{self.chapter}-" not in item.name)

    def pytest_runtest_logreport(self, report) -> None:
        if report.failed:
            self.name = self.name or report.nodeid.split("::")[-1]


def witness(tests: list[Path], chapter: int = 0) -> str:
    """Il primo dei controlli che fallisce; vuota se riescono tutti."""
    import pytest

    found = Witness(chapter)
    pytest.main(["-x", "-p", "no:cacheprovider", *map(str, tests)], plugins=[found])
    return found.name


def catch(mutant: Mutant, with_asserts: bool) -> str:
    """Che cosa coglie il mutante: una cella, un controllo, niente. Si chiama in un processo nuovo."""
    if mutant != UNTOUCHED and (problem := check(mutant)):
        raise ValueError(problem)
    with tempfile.TemporaryDirectory() as folder:
        if isinstance(mutant.where, str):
            shutil.copytree(PLUGIN / "interact_replay", Path(folder, "interact_replay"))
            path = file(mutant, plugin=Path(folder))
            path.write_text(path.read_text(encoding="utf-8").replace(mutant.old, mutant.new), encoding="utf-8")
            sys.path.insert(0, folder)
            for name in [name for name in sys.modules if name.split(".")[0] == "interact_replay"]:
                del sys.modules[name]  # il processo da cui questo è nato può averlo già importato, giusto
            names = QUICK if mutant.where in QUICK else [mutant.where]
            return witness([PLUGIN / "tests" / f"test_{Path(name).name}.py" for name in names])

        sources = mutate(mutant, Path(folder), with_asserts)
        os.environ |= {"LIBRO_CAPITOLI": folder, "LIBRO_CASI": CASES}
        import notebook

        try:
            notebook.chapter(mutant.where)
        except Exception as error:
            place = [f for f in traceback.extract_tb(error.__traceback__) if ", cella " in f.filename][0]
            number = int(place.filename.split(", cella ")[1])
            return f"cella {number}: {sources[number - 1].splitlines()[place.lineno - 1].strip()}"
        return witness([TESTS / "test_funzioni.py", TESTS / "test_numeri.py"], mutant.where)


def trial(mutant: Mutant, with_asserts: bool = True) -> str:
    """Prova un mutante in un processo a parte; dà chi lo coglie, o una stringa vuota se sopravvive."""
    FRESH.set_forkserver_preload(PRELOADED)
    with tempfile.TemporaryDirectory() as folder:
        log, verdict = Path(folder, "log"), Path(folder, "esito")
        process = FRESH.Process(target=alone, args=(log, verdict, mutant, with_asserts))
        process.start()
        process.join(SECONDS)
        if process.is_alive():
            process.kill()
            process.join()
            return ENDLESS
        if process.exitcode:
            raise RuntimeError(f"{mutant}\n{log.read_text(encoding='utf-8')}")
        return verdict.read_text(encoding="utf-8")


def alone(log: Path, verdict: Path, mutant: Mutant, with_asserts: bool) -> None:
    """Nel processo a parte: prova il mutante e scrive chi lo coglie; ciò che i controlli scrivono va in un altro file."""
    with log.open("wb") as file:
        for stream in (1, 2):
            os.dup2(file.fileno(), stream)
    os.chdir(TESTS.parent)
    verdict.write_text(catch(mutant, with_asserts), encoding="utf-8")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quanti", type=int, metavar="N", help="soltanto i primi N")
    parser.add_argument("--solo", default="", metavar="TESTO", help="soltanto quelli con questo testo; anche 07, recording")
    parser.add_argument("--processi", type=int, default=2, metavar="N", help="quanti alla volta (2)")
    parser.add_argument("--senza-assert", action="store_true", help="toglie gli assert dalle celle")
    options = parser.parse_args()

    chosen = [mutant for mutant in MUTANTS if options.solo in f"{mutant.where:0>2} {mutant}"][: options.quanti]
    if problems := [problem for mutant in chosen if (problem := check(mutant))]:
        sys.exit("\n".join(problems))
    start, survivors = time.monotonic(), 0
    with ThreadPoolExecutor(options.processi) as executor:
        untouched, *verdicts = (executor.submit(trial, m, not options.senza_assert) for m in [UNTOUCHED, *chosen])
        print(f"{'dove':>6}  {'colto da':<70}  mutante")
        for mutant, verdict in zip(chosen, verdicts, strict=True):
            survivors += not verdict.result()
            print(f"{mutant.where:>6}  {verdict.result() or 'SOPRAVVIVE':<70.70}  {mutant}", flush=True)
    print(f"\n{len(chosen)} mutanti, {survivors} sopravvissuti, {time.monotonic() - start:.0f} s")
    if untouched.result():
        print(f"Non vale: anche senza errori nei capitoli un controllo fallisce, {untouched.result()}.")
    return 1 if survivors or untouched.result() else 0


if __name__ == "__main__":
    sys.exit(main())
