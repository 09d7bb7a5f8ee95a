// Le scritte della ricerca di Sphinx. Il suo translations.js valuta una stringa come programma, e la CSP non lo ammette.
"use strict";
Object.assign(Documentation.TRANSLATIONS, {
  "Search Results": "Risultati",
  Searching: "Cerco",
  "Preparing search...": "Preparo la ricerca…",
  ", in ": ", in ",
  "Your search did not match any documents. Please make sure that all words are spelled correctly and that you've selected enough categories.":
    "Nessuna pagina contiene tutte le parole cercate. Conviene controllare come sono scritte, o cercarne di meno.",
  "Search finished, found ${resultCount} page(s) matching the search query.": "Pagine trovate: ${resultCount}.",
});
Documentation.PLURAL_EXPR = (n) => (n === 1 ? 0 : 1);
