#!/usr/bin/env bash
# Measures the release binary as a whole, in a pseudo-terminal of 120x40, and prints the table of docs/performance.md (Linux; needs
# python3 and nothing else). Takes about five minutes; `assets/figures.sh --quick` takes one and is less exact.
set -euo pipefail
cd "$(dirname "$0")/.."
cargo build --release --locked
exec python3 assets/figures.py "$@"
