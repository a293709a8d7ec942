"""The furniture of Vietnamese news pages: buttons, stamps, bylines, lists of links, imprints.

The rules look at labels and at the vocabulary that news sites share; none knows a particular
site. Where a line stands on the page is the business of :mod:`canbo.data.cleaning`.
"""

from __future__ import annotations

import re
from enum import Enum, auto

from canbo.data.lines import (
    LONG_WORDS,
    LOWER,
    UPPER,
    ends_sentence,
    is_list_item,
    is_name_like,
    word_count,
)
from canbo.data.pictures import is_caption, is_credit

__all__ = [
    "LineKind",
    "agency_prefix",
    "classify_line",
    "strip_agency",
    "strip_source",
    "strip_title_extras",
]


class LineKind(Enum):
    """The part that a line plays on the page, as far as its own words tell."""

    PROSE = auto()
    HEADING = auto()  # short and unpunctuated: a title, a sub-heading, a headline, a menu entry
    CAPTION = auto()  # describes a picture
    CREDIT = auto()  # names who made a picture, and nothing else
    STAMP = auto()  # when the article was published
    BYLINE = auto()  # who wrote it or where it was taken from, with a label
    NAME = auto()  # nothing but names
    INTERFACE = auto()  # buttons, counters, notices, addresses: never text of an article
    SECTION = auto()  # the name of a section of a newspaper; may also be a sub-heading
    CONTACT = auto()  # a labelled line of an imprint; may also be text of an announcement
    LISTING = auto()  # stands over a list of other articles
    CLOSING = auto()  # comments, polls, copyright: nothing of the article follows


def _only(phrases: str) -> re.Pattern[str]:
    """A pattern for lines made of nothing but these phrases, digits and punctuation.

    The groups are atomic, so each position is read in one way and matching stays linear.
    """
    ordered = sorted((p.strip() for p in phrases.split(",")), key=len, reverse=True)
    words = "|".join(re.escape(phrase) for phrase in ordered if phrase)
    return re.compile(rf"(?>(?>(?<!\w)(?:{words})(?!\w))|[\W\d_])+", re.IGNORECASE)


def _any_of(*patterns: str) -> re.Pattern[str]:
    return re.compile("|".join(f"(?:{p})" for p in patterns), re.IGNORECASE)


