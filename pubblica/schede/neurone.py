"""Le domande dei capitoli da 1 a 6: il neurone, le derivate, la discesa."""

import numpy as np

from .domande import Question, added, guarded, integers, math, of, plain, products, term, written


def relu(z):
    """0 dove z è negativo, z altrove."""
    return max(0, z)


@of(1)
def output(rng):
    """Somma pesata e uscita."""
    x, w, b = integers(rng, 3), integers(rng, 3), integers(rng, None, 4)
    z = int(x @ w) + b
    text = f"Un neurone ha $\\mathbf{{w}} = {written(w)}$ e $b = {written(b)}$, e riceve $\\mathbf{{x}} = {written(x)}$. Quanto valgono $z$ e $y$?"
    steps = f"$z = {products(x, w)} {added(b)} = {z}$; $y = \\max(0, {z}) = {relu(z)}$."
    return Question(text, [z, relu(z)], steps, {"x": x, "w": w, "b": b})


@of(1)
def threshold(rng):
    """Il bias oltre il quale il neurone si accende."""
    x, w = integers(rng, 3), integers(rng, 3, 4)
    s = int(x @ w)
    text = f"Un neurone con $\\mathbf{{w}} = {written(w)}$ riceve $\\mathbf{{x}} = {written(x)}$. Oltre quale valore del bias $b$ è acceso?"
    steps = f"I prodotti sommano a ${products(x, w)} = {s}$: $z = {s} + b > 0$ quando $b > {written(-s)}$."
    return Question(text, -s, steps, {"x": x, "w": w})


@of(1)
def missing(rng):
    """Il peso che manca."""
    x, w, b = integers(rng, 3), integers(rng, 3), integers(rng, None, 4)
    z = int(x @ w) + b
    known = int(x[:2] @ w[:2]) + b
    text = (
        f"Un neurone riceve $\\mathbf{{x}} = {written(x)}$; i primi due pesi sono {math(w[0])} e {math(w[1])}, il bias è {math(b)}, "
        f"e la somma pesata vale $z = {z}$. Quanto vale il terzo peso?"
    )
    steps = f"Senza il terzo prodotto la somma è {math(known)}. Restano ${z} - {guarded(known)} = {z - known}$, cioè ${written(x[2])}\\,w_2$."
    return Question(text, int(w[2]), steps, {"x": x, "w": w[:2], "b": b, "z": z})


@of(2)
def sensitivity(rng):
    """Le derivate di un neurone acceso."""
    while True:
        x, w, b = integers(rng, 2), integers(rng, 2), integers(rng, None, 4)
        z = int(x @ w) + b
        if z > 0:
            break
    text = (
        f"Un neurone ha $\\mathbf{{w}} = {written(w)}$, $b = {written(b)}$ e riceve $\\mathbf{{x}} = {written(x)}$. "
        "Quanto valgono $\\partial y/\\partial w_0$, $\\partial y/\\partial x_1$ e $\\partial y/\\partial b$?"
    )
    steps = f"$z = {z} > 0$: il neurone è acceso, e $y = z$. Le derivate sono $x_0 = {written(x[0])}$, $w_1 = {written(w[1])}$ e $1$."
    return Question(text, [int(x[0]), int(w[1]), 1], steps, {"x": x, "w": w, "b": b})


@of(2)
def nudge(rng):
    """Un ritocco piccolo, previsto con la derivata."""
    y, slope, step = int(rng.integers(2, 9)), integers(rng, None, 5), float(rng.choice([-0.2, -0.1, 0.1, 0.2]))
    new = plain(y + slope * step)
    verb = f"cresce di {math(step)}" if step > 0 else f"scende di {math(-step)}"
    text = f"Un neurone acceso ha $y = {y}$ e $\\partial y/\\partial w_1 = {slope}$. Se $w_1$ {verb} e il neurone resta acceso, quanto vale $y$?"
    steps = f"${slope} \\cdot {guarded(step)} = {written(slope * step)}$, quindi $y = {y} {added(slope * step)} = {written(new)}$."
    return Question(text, new, steps, {"y": y, "slope": slope, "step": step})


@of(2)
def differences(rng):
    """Differenza in avanti e differenza centrale di una parabola."""
    a, b, x, h = integers(rng), integers(rng, None, 4), integers(rng), float(rng.choice([0.1, 0.5, 1]))
    center = 2 * a * x + b
    forward = plain(center + a * h)
    text = (
        f"Per $f(x) = {term(a, 'x^2', True)} {term(b, 'x')}$ in $x = {x}$, con $h = {written(h)}$, quanto valgono la differenza in avanti "
        "$\\bigl(f(x+h) - f(x)\\bigr)/h$ e quella centrale $\\bigl(f(x+h) - f(x-h)\\bigr)/2h$?"
    )
    steps = (
        f"In avanti: $a(2x + h) + b = {written(forward)}$. Centrale: $2ax + b = {center}$, che di una parabola è la derivata esatta. "
        f"Lo scarto della prima è $ah = {written(a * h)}$."
    )
    return Question(text, [forward, center], steps, {"a": a, "b": b, "x": x, "h": h})


