"""The documents and the code say the same."""

import re
import tomllib
from collections.abc import Iterator
from itertools import count
from pathlib import Path

import pytest
from click.testing import CliRunner
from packaging.requirements import Requirement

import config as configuration
from app import enums
from app.cli import COMMANDS, docs
from app.demo import summary
from app.demo.accounts import PASSWORD
from app.extensions import db
from app.workflows.registry import WORKFLOWS
from tests.support import architecture, files
from tests.support.site import Site
from tests.support.syntax import modules

ROOT = Path(__file__).resolve().parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")
CHINESE, ENGLISH = README.partition("\n## English\n")[::2]
LANGUAGES = pytest.mark.parametrize("text", [CHINESE, ENGLISH], ids=["zh", "en"])
DOCUMENTS = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")])
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
RECORDS = sorted((ROOT / "docs" / "decisions").glob("*.md"))
SECRETS = {"DINGKAO_SECRET_KEY", "DINGKAO_DATA_KEYS"}
LINK = re.compile(r"(!?)\[([^\]]*)\]\(([^)\s]+)\)")


def read(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def tables(text: str) -> Iterator[list[list[str]]]:
    """The tables of a document, each as its rows of cells without the head."""
    for found in re.findall(r"(?:^\|.*\|\n)+", text, re.MULTILINE):
        lines = found.splitlines()
        yield [[cell.strip() for cell in line.strip("|").split("|")] for line in lines[2:]]


def table_with(text: str, first: str) -> list[list[str]]:
    """The one table that has a row beginning with this cell."""
    (found,) = [rows for rows in tables(text) if any(row[0] == first for row in rows)]
    return found


def commands(text: str) -> list[str]:
    """What a reader is told to type, from the blocks of shell commands."""
    blocks = re.findall(r"^```sh\n(.*?)^```", text, re.MULTILINE | re.DOTALL)
    return [line for block in blocks for line in block.splitlines()]


def anchors(text: str) -> set[str]:
    """What the headings of a document are linked by."""
    headings = re.findall(r"^#+ (.+)$", text, re.MULTILINE)
    return {re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-") for heading in headings}


def broken_links(document: Path) -> list[str]:
    """Links of a document that lead nowhere, and pictures without words for those who cannot see."""
    text = document.read_text(encoding="utf-8")
    problems = []
    for mark, words, target in LINK.findall(text):
        if target.startswith(("http://", "https://")):
            continue
        path, _hash, anchor = target.partition("#")
        if path and not (document.parent / path).exists():
            problems.append(target)
        if not path and anchor not in anchors(text):
            problems.append(target)
        if mark and len(words) < 5:
            problems.append(f"{target} has no alternative text")
    return problems


def defaults(rows: list[list[str]]) -> dict[str, str]:
    return {row[0].strip("`"): row[1] for row in rows}


def expected_default(entry: configuration.Entry) -> str | None:
    """How a default is written, None where it is only described."""
    if entry.name in SECRETS:
        return None
    if entry.name == "DATA_DIR":
        return f"`{Path(entry.default).name}`"
    return f"`{entry.default}`" if entry.default else None


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_link_leads_somewhere(document: Path) -> None:
    assert broken_links(document) == []


def test_a_link_that_leads_nowhere_is_found(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text("# A b\n[x](none.md) [y](#a-b) [z](#c) [p](page.md)\n![](page.md)\n")

    assert broken_links(page) == ["none.md", "#c", "page.md has no alternative text"]


@LANGUAGES
def test_the_readme_tells_two_commands_and_no_more(text: str) -> None:
    assert commands(text) == ["make run", "make test"]


def test_every_target_that_is_mentioned_exists() -> None:
    targets = set(re.findall(r"^\.PHONY: (\S+)$", read("Makefile"), re.MULTILINE))
    text = "\n".join(document.read_text(encoding="utf-8") for document in DOCUMENTS)
    mentioned = {*re.findall(r"`make ([a-z-]+)`", text), *(c.split()[1] for c in commands(text))}

    assert {"run", "test", "setup", "bench", "help"} <= mentioned
    assert mentioned - targets == set()


def test_both_languages_of_the_readme_have_the_same_parts() -> None:
    def shape(text: str) -> tuple[int, list[tuple[int, int]], list[str]]:
        sections = re.findall(r"^### ", text, re.MULTILINE)
        sizes = [(len(rows), len(rows[0])) for rows in tables(text)]
        pictures = [target for mark, _words, target in LINK.findall(text) if mark]
        return len(sections), sizes, pictures

    assert shape(CHINESE) == shape(ENGLISH)


@pytest.mark.parametrize(
    "text", [CHINESE, ENGLISH, read("docs/configuration.md")], ids=["zh", "en", "configuration"]
)
def test_every_setting_is_described_with_its_default(text: str) -> None:
    written = defaults(table_with(text, "`PORT`"))
    wanted = {entry.name: expected_default(entry) for entry in configuration.ENTRIES}

    assert list(written) == list(wanted)
    assert {n: written[n] for n, value in wanted.items() if value} == {
        name: value for name, value in wanted.items() if value
    }
    assert not any(
        entry.default in text for entry in configuration.ENTRIES if entry.name in SECRETS
    )


@LANGUAGES
def test_the_readme_lists_every_command(text: str) -> None:
    assert [row[0].strip("`") for row in table_with(text, "`new-key`")] == list(COMMANDS)


@LANGUAGES
def test_the_readme_lists_accounts_that_the_demo_has(text: str, shared_site: Site) -> None:
    rows = table_with(text, "`agency`")
    listed = {name for row in rows for name in re.findall(r"`([a-z-]+)`", row[0])} - {"make run"}
    with shared_site.session() as session:
        found = summary(session).accounts
    by_name = {account.username: account for account in found}

    assert len(listed) == 10
    assert listed - set(by_name) == set()
    assert by_name["hospital-new"].state is enums.AccountState.INITIAL
    physicians = [a.state.name for a in found if enums.Role.PHYSICIAN in a.roles]
    assert physicians == ["ACTIVE", "INITIAL"]
    assert f"`{PASSWORD}`" in text


@LANGUAGES
def test_the_readme_claims_no_licence_that_is_not_there(text: str) -> None:
    says_none = "尚未选定许可证" in text or "No licence has been chosen" in text

    assert says_none is not any(ROOT.glob("LICENSE*"))


def test_the_glossary_has_every_word_of_every_vocabulary() -> None:
    rows = [row for rows in tables(read("docs/glossary.md")) for row in rows]
    written = {row[1].strip("`"): row for row in rows}
    wanted = {
        f"{kind.__name__}.{member.name}": member.value
        for kind in enums.Vocabulary.__subclasses__()
        for member in kind
    }
    found = {
        code: row[0] for code, row in written.items() if re.fullmatch(r"\w+\.[A-Z][A-Z0-9_]*", code)
    }

    assert found == wanted
    assert {kind.__name__ for kind in enums.Vocabulary.__subclasses__()} <= set(written)
    assert [code for code in wanted if not written[code][2]] == []


def test_the_glossary_has_every_entity_once() -> None:
    declared = [m for m in modules(ROOT, "app") if architecture.declares_entities(m)]
    mapped = {mapper.class_.__name__ for mapper in db.Model.registry.mappers}
    entities = set[str]().union(*map(architecture.entity_names, declared)) & mapped
    codes = [row[1] for rows in tables(read("docs/glossary.md")) for row in rows]

    assert len(entities) > 20
    assert {name for name in entities if codes.count(f"`{name}`") != 1} == set()


def test_the_diagrams_are_those_of_the_workflows() -> None:
    drawn = {path.stem for path in (ROOT / "docs" / "workflows").glob("*.md")}
    checked = CliRunner().invoke(docs.diagrams, ["--check"])

    assert drawn == set(WORKFLOWS)
    assert (checked.exit_code, checked.output) == (0, f"{len(WORKFLOWS)} diagrams\n")


def test_a_stale_diagram_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(docs, "ROOT", tmp_path)
    written = CliRunner().invoke(docs.diagrams, [])
    (tmp_path / "docs" / "workflows" / "cycle.md").write_text("stale")
    checked = CliRunner().invoke(docs.diagrams, ["--check"])

    assert written.exit_code == 0
    assert (checked.exit_code, checked.output) == (1, "stale: cycle.md\n")


def test_the_layers_of_the_architecture_are_those_that_are_checked() -> None:
    contract = PROJECT["tool"]["importlinter"]["contracts"][0]
    wanted = [re.findall(r"\w+", layer) for layer in contract["layers"]]
    rows = table_with(read("docs/architecture.md"), "`operations`")

    assert [sorted(re.findall(r"\w+", row[0])) for row in rows] == [sorted(w) for w in wanted]


@pytest.mark.parametrize("record", RECORDS, ids=lambda path: path.stem)
def test_a_decision_is_short_and_complete(record: Path) -> None:
    text = record.read_text(encoding="utf-8")
    parts = re.findall(r"^\*\*(\w+)\.\*\*", text, re.MULTILINE)

    assert parts == ["Context", "Decision", "Consequence", "Alternatives"]
    assert len(text.splitlines()) <= 30
    assert text.startswith(f"# {record.name[:4]} ")


def test_every_decision_that_is_cited_exists() -> None:
    numbers = [record.name[:4] for record in RECORDS]
    cited = re.compile(r"(?:decisions?/|decision |决策 )(\d{4})")
    found = files.matches(ROOT, files.project_files(ROOT), pattern=cited)

    assert numbers == [f"{n:04}" for n, _record in zip(count(1), RECORDS, strict=False)]
    assert [line for line in found if line[-4:] not in numbers] == []


def test_every_dependency_has_its_reason() -> None:
    text = read("docs/decisions/0004-dependencies-and-locks.md")
    named = {word for rows in tables(text) for row in rows for word in row[0].split(", ")}
    extras = PROJECT["project"]["optional-dependencies"]
    wanted = {
        Requirement(line).name
        for line in (*PROJECT["project"]["dependencies"], *extras["assets"], *extras["dev"])
    }

    assert wanted - named == set()
    assert named - wanted == {"bootstrap", "tom-select"}