_TIME_WORDS = """
thứ hai, thứ ba, thứ tư, thứ năm, thứ sáu, thứ bảy, thứ bẩy, thứ, chủ nhật, cn, hôm nay, hôm qua,
ngày, tháng, năm, giờ, phút, giây, trước, lúc, sáng, chiều, trưa, tối, am, pm, sa, ch, h, gmt, utc,
t2, t3, t4, t5, t6, t7, cập nhật, cập nhật lúc, cập nhật lần cuối, ngày cập nhật, đăng lúc,
đăng ngày, ngày đăng, ngày đăng tin, đăng, đã đăng, thời gian, thời gian đăng, xuất bản,
ngày xuất bản, viết lúc, được đăng, vào lúc, vào, hồi, monday, tuesday, wednesday, thursday, friday,
saturday, sunday, mon, tue, wed, thu, fri, sat, sun, january, february, march, april, may, june,
july, august, september, october, november, december, jan, feb, mar, apr, jun, jul, aug, sep, oct,
nov, dec
"""
_BUTTONS = """
lượt xem, số lượt xem, lượt đọc, số lần xem, số lần đọc, lần xem, lần đọc, đã xem, lượt truy cập,
lượt tải, tải về, xem, đọc, lượt, người xem, người đọc, người đã xem, views, view, lượt thích,
facebook, fb, zalo, twitter, x, google, google plus, google news, linkedin, pinterest, youtube,
tiktok, instagram, viber, telegram, messenger, skype, whatsapp, email, e-mail, mail, gửi, gửi email,
gửi mail, gửi tin, gửi bài, gửi bài viết, gửi cho bạn bè, in, in bài, in bài này, in bài viết,
in tin, in tin này, in trang, in trang này, bản in, xem bản in, print, share, chia sẻ,
chia sẻ bài viết, chia sẻ tin, chia sẻ qua, chia sẻ lên, like, thích, tweet, lưu, lưu bài,
lưu bài viết, lưu tin, đã lưu, sao chép, sao chép liên kết, copy, copy link, link, liên kết,
theo dõi, theo dõi trên, theo dõi chúng tôi, theo dõi chúng tôi trên, cỡ chữ, cỡ chữ bài viết,
xem cỡ chữ, kích thước chữ, kích cỡ chữ, phóng to, thu nhỏ, tăng, giảm, mặc định, nhỏ, to, vừa,
lớn, a, aa, nghe, nghe đọc bài, nghe bài, nghe bài viết, nghe tin, nghe nội dung, đọc bài,
đọc bài viết, giọng nam, giọng nữ, nam miền bắc, nữ miền bắc, nam miền nam, nữ miền nam, tốc độ,
tốc độ đọc, bình luận, ý kiến, phản hồi, trả lời, báo lỗi, báo xấu, quay lại, quay về, trở về,
trở lại, về đầu trang, lên đầu trang, đầu trang, lên trên, top, back, về trang trước, xem tất cả,
xem thêm, xem tiếp, đọc tiếp, rút gọn, thu gọn, xem nhanh, tắt, đóng, mở, close, ok, đồng ý, hủy,
huỷ, hủy bỏ, bỏ qua, menu, tìm kiếm, tìm, tìm kiếm theo ngày, tìm theo ngày, search, đăng nhập,
đăng ký, đăng kí, đăng xuất, login, register, tài khoản, trang chủ, home, giới thiệu, liên hệ,
góp ý, hỏi đáp, rss, sitemap, sơ đồ, sơ đồ site, sơ đồ trang, sơ đồ cổng, thư viện ảnh,
thư viện video, english, tiếng việt, quảng cáo, advertisement, ads, loading, loading the video,
đang tải, play, pause, mute, fullscreen, toàn màn hình, media, video, audio, podcast, infographic,
emagazine, e-magazine, longform, multimedia, thời tiết, tỷ giá, giá vàng, next, previous, prev,
trang trước, trang sau, trang, bài trước, bài sau, sắp xếp theo, mới nhất, cũ nhất, quan tâm nhất,
phiên bản, cài đặt, hotline, tags, tag, từ khóa, từ khoá
"""
_SECTIONS = """
trang chủ, tin tức, tin, thời sự, chính trị, xã hội, kinh tế, văn hóa, văn hoá, thể thao, giáo dục,
y tế, sức khỏe, sức khoẻ, pháp luật, quốc tế, thế giới, trong nước, trong tỉnh, địa phương, du lịch,
đời sống, giải trí, công nghệ, khoa học, môi trường, quốc phòng, an ninh, bạn đọc, đất nước,
con người, xây dựng đảng, công tác đảng, đảng, tổ chức, cán bộ, công tác cán bộ, tổ chức cán bộ,
nhân sự, tuyên giáo, dân vận, kiểm tra, nội chính, tư tưởng, lý luận, thực tiễn, nghiên cứu,
trao đổi, sự kiện, vấn đề, bình luận, diễn đàn, phóng sự, ký sự, hồ sơ, tư liệu, góc nhìn, media,
video, ảnh, chuyên mục, chuyên đề, chuyên trang, tin hoạt động, hoạt động, tin địa phương,
nông nghiệp, nông thôn, nông thôn mới, công nghiệp, thương mại, doanh nghiệp, tài chính, ngân hàng,
lao động, việc làm, và, chi tiết, tin chi tiết, chi tiết tin, nội dung, bài viết, chính sách,
cải cách hành chính, văn bản, chỉ đạo, điều hành, chính quyền, đoàn thể, mặt trận, giới thiệu,
liên hệ, học và làm theo bác, học tập và làm theo bác, xây dựng, chỉnh đốn, hệ thống chính trị
"""
_STAMP_LINE = _only(_TIME_WORDS + "," + _BUTTONS)
_BUTTON_LINE = _only(_BUTTONS)
_SECTION_LINE = _only(_SECTIONS)
_DATE = _any_of(
    r"(?<!\d)\d{1,2}\s?[/.–-]\s?\d{1,2}\s?[/.–-]\s?\d{2,4}(?!\d)",
    r"(?<!\d)\d{4}[/.-]\d{1,2}[/.-]\d{1,2}(?!\d)",
    r"\d{1,2}\s(?:tháng|thg)\s?(?:\d{1,2}|\w+(?:\s(?:một|hai))?),?\s(?:năm\s)?\d{4}",
    r"\d{1,2}\s[a-z]{3,9}\.?,?\s\d{4}",
    r"[a-z]{3,9}\s\d{1,2},\s\d{4}",
    r"\d+\s(?:phút|giờ|ngày|tuần|tháng)\strước",
    r"(?:hôm\snay|hôm\squa|thứ\s\w+|chủ\snhật),?\s\d{1,2}[:/h]\d{2}",
)
_STAMP_SEPARATOR = re.compile(r"\s[-–—]+\s|[|•·,;()/]+")
_ADDRESS = re.compile(
    r"""(?:[^\W\d_][\w ]{0,20}:\s*)?[<(]?(?:https?://\S+|www\.\S+|[\w.+-]+@[\w-]+(?:\.[\w-]+)+|
    [a-z0-9-]+(?:\.[a-z0-9-]+)*\.(?:vn|com|net|org|info)(?:/\S*)?)[>)]?\.?""",
    re.IGNORECASE | re.VERBOSE,
)
_PLACEHOLDER = re.compile(r"\{\{?\s*[\w.]+\s*\}?\}|\[\s*x\s*\]$|^\[/?\w+\]$", re.IGNORECASE)
_TAGS = _any_of(
    r"^(?:tags?|hashtags?|từ kh(?:óa|oá)(?: liên quan)?)\s*[:：]", r"^#\w+(?:\s+#\w+)*$"
)
# Whole sentences that sites address to their readers.
_NOTICE = _any_of(
    r"\bcookies?\b.{0,120}\b(?:trải nghiệm|website|trang|đồng ý|chính sách)",
    r"\b(?:website|trang)\b.{0,60}\bcookies?\b",
    r"^\W*mời (?:quý|độc|bạn|các bạn).{0,40}\b(?:đọc|xem|theo dõi|đón)\b.{0,120}$",
    r"^(?:kính )?chào mừng (?:quý|các bạn|bạn)\b.{0,120}$",
    r"^(?:quý )?(?:độc giả|bạn đọc)\b.{0,60}\b(?:vui lòng|gửi về|gửi tới|liên hệ)\b",
    r"^mọi (?:ý kiến|thông tin|phản ánh|bài vở)\b.{0,80}\b(?:t[òo][aà] soạn|ban biên tập)\b",
    r"^\W*bài viết (?:này )?(?:thể hiện|phản ánh) (?:quan điểm|ý kiến|góc nhìn)",
    r"^tổng số điểm của bài viết|^(?:click|nhấp|bấm) (?:để )?đánh giá bài viết|^xếp hạng\s*:",
    r"^(?:hãy )?trở thành người đầu tiên\b.{0,60}$",
    r"^thông tin (?:cá nhân )?của bạn (?:sẽ )?(?:được|không)",
    r"^(?:xin )?(?:vui lòng|hãy|bạn (?:cần|phải|vui lòng|hãy)|để gửi bình luận)\b.{0,40}"
    r"(?:\bđăng nhập|\bmã xác nhận|\bbình luận|tiếng việt có dấu|javascript|captcha"
    r"|\b(?:nhập|điền) (?:mã|họ|tên|email|nội dung|từ kh|đầy đủ))",
    r"^(?:tối đa|còn|bạn còn|số ký tự)\b.{0,20}\bk[ýí] tự\b",
)
# The same without a full stop: with one, the words may begin a true sentence.
_PROMPT = _any_of(
    r"^chia sẻ (?:bài|thông tin|tin|ngay|lên|qua|với bạn)\b.{0,60}$",
    r"^(?:hãy )?đăng k[ýí] (?:để )?(?:nhận|theo dõi) .{0,30}(?:tin|kênh|email|thông báo)\b",
    r"^nhận (?:bản )?tin (?:tức )?(?:qua|mới|miễn phí|hằng ngày|hàng ngày|nhanh)",
    r"^(?:tải|cài đặt) (?:về )?(?:ngay )?(?:ứng dụng|app)\b",
    r"^(?:hãy )?(?:theo dõi|like|bấm|nhấn|click)\b.{0,40}"
    r"\b(?:fanpage|facebook|zalo|youtube|google news|tiktok)\b",
    r"^nhiệt liệt chào mừng\b[^.,]{0,120}$",
    r"^bạn đang (?:ở|xem)\b.{0,12}:",
    r"^(?:trang chủ|home)\s*(?:[>»›/|\\-]|\b(?:giới thiệu|tin tức)\b)",
    r"^[^.!?>»›]{2,60}(?:\s[>»›]\s[^.!?>»›]{2,60})+$",
)
_RELATED = re.compile(
    r"""(?:(?:>>+|»+|→|►|▶|➤|☞|👉|⇒|=>)\s*
    |\W*(?:(?:xem|đọc|tìm\shiểu)\sthêm|(?:tin|bài)(?:\sviết)?\sliên\squan)\s*[:：>»]+\s*)\S""",
    re.IGNORECASE | re.VERBOSE,
)
_MASTHEAD = _any_of(
    r"^(?:cổng|trang) (?:thông tin|tin) điện tử\b.{0,80}$",
    r"^(?:báo|tạp chí|đài)\b.{2,60}\b(?:điện tử|online|truyền hình)$",
    r"^(?:cơ quan|tiếng nói) (?:ngôn luận )?của "
    r"(?:đảng|ban|ủy ban|uỷ ban|huyện|tỉnh|thành|hội|nhân dân)\b.{0,90}$",
)
_CONTACT = _any_of(
    r"^(?:địa chỉ|(?:trụ sở|văn phòng)(?: chính| đại diện| t[òo][aà] soạn)?|t[òo][aà] soạn|"
    r"điện thoại|đt|đ/?t|sđt|tel|fax|email|e-mail|hộp thư|website|web|hotline|đường dây nóng|"
    r"liên hệ(?: quảng cáo)?|(?:cơ quan|đơn vị) chủ quản|(?:q\. ?|phó )?tổng biên tập|"
    r"trưởng ban biên tập|issn)\s*[:：]",
    r"^(?:tel|fax|hotline|đt|điện thoại|đường dây nóng)\W*[(+\d][\d\s().+–-]{5,}$",
    r"^liên kết (?:web|website|trang|hữu ích)",
)
_COLON = r"\s*[:»>….]*$"
_LISTING = _any_of(
    r"^(?:các |những |một số )?(?:tin|bài|tin bài|tin, bài|tin/bài|tin tức|bài viết|bài báo|video)"
    r"\s(?:viết\s|bài\s)?(?:có |được )?(?:liên quan|khác|mới|nổi bật|đã đưa|đã đăng|cũ hơn|"
    r"cùng [\w\s]{2,15}|đọc nhiều|xem nhiều|quan tâm|tiếp theo|trước|tham khảo|hay|nóng|hot|gợi ý|"
    r"tiêu điểm|trong ngày)[\w\s]{0,20}[:»>….\s]*[\d()]*$",
    r"^(?:nội dung|chủ đề|thông tin|sự kiện|chuyên mục)\s(?:liên quan|khác)" + _COLON,
    r"^(?:đọc|xem)\s(?:nhiều|nhiều nhất|thêm|tiếp)(?:\stin|\sbài)?" + _COLON,
    r"^(?:có thể )?(?:bạn|độc giả) (?:có thể |nên )?(?:quan tâm|thích|xem|đọc)[\w\s]{0,12}"
    + _COLON,
    r"^(?:liên quan|cùng chuyên mục|cùng chủ đề|mới nhất|nổi bật|tiêu điểm|dòng sự kiện|đề xuất|"
    r"dành cho bạn|tin nóng|tin mới|tin vắn|tin ảnh|(?:tin |bài |nội dung )tài trợ)" + _COLON,
)
_CLOSING = _any_of(
    r"^\(?\d*\)?\s*bình luận\s*(?:[(:]?\s*\d+\s*\)?)?\s*:?$",
    r"^(?:\d+ )?(?:ý kiến|bình luận|phản hồi) (?:của )?(?:bạn|độc giả|người đọc)\b.{0,70}$",
    r"^(?:gửi|viết|thêm|đăng|tất cả|chưa có)\s(?:\d+\s)?(?:bình luận|ý kiến|phản hồi)\b.{0,40}$",
    r"^hãy (?:là người đầu tiên|để lại) .{0,40}(?:bình luận|ý kiến)",
    r"^(?:nhập )?mã (?:xác nhận|bảo mật|captcha|an toàn)\b.{0,30}$",
    r"^(?:họ và tên|họ tên|tên của bạn|tên bạn|email của bạn|nội dung bình luận)"
    r"\W*(?:bắt buộc)?\W*$",
    r"^(?:bình chọn|thăm dò|thăm dò (?:ý kiến|dư luận)|(?:khảo sát|trưng cầu) ý kiến)\s*:?$",
    r"^(?:copyright\b|bản quyền\b.{0,12}(?:©|\d{4}|thuộc|của|:))|^\W{0,2}©|©\s?\d{4}",
    r"\ball rights reserved\b|bảo lưu (?:toàn quyền|mọi quyền)",
    r"^\W{0,3}(?:vui lòng |đề nghị |yêu cầu )?ghi rõ nguồn\b",
    r"^(?:số )?giấy phép\s*:|^giấy phép\b.{0,40}\bsố\b.{0,6}\d",
    r"^\W{0,3}(?:người )?chịu trách nhiệm (?:nội dung|xuất bản|chính|quản lý)[\w\s]{0,20}:",
    r"^(?:nghiêm )?cấm (?:mọi hình thức )?sao chép\b",
    r"^(?:mọi )?(?:hành vi )?sao chép\b.{0,40}\b(?:nguồn|phép|đồng ý|văn bản)\b",
    r"^(?:thiết kế|phát triển|xây dựng)(?: và [\w\s]{0,20})? bởi\b.{0,120}$",
    r"^(?:designed|developed|powered) by\b",
    r"^(?:thống kê|tổng số|tổng|số)\s?(?:lượt )?(?:người )?truy cập\b.{0,30}$",
    r"^đang (?:online|truy cập)\b.{0,20}$",
)
_BYLINE = re.compile(
    r"""\W*(?:(?:tin|bài|ảnh|clip|video)(?:\s?(?:[,;&/+-]|và)\s?(?:tin|bài|ảnh|clip|video))*
    |bài\sviết|tác\sgiả(?:\sbài\sviết)?|người\sviết|(?:người\s|nhóm\s)?thực\shiện|biên\stập
    |nguồn(?:\stin|\sbài)?|lược\sghi|ghi|tổng\shợp|(?:lược\s|biên\s)?dịch|pv|ctv|phóng\sviên|theo)
    \s*[:：]\s*(?P<who>.{1,100})""",
    re.IGNORECASE | re.VERBOSE,
)
_ACCORDING = re.compile(r"\W*[Tt]heo\s+(?P<who>.{2,60})")
_DESK = re.compile(
    r"""\W*(?:pv|p\.v|bbt|ban\sbiên\stập|btv|ctv|ttxvn|tổng\shợp|nhóm\s(?:pv|p\.v|phóng\sviên)
    |t[òo][aà]\ssoạn|(?:[^\W\d_]+\s){1,5}\((?:tổng\shợp|th|t/h|ghi|lược\sghi|thực\shiện|st|sưu\stầm
    |biên\ssoạn|dịch|theo\s[^()]+)\))\W*""",
    re.IGNORECASE | re.VERBOSE,
)
_MEDIA = frozenset({"báo", "tạp", "đài", "trang", "cổng", "website", "nhóm", "pv", "ctv"})

