"""What a number counts or measures: the unit or the noun behind it, as a class of such words."""

from __future__ import annotations

from collections.abc import Sequence

from canbo.models.faithfulness.fact_words import folded

__all__ = ["EMPTY", "read_units"]

EMPTY: frozenset[str] = frozenset()

# Words of one class may stand for each other in a summary (17 cán bộ, 17 người); words of two
# classes may not. Words that may stand for anything (trường hợp, đơn vị) are in none.
_CLASSES = {
    "percent": "%, phần trăm, điểm phần trăm",
    "dong": "đồng, đ, vnđ, vnd",
    "dollar": "usd, đô la, đô, $",
    "kilometre": "km, cây số, ki lô mét, ki-lô-mét, kilomet",
    "metre": "m, mét",
    "centimetre": "cm, xen ti mét",
    "hectare": "ha, héc ta, hecta",
    "square metre": "m2, m², mét vuông",
    "square kilometre": "km2, km², ki lô mét vuông",
    "kilogram": "kg, cân, ki lô gam, kilôgam",
    "ton": "tấn",
    "quintal": "tạ",
    "litre": "lít",
    "year": "năm",
    "quarter": "quý",
    "month": "tháng",
    "week": "tuần",
    "day": "ngày, đêm, hôm",
    "hour": "giờ, tiếng đồng hồ",
    "minute": "phút",
    "second": "giây",
    "age": "tuổi",
    "term": "nhiệm kỳ",
    "person": "người, cán bộ, công chức, viên chức, đồng chí, đảng viên, quần chúng, học viên,"
    " học sinh, sinh viên, giáo viên, thầy cô, thầy, cô giáo, em, anh, chị, bà con, bác sĩ, kỹ sư,"
    " công nhân, lao động, ủy viên, đại biểu, cử tri, thành viên, chuyên viên, nhân viên,"
    " thanh niên, chiến sĩ, sĩ quan, bộ đội, cấp ủy viên, trưởng thôn, trưởng phòng, phó phòng,"
    " phó chủ tịch, phó bí thư, bí thư, chủ tịch, giám đốc, phó giám đốc, nhân sự, nhân khẩu, dân,"
    " nạn nhân, bệnh nhân, nghi phạm, đối tượng, bị cáo, bị can, lãnh đạo, nữ, nam, con,"
    " hành khách, du khách, thí sinh, ứng viên, hội viên, đoàn viên, gương mặt, chú, ông, bà,"
    " kiểm sát viên, thẩm phán, kiểm lâm, công an, vận động viên, cầu thủ, phụ nữ, đàn ông, bé,"
    " trẻ em, trẻ, cháu, người dân, y sĩ, y bác sĩ, tình nguyện viên, nhà khoa học, tiến sĩ,"
    " đồng phạm, đồng bọn, đồng nghiệp, nghi can, thạc sĩ, giáo sư, trưởng ban, phó ban,"
    " tổ trưởng, đội trưởng, thủ khoa, ca, giới trẻ",
    "commune": "xã",
    "ward": "phường",
    "township": "thị trấn",
    "district": "huyện",
    "urban district": "quận",
    "province": "tỉnh",
    "town": "thị xã",
    "city": "thành phố",
    "village": "thôn, bản, làng, ấp, buôn, xóm, khu phố, tổ dân phố, phum, sóc, khu dân cư",
    "household": "hộ, gia đình, hộ dân, hộ nghèo",
    "party body": "chi bộ, đảng bộ, đảng ủy, cấp ủy, chi ủy, tổ chức đảng, tổ chức cơ sở đảng",
    "class": "lớp",
    "meeting": "buổi, cuộc họp, hội nghị, phiên họp",
    "school": "trường, ngôi trường",
    "house": "nhà, căn nhà, ngôi nhà",
    "vehicle": "xe, ô tô, xe máy, chiếc xe",
}
# Terms that begin like one of a class and are none.
_OTHERS = (
    "trường hợp, năm học, ngày công, con số, con đường, con bò, con trâu, con lợn, con gà, con dấu,"
    " nam giới, bản tin, bản báo cáo, bản án, bản kiểm điểm, bản ghi, bản sao, dân tộc, ca nô,"
    " ca bệnh, ca khúc, ca mắc, nhà máy, nhà thầu, nhà nước, nhà nghỉ, nhà văn hóa, người máy,"
    " lớp học, tỉnh ủy, huyện ủy, xã hội, xã viên, đêm diễn, cân đối, hộ chiếu, hộ khẩu,"
    " đồng hồ, em bé, lao động tiên tiến, làng nghề, trẻ hóa, bé xíu, xe tải, nữ hoàng,"
    " đoàn viên ưu tú, tạ ơn, lãnh đạo tỉnh, bà con cô bác, đô thị, thôn xóm, con tàu, con cá"
)
_CLASS_OF: dict[str, str | None] = {
    folded(word): name for name, words in _CLASSES.items() for word in words.split(", ")
}
_CLASS_OF.update({folded(term): None for term in _OTHERS.split(", ")})
# The first word of every term with the lengths of the terms it begins, the longest first.
_LENGTHS: dict[str, tuple[int, ...]] = {
    first: tuple(
        sorted({len(term.split()) for term in _CLASS_OF if term.split()[0] == first}, reverse=True)
    )
    for first in {term.split()[0] for term in _CLASS_OF}
}
_LISTING = frozenset({",", "và", "hoặc", "/"})
_LISTED = 3  # of "11 xã, phường và thị trấn"
_SKIPPED = frozenset({"lượt", "vị", "nam", "nữ", "tân", "cựu", "hơn", "lẻ"})


def read_units(keys: Sequence[str], place: int) -> tuple[frozenset[str], int]:
    """Read what stands behind a number.

    Args:
        keys: words of `fact_words`.
        place: index behind the number.

    Returns:
        The classes of its unit or noun, several where several are listed, none where the words
        are of no class; and the index behind the first unit, ``place`` if there is none.
    """
    name, end = _unit(keys, place)
    if name is None:
        if place < len(keys) and keys[place] in _SKIPPED:
            name, end = _unit(keys, place + 1)
        if name is None:
            return EMPTY, place
    names, after = {name}, end
    while len(names) < _LISTED and after < len(keys) and keys[after] in _LISTING:
        name, after = _unit(keys, after + 1)
        if name is None:
            break
        names.add(name)
    return frozenset(names), end


def _unit(keys: Sequence[str], place: int) -> tuple[str | None, int]:
    if place < len(keys):
        for length in _LENGTHS.get(keys[place], ()):
            term = " ".join(keys[place : place + length])
            if term in _CLASS_OF:
                return _CLASS_OF[term], place + length
    return None, place
