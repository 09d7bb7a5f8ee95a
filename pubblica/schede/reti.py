"""Le domande dei capitoli da 7 a 14: gli strati, la loss, le reti, il motore."""

import numpy as np

from .domande import Question, added, guarded, integers, math, matrix, of, plain, products, term, written


@of(7)
def shapes(rng):
    """Le forme prima dei numeri."""
    N, D, H = (int(one) for one in rng.permutation(np.arange(2, 10))[:3])
    text = f"Uno strato riceve {N} esempi con {D} ingressi e ha {H} neuroni. Che forma hanno `Z`, `dW` e `dX`? (Due numeri ciascuna.)"
    steps = f"`Z` ha una riga per esempio e una colonna per neurone; `dW` ha la forma di `W`, `dX` quella di `X`: $({N}, {H})$, $({D}, {H})$, $({N}, {D})$."
    return Question(text, [[N, H], [D, H], [N, D]], steps, {"N": N, "D": D, "H": H})


@of(7)
def layer(rng):
    """Uno strato in avanti."""
    X, W, b = integers(rng, (2, 2)), integers(rng, (2, 2)), integers(rng, 2)
    Z = X @ W + b
    text = f"$\\mathbf{{X}} = {matrix(X)}$, $\\mathbf{{W}} = {matrix(W)}$, $\\mathbf{{b}} = {written(b)}$. Quanto vale $\\mathbf{{Z}} = \\mathbf{{X}}\\mathbf{{W}} + \\mathbf{{b}}$?"
    steps = f"La prima cella è ${products(X[0], W[:, 0])} {added(b[0])} = {Z[0, 0]}$. In tutto $\\mathbf{{Z}} = {matrix(Z)}$."
    return Question(text, plain(Z), steps, {"X": X, "W": W, "b": b})


@of(7)
def layer_back(rng):
    """I gradienti di pesi e bias: la somma sugli esempi."""
    X, dZ = integers(rng, (2, 2)), integers(rng, (2, 2))
    dW, db = X.T @ dZ, dZ.sum(axis=0)
    text = f"$\\mathbf{{X}} = {matrix(X)}$ e $\\mathrm{{d}}\\mathbf{{Z}} = {matrix(dZ)}$, una riga per esempio. Quanto valgono `dW` e `db`?"
    steps = f"$\\mathbf{{X}}^\\top \\mathrm{{d}}\\mathbf{{Z}} = {matrix(dW)}$; `db` somma le righe: ${written(db)}$."
    return Question(text, [plain(dW), plain(db)], steps, {"X": X, "dZ": dZ})


SHARES = ([1, 1, 2], [1, 1, 3], [1, 2, 2], [1, 2, 7], [1, 3, 6], [1, 4, 5], [2, 3, 5], [1, 1, 8], [2, 2, 6], [1, 3, 4], [2, 2, 4])


def _shares(rng):
    """Tre interi che, divisi per la loro somma, danno probabilità con pochi decimali."""
    parts = rng.permutation(SHARES[rng.integers(len(SHARES))])
    return parts, parts / parts.sum()


@of(8)
def softmax(rng):
    """Le probabilità di logit che sono logaritmi."""
    parts, s = _shares(rng)
    logits = ",\\ ".join("0" if n == 1 else f"\\ln {n}" for n in parts)
    text = f"I logit sono $[{logits}]$. Quali probabilità dà la softmax?"
    steps = f"Gli esponenziali sono ${written(parts)}$, e la loro somma è {parts.sum()}: ${written(s)}$."
    return Question(text, plain(s), steps, {"parts": parts})


@of(8)
def jacobian(rng):
    """Una riga della Jacobiana."""
    _, s = _shares(rng)
    j = int(rng.integers(3))
    row = [s[j] * ((k == j) - s[k]) for k in range(3)]
    text = f"La softmax dà $\\mathbf{{s}} = {written(s)}$. Quanto valgono le tre derivate di $s_{j}$ rispetto ai logit?"
    steps = f"Rispetto al proprio logit $s_{j}(1 - s_{j}) = {written(row[j])}$; rispetto agli altri $-s_{j} s_k$: ${written(row)}$. La somma è 0."
    return Question(text, plain(row), steps, {"s": s, "j": j})


