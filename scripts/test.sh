#!/usr/bin/env bash
# Run every test: on SQLite and, at the same time, on PostgreSQL; then, alone on the machine, in the browser.
# Whoever is done with PostgreSQL takes over tests/documents and most of tests/security on SQLite, so that two processors end together.
# Arguments go to each pytest; with any, nothing is taken over. It ends with the summary line of each part.
set -euo pipefail
cd "$(dirname "$0")/.."

results=build/tests # not test-results: the browser plug-in empties that one
failed=0
shared=()
if ((! $#)); then
  for file in tests/documents/test_*.py tests/security/test_*.py; do
    if [[ $file != */test_foreign_lists.py ]]; then shared+=("$file"); fi # the longest one stays
  done
fi
own=("${shared[@]/#/--ignore=}")
mkdir -p "$results"
rm -f "$results"/*.status

part() { # name, arguments of pytest; its exit status lies beside its log
  local name=$1 status=0
  shift
  .venv/bin/python -m pytest -o "cache_dir=.pytest_cache/$name" "$@" || status=$?
  echo "$status" >"$results/$name.status"
}

judge() { # name
  local status
  status=$(<"$results/$1.status") # missing: the part did not come to its end
  # 5: nothing was collected. Only a tree without browser tests may end so.
  if ((status == 5)) && [[ $1 == browser && ! -d tests/browser ]]; then return; fi
  if ((status != 0)); then failed=1; fi
}

beside() {
  part postgres --database=postgres -m 'database and not browser' "$@" >"$results/postgres.log" 2>&1
  if ((${#shared[@]})); then
    part security --database=sqlite -m 'not browser' "${shared[@]}" >"$results/security.log" 2>&1
  fi
}

beside "$@" &
other=$!
trap 'kill "$other" 2>/dev/null || true' EXIT

printf '\n=== SQLite\n'
part sqlite --database=sqlite -m 'not browser' "${own[@]}" "$@" 2>&1 | tee "$results/sqlite.log"
wait "$other"
trap - EXIT

# Timing in a browser suffers from neighbours, so this part has the machine to itself.
printf '\n=== Browser\n'
part browser --database=sqlite -m browser "$@" 2>&1 | tee "$results/browser.log"

parts=(sqlite postgres browser)
if ((${#shared[@]})); then parts=(sqlite security postgres browser); fi
for name in "${parts[@]}"; do judge "$name"; done
for name in "${parts[@]:1:${#parts[@]}-2}"; do
  printf '\n=== %s\n' "$name"
  cat "$results/$name.log"
done
printf '\n=== Summary: %s\n' "${parts[*]}"
for name in "${parts[@]}"; do tail -n 1 "$results/$name.log"; done
exit "$failed"
