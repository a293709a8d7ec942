"""Whatever comes in: a right result or an error line with a reason, never a traceback or a hang."""

import io
import json
import unicodedata
from pathlib import Path
from zipfile import ZipFile

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from fakes import PATTERNS, fake_analyzer, write_scheme
from hostile_inputs import (
    BODY,
    CASES,
    ONE,
    SECONDS,
    TWO,
    Corpus,
    differences,
    removed_after,
    time_limit,
)
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from canbo.batch import RunConfig, run
from canbo.data.documents import Document, InputError
from canbo.data.readers import READERS, read_inputs
from canbo.output import OutputFolder, RunError

# Small ones of each class, for models with weights.
GROUPS_FOR_MODELS = {"characters", "texts", "ids and titles"}
MOST_CHARACTERS = 5_000


@pytest.fixture(scope="module")
def hostile_run(tmp_path_factory):
    """One run over all of the corpus: the corpus, the output folder, the report, the summary."""
    with removed_after(tmp_path_factory.mktemp("hostile")) as folder:
        corpus = Corpus(folder / "in", CASES)
        corpus.write()
        config = RunConfig(tuple(corpus.inputs), folder / "out", themes=write_scheme(folder))
        with time_limit(SECONDS, {}):
            summary = run(config, fake_analyzer())
        yield corpus, config, summary


def test_the_corpus_is_large_and_its_cases_are_told_apart():
    assert len(CASES) >= 200
    assert len({(case.group, case.what) for case in CASES}) == len(CASES)


def test_every_hostile_input_gives_what_it_must(hostile_run):
    corpus, config, summary = hostile_run
    assert differences(corpus, config.output) == []
    expected = sum(len(case.expected) for case in corpus.cases)
    assert summary.counts.documents + summary.counts.errors == expected


def test_hostile_documents_get_their_themes_and_errors_their_remedies(hostile_run):
    _, config, summary = hostile_run
    for line in (config.output / "documents.jsonl").read_bytes().splitlines():
        for paragraph in json.loads(line)["paragraphs"]:
            held = [theme for theme, phrase in PATTERNS.items() if phrase in paragraph["text"]]
            assert paragraph["themes"] == held
    for line in (config.output / "errors.jsonl").read_bytes().splitlines():
        error = json.loads(line)
        assert error["error"] != "model", error
        assert error["message"].endswith("."), error
    assert summary.report.stat().st_size > 0


def test_nothing_is_written_beside_the_output(hostile_run):
    corpus, config, _ = hostile_run
    assert {path.name for path in corpus.folder.parent.iterdir()} == {"in", "out", "themes.yaml"}
    made = {path.name for path in config.output.iterdir()}
    assert made <= {path.name for path in OutputFolder(config.output).resolved_files}


def test_an_output_within_the_input_is_refused(tmp_path):
    (tmp_path / "a.txt").write_text(BODY, encoding="utf-8")
    config = RunConfig((str(tmp_path),), tmp_path / "x/../out", themes=write_scheme(tmp_path))
    with pytest.raises(RunError, match="choose another --output"):
        run(config, fake_analyzer())


@pytest.mark.slow
def test_hostile_texts_with_the_shipped_models(tmp_path):
    cases = [case for case in CASES if case.group in GROUPS_FOR_MODELS]
    corpus = Corpus(tmp_path / "in", cases)
    corpus.write()
    for path in corpus.folder.rglob("*.*"):
        if path.stat().st_size > MOST_CHARACTERS:
            path.unlink()
    left = [i for i in range(len(cases)) if any(corpus.place(i).iterdir())]
    summary = run(RunConfig(tuple(str(corpus.place(i)) for i in left), tmp_path / "out"))
    outcomes = corpus.outcomes(tmp_path / "out")
    for i in left:
        assert len(outcomes[i]) == len(cases[i].expected), cases[i].what
        assert not [r for r in outcomes[i] if r.get("error") == "model"], cases[i].what
    assert summary.report.stat().st_size > 0


# --- fuzz --------------------------------------------------------------------------------------


def _parquet():
    stream = io.BytesIO()
    pq.write_table(pa.table({"id": ["a", "b"], "text": [ONE, TWO]}), stream)
    return stream.getvalue()