@of(8)
def softmax_back(rng):
    """Il passo all'indietro senza la matrice."""
    _, s = _shares(rng)
    g = integers(rng, 3)
    mean = float(s @ g)
    back = s * (g - mean)
    text = f"La softmax dà $\\mathbf{{s}} = {written(s)}$, e i gradienti in arrivo sono $\\mathbf{{g}} = {written(g)}$. Che cosa torna ai logit?"
    steps = f"La media pesata è $\\mathbf{{s}} \\cdot \\mathbf{{g}} = {written(mean)}$. Torna $s_j (g_j - {guarded(mean)})$: ${written(back)}$."
    return Question(text, plain(back), steps, {"s": s, "g": g})


@of(9)
def shortcut(rng):
    """La strada corta: probabilità meno delta, diviso per il numero degli esempi."""
    _, s = _shares(rng)
    N, c = int(rng.choice([1, 2, 5, 10])), int(rng.integers(3))
    back = (s - np.eye(3)[c]) / N
    several = "un esempio solo" if N == 1 else f"{N} esempi"
    text = f"In un batch di {several}, la rete dà a uno le probabilità $\\hat{{\\mathbf{{y}}}} = {written(s)}$; la classe giusta è la {c}. Quale gradiente arriva ai suoi logit, con la loss media?"
    steps = f"Si toglie 1 alla classe giusta, ${written(s - np.eye(3)[c])}$, e si divide per {N}: ${written(back)}$."
    return Question(text, plain(back), steps, {"s": s, "N": N, "c": c})


@of(9)
def bits(rng):
    """La loss di probabilità che sono potenze di un mezzo."""
    k = rng.integers(1, 6, size=4)
    chances = ",\\ ".join(f"\\tfrac{{1}}{{{2**n}}}" for n in k)
    text = f"Alla classe giusta di quattro esempi la rete dà le probabilità ${chances}$. La loss media è $m \\ln 2$: quanto vale $m$?"
    steps = f"$-\\ln 2^{{-k}} = k \\ln 2$: i costi sono ${written(k)}$ volte $\\ln 2$, e la media è {math(k.mean())}."
    return Question(text, plain(k.mean()), steps, {"k": k})


@of(9)
def last_bias(rng):
    """Il gradiente del bias dell'ultimo strato: la somma sugli esempi."""
    (_, s), (_, t) = _shares(rng), _shares(rng)
    a, b = (int(one) for one in rng.integers(3, size=2))
    total = (s - np.eye(3)[a] + t - np.eye(3)[b]) / 2
    text = f"Due esempi hanno probabilità ${written(s)}$ e ${written(t)}$, e classi giuste {a} e {b}. Quanto vale `db` dell'ultimo strato, con la loss media?"
    steps = f"I due gradienti sono ${written((s - np.eye(3)[a]) / 2)}$ e ${written((t - np.eye(3)[b]) / 2)}$: `db` è la loro somma, ${written(total)}$."
    return Question(text, plain(total), steps, {"s": s, "t": t, "a": a, "b": b})


@of(10)
def parameters(rng):
    """Quanti parametri ha una rete."""
    sizes = [int(one) for one in rng.integers(2, 9, size=rng.integers(3, 5))]
    layers = [a * b + b for a, b in zip(sizes, sizes[1:])]
    text = f"Quanti parametri, pesi e bias, ha una rete {'–'.join(map(str, sizes))}?"
    terms = " + ".join(f"({a} \\cdot {b} + {b})" for a, b in zip(sizes, sizes[1:]))
    steps = f"Strato per strato: ${terms} = {sum(layers)}$."
    return Question(text, sum(layers), steps, {"sizes": sizes})


