#!/usr/bin/env bash
# Run every test: on SQLite and, at the same time, on PostgreSQL; then, alone on the machine, in the browser.
# Arguments go to each pytest. It ends with the summary line of each part.
set -euo pipefail
cd "$(dirname "$0")/.."

results=build/tests # not test-results: the browser plug-in empties that one
failed=0
mkdir -p "$results"

part() { # name, arguments of pytest
  local name=$1
  shift
  .venv/bin/python -m pytest -o "cache_dir=.pytest_cache/$name" "$@"
}

judge() { # name, exit status
  # 5: nothing was collected. Only a tree without browser tests may end so.
  if (($2 == 5)) && [[ $1 == browser && ! -d tests/browser ]]; then return; fi
  if (($2 != 0)); then failed=1; fi
}

part postgres --database=postgres -m 'database and not browser' "$@" >"$results/postgres.log" 2>&1 &
other=$!
trap 'kill "$other" 2>/dev/null || true' EXIT

printf '\n=== SQLite\n'
status=0
part sqlite --database=sqlite -m 'not browser' "$@" 2>&1 | tee "$results/sqlite.log" || status=$?
judge sqlite "$status"

printf '\n=== PostgreSQL\n'
status=0
wait "$other" || status=$?
trap - EXIT
judge postgres "$status"
cat "$results/postgres.log"

# Timing in a browser suffers from neighbours, so this part has the machine to itself.
printf '\n=== Browser\n'
status=0
part browser --database=sqlite -m browser "$@" 2>&1 | tee "$results/browser.log" || status=$?
judge browser "$status"

printf '\n=== Browser, PostgreSQL, SQLite\n'
for name in browser postgres sqlite; do tail -n 1 "$results/$name.log"; done
exit "$failed"
