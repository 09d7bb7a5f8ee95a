// La ricerca nel libro, e le parole cercate che si vedono dove si arriva. Si carica quando serve (libro.js).
//
// Cerca MiniSearch (7.2.0): un file solo, nessuna dipendenza, funziona da disco. Pagefind legge il suo indice con fetch(), che da disco
// non funziona. Le parole si riducono alla radice con lo stemmer di Snowball che è già in Sphinx; l'indice si fa qui, con lo
// stesso programma, dal testo che serve comunque per gli estratti.
"use strict";
(() => {
  const WORD = /\d+(?:\.\d+)+|[\p{L}\p{N}]+/gu;
  // Parole che da sole non dicono che cosa si cerca; `np` e `plt` stanno in quasi tutto il codice.
  const STOP = new Set(
    ("a ad al allo alla ai agli alle all che chi ci com come con cos cosa d da dal dallo dalla dai dagli dalle dall de del dello della dei degli " +
      "delle dell di dove e ed è fa fare fra gli ha ho i il in io l la le lo mi ma ne nel nello nella nei negli nelle nell non o per perche piu po " +
      "qual quale quali quando quanto quell quello quella quest questo questa se si sono su sul sullo sulla sui sugli sulle sull suo sua ti tra " +
      "un uno una vuol dire significa sezione paragrafo of the np plt").split(" "),
  );
  // Ciò che di una sezione non si cerca, come in ricerca.py, e le sezioni che contiene.
  const UNREAD = "section[id], svg, .katex, .headerlink, .cell_output, .hide, .solution, .suggerimento";
  const LEVELS = { h1: 1.3, h3: 0.85 };
  const MOST = 30; // risultati che si mostrano
  const LENGTH = 170; // lettere di un estratto
  const base = new URL("./", document.querySelector(".testata .cerca").href);
  const stemmer = new ItalianStemmer();
  const roots = new Map();

  const fold = (text) => text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();
  const split = (text) => text.normalize("NFC").match(WORD) ?? [];

  // La radice di una parola, senza accenti e senza plurale, italiano o inglese. Per lo stemmer «derivate» non è «derivata».
  function root(word) {
    if (!roots.has(word)) {
      const plain = fold(word);
      roots.set(word, /^\d|^.{1,2}$/.test(plain) ? plain : stemmer.stemWord(plain.replace(/([^aiosu])s$/, "$1").replace(/ate$/, "ata")));
    }
    return roots.get(word);
  }

  // Scrive un testo in un elemento, con le parole che interessano dentro <mark>.
  function write(element, text, wanted) {
    let end = 0;
    for (const { 0: word, index } of text.matchAll(WORD))
      if (wanted.has(root(word))) {
        const mark = document.createElement("mark");
        mark.textContent = word;
        element.append(text.slice(end, index), mark);
        end = index + word.length;
      }
    element.append(text.slice(end));
    return element;
  }

  // La parte di un testo che contiene più parole diverse fra quelle cercate.
  function excerpt(text, wanted) {
    const hits = [...text.matchAll(WORD)].filter(([word]) => wanted.has(root(word)));
    const near = (hit) => new Set(hits.filter(({ index }) => index >= hit.index && index < hit.index + LENGTH - 50).map(([word]) => root(word))).size;
    const best = hits.reduce((best, hit) => (near(hit) > best[0] ? [near(hit), hit.index] : best), [0, 0])[1];
    const start = best < 60 ? 0 : text.indexOf(" ", best - 50) + 1;
    const cut = text.length > start + LENGTH ? text.lastIndexOf(" ", start + LENGTH) : text.length;
    return (start ? "…" : "") + text.slice(start, cut) + (cut < text.length ? "…" : "");
  }

  // Come altro si chiama ciò che si cerca: un termine anche scritto tutto attaccato (minibatch), un esercizio anche «es. 5.2».
  const others = (kind, title, forms) => (kind === "term" ? [...forms, title.replace(/\W/g, "")] : kind === "exercise" ? ["es", "soluzione"] : []);

  // L'indice, e che cosa vogliono dire le stesse parole in un'altra lingua.
  function build({ pages, sections }) {
    const all = sections.map(([page, kind, anchor, title, text, weight, forms], id) => {
      // A parità di tutto prima i capitoli, nel loro ordine, e il tutto prima delle parti.
      const bare = split(title.replace(/^(Capitolo )?[\d.]+ |^Esercizio [\d.]+/, ""));
      return { id, page, kind, anchor, title, text, forms: others(kind, title, forms).join(", "), chapter: pages[page][1], weight: weight * (LEVELS[kind] ?? 1) * (1 - page / 100), minor: weight < 1, bare };
    });
    const index = new MiniSearch({
      fields: ["title", "forms", "chapter", "text"],
      tokenize: split,
      processTerm: root,
      searchOptions: { boost: { title: 5, forms: 5, chapter: 0.7 }, combineWith: "AND", weights: { prefix: 0.2, fuzzy: 0.2 } },
    });
    index.addAll(all);
    const synonyms = sections.filter(([, kind]) => kind === "term").map(([, , , title, , , forms]) => [title, ...forms].map(meaningful));
    const glossary = pages[all.find(({ kind }) => kind === "term")?.page];
    return { pages, all, index, synonyms, glossary };
  }

  function meaningful(text) {
    const words = split(text);
    const kept = words.filter((word) => !STOP.has(fold(word)));
    return kept.length ? kept : words;
  }

  // Le stesse parole, e poi il termine del glossario che contengono detto negli altri modi.
  function variants(words, synonyms) {
    const stems = words.map(root);
    const same = (name, i) => name.every((word, k) => root(word) === stems[i + k]);
    const found = [];
    for (const names of synonyms)
      for (const name of names)
        for (let i = 0; i + name.length <= words.length; i++) if (same(name, i)) found.push({ i, name, others: names.filter((n) => n !== name) });
    const longest = Math.max(...found.map(({ name }) => name.length));
    const terms = found.filter(({ name }) => name.length === longest);
    return [words, ...terms.flatMap(({ i, name, others }) => others.map((other) => words.toSpliced(i, name.length, ...other)))];
  }

  // Le sezioni che contengono tutte le parole, la migliore per prima.
  function search(book, words, options = {}) {
    const results = new Map();
    const last = root(words.at(-1));
    const prefix = (term) => term === last && /^\p{L}{3,}$/u.test(term);
    variants(words, book.synonyms).forEach((variant, k) => {
      const stems = variant.map(root);
      for (const { id, score, match } of book.index.search(variant.join(" "), { prefix, ...options })) {
        const section = book.all[id];
        const names = [section.bare, ...(section.kind === "term" ? section.forms.split(", ").map(split) : [])];
        const title = new Set(split(section.title).map(root));
        const exact = names.some((name) => same(name, variant)) ? (section.kind === "term" ? 8 : 3) : stems.every((stem) => title.has(stem)) ? 2 : 1;
        const worth = score * section.weight * (section.minor ? 1 : exact) * (k ? 0.7 : 1);
        const old = results.get(id);
        results.set(id, { section, worth: Math.max(worth, old?.worth ?? 0), terms: new Set([...(old?.terms ?? []), ...Object.keys(match)]) });
      }
    });
    return [...results.values()].sort((a, b) => b.worth - a.worth);
  }

  // Se due nomi sono lo stesso, parole di poco conto e plurali a parte.
  function same(one, other) {
    const stems = (words) => words.filter((word) => !STOP.has(fold(word))).map(root).join(" ");
    return stems(one) === stems(other) && stems(one) !== "";
  }

  // La parola del libro che più somiglia a una che non c'è.
  function nearest(book, word) {
    if (!book.words) {
      const counts = new Map();
      for (const { title, text } of book.all) for (const word of split(`${title} ${text}`)) counts.set(fold(word), (counts.get(fold(word)) ?? 0) + 1);
      book.words = new MiniSearch({ fields: ["id"], storeFields: ["count"], tokenize: (text) => [text], processTerm: fold });
      book.words.addAll([...counts].filter(([word]) => /^\p{L}{3,}$/u.test(word)).map(([id, count]) => ({ id, count })));
    }
    const common = (id, term, { count }) => 1 + Math.log10(count) / 10;
    return book.words.search(word, { fuzzy: word.length > 5 ? 2 : word.length > 3 ? 1 : 0, boostDocument: common })[0]?.id;
  }

  // Che cosa rispondere: i risultati, o i più vicini dicendo perché.
  function answer(book, query) {
    const words = meaningful(query);
    if (!words.length) return { results: [], message: "" };
    let results = search(book, words);
    if (results.length) return { results, message: results.length === 1 ? "1 risultato" : `${results.length} risultati` + (results.length > MOST ? `, i primi ${MOST}` : "") };
    const nothing = `Nessun risultato per «${query}».`;
    const known = words.map((word) => (search(book, [word]).length ? word : nearest(book, word))).filter(Boolean);
    if (!known.length) return { results, message: book.glossary ? `${nothing} Si può guardare nel glossario o nell'indice analitico.` : nothing, lost: true };
    const instead = known.join(" ");
    results = search(book, known);
    if (results.length) return { results, message: `${nothing} Ecco quelli per «${instead}».` };
    return { results: search(book, known, { combineWith: "OR" }), message: `Nessuna sezione contiene tutte le parole di «${query}». Ecco quelle che ne contengono qualcuna.` };
  }

  // L'indirizzo di una sezione, con le parole da segnare: quelle di chi cerca, o quelle del libro che ne fanno le veci.
  function address(book, { section, terms }, query) {
    const asked = new Map(meaningful(query).map((word) => [root(word), word]));
    const there = new Map(split(`${section.title} ${section.text}`).map((word) => [root(word), fold(word)]));
    const words = [...terms].map((term) => asked.get(term) ?? there.get(term)).filter(Boolean);
    const url = new URL(book.pages[section.page][0], base);
    url.search = new URLSearchParams({ q: words.join(" ") });
    url.hash = section.anchor;
    return url.href;
  }

  function option(url, id, small, title, text, wanted) {
    const link = document.createElement("a");
    Object.assign(link, { href: url, id: `trovato-${id}`, role: "option", tabIndex: -1, ariaSelected: "false" });
    for (const [tag, content] of [["small", small], ["b", title], ["span", text]])
      if (content) link.append(write(document.createElement(tag), content, tag === "small" ? new Set() : wanted), " ");
    return link;
  }

  // Il campo e l'elenco: uno solo per pagina (cerca.html).
  const box = document.getElementById("ricerca");
  const input = box.querySelector("input");
  const list = box.querySelector("[role=listbox]");
  const status = box.querySelector("[role=status]");
  let book;

  function show() {
    const query = input.value.trim();
    const { results, message, lost } = answer(book, query);
    status.textContent = message;
    const options = results.slice(0, MOST).map((result, i) => {
      const { kind, title, text, chapter } = result.section;
      const small = kind === "term" ? "Glossario" : kind === "h1" ? "" : chapter;
      return option(address(book, result, query), i, small, title, excerpt(text, result.terms), result.terms);
    });
    if (lost && book.glossary)
      for (const [page, title] of [book.glossary, ["genindex.html", "Indice analitico"]])
        options.push(option(new URL(page, base).href, options.length, "", title, "", new Set()));
    list.replaceChildren(...options);
    list.hidden = !options.length;
    list.scrollTop = 0;
    input.ariaExpanded = String(!list.hidden);
    choose(options[0]);
  }

  function choose(link) {
    list.querySelector("[aria-selected=true]")?.setAttribute("aria-selected", "false");
    link?.setAttribute("aria-selected", "true");
    link?.scrollIntoView({ block: "nearest" });
    link ? input.setAttribute("aria-activedescendant", link.id) : input.removeAttribute("aria-activedescendant");
  }

  function listen() {
    input.addEventListener("input", show);
    input.addEventListener("keydown", (event) => {
      if (event.isComposing) return;
      const current = list.querySelector("[aria-selected=true]");
      if (event.key === "Enter") current?.click();
      else if (event.key === "ArrowDown") choose(current?.nextElementSibling ?? list.firstElementChild);
      else if (event.key === "ArrowUp") choose(current?.previousElementSibling ?? list.lastElementChild);
      else return;
      event.preventDefault();
    });
    // In questa stessa pagina non c'è niente da ricaricare: ci si sposta.
    list.addEventListener("click", (event) => {
      const link = event.target.closest("a");
      if (!link || link.pathname !== location.pathname || event.ctrlKey || event.metaKey || event.shiftKey) return;
      event.preventDefault();
      box.close?.();
      location.hash = link.hash;
      land(new URLSearchParams(link.search).get("q"));
    });
    show();
  }

  // Segna le parole cercate nella sezione a cui si è arrivati, senza toccarne il testo; Esc toglie i segni.
  function land(query) {
    const place = document.getElementById(decodeURIComponent(location.hash.slice(1).split(";")[0]));
    if (!query || !place || !globalThis.Highlight) return;
    const wanted = new Set(split(query).map(root));
    const marks = new Highlight();
    const read = (node) => (node.nodeType === 3 || !node.matches(UNREAD) ? NodeFilter.FILTER_ACCEPT : NodeFilter.FILTER_REJECT);
    for (const part of place.matches("dt") ? [place, place.nextElementSibling] : [place]) {
      const walker = document.createTreeWalker(part, NodeFilter.SHOW_ELEMENT | NodeFilter.SHOW_TEXT, read);
      while (walker.nextNode())
        for (const { 0: word, index } of walker.currentNode.data?.matchAll(WORD) ?? [])
          if (wanted.has(root(word))) {
            const range = new Range();
            range.setStart(walker.currentNode, index);
            range.setEnd(walker.currentNode, index + word.length);
            marks.add(range);
            for (let shut; (shut = walker.currentNode.parentElement.closest("details:not([open])")); ) shut.open = true;
          }
    }
    CSS.highlights.set("cercato", marks);
  }

  addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || box.open || !CSS.highlights?.delete("cercato")) return;
    history.replaceState(history.state, "", location.pathname + location.hash);
  });
  land(new URLSearchParams(location.search).get("q"));

  // Il testo del libro arriva quando si cerca: dove si è arrivati cercando, soltanto se si cerca ancora.
  globalThis.cerca = () => {
    if (book) return;
    book = build(sezioni);
    listen();
  };
})();
