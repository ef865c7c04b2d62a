# What a user needs: `make run` and `make test`. Everything else is for those who change Lode.

.PHONY: run test desk check validation setup fuzz package bench docs clean steps web python

RELEASE := target/release/lode
FUZZ_INPUTS ?= 10000000

## run: build the pages and the program, and open the workbench in a browser, on this machine only
run: setup
	@./scripts/pages.sh || echo "run: the pages could not be built; the program is built without them"
	cargo build --release --locked --package lode-cli
	@echo
	@echo "In the terminal: $(RELEASE) desk JPN, and $(RELEASE) --help for everything else."
	@$(RELEASE) serve

## desk: build the program and print how dependent Japan is, and one claim against the record
desk: setup
	cargo build --release --locked --package lode-cli
	@echo
	@$(RELEASE) desk JPN
	@echo
	@$(RELEASE) claims meti-2020

## test: run every test, of the program, of the pages and of both in a browser; what cannot run here prints `skipped:` and why
test:
	@./scripts/setup.sh test
	@./scripts/test.sh

## check: what a change must pass before it is proposed: format, lints, tests, documentation
check: setup
	cargo fmt --all --check
	cargo clippy --workspace --all-targets --locked -- -D warnings
	cargo test --workspace --locked --no-fail-fast
	RUSTDOCFLAGS="-D warnings" cargo doc --workspace --no-deps --locked

## validation: hold the model against history, write RESULTS.md, plots and losses anew, and check the frozen forecasts
validation: setup
	cargo run --release --locked --package lode-validation --bin validation -- results
	cargo run --release --locked --package lode-validation --bin validation -- losses
	cargo test --locked --package lode-validation -- --show-output

## python: build the Python package and install it into python/.venv (needs Python 3.10 or newer; skipped where there is none)
python: setup
	scripts/python.sh

## web: build the pages of the workbench into web/dist, which the program then holds (needs Node.js 20 or newer with npm)
web:
	@./scripts/pages.sh

## setup: see that Rust 1.90 or newer and a C linker are there; install what is missing where that is possible
setup:
	@./scripts/setup.sh

## package: build the built-in package again from the raw releases beside the project
package: setup
	cargo run --release --locked --package lode-cli -- package build --inputs ../shared --output data/packages/critical-minerals-2026.1.zip

## steps: pack the built-in tables of processes again from data/sources/steps
steps: setup
	cargo run --release --locked --package lode-cli -- package pack data/sources/steps --name process-steps --version 2026.1 \
		--title "What stops: from element to process step and product" \
		--description "Elements, forms, materials, process steps and products, what each needs, stocks, wear and substitutes" \
		--today 2026-11-25 --output data/packages/process-steps-2026.1.zip

## fuzz: throw FUZZ_INPUTS broken inputs at every reader
fuzz: setup
	cargo run --release --locked --package lode-fuzz -- --inputs $(FUZZ_INPUTS)

## bench: speed beside other tools (needs Python 3 and its packages; see benches/README.md)
bench: setup
	cargo build --release --locked --package lode-bench --package lode-cli
	benches/run.sh

## docs: the documentation of the code; the book is plain Markdown in docs/src
docs: setup
	cargo doc --workspace --no-deps --locked

## clean: remove everything that make built
clean:
	cargo clean
