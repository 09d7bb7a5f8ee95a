// Ciò che una pagina fa oltre a mostrarsi: colori, copia del codice, sezione che si sta leggendo.
"use strict";
(() => {
  const root = document.documentElement;
  const modes = { auto: "come il sistema", light: "chiari", dark: "scuri" };
  document.addEventListener("click", (event) => event.target.closest('a[href*="#"]') && root.toggleAttribute("data-intera", true));
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => paint(root.dataset.mode));

  document.addEventListener("DOMContentLoaded", () => {
    const button = document.getElementById("tema");
    const label = () => (button.title = button.ariaLabel = `Colori: ${modes[root.dataset.mode]}`);
    label();
    button.hidden = false;
    button.addEventListener("click", () => {
      const names = Object.keys(modes);
      const mode = names[(names.indexOf(root.dataset.mode) + 1) % names.length];
      paint(mode);
      label();
      remember((memory) => (memory.mode = mode));
    });
    copyButtons();
    whereAmI();
    reachable();
    search();
    cards();
    // JupyterLite vuole un server: da disco non si apre.
    if (location.protocol === "file:") for (const a of document.querySelectorAll('.strumenti [href*="lite/notebooks"]')) a.parentElement.hidden = true;
    // Un indice aperto su uno schermo stretto si chiude quando si è scelto.
    for (const nav of document.querySelectorAll("nav[popover]"))
      nav.addEventListener("click", (event) => event.target.closest("a") && nav.matches(":popover-open") && nav.hidePopover());
    addEventListener("beforeprint", () => {
      for (const details of document.querySelectorAll("article details:not(.hide)")) details.open = true;
    });
  });

  function copyButtons() {
    if (!navigator.clipboard) return;
    for (const block of document.querySelectorAll("article .highlight:not(.cell_output *)")) {
      const button = document.createElement("button");
      button.type = "button";
      button.className = "icona icona-copia";
      button.title = button.ariaLabel = "Copia il codice";
      button.addEventListener("click", async () => {
        await navigator.clipboard.writeText(block.querySelector("pre").textContent);
        button.title = button.ariaLabel = "Copiato";
        setTimeout(() => (button.title = button.ariaLabel = "Copia il codice"), 2000);
      });
      block.append(button);
    }
  }

  function whereAmI() {
    const links = new Map([...document.querySelectorAll('#indice a[href^="#"]')].map((a) => [decodeURIComponent(a.hash.slice(1)), a]));
    const seen = new Set();
    const observer = new IntersectionObserver((entries) => {
      for (const { target, isIntersecting } of entries) seen[isIntersecting ? "add" : "delete"](target.id);
      const current = [...links.keys()].findLast((id) => seen.has(id));
      for (const [id, link] of links) id === current ? link.setAttribute("aria-current", "true") : link.removeAttribute("aria-current");
    }, { rootMargin: "-20% 0px -70%" });
    for (const id of links.keys()) if (id) observer.observe(document.getElementById(id));
  }

  // Gli script che servono soltanto a chi li chiede.
  const loads = new Map();
  const load = (name) =>
    new Promise((resolve, reject) => {
      const src = new URL(`${root.dataset.content_root}_static/${name}.js`, location.href);
      document.head.append(Object.assign(document.createElement("script"), { src, async: false, onload: resolve, onerror: reject }));
    });
  const need = (names) => Promise.all(names.map((name) => loads.get(name) ?? loads.set(name, load(name)).get(name)));

  // Termini, formule e citazioni mostrano ciò a cui portano: sotto il puntatore, con il fuoco, al primo tocco.
  function cards() {
    const links = ["term-", "equation-", "id"].map((id) => `article a.reference.internal[href*="#${id}"]`).join();
    const linkOf = ({ target }) => !target.closest?.("#scheda") && target.closest?.(links);
    // Mentre gli script arrivano, chi legge può essere già altrove.
    const open = (link, wanted = () => true) => need(["definizioni", "richiami"]).then(() => wanted() && scheda(link));
    let timer;
    document.addEventListener("pointerover", (event) => {
      const link = linkOf(event);
      clearTimeout(timer);
      if (link && event.pointerType !== "touch" && !link.contains(event.relatedTarget)) timer = setTimeout(() => open(link, () => link.matches(":hover")).catch(() => {}), 200);
    });
    document.addEventListener("focusin", (event) => {
      const link = linkOf(event), focused = () => link.matches(":focus-visible");
      if (link && focused()) open(link, focused).catch(() => {});
    });
    document.addEventListener("click", (event) => {
      const link = linkOf(event);
      if (!link || event.pointerType !== "touch") return;
      event.preventDefault();
      const follow = () => location.assign(link.href);
      open(link).then((shown) => shown === false && follow(), follow);
    });
  }

  // La ricerca si apre dal bottone, con / e con Ctrl+K, e si carica la prima volta; dove si è arrivati cercando, solo ciò che segna le parole.
  function search() {
    const link = document.querySelector(".testata .cerca");
    const box = document.getElementById("ricerca");
    const input = box.querySelector("input");
    const status = box.querySelector("[role=status]");
    const program = ["base-stemmer", "italian-stemmer", "ricerca"];
    const open = async (event) => {
      // Una figura da sola (?solo=) non ha testata, e niente da cercare.
      if (!link.getClientRects().length) return;
      event?.preventDefault();
      if (box.showModal && !box.open) box.showModal();
      input.focus();
      input.select();
      try {
        if (!loads.has("sezioni")) status.textContent = "Preparo la ricerca…";
        await need(["minisearch/minisearch", "sezioni", ...program]);
        cerca();
      } catch {
        status.textContent = "La ricerca non è arrivata: forse manca la rete. Si può ricaricare la pagina e riprovare.";
      }
    };
    link.addEventListener("click", (event) => event.ctrlKey || event.metaKey || event.shiftKey || open(event));
    addEventListener("keydown", (event) => {
      const writing = event.target.closest?.("input:not([type=range], [type=radio], [type=checkbox]), textarea, select, [contenteditable]");
      if ((event.key === "/" && !writing && !event.ctrlKey && !event.metaKey && !event.altKey) || (event.key?.toLowerCase() === "k" && (event.ctrlKey || event.metaKey))) open(event);
    });
    box.addEventListener("click", ({ target }) => (target === box || target.closest(".icona-chiudi")) && box.close?.());
    if (!box.showModal) {
      input.value = new URLSearchParams(location.search).get("q") ?? "";
      open();
    } else if (new URLSearchParams(location.search).has("q")) need(program);
  }

  // Ciò che scorre di lato deve poterlo fare anche dalla tastiera.
  function reachable() {
    const observer = new ResizeObserver((entries) => {
      const wide = entries.map(({ target }) => target.scrollWidth > target.clientWidth);
      entries.forEach(({ target }, i) => (wide[i] ? target.setAttribute("tabindex", "0") : target.removeAttribute("tabindex")));
    });
    for (const box of document.querySelectorAll("article pre, .katex-display, .pst-scrollable-table-container")) observer.observe(box);
  }
})();
