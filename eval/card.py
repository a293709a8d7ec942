"""``canbo card``: a Hugging Face model card, filled from the model's folder and its report.

Every score comes from the report's ``metrics.json``; what no file of the checkpoint says comes from
``card.yaml`` beside it (`canbo.eval.model_facts.CardNotes`). A model that was trained just now has
no report yet: its card shows what the training run measured, and names it so.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Any

from canbo.data.errors import UserError
from canbo.data.provenance import TRAINING_RECORD_FILE, folder_sha256
from canbo.eval.model_facts import Compute, ModelFacts, read_model
from canbo.eval.report import escape_markdown, evaluation_template
from canbo.eval.report_tables import Cell, ReportTables, Row, Table
from canbo.eval.results import DatasetEntry, Evaluation, ModelEntry, load_evaluation
from canbo.eval.wording import (
    INT8,
    figure,
    figure_with_interval,
    find_result,
    metric_label,
    stage_words,
    verdicts,
)

if TYPE_CHECKING:
    from huggingface_hub import EvalResult, ModelCard, ModelCardData

__all__ = ["CardError", "check_card", "ensure_card", "make_card", "write_card"]

# How a card that was made here is known from one that a person wrote.
MARK = "<!-- Made by canbo card"
# The same of a card without a report.
_UNJUDGED_MARK = f"{MARK} from {TRAINING_RECORD_FILE}"
# Power of one busy CPU core with its share of memory and power supply, for want of a measurement.
WATTS_PER_CORE = 15.0
# Mean of the world's electricity in 2024 (Ember, Global Electricity Review 2025).
KG_CO2_PER_KWH = 0.47

_TASKS = {
    "classifier": ("text-classification", "Themes of paragraphs"),
    "seq2seq": ("summarization", "Abstracts of articles"),
    "extractive": ("summarization", "Abstracts of articles"),
}
_EVALUATED_BY = {"classifier": "themes", "seq2seq": "abstracts", "extractive": "abstracts"}
_OTHERS = ("baseline", "oracle")
_HUB_ID = re.compile(r"[\w.-]+/[\w.-]+")
# Invented paragraphs for the examples on the model's page.
_PARAGRAPHS = (
    (
        "Rotation",
        "Ban Thường vụ Tỉnh ủy quyết định điều động ông Lê Văn Bưởi, Chánh Văn phòng Sở Nông"
        " nghiệp, về giữ chức Phó Bí thư Huyện ủy Sông Cát.",
    ),
    (
        "Training and evaluation",
        "Sau khóa bồi dưỡng lý luận chính trị, huyện Đồi Gió lấy phiếu nhận xét và xếp loại từng"
        " học viên.",
    ),
    ("No theme", "Sáng nay, bà con xã Bến Lau thu hoạch xong vụ dưa hấu sớm nhất trong năm."),
)
# Of what a training run measures, in this order.
_OWN_FIGURES = ("macro_f1", "micro_f1", "mean_average_precision", "rouge1", "rouge2", "rougeL")
_SETTINGS = (
    "model_name_or_path",
    "max_length",
    "max_source_length",
    "max_target_length",
    "num_train_epochs",
    "max_steps",
    "per_device_train_batch_size",
    "gradient_accumulation_steps",
    "learning_rate",
    "lr_scheduler_type",
    "warmup_steps",
    "weight_decay",
    "seed",
)


class CardError(UserError):
    """A card cannot be made; the message names what does not fit and the remedy."""


def write_card(
    model_dir: Path, report_dir: Path, output: Path | None = None, *, overwrite: bool = False
) -> Path:
    """Write the model card of a model that a report judges.

    Args:
        model_dir: folder of the model.
        report_dir: folder that ``canbo evaluate`` wrote.
        output: the file to write; None takes the model's ``README.md``.
        overwrite: replace a file that was not made here.

    Returns:
        The file written.

    Raises:
        CardError: the report does not judge this model, or the file was written by a person.
        ModelFolderError: the folder holds no model, or a file of it breaks its form.
        MetricsFileError: the report's ``metrics.json`` cannot be read.
    """
    target = output or model_dir / "README.md"
    if target.is_file() and not overwrite and MARK not in target.read_text(encoding="utf-8"):
        raise CardError(
            f"{target}: not made by canbo card; move it away, or give --overwrite to replace it"
        )
    facts, evaluation = read_model(model_dir), load_evaluation(report_dir)
    card = make_card(facts, evaluation, report_dir.name)
    target.parent.mkdir(parents=True, exist_ok=True)
    _write(card, target)
    return target


def ensure_card(model_dir: Path, hub_id: str) -> Path:
    """Give a model that was just trained a card, unless a person's or a report's is there.

    Args:
        model_dir: folder of the model.
        hub_id: what the model will be called on the hub.

    Returns:
        The card.

    Raises:
        ModelFolderError: the folder holds no model, or a file of it breaks its form.
    """
    target = model_dir / "README.md"
    if not target.is_file() or _UNJUDGED_MARK in target.read_text(encoding="utf-8"):
        facts = read_model(model_dir)
        notes = replace(facts.notes, name=facts.notes.name or hub_id.rpartition("/")[2])
        _write(make_card(replace(facts, folder=Path(hub_id), notes=notes)), target)
    return target


def _write(card: ModelCard, target: Path) -> None:
    target.write_text(f"{str(card).strip()}\n", encoding="utf-8", newline="\n")


def make_card(
    facts: ModelFacts, evaluation: Evaluation | None = None, report_name: str = ""
) -> ModelCard:
    """Fill the card of a model from its folder and an evaluation.

    Args:
        facts: the model's folder.
        evaluation: figures that hold those of the model; None takes the training run's own.
        report_name: name of the report's folder.

    Raises:
        CardError: the evaluation does not judge this model.
    """
    from huggingface_hub import ModelCard

    results: list[EvalResult] = []
    judgement: dict[str, Any] = {"report_name": "", "tables": _own_figures(facts)}
    if evaluation is not None:
        entry = _entry(facts, evaluation)
        results = _eval_results(facts, evaluation, entry)
        judgement = _judgement(evaluation, entry, report_name)
    filled = ModelCard.from_template(
        _card_data(facts, results),
        template_str=evaluation_template("card.md.jinja"),
        **_words(facts),
        **judgement,
    )
    # Sections that are left out leave runs of blank lines.
    card = ModelCard(re.sub(r"\n{3,}", "\n\n", str(filled)))
    check_card(card, results)
    return card


def check_card(card: ModelCard, results: Sequence[EvalResult]) -> None:
    """Check a card as far as that goes without the hub's own validator, which is a web service.

    Args:
        card: the card as it will be written.
        results: the figures that its ``model-index`` has to give back.

    Raises:
        CardError: the metadata lack a field that the hub shows, or do not give the figures back.
    """
    from huggingface_hub.repocard_data import model_index_to_eval_results

    metadata: dict[str, Any] = card.data.to_dict()  # type: ignore[no-untyped-call]
    needed = ["language", "license", "library_name", "pipeline_tag", "tags"]
    if results:
        needed.append("model-index")
    if missing := [name for name in needed if not metadata.get(name)]:
        raise CardError(f"the card's metadata lack {', '.join(missing)}")
    if not results:
        return
    _, found = model_index_to_eval_results(metadata["model-index"])
    if _sorted(found) != _sorted(results):
        raise CardError("the card's model-index does not give back the figures of metrics.json")


def _sorted(results: Sequence[EvalResult]) -> list[str]:
    return sorted(repr(result) for result in results)


# ---- which model of the report it is


def _entry(facts: ModelFacts, evaluation: Evaluation) -> ModelEntry:
    """The entry of the report that judges the model in the folder.

    The folder's hash changes with the card that is written into it, so a model is also known by
    where it stands, as long as its training record and thresholds are those that were judged.
    """
    if evaluation.kind != _EVALUATED_BY[facts.kind]:
        raise CardError(
            f"{facts.folder} is a {facts.kind}, and the report judges {evaluation.kind}; give a"
            f" report of {_EVALUATED_BY[facts.kind]}"
        )
    models = [model for model in evaluation.models if model.role == "model"]
    # What the weights can do is what they do unrounded, where the report has both.
    models.sort(key=lambda model: model.precision == "int8")
    sha256 = folder_sha256(facts.folder)
    for model in models:
        if model.sha256 == sha256:
            return model
    for model in models:
        if _stands_at(model.source, facts.folder):
            if not _same_record(model, facts):
                raise CardError(
                    f"the report judges another version of {facts.folder}: its training record or"
                    " thresholds differ; make the report again with canbo evaluate"
                )
            return model
    names = ", ".join(f"{model.name} ({model.source})" for model in models) or "none"
    raise CardError(
        f"the report does not judge {facts.folder}; it judges {names}: give the report of this"
        " model, or evaluate it with canbo evaluate --model"
    )


def _stands_at(source: str | None, folder: Path) -> bool:
    if source is None:
        return False
    if source == "embedded":
        shipped = Path(str(files("canbo.models"))) / "embedded"
        return folder.resolve().parent == shipped.resolve()
    return Path(source).resolve() == folder.resolve() or source == folder.resolve().name


def _same_record(model: ModelEntry, facts: ModelFacts) -> bool:
    recorded = model.training or {}
    own = facts.settings.get("thresholds") or {}
    same_training = all(
        recorded[part] == facts.training.get(part)
        for part in ("versions", "data", "results")
        if part in recorded
    )
    return same_training and all(model.thresholds.get(theme) == own[theme] for theme in own)


# ---- metadata


def _card_data(facts: ModelFacts, results: list[EvalResult]) -> ModelCardData:
    from huggingface_hub import ModelCardData

    notes = facts.notes
    return ModelCardData(
        language="vi",
        license=notes.license or "unknown",
        library_name="canbo" if facts.kind == "extractive" else "transformers",
        pipeline_tag=_TASKS[facts.kind][0],
        base_model=_base_model(facts),
        datasets=list(notes.datasets) or None,
        tags=["canbo", *notes.tags],
        metrics=sorted({result.metric_type for result in results}) or None,
        model_name=_name(facts),
        eval_results=results or None,
        widget=[{"example_title": title, "text": text} for title, text in _examples(facts)],
    )


def _name(facts: ModelFacts) -> str:
    return facts.notes.name or facts.folder.resolve().name


def _base_model(facts: ModelFacts) -> str | None:
    """A hub id; canbo's own trainings start from folders below ``runs/``, which is none."""
    named = facts.notes.base_model or facts.training.get("config", {}).get("model_name_or_path")
    if not isinstance(named, str) or not _HUB_ID.fullmatch(named):
        return None
    return None if named.startswith("runs/") or Path(named).exists() else named