# --- what is glued to paragraphs and titles ----------------------------------------------------

# Councils and committees are written in capitals, too: "HĐND - Ủy ban ..." names no agency.
_AGENCY = re.compile(
    rf"""(?:\(\s*(?=[^()]*[{UPPER}])[^()\d]{{2,40}}\)\s*[-–—:]+\s*
    |(?:[\w-]+\.)+(?:vn|com|net|org)\s*(?:[-–—:|]+\s*|\.\s)
    |(?!HĐND|UBND|MTTQ|ĐBQH)(?:[{UPPER}]{{2,8}}\s){{0,2}}[{UPPER}]{{2,10}}(?:\.VN|\s?[Oo]nline)?
     \s?[-–—|]+\s*(?=["“‘]?[{UPPER}](?:[^{UPPER}\s]|\s[{LOWER}]))
    |[A-Z][a-z]{{7,}}\s[-–—]\s(?=[{UPPER}]))""",
    re.VERBOSE,
)
_SOURCE_TAIL = re.compile(
    rf"""(?<=[.!?…/”"])\s*(?:[(\[]\s*(?:[Tt]heo|[Nn]guồn|[Bb]ài|[Tt]in)\b[^()\[\]]{{2,80}}[)\]]
    |(?:(?:Tin|Bài|Ảnh)(?:\s?(?:[,&-]|và)\s?(?:tin|bài|ảnh))*|Nguồn|Tác\sgiả|Theo)
     \s*:\s*[{UPPER}][^.!?]{{1,70}}
    |https?://\S+
    |\([{UPPER}][\w.+/-]*(?:\s[{UPPER}][\w.+/-]*){{0,3}}\)
    |(?<=\./\.)\s*[{UPPER}]\S*(?:\s[{UPPER}]\S*){{1,4}})\.?$""",
    re.VERBOSE,
)
_TITLE_TAIL = re.compile(
    r"""\s*(?:[(\[-]\s*(?:cập\snhật\s*:?\s*)?
     \d{1,2}\s?[/.-]\s?\d{1,2}\s?[/.-]\s?\d{2,4}[^()\[\]]{0,25}[)\]]?
    |\s[|–-]\s(?:báo|tạp\schí|trang|cổng|đài)\s.{2,60}|\s[|–-]\s[\w.-]+\.(?:vn|com|net|org))$""",
    re.IGNORECASE | re.VERBOSE,
)


