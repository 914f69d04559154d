#!/usr/bin/env bash
# Create .venv with the newest Python the locks were made for.
set -euo pipefail

for candidate in python3.11 python3.12 python3; do
  # A version manager's shim may exist for a version that does not: try it, do not only look for it.
  if "$candidate" -c 'import sys, ensurepip; sys.exit(not (3, 11) <= sys.version_info < (3, 13))' 2>/dev/null; then
    exec "$candidate" -m venv .venv
  fi
done
echo 'Python 3.11 or 3.12 with its venv module is needed (on Debian 12: apt-get install python3-venv).' >&2
exit 1