def _examples(facts: ModelFacts) -> list[tuple[str, str]]:
    """Examples as the checkpoint wants them: a classifier's are word-segmented."""
    if facts.kind != "classifier":
        return [("An article", " ".join(text for _, text in _PARAGRAPHS[:2]))]
    from canbo.models.segmentation import join_words, load_segmenter

    segmenter = load_segmenter(facts.settings.get("segmenter", "canbo"))
    texts = [text for _, text in _PARAGRAPHS]
    return [
        (title, join_words(text, words))
        for (title, text), words in zip(_PARAGRAPHS, segmenter.segment(texts), strict=True)
    ]


def _eval_results(facts: ModelFacts, evaluation: Evaluation, entry: ModelEntry) -> list[EvalResult]:
    """The headline figures of the model, one result for each data set and metric."""
    from huggingface_hub import EvalResult

    task, task_name = _TASKS[facts.kind]
    found = []
    for dataset in evaluation.datasets:
        for result in evaluation.results:
            if (result.model, result.dataset, result.slice) != (entry.name, dataset.name, "all"):
                continue
            for name, score in result.metrics.items():
                if not evaluation.metrics[name].headline or score.value is None:
                    continue
                ends = None if score.ci is None else [round(end, 4) for end in score.ci]
                found.append(
                    EvalResult(
                        task_type=task,
                        task_name=task_name,
                        dataset_type=_slug(dataset),
                        dataset_name=dataset.name,
                        dataset_split=Path(dataset.file).stem,
                        dataset_args={"sha256": dataset.sha256},
                        metric_type=_metric_type(name),
                        metric_name=f"{metric_label(name)} (0 to 1)",
                        metric_value=round(score.value, 4),
                        metric_args={"confidence_interval_95": ends} if ends else None,
                    )
                )
    if not found:
        raise CardError(
            f"the report has no headline figure of {entry.name}; make it again with canbo evaluate"
        )
    return found


