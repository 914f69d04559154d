"""Copy the browser libraries from node_modules into app/static/vendor; never fetches anything."""

import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
SOURCE = ROOT / "node_modules"
TARGET = ROOT / "app" / "static" / "vendor"
FILES = (
    "bootstrap/dist/css/bootstrap.min.css",
    "bootstrap/dist/js/bootstrap.bundle.min.js",
    "tom-select/dist/css/tom-select.bootstrap5.min.css",
    "tom-select/dist/js/tom-select.complete.min.js",
)


def copy_assets(source: Path, *, target: Path) -> list[Path]:
    """Copy every library file, without its source-map reference (the maps are not served).

    :raises FileNotFoundError: before anything is written, when npm has not installed a file.
    """
    missing = [name for name in FILES if not (source / name).is_file()]
    if missing:
        raise FileNotFoundError(f"run 'npm ci' first; missing: {', '.join(missing)}")
    target.mkdir(parents=True, exist_ok=True)
    copied = []
    for name in FILES:
        destination = target / Path(name).name
        text = (source / name).read_text(encoding="utf-8")
        kept = [line for line in text.splitlines() if "# sourceMappingURL=" not in line]
        destination.write_text("\n".join(kept) + "\n", encoding="utf-8")
        copied.append(destination)
    return copied


def main() -> int:
    """Run from the command line: print what was copied."""
    try:
        copied = copy_assets(SOURCE, target=TARGET)
    except FileNotFoundError as error:
        print(error, file=sys.stderr)
        return 1
    for path in copied:
        print(path.relative_to(ROOT))
    return 0


if __name__ == "__main__":
    sys.exit(main())
