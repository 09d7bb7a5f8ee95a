"use strict";
// Prima che la pagina si disegni: chiara o scura, come si è scelto l'ultima volta o come il sistema. Sta nella pagina, per non farla aspettare.
function paint(mode) {
  document.documentElement.dataset.mode = mode;
  document.documentElement.dataset.theme = mode === "auto" ? (matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light") : mode;
}
// Ciò che questo browser ricorda (lettura.js): niente, se non gli è permesso.
const KEY = "backpropagation-passo-dopo-passo";
function remembered() {
  try {
    return Object(JSON.parse(localStorage.getItem(KEY)));
  } catch {
    return {};
  }
}
{
  const { mode, place } = remembered();
  const asked = new URLSearchParams(location.search);
  // Una figura da sola (?solo=) sta nella pagina di un altro: segue il sistema, o ciò che dice l'indirizzo.
  const alone = asked.has("solo") && ({ chiaro: "light", scuro: "dark" }[asked.get("tema")] ?? "auto");
  paint(alone || (mode === "light" || mode === "dark" ? mode : "auto"));
  document.documentElement.toggleAttribute("data-riprende", Boolean(place));
}
// Chi va a un punto preciso ha bisogno che ciò che lo precede sia già della sua altezza (libro.css).
document.documentElement.toggleAttribute("data-intera", location.hash !== "");