@of(3)
def chain(rng):
    """Una funzione composta: dove si calcola la derivata di fuori."""
    a, b, x = integers(rng), integers(rng, None, 4), integers(rng)
    power = int(rng.choice([2, 3]))
    u = a * x + b
    text = f"$L = ({term(a, 'x', True)} {added(b)})^{power}$. In $x = {x}$, quanto valgono $u = {term(a, 'x', True)} {added(b)}$ e $\\mathrm{{d}}L/\\mathrm{{d}}x$?"
    steps = f"$u = {u}$. La derivata della potenza va calcolata in $u$: ${power} \\cdot {guarded(u)}^{power - 1} \\cdot {guarded(a)} = {power * u ** (power - 1) * a}$."
    return Question(text, [u, power * u ** (power - 1) * a], steps, {"a": a, "b": b, "x": x, "power": power})


@of(3)
def fork(rng):
    """Un ingresso che prende due strade."""
    x, y, c = integers(rng), integers(rng, None, 4), integers(rng)
    text = f"$L = (x + y)\\,x {term(c, 'y')}$, con $x = {x}$ e $y = {y}$. Quanto valgono $\\partial L/\\partial x$ e $\\partial L/\\partial y$?"
    steps = (
        f"Da $x$ partono due fili: per la somma torna $x = {x}$, per il prodotto torna $x + y = {x + y}$; in tutto {math(2 * x + y)}. "
        f"A $y$ tornano $x = {x}$ e {math(c)}: {math(x + c)}."
    )
    return Question(text, [2 * x + y, x + c], steps, {"x": x, "y": y, "c": c})


@of(3)
def paths(rng):
    """Si moltiplica lungo un cammino, si somma fra cammini."""
    p, q = integers(rng, 2), integers(rng, 3, 2)
    first, second = int(p.prod()), int(q.prod())
    text = (
        f"Da un nodo $u$ a $L$ ci sono due cammini. Le derivate locali lungo il primo sono {math(p[0])} e {math(p[1])}, lungo il secondo "
        f"{math(q[0])}, {math(q[1])} e {math(q[2])}. Quanto vale $\\partial L/\\partial u$?"
    )
    steps = f"Lungo i cammini si moltiplica: {math(first)} e {math(second)}. Fra i cammini si somma: {math(first + second)}."
    return Question(text, first + second, steps, {"p": p, "q": q})


@of(4)
def multiply(rng):
    """Il prodotto scambia i suoi ingressi."""
    x, y, g = integers(rng, None, 4), integers(rng, None, 4), integers(rng)
    text = f"Un nodo calcola $x\\,y$, con $x = {x}$ e $y = {y}$. Il gradiente in arrivo è {math(g)}. Che cosa torna a $x$, e che cosa a $y$?"
    steps = f"A $x$ torna ${g} \\cdot {guarded(y)} = {g * y}$, a $y$ torna ${g} \\cdot {guarded(x)} = {g * x}$."
    return Question(text, [g * y, g * x], steps, {"x": x, "y": y, "g": g})


@of(4)
def gate(rng):
    """La ReLU guarda il segno di z, non quello del gradiente."""
    while True:
        z, g = integers(rng, 4, 5), integers(rng, 4, 5)
        if (z > 0).any() and (z < 0).any():
            break
    back = [int(one) for one in np.where(z > 0, g, 0)]
    text = f"Quattro ReLU hanno visto $z = {written(z)}$. I gradienti in arrivo sono ${written(g)}$. Che cosa torna indietro da ciascuna?"
    steps = f"Dove $z > 0$ il gradiente passa com'è, altrove torna 0: ${written(back)}$."
    return Question(text, back, steps, {"z": z, "g": g})


@of(4)
def two_nodes(rng):
    """Una somma e un prodotto, con una strada in più per x."""
    x, y, g = integers(rng), integers(rng), integers(rng)
    s = x + y
    text = f"$s = x + y$, $p = s\\,x$, con $x = {x}$ e $y = {y}$. A $p$ arriva il gradiente {math(g)}. Che cosa torna a $x$, in tutto, e a $y$?"
    steps = (
        f"$s = {s}$. Il prodotto rende ${g} \\cdot {guarded(s)} = {g * s}$ al filo di $x$ e ${g} \\cdot {guarded(x)} = {g * x}$ a $s$. "
        f"La somma lo dà a tutti e due: a $x$ in tutto {math(g * (s + x))}, a $y$ {math(g * x)}."
    )
    return Question(text, [g * (s + x), g * x], steps, {"x": x, "y": y, "g": g})