def _slug(dataset: DatasetEntry) -> str:
    """A data set's identifier: two of a report never share one, as their names do not."""
    return re.sub(r"[^\w.-]+", "-", dataset.name).strip("-").lower()


def _metric_type(name: str) -> str:
    """A metric's identifier as the hub knows it."""
    for known in ("f1", "precision", "recall", "rouge"):
        if known in name.replace("average_precision", ""):
            return known
    return name


# ---- the text


def _words(facts: ModelFacts) -> dict[str, Any]:
    """What the template says; whatever is not prose of ``card.yaml`` is escaped."""
    import canbo

    notes, config = facts.notes, facts.training.get("config", {})
    thresholds = facts.settings.get("thresholds") or {}
    # A path of this machine says nothing to those who read the card.
    folder = facts.folder.name if facts.folder.is_absolute() else facts.folder.as_posix()
    examples = _examples(facts)
    return {
        "kind": facts.kind,
        "title": notes.title or escape_markdown(_name(facts)),
        "summary": notes.summary.strip() or "A model made with canbo.",
        "facts": _facts(facts),
        "themes": list(facts.config.get("id2label", {}).values()),
        "limits": notes.limits.strip(),
        "folder": folder,
        "example": _PARAGRAPHS[0][1],
        "segmented": examples[0][1],
        "thresholds": ", ".join(f"`{theme}` {value}" for theme, value in thresholds.items()),
        "segmenter": f"`{facts.settings.get('segmenter', 'canbo')}`",
        "calibrated": "calibration" in facts.settings,
        "training_files": _training_files(facts),
        "data": notes.data.strip() or "Not described.",
        "data_licences": notes.data_licences.strip(),
        "made": notes.made.strip() or _made(facts),
        "settings": [
            (name, f"`{config[name]}`") for name in _SETTINGS if config.get(name) not in (None, -1)
        ],
        "stage": stage_words(facts.training),
        "versions": ", ".join(f"{n} {v}" for n, v in facts.training.get("versions", {}).items()),
        "extra": notes.extra.strip(),
        "cost": _cost(notes.compute),
        "license_name": notes.license or "not stated",
        "canbo_version": canbo.__version__,
    }


