# The commands a person types; `make help` lists them. All but `rows` are scripts that can be run by hand.
.DEFAULT_GOAL := help
.PHONY: help demo clean-demo smoke test faults fuzz sqlx image deny rows peers alerts former bench scale cluster restore-drill runbook flows market

help: ## List the commands
	@sed -nE 's/^([a-z-]+): ## (.*)/  make \1|\2/p' Makefile | while IFS='|' read -r name text; do printf '%-20s %s\n' "  $$name" "$$text"; done

demo: ## Build and start everything on this machine, with a pretend Bitrix24; prints the addresses to open
	@scripts/demo.sh

clean-demo: ## Remove the demo's data (.data)
	@scripts/demo.sh clean

smoke: ## Start everything with throwaway data, install and return a task over HTTP, end with 0 or 1
	@scripts/smoke.sh

test: ## Formatting, lints, checked queries, unit tests, stories and browser tests
	@scripts/test.sh

fuzz: ## Throw odd bytes at what reads portals' posts and answers, ten minutes for each target (brings cargo-fuzz)
	@scripts/fuzz.sh

faults: ## Break everything on purpose and print the figures of trust with their targets; about a quarter of an hour
	@scripts/faults.sh

sqlx: ## Write the checked queries (.sqlx) anew, after a change of a query or a migration
	@scripts/sqlx.sh

image: ## Build the container image, start it once and see it ready
	@scripts/image.sh

deny: ## Check licences, banned crates and sources of the dependencies (needs cargo-deny)
	@scripts/deny.sh

rows: ## Write tests/rows.md anew: which test holds which row of docs/threats.md
	@WRITE_ROWS=1 cargo test --locked --test stories every_row_is_held

peers: ## Measure against the libraries that people would use instead (six minutes; PyPI, npm); writes benches/peers.md
	@scripts/peers.sh

bench: ## Constant load and saturation beside their floors (a quarter of an hour; brings oha); writes benches/load.md
	@scripts/bench.sh

cluster: ## Three replicas, nginx, PgBouncer, a standby: kill, freeze, roll out, promote under load; writes benches/cluster.md
	@scripts/cluster.sh

scale: ## Fill the schema with 100 000 companies, work in some, compute what it takes (ten minutes, 6 GB); writes benches/scale.md
	@scripts/scale.sh

alerts: ## Check the alert rules and the dashboard with promtool, and play series that must fire and that must not
	@scripts/alerts.sh

former: ## Does each version of the past work on the schema that came after it? (asks the history)
	@scripts/former.sh

restore-drill: ## Back up a database in use, restore it elsewhere, compare every table, and work on with what was restored
	@scripts/restore-drill.sh

runbook: ## Follow docs/runbook.md word by word on a Debian that has nothing yet (root, debootstrap; four minutes)
	@scripts/runbook.sh

market: ## Make the Market's icon and screenshots (docs/market/, .cache/market/)
	@scripts/market.sh

flows: ## Play the desk's flows in a browser with a slow portal; prints clicks, keys, pages and seconds beside their targets
	@scripts/flows.sh
