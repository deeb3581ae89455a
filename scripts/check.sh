#!/usr/bin/env bash
# What must hold before a change goes in, apart from the tests: format, lints, documentation.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

echo "== format"
cargo fmt --all --check

echo "== lints"
cargo clippy --all-targets --locked -- -D warnings

echo "== documentation"
RUSTDOCFLAGS="-D warnings" cargo doc --no-deps --locked
