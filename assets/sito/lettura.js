// Ciò che il browser ricorda di chi legge: dove è arrivato, che cosa ha finito, che cosa ha risposto. Non va da nessuna parte.
"use strict";
// Cambia ciò che si ricorda (colori.js), e lo restituisce; due finestre aperte insieme non si cancellano a vicenda.
function remember(change) {
  const memory = remembered();
  if (remember.stopped) return memory;
  change(memory);
  try {
    localStorage.setItem(KEY, JSON.stringify(memory));
  } catch {}
  return memory;
}
(() => {
  const root = document.documentElement;
  const { pagina: page, content_root: base } = root.dataset;
  const site = new URL(base, location.href).href;
  const article = document.querySelector("article");
  const sections = [...article.querySelectorAll(":scope > section > section[id]")];
  const chapter = article.querySelector("h1 > .section-number") && !new URLSearchParams(location.search).has("solo");
  const own = (memory) => Object.assign(((memory.pages ??= {})[page] ??= { read: [], done: [], answers: {} }), { of: sections.length });

  // Le risposte restano fuori dall'indirizzo: chi lo manda a un altro non manda anche quelle. I cursori no.
  const answers = remembered().pages?.[page]?.answers ?? {};
  for (const figure of document.querySelectorAll(".interact:has(.esito)")) {
    for (const input of figure.querySelectorAll("[data-control]:not([type=range])")) input.dataset.private = "";
    figure.dataset.kept = answers[figure.dataset.interact] ?? "";
  }
  document.addEventListener("interact-kept", ({ target: { dataset } }) => remember((memory) => (own(memory).answers[dataset.interact] = dataset.kept)));

  if (chapter) {
    exercises();
    follow();
  }
  draw(remembered());
  sidebar();
  forget();
  document.addEventListener("keydown", turn);
  // La barra di scorrimento dice il vero: le sezioni lontane (libro.css) si compongono una alla volta, a pagina ferma.
  addEventListener("load", () => compose([...sections]));

  function compose([section, ...others]) {
    if (!section) return;
    section.style.contentVisibility = "visible";
    (window.requestIdleCallback ?? setTimeout)(() => compose(others));
  }

  function exercises() {
    const done = remembered().pages?.[page]?.done ?? [];
    for (const box of article.querySelectorAll(".exercise[id]")) {
      const label = document.createElement("label");
      const input = Object.assign(document.createElement("input"), { type: "checkbox", checked: done.includes(box.id) });
      label.className = "fatto";
      label.append(input, " Fatto");
      input.ariaLabel = `Fatto: ${box.querySelector(".admonition-title").textContent}`;
      input.addEventListener("change", () => {
        draw(remember((memory) => {
          const mine = own(memory);
          mine.done = mine.done.filter((id) => id !== box.id).concat(input.checked ? box.id : []);
        }));
      });
      box.querySelector(".admonition-title").after(label);
    }
  }

  // Una sezione è letta quando la sua fine passa per lo schermo; in cima, dove arriva chi salta alla sezione dopo, non vale.
  function follow() {
    let frame, before;
    const look = () => {
      frame = null;
      const boxes = sections.map((section) => section.getBoundingClientRect());
      const read = sections.filter((_, i) => boxes[i].bottom > innerHeight / 4 && boxes[i].bottom <= innerHeight).map(({ id }) => id);
      const at = sections[boxes.findLastIndex(({ top }) => top < innerHeight / 3)];
      const now = [at?.id, ...read].join();
      if (now === before) return;
      before = now;
      draw(remember((memory) => {
        const mine = own(memory);
        mine.read = [...new Set([...mine.read, ...read])].filter((id) => sections.some((section) => section.id === id));
        memory.place = { page, id: at?.id ?? "", title: titleOf(at ?? article) };
      }));
    };
    look();
    addEventListener("scroll", () => (frame ??= requestAnimationFrame(look)), { passive: true });
  }

  function titleOf(part) {
    const heading = part.querySelector("h1, h2").cloneNode(true);
    for (const extra of heading.querySelectorAll(".headerlink, .katex-mathml")) extra.remove();
    return heading.textContent.trim();
  }

  function draw({ pages = {}, place }) {
    for (const link of document.querySelectorAll("#capitoli a, .mappa a")) {
      const to = link.getAttribute("href");
      const { read = [], of, done = [] } = pages[to === "#" ? page : new URL(to, location.href).href.slice(site.length, -".html".length)] ?? {};
      mark(link, of ? read.length / of : 0);
      if (of && link.closest("#capitoli")) link.title = `Sezioni lette: ${read.length} su ${of}. Esercizi fatti: ${done.length}.`;
      else link.removeAttribute("title");
    }
    for (const link of document.querySelectorAll("#indice li li > a")) {
      mark(link, Number((pages[page]?.read ?? []).includes(decodeURIComponent(link.hash.slice(1)))));
    }
    const back = document.querySelector(".riprendi a");
    if (!back) return;
    root.toggleAttribute("data-riprende", Boolean(place));
    if (!place) return;
    back.href = `${base}${place.page}.html${place.id && `#${place.id}`}`;
    back.textContent = `Riprendi da qui: ${place.title}`;
  }

  function mark(link, part) {
    link.style.setProperty("--letto", part);
    link.toggleAttribute("data-letto", part === 1);
  }

  // La voce del capitolo che si legge si vede, senza spostare la pagina.
  function sidebar() {
    const nav = document.getElementById("capitoli");
    const current = nav.querySelector("a.current");
    const reveal = () => current && (nav.scrollTop = current.offsetTop - nav.clientHeight / 3);
    reveal();
    nav.addEventListener("toggle", reveal);
  }

  function forget() {
    const button = document.getElementById("dimentica");
    button.parentElement.hidden = false;
    button.addEventListener("click", () => {
      if (!confirm("Il browser dimentica dove siamo arrivati, gli esercizi fatti, le risposte e i colori scelti. Continuiamo?")) return;
      try {
        localStorage.removeItem(KEY);
      } catch {}
      remember.stopped = true;
      for (const reset of document.querySelectorAll("[data-kept] > .interact-reset")) reset.click();
      for (const input of document.querySelectorAll(".fatto input")) input.checked = false;
      draw({});
      button.textContent = "Dimenticato";
    });
  }

  // ← e → passano da una pagina all'altra, quando non servono a chi ha il fuoco o a scorrere di lato.
  function turn(event) {
    const rel = { ArrowLeft: "prev", ArrowRight: "next" }[event.key];
    const busy = event.defaultPrevented || event.altKey || event.ctrlKey || event.metaKey || event.shiftKey;
    const taken = "input:not([type=checkbox]), select, textarea, [contenteditable], [role], [tabindex='0'], .interact, [popover], dialog";
    const wide = root.scrollWidth > root.clientWidth || window.visualViewport?.scale > 1;
    if (!rel || busy || wide || event.target.closest(taken)) return;
    document.querySelector(`.seguito a[rel=${rel}]`)?.click();
  }
})();
