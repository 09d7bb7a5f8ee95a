// I richiami: che cosa c'è dove porta un collegamento, senza andarci. Si carica con la prima (libro.js).
"use strict";
(() => {
  const site = new URL(document.documentElement.dataset.content_root, location.href).href;
  const card = Object.assign(document.createElement("div"), { id: "scheda", popover: "auto" });
  const NAMES = { term: "Nel glossario", equation: "Vai alla formula", id: "Nella bibliografia" };
  const TARGET = /#(term|equation|id)/;
  let link, timer;

  // Il testo: di questa pagina, oppure di quelle raccolte da richiami.py.
  function content(link) {
    // Un termine e la sua spiegazione stanno in un elenco di definizioni, anche qui.
    const box = document.createElement(TARGET.exec(link.hash)[1] === "term" ? "dl" : "div");
    if (link.pathname === location.pathname) {
      for (let part = document.getElementById(decodeURIComponent(link.hash.slice(1))); part; part = part.nextElementSibling) {
        box.append(part.cloneNode(true));
        if (!part.matches("dt")) break;
      }
    } else box.innerHTML = definizioni[link.href.slice(site.length)] ?? "";
    for (const extra of box.querySelectorAll(".headerlink, .label")) extra.remove();
    for (const part of box.querySelectorAll("[id]")) part.removeAttribute("id");
    for (const part of box.querySelectorAll("a[href]")) part.href = new URL(part.getAttribute("href"), link.href).href;
    return box;
  }

  // Sotto il collegamento, o sopra se c'è più posto; scorre con la pagina.
  function place() {
    const lines = [...link.getClientRects()];
    const [first, last] = [lines[0], lines.at(-1)];
    const { offsetWidth: width, offsetHeight: height } = card;
    const below = innerHeight - last.bottom >= Math.min(height + 12, first.top);
    const left = Math.max(8, Math.min((below ? last : first).left, document.documentElement.clientWidth - width - 8));
    card.style.left = `${left + scrollX}px`;
    card.style.top = `${(below ? last.bottom + 4 : first.top - height - 4) + scrollY}px`;
  }

  function show(wanted) {
    clearTimeout(timer);
    if (link === wanted && card.matches(":popover-open")) return;
    const text = content(wanted);
    if (!text.childNodes.length || !card.showPopover) return false;
    if (card.isConnected) card.hidePopover();
    link = wanted;
    const go = Object.assign(document.createElement("a"), { href: link.href, textContent: NAMES[TARGET.exec(link.hash)[1]] });
    go.append(" →");
    card.replaceChildren(text, go);
    // Accanto al collegamento: con Tab si va ai collegamenti che contiene.
    link.after(card);
    link.removeAttribute("title");
    link.setAttribute("aria-describedby", "scheda");
    card.showPopover();
    // Ciò che scorre di lato deve poterlo fare anche dalla tastiera.
    for (const box of card.querySelectorAll(".katex-display")) if (box.scrollWidth > box.clientWidth) box.tabIndex = 0;
    place();
  }

  const leave = () => {
    clearTimeout(timer);
    timer = setTimeout(() => link?.matches(":focus-visible") || card.matches(":focus-within, :hover") || card.hidePopover(), 300);
  };
  card.addEventListener("beforetoggle", ({ newState }) => newState === "closed" && link.removeAttribute("aria-describedby"));
  document.addEventListener("pointerover", ({ target, pointerType }) => {
    if (pointerType === "touch" || !card.matches(":popover-open")) return;
    if (card.contains(target) || link.contains(target)) clearTimeout(timer);
    else leave();
  });
  document.addEventListener("focusout", ({ target, relatedTarget }) => {
    if (!card.isConnected || !card.matches(":popover-open") || !(link.contains(target) || card.contains(target))) return;
    if (!link.contains(relatedTarget) && !card.contains(relatedTarget)) leave();
  });
  addEventListener("resize", () => card.matches(":popover-open") && place());
  globalThis.scheda = show;
})();