def _judgement(evaluation: Evaluation, entry: ModelEntry, report_name: str) -> dict[str, Any]:
    """What the template says of a report."""
    return {
        "report_name": report_name,
        "created": escape_markdown(evaluation.created),
        "resamples": f"{evaluation.resamples:,}",
        "leakage": _leakage(entry),
        "scored": INT8 if entry.precision == "int8" else "",
        "encoder_alone": _encoder_alone(evaluation, entry),
        "tables": _tables(evaluation, entry),
        "verdicts": [
            f"{'🟢' if verdict.standing == 'better' else '🔴'} On {escape_markdown(dataset.name)}:"
            f" {escape_markdown(verdict.text)}"
            for dataset in evaluation.datasets
            for verdict in verdicts(evaluation, entry.name, dataset.name)
        ],
    }


def _encoder_alone(evaluation: Evaluation, entry: ModelEntry) -> str:
    """What plain transformers reaches: empty for a report that does not say."""
    name = "encoder_macro_f1"
    found = [
        f"{figure_with_interval(name, result.metrics[name])} on {escape_markdown(dataset.name)}"
        for dataset in evaluation.datasets
        if (result := find_result(evaluation, entry.name, dataset.name)) and name in result.metrics
    ]
    return ", ".join(found)


def _training_files(facts: ModelFacts) -> list[str]:
    """The files of the training record, each once, with how often it was read."""
    read = Counter((entry["file"], entry["sha256"]) for entry in facts.training.get("data", []))
    names = [name for name, _ in read]
    found = []
    for index, (name, times) in enumerate(zip(names, read.values(), strict=True)):
        notes = ["another file of this name"] if name in names[:index] else []
        if times > 1:
            notes.append("read twice" if times == 2 else f"read {times} times")
        found.append(f"`{name}`" + (f" ({', '.join(notes)})" if notes else ""))
    return found


