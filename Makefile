# Tutto ciò che si fa con il libro. Serve Python 3.11 o successivo; il resto si installa da sé in .venv.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
SITO := _build/html
JUPYTER_BOOK = PATH="$(CURDIR)/$(BIN):$$PATH" $(BIN)/jupyter-book build -W -n --keep-going
# Ciò da cui dipendono il PDF, l'EPUB e JupyterLite.
SORGENTI := $(shell find _config.yml _toc.yml CITATION.cff index.md assets chapters pubblica requirements*.txt \
	interact-replay/interact_replay -type f ! -path '*/__pycache__/*' ! -path '*/.*')
# Uno più dei processori, fino a quattro: chi guarda una pagina per lo più aspetta il browser.
PROCESSI = $(shell $(BIN)/python -c 'from interact_replay.kernel.pool import available_cores; print(min(4, 1 + available_cores()))')
PYTEST = PATH="$(CURDIR)/$(BIN):$$PATH" $(BIN)/python -m pytest -n $(PROCESSI) \
	--dist loadfile --no-loadscope-reorder --nbval --nbval-current-env --nbval-cell-timeout 600
# Mentre si scrivono PDF, EPUB e JupyterLite un processore aspetta: fa i controlli che non hanno bisogno del sito.
INTANTO = tests/test_funzioni.py
# I file dei controlli: per primi i più lunghi, perché nessun processo resti a lavorare da solo alla fine.
LUNGHI := $(addprefix tests/test_,sito.py figure.py funzioni.py mutanti.py interattivi.py porte.py libri.py jupyterlab.py ricerca.py) \
	$(addprefix interact-replay/tests/test_,kernel.py build.py player.py page.py piece.py cases.py layouts.py reuse.py wheel.py lab.py \
	documentation.py draw.py)