def _neuron(rng):
    """Un neurone a tre ingressi, acceso due volte su tre."""
    x, w, dvalue = integers(rng, 3), integers(rng, 3), int(rng.choice([-3, -2, 2, 3, 4]))
    z = int(rng.integers(1, 6)) * int(rng.choice([-1, 1, 1]))
    b = z - int(x @ w)
    text = f"Un neurone: $\\mathbf{{x}} = {written(x)}$, $\\mathbf{{w}} = {written(w)}$, $b = {b}$, `dvalue` $= {dvalue}$."
    dz = dvalue if z > 0 else 0
    steps = f"$z = {z}$, quindi il neurone è {'acceso' if z > 0 else 'spento'} e `dz` $= {dz}$."
    return x, w, b, dvalue, dz, text, steps


@of(5)
def weights(rng):
    """I gradienti dei pesi e del bias."""
    x, w, b, dvalue, dz, text, steps = _neuron(rng)
    dw = plain(dz * x)
    return Question(
        f"{text} Quanto valgono `dw` (tre numeri) e `db`?",
        [dw, dz],
        f"{steps} Ogni peso riceve `dz` per il suo ingresso: `dw` $= {written(dw)}$; `db` $= {dz}$.",
        {"x": x, "w": w, "b": b, "dvalue": dvalue},
    )


@of(5)
def inputs(rng):
    """I gradienti degli ingressi."""
    x, w, b, dvalue, dz, text, steps = _neuron(rng)
    dx = plain(dz * w)
    return Question(
        f"{text} Quanto vale `dx` (tre numeri)?", dx, f"{steps} Ogni ingresso riceve `dz` per il suo peso: `dx` $= {written(dx)}$.", {"x": x, "w": w, "b": b, "dvalue": dvalue}
    )


@of(5)
def toward_target(rng):
    """Il gradiente in arrivo viene da una loss."""
    x, y, t = integers(rng), int(rng.integers(1, 7)), 0
    while (t := int(rng.integers(0, 7))) == y:
        pass
    text = (
        f"Un neurone acceso dà $y = {y}$, ma vorremmo $t = {t}$; $L = \\frac12 (y - t)^2$ e $x_0 = {x}$. "
        "Quanto valgono `dvalue` $= \\partial L/\\partial y$ e $\\partial L/\\partial w_0$?"
    )
    steps = f"`dvalue` $= y - t = {y - t}$. Il neurone è acceso: $\\partial L/\\partial w_0 = {y - t} \\cdot {guarded(x)} = {(y - t) * x}$."
    return Question(text, [y - t, (y - t) * x], steps, {"x": x, "y": y, "t": t})


@of(6)
def update(rng):
    """Un passo di discesa."""
    w, dw, rate = integers(rng, 3), integers(rng, 3, 6), float(rng.choice([0.1, 0.2, 0.5]))
    new = plain(w - rate * dw)
    text = f"I pesi sono $\\mathbf{{w}} = {written(w)}$, il loro gradiente è ${written(dw)}$, e $\\eta = {written(rate)}$. Quanto valgono i pesi dopo un passo?"
    steps = f"$\\mathbf{{w}} - \\eta\\,\\mathrm{{d}}\\mathbf{{w}} = {written(w)} - {written(plain(rate * dw))} = {written(new)}$."
    return Question(text, new, steps, {"w": w, "dw": dw, "rate": rate})


@of(6)
def factor(rng):
    """Il fattore di una parabola, e due passi."""
    a = int(rng.choice([1, 2, 4, 5]))
    q = float(rng.choice([0.8, 0.5, 0.2, -0.5, -1, -1.5, -2]))
    rate, start = plain((1 - q) / a), int(rng.choice([-8, -4, 4, 8]))
    text = f"$L = \\frac12 \\cdot {a}\\,w^2$ e $\\eta = {written(rate)}$. Qual è il fattore $q$ per cui ogni passo moltiplica $w$? Da $w = {start}$, dove si arriva dopo due passi?"
    kind = "si converge" if abs(q) < 1 else "si oscilla per sempre" if abs(q) == 1 else "si diverge"
    steps = f"$q = 1 - \\eta a = 1 - {written(rate * a)} = {written(q)}$, e {kind}. Dopo due passi $w = q^2 \\cdot {guarded(start)} = {written(q * q * start)}$."
    return Question(text, [plain(q), plain(q * q * start)], steps, {"a": a, "rate": rate, "start": start})


@of(6)
def steepest(rng):
    """La direzione più ripida limita il learning rate."""
    a, b = (int(one) for one in rng.choice([1, 2, 4, 5, 8, 10, 20], size=2, replace=False))
    text = f"$L = \\frac12 ({term(a, 'u^2', True)} {term(b, 'v^2')})$. Oltre quale learning rate la discesa diverge?"
    steps = f"Lungo una parabola di derivata seconda $a$ si converge se $\\eta < 2/a$. Conta la più ripida, {max(a, b)}: $2/{max(a, b)} = {written(2 / max(a, b))}$."
    return Question(text, plain(2 / max(a, b)), steps, {"a": a, "b": b})