def classify_line(text: str) -> LineKind:
    """Tell what a line is by its own words.

    Args:
        text: one line, NFC, with single spaces (see :func:`canbo.data.unicode.squeeze`).
    """
    words = word_count(text)
    if not any(map(str.isalpha, text)):
        return LineKind.INTERFACE
    if words <= 100 and len(text) <= 1000 and _CLOSING.search(text):
        return LineKind.CLOSING
    if words > 50 or len(text) > 1000:
        return LineKind.PROSE
    return _furniture(text, words) or _signature(text, words) or _article_line(text, words)


def _furniture(text: str, words: int) -> LineKind | None:
    if words <= 15 and _is_stamp(text):
        return LineKind.STAMP
    if (
        _BUTTON_LINE.fullmatch(text)
        or _ADDRESS.fullmatch(text)
        or _PLACEHOLDER.search(text)
        or _TAGS.search(text)
        or _NOTICE.search(text)
        or (_PROMPT.search(text) and not text.endswith("."))
    ):
        return LineKind.INTERFACE
    if _RELATED.match(text) and not text.endswith("."):
        return LineKind.INTERFACE
    if words <= 8 and _LISTING.search(text):
        return LineKind.LISTING
    if (words <= 8 and _SECTION_LINE.fullmatch(text)) or _MASTHEAD.search(text):
        return LineKind.SECTION
    if words <= 40 and _CONTACT.search(text):
        return LineKind.CONTACT
    return None


