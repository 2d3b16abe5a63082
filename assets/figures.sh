#!/usr/bin/env bash
# Measures the program as it is shipped (`--profile dist`), in a pseudo-terminal of 120x40, and prints the table of
# docs/performance.md (Linux; needs python3 and nothing else). Takes about five minutes; `assets/figures.sh --quick` takes one
# and is less exact. `assets/figures.sh --builds` builds both profiles from nothing and prints the table of builds.
set -euo pipefail
cd "$(dirname "$0")/.."
case " $* " in
*" --builds "*) cargo fetch --locked ;;
*) cargo build --profile dist --locked ;;
esac
exec python3 assets/figures.py "$@"
