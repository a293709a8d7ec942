"""The tokenizer without transformers cuts as the one that was saved."""

import json
import shutil

from canbo.models.phobert_tokenizer import load_tokenizer
from canbo.models.saved_tokenizer import load_saved_tokenizer
from canbo.models.segmentation import load_segmenter
from canbo.models.text_encoding import EncodingSpec, encode_windows

TEXTS = [
    "Ban Thường vụ Huyện ủy luân chuyển 12 cán bộ về xã.",
    "",
    "Trường Chính trị mở lớp bồi dưỡng cho cấp ủy viên. " * 9,
    "<mask> 😀 ﷺ @@ x@@",
]


def test_windows_are_those_of_the_tokenizer_it_stands_for(tiny_phobert):
    size = len(load_tokenizer(tiny_phobert))
    saved = load_saved_tokenizer(tiny_phobert, size)
    stock = load_tokenizer(tiny_phobert)
    assert saved.pad_token_id == stock.pad_token_id
    assert saved.mask_token_id == stock.mask_token_id
    assert set(saved.all_special_ids) == set(stock.all_special_ids)
    windows = [
        encode_windows(tokenizer, load_segmenter(), TEXTS, max_length=60, overlap=16)
        for tokenizer in (saved, stock)
    ]
    assert windows[0] == windows[1]
    assert len(windows[0]) > len(TEXTS)
    spec = EncodingSpec(str(tiny_phobert), "canbo", 128, size)
    assert [window.text for window in spec.load()(TEXTS)] == sorted(
        window.text for window in spec.load()(TEXTS)
    )


def test_ids_beyond_the_model_and_other_tokenizers_are_not_taken(tiny_phobert, tmp_path):
    size = len(load_tokenizer(tiny_phobert))
    assert load_saved_tokenizer(tiny_phobert, size - 1) is None
    assert load_saved_tokenizer(tmp_path, size) is None
    copy = shutil.copytree(tiny_phobert, tmp_path / "copy")
    saved = json.loads((copy / "tokenizer.json").read_text(encoding="utf-8"))
    saved["pre_tokenizer"] = {"type": "WhitespaceSplit"}
    (copy / "tokenizer.json").write_text(json.dumps(saved), encoding="utf-8")
    assert load_saved_tokenizer(copy, size) is None