def _own_figures(facts: ModelFacts) -> list[Table]:
    """What the training run measured: a row a split; no table where it measured nothing known."""
    results = facts.training.get("results", {})
    # A classifier's record has its figures by split, a summarizer's has those of validation.
    splits = {split: found for split, found in results.items() if isinstance(found, dict)} or {
        "validation": {name.removeprefix("validation_"): found for name, found in results.items()}
    }
    names = [name for name in _OWN_FIGURES if any(name in found for found in splits.values())]
    if not names:
        return []
    rows = [
        Row(split, tuple(Cell(figure(name, found.get(name))) for name in names))
        for split, found in splits.items()
    ]
    head = ("", *map(metric_label, names))
    return [_escaped(Table("Measured by the training run, without intervals", head, tuple(rows)))]


def _facts(facts: ModelFacts) -> list[tuple[str, str]]:
    config = facts.config
    found = [("Files of the weights", _bytes(facts.size))]
    if facts.weights is not None:
        found.insert(0, ("Weights", f"{facts.weights / 1e6:.1f} million ({config.get('dtype')})"))
    for name, label in (
        ("num_hidden_layers", "Layers"),
        ("num_layers", "Layers of the encoder"),
        ("num_decoder_layers", "Layers of the decoder"),
        ("hidden_size", "Width"),
        ("d_model", "Width"),
        ("vocab_size", "Vocabulary"),
    ):
        if name in config:
            found.append((label, f"{config[name]:,}"))
    if "max_length" in facts.settings:
        found.append(("Window", f"{facts.settings['max_length']} tokens; longer texts in several"))
    return found


def _bytes(size: int) -> str:
    return f"{size / 1e6:.1f} MB" if size >= 1e5 else f"{size / 1e3:.1f} kB"


def _made(facts: ModelFacts) -> str:
    base = facts.training.get("config", {}).get("model_name_or_path")
    return f"Fine-tuned from `{base}`." if base else f"Not recorded: no `{TRAINING_RECORD_FILE}`."


def _leakage(entry: ModelEntry) -> str:
    return {
        "clean": "The articles of its last training step (and of those before it that left a"
        " record) are known; none of them is among the articles scored.",
        "overlap": "**Some test articles were in its training data: these figures are not valid.**",
        "unknown": "Whether test articles were in its training data could not be checked in full.",
    }[entry.leakage.status]


def _tables(evaluation: Evaluation, entry: ModelEntry) -> list[Table]:
    """The report's first tables and, theme by theme, the figures of this model alone."""
    tables = ReportTables(evaluation)
    themes = tables.themes_of(entry.name)
    return [_escaped(table) for table in (*tables.overview, *([themes] if themes else ()))]


def _escaped(table: Table) -> Table:
    rows = tuple(
        Row(
            escape_markdown(f"{row.name} ({row.role})" if row.role in _OTHERS else row.name),
            tuple(replace(cell, text=escape_markdown(cell.text)) for cell in row.cells),
        )
        for row in table.rows
    )
    return Table(escape_markdown(table.caption), tuple(map(escape_markdown, table.head)), rows)


def _cost(compute: Compute | None) -> str:
    if compute is None:
        return "Not recorded."
    watts = compute.watts or compute.cores * WATTS_PER_CORE
    kwh = compute.hours * watts / 1000
    basis = (
        f"{compute.watts:g} W as stated"
        if compute.watts
        else f"{WATTS_PER_CORE:g} W a busy core with its share of the machine, an assumption"
    )
    return (
        f"About {compute.hours:g} h on {compute.cores} CPU cores ({compute.source}). Energy: about"
        f" {kwh:.2g} kWh ({basis}), or {1000 * kwh * KG_CO2_PER_KWH:.2g} g of CO2 at the world's"
        f" mean of {KG_CO2_PER_KWH} kg a kWh. Trials that were not kept and the making of labels by"
        " language models are not counted."
    )
