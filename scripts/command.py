"""Write .venv/bin/dingkao and make the project importable there. It installs nothing else.

The project is an application that runs from its checkout: one line in the environment's
site-packages does what an editable installation would, without a build backend to lock.
"""

import sys
import sysconfig
from pathlib import Path

# The shell reads the quotes as an empty word before exec, Python as a string: the path may be
# long or hold spaces, which a first line naming the interpreter does not allow.
COMMAND = """\
#!/bin/sh
'''exec' "{python}" "$0" "$@"
' '''
import sys

from app.cli import main

sys.exit(main())
"""


def install(*, project: Path, python: Path, packages: Path) -> Path:
    """Write the command beside the interpreter and the path into packages; return the command."""
    (packages / "dingkao.pth").write_text(f"{project}\n", encoding="utf-8")
    command = python.parent / "dingkao"
    command.write_text(COMMAND.format(python=python), encoding="utf-8")
    command.chmod(0o755)
    return command


if __name__ == "__main__":
    install(
        project=Path(__file__).resolve().parents[1],
        python=Path(sys.executable),
        packages=Path(sysconfig.get_path("purelib")),
    )
