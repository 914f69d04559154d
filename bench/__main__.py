"""``python -m bench [name]``: every benchmark, or one, on PostgreSQL with data of our own.

BENCH_PHYSICIANS and BENCH_INSTITUTIONS make a smaller country.
"""

import os
import sys
from collections.abc import Callable, Mapping

from bench import bulk, certificates, exam, exports, figures, jobs, lists, rosters
from bench.country_site import Bench, country
from bench.harness import Report

BENCHES: Mapping[str, Callable[[Bench, Report], None]] = {
    "lists": lists.measure,
    "bulk": bulk.measure,
    "csv": exports.measure,
    "import": rosters.measure,
    "jobs": jobs.measure,
    "figures": figures.measure,
    "exam": exam.measure,
    "certificates": certificates.measure,
}


def main() -> None:
    """Run what was asked for and write bench/latest.json."""
    wanted = sys.argv[1:] or list(BENCHES)
    unknown = [name for name in wanted if name not in BENCHES]
    if unknown:
        sys.exit(f"no bench named {unknown[0]}; there are {', '.join(BENCHES)}")
    report = Report()
    physicians = int(os.environ.get("BENCH_PHYSICIANS", "1000000"))
    institutions = int(os.environ.get("BENCH_INSTITUTIONS", "10000"))
    with country(physicians=physicians, institutions=institutions) as bench:
        for name in wanted:
            BENCHES[name](bench, report)
            report.write()


if __name__ == "__main__":
    main()
