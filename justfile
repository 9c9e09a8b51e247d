# The habits of working on referrald. `just` alone lists them.

# So that an argument with a blank stays one.
set positional-arguments

_list:
    @just --list --unsorted

# Format the code and the API.
fmt:
    cargo fmt
    scripts/tools python
    "${CARGO_TARGET_DIR:-target}/tools/venv/bin/buf" format --write proto --path proto/referrald

# Everything that can be said about the source without running it.
lint:
    scripts/lint

# Every test, after installing what they need; arguments go to cargo test.
test *arguments:
    scripts/test "$@"

# So many random worlds, from a seed on: is every decision what truly happened? docs/simulation.md
simulate worlds="1000" seed="1":
    scripts/tools postgres
    REFERRALD_WORLDS="$1" REFERRALD_SEED="$2" cargo test --locked --test it simulation -- --nocapture

# Generate the clients anew, after a change of the API.
clients *languages:
    scripts/clients generate "$@"

# The story of one campaign, told by the real server.
demo:
    cargo run --release -- demo --once

# How fast it is, on both databases.
bench *arguments:
    scripts/tools postgres
    cargo bench --locked "$@"