# Prende da PyPI e da npm le versioni più recenti: può non riuscire senza che qui sia cambiato nulla, perciò si esegue da solo.
EDITORI := interact-replay/tests/test_publishers.py
# Anche il giro di una classe, con nbgrader in un ambiente suo.
CLASSE := tests/test_classe.py
PROVE := $(LUNGHI) $(filter-out $(LUNGHI) $(EDITORI) $(CLASSE),$(wildcard chapters/*.ipynb tests/test_*.py interact-replay/tests/test_*.py))
export PIP_DISABLE_PIP_VERSION_CHECK := 1
# Ciò che Python ha compilato lo tiene da parte: se no ogni processo, e sono centinaia, ricompila tutto ciò che importa.
unexport PYTHONDONTWRITEBYTECODE

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help libro documentazione servi lite jupyter pdf epub test test-veloce stile editori venti mutanti pytorch collegamenti blocca \
	vulnerabili quaderni conta matrice schede diapositive compito correggi prova-classe con-capitolo \
	benchmark benchmark-confronto benchmark-sito intanto pulisci sempre

help: ## mostra questi comandi
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## (.*)/  make \1\t\2/' | expand -t 22

$(BIN)/activate:
	@$(PYTHON) -c 'import sys; sys.exit("Serve Python 3.11 o successivo: questo è %d.%d." % sys.version_info[:2] if sys.version_info < (3, 11) else 0)'
	$(PYTHON) -m venv $(VENV)

# pip installa uv, e uv il resto: in metà del tempo, e soltanto file che hanno l'impronta scritta nell'elenco.
$(BIN)/uv: | $(BIN)/activate
	$(BIN)/python -m pip install --quiet uv==0.13.9
INSTALL := $(BIN)/uv pip install --quiet --python $(BIN)/python

$(VENV)/libro: requirements.txt interact-replay/pyproject.toml interact-replay/kernelspec/kernel.json | $(BIN)/uv
	@echo "Preparo l'ambiente in $(VENV) (la prima volta: meno di un minuto)…"
	$(INSTALL) --require-hashes -r requirements.txt
	$(INSTALL) --no-deps -e ./interact-replay
	@touch $@

$(VENV)/pdf: pubblica/requirements.txt $(VENV)/libro
	$(INSTALL) --require-hashes -r $<
	@touch $@

$(VENV)/jupyter: requirements-jupyter.txt $(VENV)/libro
	$(INSTALL) --require-hashes -r $<
	@touch $@

$(VENV)/test: tests/requirements.txt $(VENV)/jupyter $(VENV)/pdf
	$(INSTALL) --require-hashes -r $<
	@touch $@

libro: $(VENV)/libro ## costruisce il libro in _build/html
	$(JUPYTER_BOOK) .
	@echo "Il libro è pronto: apriamo $(CURDIR)/$(SITO)/index.html nel browser, oppure eseguiamo make servi."

# In inglese, come il plug-in; le registrazioni stanno in una cartella loro, accanto alle pagine.
documentazione: $(VENV)/libro ## costruisce la documentazione del plug-in in _build/documentazione/html
	PATH="$(CURDIR)/$(BIN):$$PATH" $(BIN)/sphinx-build -W -n --keep-going -b html -d _build/documentazione/alberi \
		interact-replay/docs _build/documentazione/html

servi: libro ## mostra il libro nel browser, su questo computer
	@echo "Il libro è su http://127.0.0.1:8000 (Ctrl+C per finire)"
	@$(BIN)/python -m http.server --bind 127.0.0.1 --directory $(SITO) 8000

lite: $(SITO)/lite/jupyter-lite.json ## aggiunge al sito JupyterLite: i capitoli si eseguono nel browser
	@$(MAKE) --no-print-directory libro

# Gli indirizzi che le pagine contengono: il file cambia soltanto quando cambiano loro.
_build/indirizzi: sempre
	@mkdir -p $(@D)
	@echo '$(LIBRO_SITO) $(LIBRO_DEPOSITO) $(LITE)' | cmp -s - $@ || echo '$(LIBRO_SITO) $(LIBRO_DEPOSITO) $(LITE)' > $@

$(SITO)/lite/jupyter-lite.json: $(VENV)/jupyter $(SORGENTI) _build/indirizzi
	$(BIN)/python pubblica/copie.py _build/copie
	$(BIN)/python -m pip download --quiet --no-deps --dest _build/ruote $$($(BIN)/python -m pip freeze | grep -E '^(comm|ipywidgets|jupyterlab_widgets)==')
	cd pubblica/lite && PATH="$(CURDIR)/$(BIN):$$PATH" jupyter lite build --piplite-wheels ../../_build/ruote $(LITE)
	$(BIN)/python pubblica/avviso.py $(@D)
	@touch $@

jupyter: $(VENV)/jupyter ## apre i capitoli in JupyterLab
	cd chapters && "$(CURDIR)/$(BIN)/jupyter" lab

pdf: $(SITO)/backpropagation.pdf ## scrive il libro in PDF, in _build/html/backpropagation.pdf

$(SITO)/backpropagation.pdf: _build/singlehtml/index.html pubblica/stampa.py $(VENV)/pdf
	@mkdir -p $(@D)
	$(BIN)/python pubblica/stampa.py $< $@

_build/singlehtml/index.html: $(VENV)/libro $(SORGENTI) _build/indirizzi
	$(JUPYTER_BOOK) --builder singlehtml .
	@touch $@

epub: $(SITO)/backpropagation.epub ## scrive il libro in EPUB, in _build/html/backpropagation.epub

# Sphinx legge il libro una volta per tutti i formati, e ne scrive uno alla volta.
$(SITO)/backpropagation.epub: $(VENV)/libro $(SORGENTI) _build/indirizzi | _build/singlehtml/index.html
	$(JUPYTER_BOOK) --builder custom --custom-builder epub .
	@mkdir -p $(@D)
	cp _build/epub/backpropagation.epub $@

CAPITOLI = $(if $(CAPITOLO),--capitolo $(CAPITOLO)) $(if $(SEME),--seme $(SEME))
schede: $(VENV)/pdf ## scrive schede, varianti e verifiche in _build/schede; CAPITOLO=5 uno solo, SEME=7 altri numeri
	cd pubblica && "$(CURDIR)/$(BIN)/python" -m schede $(CAPITOLI) ../_build/schede

diapositive: $(VENV)/pdf ## come schede, con le diapositive; prende reveal.js da npm (serve la rete)
	cd pubblica && PATH="$(CURDIR)/$(BIN):$$PATH" "$(CURDIR)/$(BIN)/python" -m schede --diapositive $(CAPITOLI) ../_build/schede

# nbgrader sta in un ambiente suo: il libro non ne ha bisogno.
.venv-classe/pronto: pubblica/requirements-classe.txt | $(BIN)/uv
	$(BIN)/uv venv --quiet --clear --python $(BIN)/python $(@D)
	$(BIN)/uv pip install --quiet --python $(@D)/bin/python --require-hashes -r $<
	@touch $@

CORSO ?= _build/corso
NBGRADER = cd $(CORSO) && PATH="$(CURDIR)/.venv-classe/bin:$$PATH" nbgrader
NOME = capitolo-$(shell printf '%02d' $(patsubst 0%,%,$(CAPITOLO)))
con-capitolo:
	@$(if $(CAPITOLO),,echo "Di quale capitolo? Per esempio: make compito CAPITOLO=5" >&2; exit 2)

compito: con-capitolo $(VENV)/pdf .venv-classe/pronto ## prepara un compito con nbgrader, in _build/corso: CAPITOLO=5 SEME=7 (serve la rete)
	cd pubblica && "$(CURDIR)/$(BIN)/python" -m schede.compito $(patsubst 0%,%,$(CAPITOLO)) "$(abspath $(CORSO))" $(if $(SEME),--seme $(SEME))
	$(NBGRADER) generate_assignment --force $(NOME)

correggi: con-capitolo .venv-classe/pronto ## corregge i compiti consegnati in _build/corso/submitted, e scrive i punti in voti.csv: CAPITOLO=5
	$(NBGRADER) autograde $(NOME)
	$(NBGRADER) export --to voti.csv

prova-classe: $(VENV)/test .venv-classe/pronto ## prova il giro di una classe: il compito, tre consegne, i punti (serve la rete)
	PATH="$(CURDIR)/.venv-classe/bin:$$PATH" $(BIN)/python -m pytest $(CLASSE)

# Il sito con tutto ciò che contiene: le pagine per ultime, perché sanno che cos'altro c'è.
_build/intero: $(SITO)/backpropagation.pdf $(SITO)/backpropagation.epub $(SITO)/lite/jupyter-lite.json
	@$(MAKE) --no-print-directory libro
	@touch $@

# Ciò che si importa è dichiarato; deptry avverte che non gli servono le righe con cui un elenco ne segue un altro.
DEPTRY := "$(CURDIR)/$(BIN)/python" -W ignore -m deptry
stile: $(VENV)/test ## controlla come è scritto il codice, notebook compresi, i tipi del plug-in e le dipendenze
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(DEPTRY) assets/estensione pubblica chapters --requirements-files requirements.in,pubblica/requirements.in
	$(DEPTRY) assets/estensione pubblica chapters tests --ignore DEP002 --per-rule-ignores DEP001=torch
	cd interact-replay && $(DEPTRY) .

test: $(VENV)/test ## esegue tutti i controlli
	$(BIN)/python pubblica/browser.py
	@$(MAKE) --no-print-directory -j 3 stile _build/intero intanto
	$(PYTEST) $(filter-out $(INTANTO),$(PROVE))

intanto: $(VENV)/test
	$(if $(filter $(INTANTO),$(PROVE)),$(BIN)/python -m pytest $(filter $(INTANTO),$(PROVE)))

test-veloce: $(VENV)/test stile ## i controlli brevi, che non costruiscono pagine e non aprono il browser, con meno casi a sorte
	LIBRO_CASI=100 $(PYTEST) -m "not sito and not lento" $(filter-out $(LUNGHI),$(PROVE)) tests/test_funzioni.py

venti: $(VENV)/test ## esegue i notebook venti volte, in ordine sparso, e ne confronta i risultati
	PATH="$(CURDIR)/$(BIN):$$PATH" $(BIN)/python tests/venti.py

editori: $(VENV)/test ## prova il plug-in con gli altri programmi che pubblicano notebook, i più recenti (serve la rete)
	$(BIN)/python pubblica/browser.py
	$(BIN)/python -m pytest $(EDITORI)

mutanti: $(VENV)/test ## mette nei capitoli un errore alla volta e guarda quale controllo se ne accorge
	$(BIN)/python tests/mutanti.py

# Il file di configurazione che Sphinx chiede non serve ad altro.
collegamenti: $(VENV)/libro ## controlla i collegamenti ad altri siti, che elenca in _build/collegamenti (serve la rete)
	PATH="$(CURDIR)/$(BIN):$$PATH" $(BIN)/jupyter-book config sphinx .
	PYTHONPATH=assets/estensione PATH="$(CURDIR)/$(BIN):$$PATH" $(BIN)/sphinx-build -q -b linkcheck -D nb_execution_mode=off \
		-d _build/collegamenti/alberi . _build/collegamenti; esito=$$?; rm -f conf.py; cat _build/collegamenti/output.txt; exit $$esito

# Ogni elenco tiene conto di quelli su cui si appoggia. Con AGGIORNA=--upgrade si passa alle versioni più recenti.
LISTS := requirements requirements-jupyter pubblica/requirements pubblica/requirements-classe tests/requirements
blocca: | $(BIN)/uv ## fissa le versioni dei pacchetti: da requirements.in a requirements.txt, e così gli altri elenchi
	for list in $(LISTS); do $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --fork-strategy fewest \
		--generate-hashes $(AGGIORNA) $$list.in -o $$list.txt || exit 1; done

# In un ambiente suo: qui dentro niente deve cambiare versione.
matrice: | $(BIN)/uv ## prova il plug-in con le versioni che ammette; SESSIONE=oldest-3.11 una sola (serve la rete)
	cd interact-replay && PATH="$(CURDIR)/$(BIN):$$PATH" uv tool run nox==2026.10.20 --error-on-missing-interpreters $(if $(SESSIONE),-s $(SESSIONE))

vulnerabili: $(VENV)/test ## cerca nelle dipendenze le vulnerabilità note (serve la rete)
	$(BIN)/python -m pip install --quiet pip-audit==2.10.1
	$(BIN)/pip-audit --local --skip-editable

quaderni: $(VENV)/libro ## riesegue i notebook e ne riscrive i risultati
	PATH="$(CURDIR)/$(BIN):$$PATH" $(BIN)/python tests/quaderni.py chapters/*.ipynb

conta: $(VENV)/libro ## conta parole e righe di ogni capitolo, e scrive in testa i minuti che chiede
	$(BIN)/python pubblica/conta.py --scrivi

.venv-benchmarks/pronto: benchmarks/requirements.txt
	$(PYTHON) -m venv $(@D)
	$(@D)/bin/python -m pip install --quiet -r $<
	@touch $@

# Una cartella a parte: chi legge e chi prova il libro non ha bisogno di PyTorch.
.venv-pytorch/torch: | $(VENV)/test
	$(BIN)/python -m pip install --quiet --target $(@D) torch==2.13.0
	@touch $@

pytorch: .venv-pytorch/torch ## esegue il codice PyTorch del libro e ne confronta i numeri con quelli scritti
	PYTHONPATH=$(<D) $(BIN)/python tests/pytorch.py

SOLO ?= confronto sito
benchmark: $(addprefix benchmark-,$(SOLO)) ## misura il plug-in accanto ad altri (un quarto d'ora) e la velocità del sito; SOLO=sito ne fa una parte

benchmark-confronto: .venv-benchmarks/pronto
	$(<D)/bin/python benchmarks/compare.py

benchmark-sito: $(VENV)/test libro
	$(BIN)/python benchmarks/sito.py

pulisci: ## toglie ciò che è stato costruito (non l'ambiente)
	rm -rf _build