@of(10)
def small_net(rng):
    """Una rete 1–2–1, in avanti e all'indietro."""
    while True:
        x, u, c, v = integers(rng), integers(rng, 2), integers(rng, 2), integers(rng, 2)
        z = x * u + c
        if (z > 0).any() and (z != 0).all():
            break
    a = np.maximum(0, z)
    du = v * (z > 0) * x
    text = (
        f"Una rete 1–2–1 riceve $x = {x}$. Le unità nascoste hanno pesi ${written(u)}$ e bias ${written(c)}$, con la ReLU; l'uscita le somma con "
        f"i pesi ${written(v)}$, senza bias. Quanto vale l'uscita $y$? E le derivate di $y$ rispetto ai due pesi nascosti?"
    )
    steps = f"$z = {written(z)}$, le uscite nascoste sono ${written(a)}$, e $y = {int(v @ a)}$. All'indietro, peso di uscita per 1 o 0 per $x$: ${written(du)}$."
    return Question(text, [int(v @ a), plain(du)], steps, {"x": x, "u": u, "c": c, "v": v})


@of(10)
def still_weights(rng):
    """I pesi che un esempio non muove."""
    D, H, K = (int(one) for one in rng.integers(2, 7, size=3))
    off = int(rng.integers(1, H))
    text = (
        f"In una rete {D}–{H}–{K}, con la ReLU, per un esempio {'è spenta una unità nascosta' if off == 1 else f'sono spente {off} unità nascoste'} su {H}; gli altri valori non sono 0. "
        "Quanti parametri del primo strato hanno gradiente 0? E quanti pesi, bias esclusi, del secondo?"
    )
    steps = f"Un'unità spenta ferma i suoi {D} pesi e il suo bias: ${off} \\cdot {D + 1} = {off * (D + 1)}$. La sua uscita è 0, e ferma i {K} pesi che ne partono: {math(off * K)}."
    return Question(text, [off * (D + 1), off * K], steps, {"D": D, "H": H, "K": K, "off": off})


@of(11)
def folds(rng):
    """Una somma di pieghe, calcolata in un punto."""
    at = np.sort(rng.choice(np.arange(-3, 4), size=3, replace=False))
    v, x = integers(rng, 3), int(rng.integers(-2, 6))
    lit = [int(max(0, x - one)) for one in at]
    text = f"Uno strato nascosto ha tre unità $\\mathrm{{ReLU}}(x - p)$, con $p = {written(at)}$; l'uscita le somma con i pesi ${written(v)}$. Quanto vale in $x = {x}$? E la sua pendenza subito a destra di quel punto?"
    slope = int(sum(w for w, one in zip(v, at) if x >= one))
    steps = f"Le unità valgono ${written(lit)}$, l'uscita ${written(v @ lit)}$. Subito a destra sono accese quelle con $p \\le {x}$: la pendenza è la somma dei loro pesi, {math(slope)}."
    return Question(text, [int(v @ lit), slope], steps, {"at": at, "v": v, "x": x})


@of(11)
def standardize(rng):
    """Standardizzare con i soli dati di addestramento."""
    mean, spread, k = int(rng.integers(3, 9)), int(rng.choice([1, 2, 4])), float(rng.choice([-2, -1.5, -0.5, 0.5, 1.5, 2]))
    train = [mean - spread, mean + spread] * 2
    new = plain(mean + k * spread)
    text = f"Per imparare abbiamo le misure {math(train)}, per controllare la misura {math(new)}. Quanto diventa, standardizzata come si deve?"
    steps = f"Media e deviazione standard sono quelle dei dati di addestramento, {mean} e {spread}: $({written(new)} - {mean})/{spread} = {written(k)}$."
    return Question(text, plain(k), steps, {"train": train, "new": new})


