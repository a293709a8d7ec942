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
    "cubic metre": "m3, m³, mét khối",
    "millimetre": "mm, mi li mét",
    "nautical mile": "hải lý",
    "speed": "km/h, km/giờ",
    "gram": "gam, gram",
    "milligram": "mg, mi li gam",
    "millilitre": "ml",
    "kilowatt hour": "kwh",
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
    " tổ trưởng, đội trưởng, thủ khoa, ca, giới trẻ, cá nhân, hiệu trưởng, giảng viên, nông dân,"
    " ngư dân, thuyền viên, tài xế, luật sư, nghệ sĩ, diễn viên, ca sĩ, cảnh sát, nhà báo,"
    " phóng viên, nữ sinh, cô gái, chàng trai, đứa trẻ, khán giả, khách hàng, nghệ nhân,"
    " kế toán, cổ động viên, huấn luyện viên, trọng tài, bộ trưởng, nghị sĩ, lính, binh sĩ",
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
    "class": "lớp, khóa bồi dưỡng, khóa đào tạo, khóa học, khóa tập huấn",
    "meeting": "buổi, cuộc họp, hội nghị, phiên họp",
    "school": "trường, ngôi trường",
    "house": "nhà, căn nhà, ngôi nhà",
    "vehicle": "xe, xe tải, ô tô, ôtô, xe máy, chiếc xe",
    "ship": "tàu, tàu cá, tàu thuyền, thuyền, con tàu, chiếc tàu",
    "aircraft": "máy bay, chuyến bay",
    "event": "vụ, vụ án, vụ việc, lần, cuộc, đợt, trận, trận đấu, chuyến",
    "works": "dự án, công trình, hạng mục, gói thầu, tuyến đường, cây cầu, cây cầu treo",
    "model": "mô hình",
    "aim": "tiêu chí, chỉ tiêu, nhiệm vụ, giải pháp, nội dung, chuyên đề, mục tiêu",
    "company": "công ty, doanh nghiệp, hợp tác xã, nhà máy, xí nghiệp, chi nhánh",
    "document": "văn bản, nghị quyết, chỉ thị, công văn, hợp đồng, biên bản",
    "file": "hồ sơ, đơn thư, lá đơn, đơn khiếu nại, đơn tố cáo",
    "opinion": "ý kiến, lượt ý kiến, kiến nghị, câu hỏi, phiếu, lá phiếu",
    "facility": "bệnh viện, khách sạn, cửa hàng, chợ, siêu thị, trạm y tế, nhà văn hóa, sân bay",
    "product": "sản phẩm, mặt hàng",
    "pack": "bánh, gói, bịch, thùng, hộp, chai, túi, viên thuốc, viên ma túy",
    "country": "quốc gia, nước",
    "floor": "tầng",
    "conviction": "tiền án, tiền sự",
    "charge": "tội danh",
    "song": "ca khúc, bài hát",
    "film": "phim, bộ phim",
    "prize": "giải, giải thưởng, huy chương, bằng khen, giấy khen",
    "goal": "bàn thắng, bàn",
    "gift": "suất quà, phần quà, suất học bổng",
    "tree": "cây, cây xanh, cây gỗ, gốc cây",
}
# Terms that begin like one of a class and are none.
_OTHERS = (
    "trường hợp, năm học, ngày công, con số, con đường, con bò, con trâu, con lợn, con gà, con dấu,"
    " nam giới, bản tin, bản báo cáo, bản án, bản kiểm điểm, bản ghi, bản sao, dân tộc, ca nô,"
    " ca bệnh, ca mắc, nhà máy, nhà thầu, nhà nước, nhà nghỉ, nhà văn hóa, người máy,"
    " lớp học, tỉnh ủy, huyện ủy, xã hội, xã viên, đêm diễn, cân đối, hộ chiếu, hộ khẩu,"
    " đồng hồ, em bé, lao động tiên tiến, làng nghề, trẻ hóa, bé xíu, nữ hoàng,"
    " đoàn viên ưu tú, tạ ơn, lãnh đạo tỉnh, bà con cô bác, đô thị, thôn xóm, con cá,"
    " cuộc đời, vụ lúa, vụ mùa, vụ trưởng, vụ phó, nước mắt, nước ngoài, nước sạch, bàn tay,"
    " bàn ghế, bàn chân, bàn thờ, bàn giao, bánh xe, giải phóng, giải quyết, giải ngân, giải trình,"
    " giải thể, cây vàng, cây xăng, phim trường, nội dung số, chợ đêm, lần lượt, lần đầu, bàn bạc,"
    " gói tin, túi tiền, chai lọ, phim ảnh"
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
_MEASURES = frozenset(
    "percent, dong, dollar, kilometre, metre, centimetre, millimetre, nautical mile, speed,"
    " hectare, square metre, square kilometre, cubic metre, gram, milligram,"
    " kilogram, ton, quintal, litre, millilitre, kilowatt hour,"
    " year, quarter, month, week, day, hour, minute, second, age, term".split(", ")
)
_LISTING = frozenset({",", "và", "hoặc", "/"})
_LISTED = 3  # of "11 xã, phường và thị trấn"
_SKIPPED = frozenset({"lượt", "vị", "nam", "nữ", "tân", "cựu", "hơn", "lẻ"})


def read_units(keys: Sequence[str], place: int) -> tuple[frozenset[str], int]:
    """Read what stands behind a number.

    Args:
        keys: words of `fact_words`.
        place: index behind the number.

    Returns:
        The classes of its unit or noun, several where several are listed or where one noun stands
        behind another (hồ sơ nhân sự), none where the words are of no class; and the index behind
        the first unit, ``place`` if there is none.
    """
    name, end = _unit(keys, place)
    if name is None:
        if place < len(keys) and keys[place] in _SKIPPED:
            name, end = _unit(keys, place + 1)
        if name is None:
            return EMPTY, place
    names, after = {name}, end
    if name not in _MEASURES and (second := _unit(keys, end))[0] is not None:
        names, after = {name, second[0]}, second[1]
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
