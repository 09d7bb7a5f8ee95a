// Esamina le pagine date con Lighthouse, una dopo l'altra nello stesso Chromium; scrive un resoconto per riga.
import { launch } from "chrome-launcher";
import lighthouse from "lighthouse";

const [flags, categories, ...urls] = process.argv.slice(2);
const chrome = await launch({ chromeFlags: flags.split(" ") });
try {
  for (const url of urls) {
    const { lhr } = await lighthouse(url, {
      port: chrome.port,
      onlyCategories: categories.split(","),
      disableFullPageScreenshot: true,
      // Una macchina lenta non è un errore.
      maxWaitForFcp: 300_000,
      maxWaitForLoad: 300_000,
    });
    console.log(JSON.stringify(lhr));
  }
} finally {
  chrome.kill();
}
