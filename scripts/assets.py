"""Copy browser libraries and the faces of documents from node_modules; never fetches anything."""

import json
import re
import shutil
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
FACES = ROOT / "app" / "documents" / "faces"
FACE_FILES = {
    "@expo-google-fonts/noto-sans-sc/400Regular/NotoSansSC_400Regular.ttf": "regular.ttf",
    "@expo-google-fonts/noto-sans-sc/700Bold/NotoSansSC_700Bold.ttf": "bold.ttf",
    "@expo-google-fonts/noto-sans-sc/LICENSE_FONT": "OFL.txt",
}
RARE = "hanamin"
"""Its style sheet names the characters of each of its files."""
_RULE = re.compile(r"url\((HanaMin[AB]\.CJK-[\w-]+\.woff2)\).*?unicode-range: ([^;]+);", re.DOTALL)


def copy_faces(source: Path, *, target: Path) -> list[Path]:
    """Copy the faces that documents are printed with, and which file has which rare character.

    :raises FileNotFoundError: when npm has not installed a file.
    """
    target.mkdir(parents=True, exist_ok=True)
    copied = []
    for name, short in FACE_FILES.items():
        copied.append(Path(shutil.copyfile(source / name, target / short)))
    rare = source / RARE
    ranges = {}
    for name, listed in _RULE.findall((rare / "HanaMin.css").read_text(encoding="utf-8")):
        copied.append(Path(shutil.copyfile(rare / name, target / name)))
        ranges[name] = [_range(one) for one in listed.split(",")]
    index = target / "rare.json"
    index.write_text(json.dumps(ranges), encoding="utf-8")
    return [*copied, index]


def _range(written: str) -> tuple[int, int]:
    first, _dash, last = written.strip().removeprefix("U+").partition("-")
    return int(first, 16), int(last or first, 16)


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
        copied = copy_assets(SOURCE, target=TARGET) + copy_faces(SOURCE, target=FACES)
    except FileNotFoundError as error:
        print(error, file=sys.stderr)
        return 1
    for path in copied:
        print(path.relative_to(ROOT))
    return 0


if __name__ == "__main__":
    sys.exit(main())