@of(11)
def side(rng):
    """Da che parte della retta sta un punto."""
    w, points = integers(rng, 2), rng.integers(-3, 4, size=(4, 2))
    while True:
        b = integers(rng)
        z = points @ w + b
        if (z != 0).all():
            break
        points = rng.integers(-3, 4, size=(4, 2))
    shown = ", ".join(f"$({p}, {q})$" for p, q in points)
    text = f"Un'unità nascosta calcola $\\mathrm{{ReLU}}({term(w[0], 'x_0', True)} {term(w[1], 'x_1')} {added(b)})$. Su quali dei quattro punti {shown} è accesa? (1 o 0 per ciascuno.)"
    steps = f"I valori di $z$ sono ${written(z)}$: è accesa dove sono positivi."
    return Question(text, [int(one > 0) for one in z], steps, {"w": w, "b": b, "points": points})


@of(12)
def he(rng):
    """La scala di He."""
    D = int(rng.choice([2, 8, 32, 50, 128, 200, 800]))
    text = f"Uno strato con la ReLU ha {D} ingressi. Qual è, secondo He, la deviazione standard dei suoi pesi iniziali?"
    steps = f"La varianza è $2/D = 2/{D}$, e la deviazione standard la sua radice: {math((2 / D) ** 0.5)}."
    return Question(text, plain((2 / D) ** 0.5), steps, {"D": D})


@of(12)
def sigmoids(rng):
    """Quanto può restare di un gradiente dopo alcune sigmoidi."""
    w, n = int(rng.choice([1, 2, 4, 6, 8])), int(rng.integers(2, 5))
    w, n = (w, n) if w > 1 else (w, min(n, 3))
    text = f"Una catena di {n} sigmoidi ha tutti i pesi uguali a {w}. Al più quanto vale il prodotto dei fattori che il gradiente incontra?"
    steps = f"La derivata della sigmoide è al più $\\tfrac14$: ogni fattore è al più {math(w / 4)}, e il prodotto {math((w / 4) ** n)}."
    return Question(text, plain((w / 4) ** n), steps, {"w": w, "n": n})


@of(12)
def residual(rng):
    """Con il filo della somma e senza."""
    d, n = float(rng.choice([-0.5, 0.1, 0.2, 0.5, 1])), int(rng.integers(2, 4))
    text = f"Ogni strato di una catena di {n} ha derivata locale {math(d)}. Quanto vale il prodotto dei fattori? E se ogni strato somma alla sua uscita il suo ingresso?"
    steps = f"Senza: ${guarded(d)}^{n} = {written(d**n)}$. Con la somma ogni fattore diventa $1 + {guarded(d)} = {written(1 + d)}$, e il prodotto {math((1 + d) ** n)}."
    return Question(text, [plain(d**n), plain((1 + d) ** n)], steps, {"d": d, "n": n})


@of(13)
def epochs(rng):
    """Passi ed epoche."""
    size, per, turns = int(rng.choice([10, 20, 25, 50])), int(rng.integers(4, 13)), int(rng.integers(3, 9))
    text = f"I dati di addestramento sono {size * per}, i gruppi da {size}. Quanti passi fa un'epoca? E quanti ne fanno {turns} epoche?"
    steps = f"Un'epoca ha ${size * per}/{size} = {per}$ passi; {turns} epoche ne hanno ${per} \\cdot {turns} = {per * turns}$."
    return Question(text, [per, per * turns], steps, {"size": size, "examples": size * per, "turns": turns})


@of(13)
def momentum(rng):
    """La velocità del momentum, due passi."""
    mu, g = 0.5, integers(rng, 3, 4) * 2
    speeds = [0.0]
    for one in g:
        speeds.append(mu * speeds[-1] + one)
    text = f"Con $\\mu = {mu}$ e $v = 0$ all'inizio, la velocità è ogni volta $\\mu v$ più il gradiente. I gradienti sono, in fila, ${written(g)}$. Quanto vale $v$ dopo ciascuno?"
    steps = f"Ogni volta la metà di prima più il gradiente: ${written(speeds[1:])}$."
    return Question(text, plain(speeds[1:]), steps, {"mu": mu, "g": g})