def _zip(entries):
    stream = io.BytesIO()
    with ZipFile(stream, "w") as archive:
        for name, content in entries.items():
            archive.writestr(name, content)
    return stream.getvalue()


WORD = (
    '<w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"><w:body>'
    f"<w:p><w:r><w:t>{ONE}</w:t></w:r></w:p><w:p><w:r><w:t>{TWO}</w:t></w:r></w:p>"
    "</w:body></w:document>"
)
PDF = (
    b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n"
    b"2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n"
    b"3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 600 800]/Contents 4 0 R"
    b"/Resources<</Font<</F<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>>>>>>>endobj\n"
    b"4 0 obj<</Length 58>>stream\nBT /F 12 Tf 50 700 Td (Mot cau ngan gon o day.) Tj ET      \n"
    b"endstream endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"
)
VALID = {
    ".txt": BODY.encode(),
    ".md": f"---\ntitle: Tin\ndate: 2018-03-12\n---\n# Tin\n\n- {ONE}\n\n> {TWO}\n".encode(),
    ".html": f"<!doctype html><html><body><h1>Tin</h1><p>{ONE}</p><p>{TWO}</p></body>".encode(),
    ".htm": f"<p>{ONE}<p>{TWO}".encode(),
    ".jsonl": b'{"id": "a", "text": "M\xe1\xbb\x99t c\xc3\xa2u."}\n{"paragraphs": ["x", "y"]}\n',
    ".csv": f'id,title,text\r\na,b,"{ONE}\n\n{TWO}"\r\nc,d,{ONE}\r\n'.encode(),
    ".parquet": _parquet(),
    ".zip": _zip({"a.txt": BODY, "b/c.jsonl": '{"text": "Một câu."}\n'}),
    ".docx": _zip({"word/document.xml": WORD}),
    ".pdf": PDF,
}
EXAMPLES = {".pdf": 6, ".html": 40, ".htm": 40}


def mutations(valid):
    """A valid file with bytes replaced, cut out, doubled or put in, or cut off."""
    place = st.integers(0, len(valid))
    piece = st.one_of(
        st.binary(max_size=4),
        st.sampled_from(
            [b"\0", b'"', b"\n", b"<", b"[" * 50, b"\xff\xfe", b"\xed\xa0\x80", b"&#0;"]
        ),
    )

    def change(raw, edit):
        start, length, new, copied = edit
        start = min(start, len(raw))
        old = raw[start : start + length] if copied else b""
        return raw[:start] + new + old + raw[start + length * (not copied) :]

    edits = st.lists(st.tuples(place, st.integers(0, 40), piece, st.booleans()), max_size=6)

    def apply(edits):
        raw = valid
        for edit in edits:
            raw = change(raw, edit)
        return raw

    return edits.map(apply)


@pytest.mark.parametrize("suffix", READERS)
def test_mutated_files_give_documents_or_errors(tmp_path, suffix):
    path = tmp_path / f"a{suffix}"

    @settings(
        max_examples=EXAMPLES.get(suffix, 80),
        derandomize=True,
        database=None,
        deadline=None,
        suppress_health_check=list(HealthCheck),
    )
    @given(mutations(VALID[suffix]))
    def check(raw):
        path.write_bytes(raw)
        results = list(read_inputs([path]))
        assert results
        for result in results:
            check_result(result)

    check()


def check_result(result):
    if isinstance(result, InputError):
        assert result.error and result.message and result.source
        json.dumps(vars(result), ensure_ascii=False).encode()
    else:
        assert isinstance(result, Document)
        assert result.paragraphs
        for text in (result.id, *result.paragraphs, result.title or "", result.lead or ""):
            assert unicodedata.is_normalized("NFC", text)
            text.encode()
        assert all(paragraph.strip() for paragraph in result.paragraphs)


@pytest.mark.parametrize("suffix", READERS)
def test_the_files_that_are_mutated_are_read(tmp_path: Path, suffix):
    path = tmp_path / f"a{suffix}"
    path.write_bytes(VALID[suffix])
    assert all(isinstance(result, Document) for result in read_inputs([path]))
