"""Paired measurements: ours and what it is measured against, in turn, in one run; medians."""

import json
import platform
import statistics
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path

RESULT = Path(__file__).resolve().parent / "latest.json"


@dataclass(frozen=True, slots=True)
class Measure:
    """One figure; ``ratio`` is value by the value of ``beside``, both of this run."""

    name: str
    value: float
    unit: str
    beside: str = ""
    ratio: float | None = None


@dataclass
class Report:
    """What a run measured, printed as it grows."""

    measures: list[Measure] = field(default_factory=list)

    def add(
        self, name: str, value: float, unit: str, *, beside: str = "", ratio: float | None = None
    ) -> None:
        """Keep and print one figure."""
        entry = Measure(
            name, round(value, 3), unit, beside, None if ratio is None else round(ratio, 2)
        )
        self.measures.append(entry)
        ratio_text = "" if ratio is None else f"{ratio:8.2f} x {beside}"
        print(f"{name:<44}{value:>12.3f} {unit:<11}{ratio_text}", flush=True)

    def write(self) -> None:
        """Write bench/latest.json, replacing the figures of the same name only."""
        kept = []
        if RESULT.exists():
            fresh = {entry.name for entry in self.measures}
            known = json.loads(RESULT.read_text())["measures"]
            kept = [entry for entry in known if entry["name"] not in fresh]
        document = {
            "measures": [*kept, *(asdict(entry) for entry in self.measures)],
            "machine": f"{platform.machine()} {platform.system()} python {platform.python_version()}",
            "date": datetime.now(UTC).date().isoformat(),
        }
        RESULT.write_text(json.dumps(document, indent=1, ensure_ascii=False) + "\n")


def milliseconds(call: Callable[[], object]) -> float:
    """Time one call."""
    started = time.perf_counter()
    call()
    return (time.perf_counter() - started) * 1000


def paired(
    ours: Callable[[], object], other: Callable[[], object], *, runs: int = 15, warm: int = 2
) -> tuple[float, float, float]:
    """Time two calls in turn; give both medians and the median of the pairwise ratios."""
    for _ in range(warm):
        ours()
        other()
    pairs = [(milliseconds(ours), milliseconds(other)) for _ in range(runs)]
    return (
        statistics.median(pair[0] for pair in pairs),
        statistics.median(pair[1] for pair in pairs),
        statistics.median(pair[0] / pair[1] for pair in pairs),
    )


def resident() -> float:
    """Give this process's resident memory in MB."""
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith("VmRSS"):
            return int(line.split()[1]) / 1024
    raise RuntimeError("this system does not tell resident memory")