@of(13)
def confusion(rng):
    """L'accuratezza, e la classe che si riconosce meno."""
    total = int(rng.choice([20, 25, 50]))
    while True:
        table = rng.integers(0, 4, size=(3, 3)) + np.diag(rng.integers(2, 15, size=3))
        recall = np.diag(table) / table.sum(axis=1)
        if table.sum() == total and len(set(np.round(recall, 6))) == 3 and recall.min() < np.sort(recall)[1] - 0.05:
            break
    right = int(np.trace(table))
    worst = int(recall.argmin())
    text = f"Matrice di confusione, una riga per ogni classe vera (0, 1, 2): ${matrix(table)}$. Quante risposte su cento sono giuste? E quale classe è riconosciuta meno spesso?"
    steps = f"Le giuste stanno sulla diagonale, {right} su {total}: {100 * right // total} su cento. La riga con la frazione più piccola di giuste è la {worst}: {table[worst, worst]} su {table[worst].sum()}."
    return Question(text, [plain(100 * right / total), worst], steps, {"table": table})


@of(14)
def graph(rng):
    """Una formula in cui un numero è usato due volte."""
    a, b, c = integers(rng), integers(rng, None, 4), integers(rng, None, 4)
    text = f"`L = (a * b + c) * a`, con $a = {a}$, $b = {b}$, $c = {c}$. Dopo `L.backward()`, quanto valgono i gradienti di `a`, `b` e `c`?"
    steps = f"A `c` torna $a = {a}$, a `b` torna $a^2 = {a * a}$. Ad `a` tornano $ab + c = {a * b + c}$ dal secondo prodotto e $ab = {a * b}$ dal primo: {math(2 * a * b + c)}."
    return Question(text, [2 * a * b + c, a * a, a], steps, {"a": a, "b": b, "c": c})


@of(14)
def broadcasting(rng):
    """Dove il broadcasting ha ripetuto, all'indietro si somma."""
    N = int(rng.integers(2, 4))
    G, k = integers(rng, (N, 3)), integers(rng, 3)
    X = integers(rng, (N, 3))
    back = (G * X).sum(axis=0)
    text = f"`k` $= {written(k)}$ è una riga, e moltiplica numero per numero le {N} righe di $\\mathbf{{X}} = {matrix(X)}$. Al prodotto arriva $\\mathbf{{G}} = {matrix(G)}$. Che cosa torna a `k`?"
    steps = f"$\\mathbf{{G}} \\odot \\mathbf{{X}} = {matrix(G * X)}$; `k` è usato in ogni riga, e si somma: ${written(back)}$."
    return Question(text, plain(back), steps, {"G": G, "X": X, "k": k})


@of(14)
def matmul(rng):
    """Il prodotto di matrici, all'indietro."""
    A, B, G = integers(rng, (1, 2)), integers(rng, (2, 2)), integers(rng, (1, 2))
    text = f"$\\mathbf{{C}} = \\mathbf{{A}}\\mathbf{{B}}$, con $\\mathbf{{A}} = {matrix(A)}$ e $\\mathbf{{B}} = {matrix(B)}$. A $\\mathbf{{C}}$ arriva $\\mathbf{{G}} = {matrix(G)}$. Quali gradienti tornano ad $\\mathbf{{A}}$ e a $\\mathbf{{B}}$?"
    steps = f"Ad $\\mathbf{{A}}$ torna $\\mathbf{{G}}\\mathbf{{B}}^\\top = {matrix(G @ B.T)}$, a $\\mathbf{{B}}$ torna $\\mathbf{{A}}^\\top\\mathbf{{G}} = {matrix(A.T @ G)}$."
    return Question(text, [plain(G @ B.T), plain(A.T @ G)], steps, {"A": A, "B": B, "G": G})
