# Tutto ciò che si fa con il libro. Serve Python 3.11 o successivo; il resto si installa da sé in .venv.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
SITO := _build/html
PYTEST = PATH="$(CURDIR)/$(BIN):$$PATH" $(BIN)/python -m pytest -n logical --maxprocesses 4 --dist loadfile \
	--nbval --nbval-current-env --nbval-cell-timeout 300
export PIP_DISABLE_PIP_VERSION_CHECK := 1

.DEFAULT_GOAL := help
.PHONY: help libro servi lite jupyter pdf epub test test-veloce stile venti mutanti collegamenti blocca vulnerabili quaderni benchmark pulisci

help: ## mostra questi comandi
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## (.*)/  make \1\t\2/' | expand -t 22

$(BIN)/activate:
	@$(PYTHON) -c 'import sys; sys.exit("Serve Python 3.11 o successivo: questo è %d.%d." % sys.version_info[:2] if sys.version_info < (3, 11) else 0)'
	$(PYTHON) -m venv $(VENV)

# pip installa uv, e uv il resto: in metà del tempo, e soltanto file che hanno l'impronta scritta nell'elenco.
$(BIN)/uv: | $(BIN)/activate
	$(BIN)/python -m pip install --quiet uv==0.13.9
INSTALL := $(BIN)/uv pip install --quiet --python $(BIN)/python

$(VENV)/libro: requirements.txt myst-nb-interact/pyproject.toml myst-nb-interact/kernelspec/kernel.json | $(BIN)/uv
	@echo "Preparo l'ambiente in $(VENV) (la prima volta: meno di un minuto)…"
	$(INSTALL) --require-hashes -r requirements.txt
	$(INSTALL) --no-deps -e ./myst-nb-interact
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
	PATH="$(CURDIR)/$(BIN):$$PATH" $(BIN)/jupyter-book build -W -n --keep-going .
	@echo "Il libro è pronto: apriamo $(CURDIR)/$(SITO)/index.html nel browser, oppure eseguiamo make servi."

servi: libro ## mostra il libro nel browser, su questo computer
	@echo "Il libro è su http://127.0.0.1:8000 (Ctrl+C per finire)"
	@$(BIN)/python -m http.server --bind 127.0.0.1 --directory $(SITO) 8000

lite: $(VENV)/jupyter ## aggiunge al sito JupyterLite: i capitoli si eseguono nel browser
	$(BIN)/python pubblica/copie.py _build/copie
	$(BIN)/python -m pip download --quiet --no-deps --dest _build/ruote $$($(BIN)/python -m pip freeze | grep -E '^(comm|ipywidgets|jupyterlab_widgets)==')
	cd pubblica/lite && PATH="$(CURDIR)/$(BIN):$$PATH" jupyter lite build --piplite-wheels ../../_build/ruote $(LITE)
	@$(MAKE) --no-print-directory libro

jupyter: $(VENV)/jupyter ## apre i capitoli in JupyterLab
	cd chapters && "$(CURDIR)/$(BIN)/jupyter" lab

pdf: $(VENV)/pdf ## scrive il libro in PDF, in _build/html/backpropagation.pdf
	PATH="$(CURDIR)/$(BIN):$$PATH" $(BIN)/jupyter-book build -W -n --keep-going --builder singlehtml .
	@mkdir -p $(SITO)
	$(BIN)/python pubblica/stampa.py _build/singlehtml/index.html $(SITO)/backpropagation.pdf

epub: $(VENV)/libro ## scrive il libro in EPUB, in _build/html/backpropagation.epub
	PATH="$(CURDIR)/$(BIN):$$PATH" $(BIN)/jupyter-book build -W -n --keep-going --builder custom --custom-builder epub .
	@mkdir -p $(SITO)
	cp _build/epub/backpropagation.epub $(SITO)/

# Ciò che si importa è dichiarato; deptry avverte che non gli servono le righe con cui un elenco ne segue un altro.
DEPTRY := "$(CURDIR)/$(BIN)/python" -W ignore -m deptry
stile: $(VENV)/test ## controlla come è scritto il codice, notebook compresi, i tipi del plug-in e le dipendenze
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(DEPTRY) assets/estensione pubblica chapters --requirements-files requirements.in,pubblica/requirements.in
	$(DEPTRY) assets/estensione pubblica chapters tests --ignore DEP002
	cd myst-nb-interact && $(DEPTRY) .

test: $(VENV)/test stile pdf epub lite ## esegue tutti i controlli
	$(BIN)/python pubblica/browser.py
	$(PYTEST) chapters tests myst-nb-interact/tests

test-veloce: $(VENV)/test stile ## i controlli che non costruiscono pagine e non aprono il browser
	$(PYTEST) -m "not sito and not lento" --ignore-glob="*/test_build.py" --ignore-glob="*/test_player.py" chapters tests myst-nb-interact/tests

venti: $(VENV)/test ## esegue i notebook venti volte, in ordine sparso, e ne confronta i risultati
	PATH="$(CURDIR)/$(BIN):$$PATH" $(BIN)/python tests/venti.py

mutanti: $(VENV)/test ## mette nei capitoli un errore alla volta e guarda quale controllo se ne accorge
	$(BIN)/python tests/mutanti.py

# Il file di configurazione che Sphinx chiede non serve ad altro.
collegamenti: $(VENV)/libro ## controlla i collegamenti ad altri siti, che elenca in _build/collegamenti (serve la rete)
	PATH="$(CURDIR)/$(BIN):$$PATH" $(BIN)/jupyter-book config sphinx .
	PYTHONPATH=assets/estensione PATH="$(CURDIR)/$(BIN):$$PATH" $(BIN)/sphinx-build -q -b linkcheck -D nb_execution_mode=off \
		-d _build/collegamenti/alberi . _build/collegamenti; esito=$$?; rm -f conf.py; cat _build/collegamenti/output.txt; exit $$esito

# Ogni elenco tiene conto di quelli su cui si appoggia. Con AGGIORNA=--upgrade si passa alle versioni più recenti.
LISTS := requirements requirements-jupyter pubblica/requirements tests/requirements
blocca: | $(BIN)/uv ## fissa le versioni dei pacchetti: da requirements.in a requirements.txt, e così gli altri elenchi
	for list in $(LISTS); do $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --fork-strategy fewest \
		--generate-hashes $(AGGIORNA) $$list.in -o $$list.txt || exit 1; done

vulnerabili: $(VENV)/test ## cerca nelle dipendenze le vulnerabilità note (serve la rete)
	$(BIN)/python -m pip install --quiet pip-audit==2.10.1
	$(BIN)/pip-audit --local --skip-editable

quaderni: $(VENV)/libro ## riesegue i notebook e ne riscrive i risultati
	PATH="$(CURDIR)/$(BIN):$$PATH" $(BIN)/python tests/quaderni.py chapters/*.ipynb

.venv-benchmarks/pronto: benchmarks/requirements.txt
	$(PYTHON) -m venv $(@D)
	$(@D)/bin/python -m pip install --quiet -r $<
	@touch $@

benchmark: .venv-benchmarks/pronto ## confronta il plug-in con Panel e HoloViews (tre quarti d'ora)
	$(<D)/bin/python benchmarks/compare.py

pulisci: ## toglie ciò che è stato costruito (non l'ambiente)
	rm -rf _build
