"use strict";
// Prima che la pagina si disegni: chiara o scura, come si è scelto l'ultima volta o come il sistema. Sta nella pagina, per non farla aspettare.
function paint(mode) {
  document.documentElement.dataset.mode = mode;
  document.documentElement.dataset.theme = mode === "auto" ? (matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light") : mode;
}
let chosen;
try {
  chosen = localStorage.getItem("mode");
} catch {}
paint(chosen === "light" || chosen === "dark" ? chosen : "auto");
// Chi va a un punto preciso ha bisogno che ciò che lo precede sia già della sua altezza (libro.css).
document.documentElement.toggleAttribute("data-intera", location.hash !== "");