def _is_stamp(text: str) -> bool:
    """Whether a line is a date with nothing but time words, buttons, places and authors."""
    if not _DATE.search(text):
        return False
    parts = (part.strip() for part in _STAMP_SEPARATOR.split(_DATE.sub(" | ", text)))
    return all(
        not part or _STAMP_LINE.fullmatch(part) or is_name_like(part) or _BYLINE.fullmatch(part)
        for part in parts
    )


def _signature(text: str, words: int) -> LineKind | None:
    if is_credit(text):
        return LineKind.CREDIT
    byline = _BYLINE.fullmatch(text)
    if byline and _is_source(byline["who"]):
        return LineKind.BYLINE
    according = _ACCORDING.fullmatch(text)
    if according and words <= 9 and _is_source(according["who"]):
        return LineKind.BYLINE
    if words <= 8 and _DESK.fullmatch(text):
        return LineKind.BYLINE
    if 2 <= words <= 16 and is_name_like(text) and not is_list_item(text):
        return LineKind.NAME
    return None


def _is_source(text: str) -> bool:
    """Whether a byline's label is followed by names: capitals, agencies, addresses of sites."""
    words = text.strip(" .()[]*").split()
    if not words or len(words) > 14 or text.rstrip().endswith(("?", "!")):
        return False
    marked = sum(not w[0].isalpha() or w[0].isupper() or "." in w for w in words)
    known = words[0].lower() in _MEDIA
    return known or ((words[0][0].isupper() or "." in words[0]) and marked * 3 >= len(words) * 2)


def _article_line(text: str, words: int) -> LineKind:
    if is_caption(text):
        return LineKind.CAPTION
    if ends_sentence(text) or words >= LONG_WORDS:
        return LineKind.PROSE
    if words >= 3 and text.endswith((":", ";", ",")):
        return LineKind.PROSE
    if is_list_item(text):
        return LineKind.PROSE
    return LineKind.HEADING


def agency_prefix(text: str) -> str:
    """What names the agency at the beginning of a lead: ``(TTXVN) - ``, ``NDO - ``, or nothing."""
    match = _AGENCY.match(text)
    return match.group() if match and match.end() < len(text) else ""


def strip_agency(text: str) -> str:
    """Cut the agency off the beginning of a lead."""
    return text[len(agency_prefix(text)) :]


def strip_source(text: str) -> str:
    """Cut byline, source or address off the end of an article's last paragraph."""
    return _SOURCE_TAIL.sub("", text).rstrip() or text


def strip_title_extras(text: str) -> str:
    """Cut the agency, the date and the site's name off a title."""
    return _TITLE_TAIL.sub("", strip_agency(text)).rstrip() or text
