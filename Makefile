# Variables given on make's command line reach the scripts through the environment.
# `make run` and `make test` are the important ones. CONTRIBUTING.md describes the others.
.PHONY: run test build package package-test bench format lint clean

# make run [DATA=orders.csv[.gz] | PRODUCTS=p.csv INTERACTIONS=i.csv] [PORT=7071]
run:
	@scripts/run.sh

# make test [FILTER=pattern]
test:
	@scripts/test.sh

build:
	@scripts/install-prerequisites.sh
	@scripts/build.sh
	@scripts/frontend.sh build

# dist/recommender-shop-COMMIT.zip for Azure, and the frontend's zip once frontend/ is built.
package: build
	@scripts/package.py

# Runs the package in an empty root folder; needs root or user namespaces. With RECSHOP_TEST_DATABASE_URL, and root, the end-to-end
# tests run against it too.
package-test: build
	@if [ -n "$$RECSHOP_TEST_DATABASE_URL" ]; then swift build --build-tests && scripts/tests/package.py --end-to-end; \
	else scripts/tests/package.py; fi

# Every measurement of docs/benchmarks.md, in the order of that file.
bench:
	@scripts/install-prerequisites.sh --bench
	@scripts/build.sh Measurements
	@Benchmarks/run.sh

format:
	@scripts/lint.sh --fix

lint:
	@scripts/lint.sh
	@scripts/check-imports.sh

# Deletes what was built and the private databases, after stopping them. local.settings.json stays.
clean:
	@scripts/clean.sh
