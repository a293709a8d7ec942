"""Cleaning, shown on invented pages in the shapes that Vietnamese news sites paste in.

In a page each line has a mark: ``# `` the title, ``= `` a true paragraph or sub-heading, ``. ``
furniture. What stands between ⟦ and ⟧ is glued to the line and must be cut off.
"""

from __future__ import annotations

import re
import textwrap
import time

import pytest

from canbo.data.cleaning import clean_article

TITLE = "Đông Lĩnh đưa cán bộ trẻ về xã"
LEAD = (
    "Sau ba năm đưa cán bộ trẻ về xã, huyện Đông Lĩnh đã có thêm nhiều cách làm mới, "
    "khắc phục tình trạng khép kín ở cơ sở và được người dân tin cậy."
)
BODY_1 = (
    "Theo Ban Tổ chức Huyện ủy, từ đầu nhiệm kỳ đến nay huyện đã luân chuyển 14 cán bộ, trong đó "
    "9 đồng chí giữ chức bí thư đảng ủy xã. Trước khi nhận nhiệm vụ, tất cả đều được bồi dưỡng "
    "kỹ năng điều hành và tiếp dân."
)
BODY_2 = (
    "Tại xã Phú Gia, việc đầu tiên của bí thư mới là xuống từng thôn nghe dân nói. Chỉ trong một "
    "quý, 27 kiến nghị tồn đọng về đất đai, đường sá, nước sạch đã có người nhận trách nhiệm giải "
    "quyết và có thời hạn rõ ràng."
)
BODY_3 = (
    "Ủy ban Kiểm tra Huyện ủy cho biết, sáu tháng qua đã giám sát chuyên đề đối với 11 tổ chức "
    "đảng, qua đó nhắc nhở hai nơi chậm công khai kết quả đánh giá cán bộ cuối năm."
)

PAGES = {
    "newspaper with breadcrumb, share bar, related list and comments": f"""
. Trang chủ
. Xây dựng Đảng
. Thứ hai, 12/03/2018, 14:35 (GMT+7)
# Đông Lĩnh: Cán bộ trẻ về xã, việc khó có người lo
. Lượt xem: 1234
. Cỡ chữ A A A
. In bài
. Gửi email
. Chia sẻ
. Facebook Zalo Twitter
.
= ⟦(ĐLO) - ⟧{LEAD}
.
. Bí thư Đảng ủy xã Phú Gia (bên trái) nghe người dân kiến nghị. Ảnh: Minh Quân
.
= {BODY_1}
.
= {BODY_2}
.
= {BODY_3}
.
. Hoàng Thị Thu
.
. Tags: cán bộ, luân chuyển, Đông Lĩnh
. Tin liên quan
. Đông Lĩnh sơ kết sáu tháng công tác tổ chức (05/03/2018)
. Khai giảng lớp bồi dưỡng bí thư chi bộ (01/03/2018)
. Bình luận
. Bạn đọc
. Bài viết rất hay, tôi ở xã Phú Gia và thấy đúng như vậy.
. Gửi bình luận
. Mã xác nhận
. TIN MỚI NHẤT
. Giá lúa tăng, nông dân phấn khởi ra đồng từ sáng sớm
""",
    "related links and a poll between the paragraphs": f"""
# Ba năm đưa người trẻ về làm bí thư xã
. 08:30 | 12/03/2018
.
= {LEAD}
.
. >> Đông Lĩnh luân chuyển 14 cán bộ trong nửa nhiệm kỳ
.
= {BODY_1}
.
. Xem thêm: Người dân Phú Gia nói gì về bí thư mới?
.
= {BODY_2}
.
. Tin liên quan
. Huyện ủy Đông Lĩnh giao ban công tác nội chính quý I
. Cách chấm điểm cán bộ mới ở xã Phú Gia
.
= {BODY_3}
.
. Bài và ảnh: Trần Văn Lực
.
. Bình chọn
. Bạn thấy giao diện mới của trang thế nào?
. Rất đẹp
. Bình thường
""",
    "comment button in the bar above the text": f"""
. Thời sự - Chính trị
# Vì sao cán bộ trẻ Đông Lĩnh muốn về xã?
. Cập nhật lúc 14:35, Thứ Hai, 12/03/2018 (GMT+7)
. Bình luận
. 0
. Chia sẻ Facebook
= {LEAD}
= {BODY_1}
= {BODY_2}
. Theo TTXVN
. © 2018 Báo Đông Lĩnh điện tử. Ghi rõ nguồn khi phát hành lại thông tin từ trang này.
. Tổng Biên tập: Nguyễn Văn Hòa
. Tòa soạn: Số 12, đường Hùng Vương, thị trấn Đông Lĩnh
. Điện thoại: 0200 3 812 345
""",
    "party magazine with sections and a learned author": f"""
. Trang chủ » Nghiên cứu - Trao đổi
# Xây dựng đội ngũ cán bộ cấp xã ở miền núi: thực trạng và giải pháp
. PGS, TS. LÊ MINH ĐẠT
. Học viện Chính trị khu vực
.
. 10:21, ngày 05-04-2021
.
= ⟦TCLL - ⟧{LEAD}
.
= 1. Thực trạng đội ngũ cán bộ cấp xã
.
= {BODY_1}
.
= Thứ nhất, về trình độ chuyên môn
.
= {BODY_2}
.
= 2. Một số giải pháp chủ yếu
.
= {BODY_3}
.
= - Đổi mới đánh giá cán bộ theo kết quả công việc;
.
= - Gắn quy hoạch với đào tạo, bồi dưỡng;
.
= - Luân chuyển có thời hạn, có địa chỉ.
.
. Tài liệu khác
. Các tin khác
. - Công tác dân vận khéo ở vùng cao (03/04/2021)
. - Nhìn lại một năm học tập và làm theo Bác (01/04/2021)
""",
    "captions with and without credits": f"""
# Người dân Đông Lĩnh chấm điểm cán bộ
. Thứ Năm, ngày 14/06/2018
.
= {LEAD}
.
. Quang cảnh hội nghị.
.
= {BODY_1}
.
. Đồng chí Lê Thị Mây, Phó Bí thư Thường trực Huyện ủy phát biểu tại hội nghị.
.
= {BODY_2}
.
. Cán bộ bộ phận một cửa xã Phú Gia hướng dẫn người dân làm thủ tục
.
= {BODY_3}
.
. Người dân xã Phú Gia thu hoạch na trên vườn đồi mới chuyển đổi.
. Ảnh: Minh Quân
.
= {BODY_3.replace("11", "12")}
. Ảnh: Hoài Nam
""",
    "captions glued to the paragraph and to the repeated title": f"""
# Cán bộ trẻ về với bản xa
. Ngày 12 tháng 3 năm 2018
.
= {LEAD}⟦Một góc trung tâm xã Phú Gia hôm nay.⟧
.
. Ảnh: Minh Quân
.
= {BODY_1}
.
. Cán bộ trẻ về với bản xaLãnh đạo xã kiểm tra đường vào bản Khe Nứa.
.
= {BODY_2}⟦ Ảnh: Hoài Nam⟧
.
= {BODY_3}⟦ (Theo Báo Đông Lĩnh)⟧
""",
    "caption under the lead without a blank line": f"""
. Huyện ủy, UBND huyện Đông Lĩnh
.
# Hiệu quả từ việc đưa cán bộ trẻ về cơ sở
.
. Thứ ba, 14/5/2019 | 9:24:19 Sáng
.
= {LEAD}
. Đảng ủy xã Phú Gia (Đông Lĩnh) bàn cách gỡ vướng cho các hộ trồng na vụ mới.
.
= {BODY_1}
.
= {BODY_2}
.
= {BODY_3}
.
. Thu Hà
""",
    "lead repeated around the headline, alternative texts of pictures": f"""
. (Baodonglinh.vn) - {LEAD}
.
# Đông Lĩnh: Lấy sự hài lòng của dân để đánh giá cán bộ
.
= {LEAD}
.
. Lấy sự hài lòng của dân để đánh giá cán bộ
. Xã Phú Gia có 12/12 thôn lắp hòm thư góp ý.
.
= {BODY_1}
.
. Lấy sự hài lòng của dân để đánh giá cán bộ
. Hòm thư góp ý đặt ở nhà văn hóa thôn.
.
= {BODY_2}
.
= {BODY_3}
.
. {{name}} - {{time}}
. Trả lời
. {{body}}
. 0 bình luận
. Bình luận của độc giả chỉ hiện sau khi ban biên tập duyệt, mong bạn viết có dấu
. Chia sẻ bài này với bạn bè!
. Tắt [X]
""",
    "short true paragraphs: dialogue, dashes, numbers, phone, address, date": f"""
# Một ngày của bí thư xã
.
= Trời chưa sáng hẳn.
.
= Anh Tấn đã có mặt ở trụ sở.
.
= – Bác đến sớm thế ạ?
.
= – Tôi đi từ bốn giờ.
.
= {BODY_1}
.
= Anh ghi số điện thoại 0912 345 678 của mình lên bảng tin để dân gọi bất cứ lúc nào.
.
= Ngày 3/2/2018, chi bộ thôn Khe Nứa kết nạp đảng viên đầu tiên sau tám năm.
.
= Mọi thủ tục được công khai tại địa chỉ https://motcua.donglinh.gov.vn để ai cũng tra được.
.
= 14 giờ 30 phút, cuộc họp với các trưởng thôn bắt đầu.
.
= Nguồn: quỹ xã hội hóa và ngân sách huyện mỗi bên một nửa, anh nói gọn.
.
= “Dân tin thì việc gì cũng xong”, anh cười.
.
= Chúng tôi chia tay khi đèn trụ sở vẫn sáng.
""",
    "interview": f"""
# “Đánh giá cán bộ phải có thước đo”
. PV
. 21/11/2020 07:00
.
= {LEAD}
.
= Phóng viên: Thưa ông, vì sao huyện bắt đầu từ khâu đánh giá?
.
= Ông Lê Văn Thuận: Vì đánh giá sai thì mọi khâu sau đều sai.
.
= Phóng viên: Thước đo ấy là gì?
.
= Ông Lê Văn Thuận: Là việc đã xong, chưa xong và vì sao chưa xong. Mỗi tháng một lần, từng người tự chấm, chi bộ chấm, rồi dân chấm.
.
= Xin cảm ơn ông!
.
. Hải Yến (thực hiện)
. Bình luận (2)
. Nguyễn An
. Tôi hoàn toàn đồng ý với ông Thuận.
. Trả lời
. Thích
. Trần Bình
. Nên làm như vậy ở tất cả các huyện trong tỉnh, nhất là những nơi còn nể nang, né tránh, ngại va chạm.
. Trả lời
. Thích
""",
    "poem and refrain": f"""
# Câu thơ ở bản Khe Nứa
.
= {LEAD}
.
= Đường lên bản nhỏ quanh co
= Người đi gùi chữ, gùi no cho làng
= Nắng lên rải những dòng vàng
= Bản nghe tiếng suối ngân vang gọi về.
.
= {BODY_2}
.
= Đường lên bản nhỏ quanh co
= Người đi gùi chữ, gùi no cho làng
.
= Anh đọc lại câu thơ ấy trước khi chúng tôi xuống núi.
""",
    "web portal with an imprint": f"""
. CỔNG THÔNG TIN ĐIỆN TỬ HUYỆN ĐÔNG LĨNH
. Giới thiệu
. Tin tức - Sự kiện
. Liên hệ
# Huyện Đông Lĩnh chú trọng đào tạo cán bộ nguồn (11/05/2018)
. Xem với cỡ chữ
.
= {LEAD}
.
= {BODY_1}
.
= {BODY_3}
.
. Tin, bài: Quang Vinh
.
. Quảng Cáo
. Video
. Loading the video...
. Bình chọn
. Bạn muốn huyện ưu tiên việc gì trong năm nay?
. Liên kết web
. Địa chỉ: Thị trấn Đông Lĩnh, huyện Đông Lĩnh
. Chịu trách nhiệm nội dung: Nguyễn Thị Hằng - Phó Chủ tịch UBND huyện
. Điện thoại: 02000000001 - Fax:
. Email: vanthu@donglinh.gov.vn
. Bản quyền © 2015 UBND huyện Đông Lĩnh. Bảo lưu toàn quyền
. Phát triển bởi Công ty Tin học Bến Sông
""",
    "one paragraph a line, notices and a truncated teaser": f"""
. Chúng tôi sử dụng cookie để nâng cao trải nghiệm của bạn trên website này.
. Đăng nhập
. Hotline: 0900 000 000
# Giữ lửa cho phong trào ở cơ sở
. 2 giờ trước
. Google News
. Sau ba năm đưa cán bộ trẻ về xã, huyện Đông Lĩnh đã có thêm nhiều cách làm mới...
= {LEAD}
= {BODY_1}
. ADVERTISEMENT
= {BODY_2}
= {BODY_3}
. Đăng ký nhận bản tin mới nhất qua email
. Mời bạn đọc theo dõi trang trên Facebook
. Có thể bạn quan tâm
. Trồng na trên đất dốc
. Người đàn bà giữ hồn thổ cẩm
. Về đầu trang
""",
    "teasers of other articles after the signature": f"""
# Dấu ấn người đứng đầu ở Phú Gia
. Thứ 6, 09/10/2020 | 15:12
.
= {LEAD}
.
= Từ việc nhỏ nhất
.
= {BODY_1}
.
= Đến việc khó nhất
.
= {BODY_2}./.
.
. Đọc thêm
. Xã Phú Gia khánh thành cầu treo mới sau hai năm thi công
. Sáng 8/10, xã Phú Gia khánh thành cầu treo qua suối Khe Nứa, nối liền ba thôn với trung tâm xã.
. Huyện Đông Lĩnh mở lớp tiếng dân tộc cho cán bộ xã
. Lớp học kéo dài ba tháng với 40 học viên là công chức các xã vùng cao trong huyện.
""",
    "announcement whose paragraphs look like an imprint": f"""
# Thông báo về việc tiếp nhận góp ý cho cán bộ sau luân chuyển
. 15/08/2019
.
= {LEAD}
.
= Người dân gửi góp ý theo một trong các cách sau:
.
= Địa chỉ: Ban Tổ chức Huyện ủy, số 5 đường Trần Phú, thị trấn Đông Lĩnh.
.
= Điện thoại: 0200 3 812 345, trong giờ hành chính.
.
= {BODY_3}
.
. Chia sẻ
. Bản quyền thuộc về UBND huyện Đông Lĩnh
""",
    "news in brief without a stop after the caption": f"""
. Chính trị
# Trao quyết định điều động cho 6 cán bộ
. 17:05 - 20/07/2022
= ⟦DLO - ⟧{LEAD}
. Đồng chí Trần Văn Khải, Bí thư Huyện ủy trao quyết định cho các đồng chí được điều động
= {BODY_1}
= Các đồng chí nhận nhiệm vụ mới từ ngày 1/8.
. Tin, ảnh: Quỳnh Anh
. Từ khóa: điều động, cán bộ
. Gửi ý kiến của bạn
. Họ và tên *
. Email *
. Nội dung bình luận
. Nhập mã xác nhận
""",
    "every heading is kept where sections come in numbers": f"""
# Bốn việc làm thay đổi Phú Gia
.
= {LEAD}
.
= Nghe dân trước khi quyết
.
= {BODY_1}
.
= Làm trước, nói sau
.
= {BODY_2}
""",
    "a lone short line under the lead belongs to the picture": f"""
# Ban Tổ chức Huyện ủy với việc chọn người
.
= {LEAD}
.
. Ban Tổ chức Huyện ủy tham mưu việc chọn cán bộ
.
= {BODY_1}
.
= {BODY_2}
.
= {BODY_3}
""",
    "captions with a full stop between long paragraphs": """
. Chủ nhật, ngày 05 tháng 7 năm 2020
. Giới thiệu
. Liên hệ
. Thông tin tòa soạn
. CHÍNH TRỊ
. Xã luận
. Bình luận - Phê phán
. Xây dựng Đảng
# Khi cán bộ dám chịu trách nhiệm
. Thứ Bảy, 04-07-2020, 08:12
. Font Size:     |
. Print
= ⟦NDO - ⟧Ở tỉnh Nam Lĩnh, từ khi có cơ chế bảo vệ cán bộ dám nghĩ, dám làm, nhiều việc tồn đọng lâu năm đã được tháo gỡ.
. Cán bộ xã Đại Thắng trao đổi với người dân về dự án đường liên thôn.
= Câu chuyện bắt đầu từ con đường dài chưa đầy hai cây số ở xã Đại Thắng. Mười năm, ba đời chủ tịch xã, con đường vẫn nằm trên giấy vì vướng mặt bằng của bảy hộ dân.
= Người gỡ nút thắt ấy là anh Phạm Văn Quý, cán bộ được tỉnh luân chuyển về. Anh đến từng nhà, ngồi uống trà, nghe hết những bức xúc rồi mới bàn chuyện hiến đất.
= “Mình sai thì mình nhận, dân đúng thì mình theo”, anh Quý nói.
= Đến nay, con đường đã xong.
. Bài và ảnh: HOÀNG LÂM
. Chia sẻ:
. Tin khác
. Thanh niên Nam Lĩnh với phong trào xây dựng nông thôn mới
. Chuyện về một bí thư chi bộ ở vùng giáo
""",
    "numbered picture texts and the teaser of another article": """
. Thời sự
. Chính trị
# Bí thư tỉnh: 'Không để ai ngồi nhầm ghế'
. 15/08/2019 14:30 GMT+7
= ⟦TTO - ⟧Sáng 15-8, tại hội nghị sơ kết, Bí thư Tỉnh ủy Nam Lĩnh yêu cầu rà soát toàn bộ cán bộ diện quy hoạch, không để ai ngồi nhầm ghế.
. Bí thư tỉnh: Không để ai ngồi nhầm ghế - Ảnh 1.
. Các đại biểu tại hội nghị sáng 15-8 - Ảnh: M.TR.
= Theo báo cáo tại hội nghị, toàn tỉnh có 1.240 cán bộ diện quy hoạch, trong đó 87 người chưa đáp ứng tiêu chuẩn về lý luận chính trị.
= Bí thư Tỉnh ủy cho rằng khâu yếu nhất vẫn là đánh giá. "Có nơi 98% hoàn thành tốt nhiệm vụ mà dân vẫn khiếu kiện kéo dài", ông nói.
= Cũng tại hội nghị, Ban Tổ chức Tỉnh ủy đề xuất lấy phiếu tín nhiệm hằng năm thay vì giữa nhiệm kỳ.
. Trao quyết định điều động 12 cán bộ chủ chốt
. TTO - Chiều 12-8, Ban Thường vụ Tỉnh ủy Nam Lĩnh trao quyết định điều động cho 12 cán bộ.
. MINH TRÍ
. Quy hoạch cán bộ Nam Lĩnh Bí thư tỉnh
. Trở thành người đầu tiên tặng sao cho bài viết
. 0
. 0
. 0
. Bình luận (3)
. Xem thêm bình luận
. Đọc tiếp Về trang Thời sự
. Cùng chuyên mục
. Giá xăng giảm từ 15h chiều nay
""",
    "plain news with initials": """
. Thời sự
. Thứ năm, 12/4/2018, 10:26 (GMT+7)
# Bình Lâm điều động nhiều trưởng phòng cấp huyện
= Ban Thường vụ Huyện ủy vừa điều động 8 trưởng phòng, ban để tránh khép kín, theo đề án vị trí việc làm.
= Ông Đặng Văn T., Bí thư Huyện ủy, ngày 12/4 cho biết việc điều động được thực hiện theo đề án đã được phê duyệt từ năm 2017.
= Theo đó, trưởng phòng Tài chính làm trưởng phòng Nông nghiệp; trưởng phòng Nội vụ sang làm chánh văn phòng.
= "Làm vậy để không ai cố thủ một chỗ", ông T. nói.
= Trước đó huyện đã luân chuyển 17 cán bộ về xã.
. Đức Hùng
. Trở lại Thời sự
. Lưu
. Chia sẻ
. Copy link thành công
. ×
""",
    "numbered decisions, imprint of a content management system": """
. TRANG CHỦ GIỚI THIỆU TIN TỨC VĂN BẢN LIÊN HỆ
. Trang nhất » Tin Tức » Công tác kiểm tra
# Ủy ban Kiểm tra Tỉnh ủy Nam Lĩnh thông báo kết quả kỳ họp thứ 21
. Đăng lúc: Thứ tư - 13/11/2019 15:22 - Người đăng bài viết: Quản trị
= ⟦(UBKT) - ⟧Trong hai ngày 11 và 12/11/2019, Ủy ban Kiểm tra Tỉnh ủy Nam Lĩnh họp kỳ thứ 21, xem xét, kết luận một số nội dung sau:
= I. Xem xét, thi hành kỷ luật đảng viên
= 1. Đồng chí Nguyễn Văn Q., nguyên Giám đốc Sở X, đã vi phạm quy chế làm việc, ký quyết định bổ nhiệm ba trường hợp không đủ tiêu chuẩn.
= 2. Đồng chí Lê Thị P., kế toán trưởng, thiếu trách nhiệm trong tham mưu chi tiêu tài chính.
= II. Kết quả giám sát
= Qua giám sát việc kê khai tài sản đối với 15 đồng chí, Ủy ban Kiểm tra yêu cầu bốn đồng chí kiểm điểm, rút kinh nghiệm.
= III. Giải quyết tố cáo
= Ủy ban Kiểm tra Tỉnh ủy đã xem xét, kết luận nội dung tố cáo đối với hai đảng viên.
. Tác giả bài viết: Văn phòng
. Nguồn tin: UBKT Tỉnh ủy
. Tổng số điểm của bài viết là: 5 trong 1 đánh giá
. Click để đánh giá bài viết
. Ý kiến bạn đọc
. Những tin mới hơn
. Giao ban khối nội chính quý IV (20/11/2019)
. Những tin cũ hơn
. Tập huấn nghiệp vụ kiểm tra cho cơ sở (01/11/2019)
. Thống kê
. Đang truy cập12
. Hôm nay345
""",
    "news of one-sentence paragraphs": """
# Bổ nhiệm Phó Giám đốc Sở Nội vụ
. 09:12 | 03/02/2021
= Sáng 3/2, UBND tỉnh Nam Lĩnh công bố quyết định bổ nhiệm ông Trần Quốc Huy giữ chức Phó Giám đốc Sở Nội vụ.
= Đồng chí Lê Thị Minh, Phó Chủ tịch UBND tỉnh chủ trì buổi lễ.
= Ông Huy sinh năm 1980, quê huyện Bình Lâm, trình độ thạc sĩ luật, cao cấp lý luận chính trị.
= Trước khi được bổ nhiệm, ông là Chánh Thanh tra Sở.
. Phó Chủ tịch UBND tỉnh Lê Thị Minh trao quyết định cho ông Trần Quốc Huy
= Phát biểu nhận nhiệm vụ, ông Huy hứa sẽ nỗ lực hết mình.
. Tin, ảnh: Thanh Tùng
""",
    "report of a conference with its pictures": """
. Đảng bộ tỉnh Nam Lĩnh
# Hội nghị tổng kết công tác xây dựng Đảng năm 2020
. Ngày đăng: 30/12/2020 | Lượt xem: 512
= Chiều 29/12, Ban Tổ chức Tỉnh ủy tổ chức hội nghị tổng kết công tác xây dựng Đảng năm 2020, triển khai nhiệm vụ năm 2021.
= Dự hội nghị có đồng chí Trần Văn Sơn, Phó Bí thư Thường trực Tỉnh ủy; lãnh đạo các ban xây dựng Đảng và bí thư các huyện ủy, thị ủy.
. Đồng chí Trần Văn Sơn, Phó Bí thư Thường trực Tỉnh ủy phát biểu kết luận hội nghị.
= Năm 2020, toàn tỉnh đã luân chuyển 45 cán bộ, trong đó có 12 cán bộ nữ; mở 32 lớp bồi dưỡng với hơn 2.800 lượt học viên tham gia.
. Các đại biểu dự hội nghị.
= Kết luận hội nghị, đồng chí Trần Văn Sơn đề nghị các cấp ủy tập trung chuẩn bị nhân sự đại hội, làm tốt công tác bảo vệ chính trị nội bộ, nhất là khâu thẩm tra lý lịch.
= Dịp này, 12 tập thể và 20 cá nhân được khen thưởng vì có thành tích xuất sắc.
. Quang cảnh hội nghị
. Trần Minh
. Các bài khác
. Hội nghị trực tuyến quán triệt nghị quyết
. Chi bộ 3 tổ chức sinh hoạt chuyên đề quý IV
""",
    "a menu and headlines above, a bulleted list below": """
. Trang chủ | Giới thiệu | Tin tức | Văn bản | Thư viện | Liên hệ
. Tìm kiếm...
. Tin mới nhất:
. Khai mạc hội thao truyền thống ngành
. Thông báo tuyển dụng viên chức năm 2020
# Chi bộ cơ quan đổi mới sinh hoạt định kỳ
. Tác giả: Nguyễn Thị Vân
. Ngày 12.05.2020
= Từ đầu năm đến nay, chi bộ cơ quan Huyện ủy Bình Lâm đã chuyển hẳn sang sinh hoạt theo chuyên đề, mỗi tháng một vấn đề cụ thể do đảng viên đăng ký.
= Mỗi buổi sinh hoạt không quá 90 phút, dành ít nhất 60 phút cho thảo luận.
= Kết quả bước đầu cho thấy tỷ lệ ý kiến tăng gấp ba.
. [In trang] [Quay về]
. Đánh giá:
. Các tin khác:
. + Bế mạc lớp sơ cấp lý luận chính trị (10.05.2020)
. + Trao huy hiệu Đảng đợt 19/5 (08.05.2020)
""",
    "very short paragraphs to the end": """
# Một ngày ở bộ phận một cửa
. 05:00 01/06/2022
= Sáu giờ rưỡi sáng, cửa trụ sở xã Tân Thịnh đã mở.
. Ảnh: Nguyên Bình
= Chị Hòa lau từng mặt bàn.
= Bảy giờ, người đầu tiên đến. Ông cụ mang theo tập giấy gói trong ni lông.
= - Bác cần giấy gì ạ?
= - Tôi xin cái xác nhận hộ nghèo.
= Mười phút sau, ông cụ ra về.
. (Còn nữa)
""",
    "a letter to the editor": """
# Góp ý về công tác cán bộ ở xã
.
= Tôi là đảng viên 50 năm tuổi Đảng ở thôn Hạ, xã Tân Thịnh. Tôi viết thư này để góp mấy ý.
.
= Một là, cán bộ phải gần dân. Lâu nay có đồng chí cả nhiệm kỳ không xuống thôn.
.
= Hai là, đánh giá cán bộ cần hỏi dân.
.
= Ba là, ai sai phải sửa, ai không sửa được thì thay.
.
= Kính mong các đồng chí xem xét.
.
. Nguyễn Văn Thắng (Tân Thịnh)
""",
    "a kicker above the title, the author beside the date": """
. Gương sáng đảng viên
# Người bí thư của những con đường
. Lê Hoàng - Thứ Sáu, 15/10/2021, 09:00 [GMT+7]
= ⟦(Báo Nam Lĩnh) - ⟧Gần hai mươi năm làm bí thư chi bộ, ông Bàn Văn Lý đã cùng dân bản mở bảy con đường, trong đó có ba đường lên tận nương.
. Ông Bàn Văn Lý (bên phải) cùng dân bản phát quang đường lên nương.
= Bản Nà Lạn nằm lưng chừng núi. Ngày ông Lý nhận nhiệm vụ, bản chưa có một mét đường bê tông nào, học sinh đi học phải lội hai con suối.
= Ông bảo, muốn dân theo thì đảng viên phải làm trước; nói mười câu không bằng vác một viên đá.
. Bài, ảnh: Lê Hoàng
. Gửi cho bạn bè
. In trang này
. Bình luận
. Hãy là người đầu tiên bình luận về bài viết này!
""",
    "advertisements between paragraphs": """
. VTV.vn
# Luân chuyển cán bộ: Thuốc thử của năng lực
. Cập nhật 07:30 ngày 20/10/2020
= ⟦VTV.vn - ⟧Luân chuyển không chỉ là đổi chỗ ngồi mà là phép thử năng lực, bản lĩnh của từng cán bộ trẻ.
. TIN TÀI TRỢ
. Căn hộ cao cấp ven sông giá chỉ từ 1,2 tỷ đồng
. Quảng cáo
= Ở huyện Bình Lâm, trong 24 cán bộ được luân chuyển nhiệm kỳ qua có 19 người hoàn thành xuất sắc, 4 người hoàn thành tốt và một người bị điều về.
= Người bị điều về là một phó chủ tịch xã không chịu ở lại trực trong ba ngày lũ.
. * Mời quý độc giả theo dõi các chương trình đã phát sóng của Đài Truyền hình Việt Nam trên TV Online và VTVGo!
. Từ khóa:
. luân chuyển cán bộ
. cán bộ trẻ
""",
}


def read_page(page: str) -> tuple[str, str, list[str]]:
    """The pasted text, its title and its paragraphs."""
    lines = [(line[:1], line[2:]) for line in page.strip().splitlines()]
    text = "\n".join(re.sub("[⟦⟧]", "", body) for _, body in lines)
    true = [(mark, re.sub("⟦.*?⟧", "", body)) for mark, body in lines]
    (title,) = (body for mark, body in true if mark == "#")
    return text, re.sub(r" \(\d\d/.*", "", title), [body for mark, body in true if mark == "="]


def with_blank_lines(text: str) -> str:
    return re.sub(r"\n+", "\n\n", text)


@pytest.mark.parametrize("name", PAGES)
def test_page(name: str) -> None:
    text, title, paragraphs = read_page(PAGES[name])
    article = clean_article(text)
    assert article.paragraphs == paragraphs
    assert article.title == title


@pytest.mark.parametrize("name", PAGES)
def test_page_with_the_title_given(name: str) -> None:
    text, title, paragraphs = read_page(PAGES[name])
    assert clean_article(text, title) == (title, paragraphs)


# Here blank lines are what tells the caption from the lead, so it needs them as they are.
@pytest.mark.parametrize("name", PAGES.keys() - {"caption under the lead without a blank line"})
def test_page_with_a_blank_line_after_each_line(name: str) -> None:
    text, title, paragraphs = read_page(PAGES[name])
    assert clean_article(with_blank_lines(text)) == (title, paragraphs)


def test_cleaning_what_is_clean_changes_nothing() -> None:
    for page in PAGES.values():
        _, title, paragraphs = read_page(page)
        once = clean_article("\n\n".join([title, *paragraphs]))
        assert once == (title, paragraphs)


# --- lines -------------------------------------------------------------------------------------


@pytest.mark.parametrize("width", [60, 80, 100])
def test_wrapped_lines_are_joined(width: int) -> None:
    paragraphs = [LEAD, "Nghe dân trước khi quyết", BODY_1, BODY_2, "Làm trước, nói sau", BODY_3]
    wrapped = ["\n".join(textwrap.wrap(p, width)) for p in [TITLE, *paragraphs]]
    assert clean_article("\n\n".join(wrapped)) == (TITLE, paragraphs)
    crlf = "\r\n \r\n".join(w.replace("\n", "\r\n") for w in wrapped)
    assert clean_article(crlf) == (TITLE, paragraphs)


def test_wrapped_lines_without_blank_lines() -> None:
    wrapped = "\n".join(line for p in [TITLE, LEAD, BODY_1] for line in textwrap.wrap(p, 70))
    assert clean_article(wrapped) == (TITLE, [LEAD, BODY_1])


def test_short_lines_are_not_joined() -> None:
    lines = ["Trời chưa sáng hẳn.", "Anh Tấn đã ra đồng.", "– Bác đi sớm thế?", "– Việc nhiều."]
    assert clean_article("\n".join(lines)) == (None, lines)


def test_white_space_is_normalised_and_letters_are_kept() -> None:
    text = "\ufeffCán\u00a0bộ  trẻ\tvề\u200b xã\n\n" + LEAD.replace(" ", " \u00a0")
    assert clean_article(text) == ("Cán bộ trẻ về xã", [LEAD])


# --- titles ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "line",
    [
        f"{TITLE} (11/05/2018)",
        f"{TITLE} - 11/05/2018",
        f"{TITLE} (Cập nhật: 11/05/2018)",
        f"{TITLE} | Báo Đông Lĩnh điện tử",
        f"{TITLE} - donglinh.gov.vn",
        f"(Baodonglinh.vn) - {TITLE}",
    ],
)
def test_what_sites_add_to_titles_is_cut_off(line: str) -> None:
    assert clean_article(f"{line}\n\n{LEAD}\n\n{BODY_1}").title == TITLE


@pytest.mark.parametrize(
    "title",
    [
        "Người giữ lửa",
        "NGƯỜI GIỮ LỬA Ở PHÚ GIA",
        "“Dân tin thì việc gì cũng xong”",
        "Vì sao cán bộ trẻ ngại về xã?",
        "Nghị quyết 04: Từ nói đến làm",
        "5 năm, 14 cán bộ, một con đường",
        "Ông Lê Văn Thuận giữ chức Bí thư Huyện ủy Đông Lĩnh",
        "Đông Lĩnh thực hiện có hiệu quả việc bố trí chức danh bí thư, phó bí thư, chủ tịch UBND xã "
        "không phải là người địa phương gắn với đào tạo, bồi dưỡng cán bộ nguồn",
    ],
)
def test_titles_of_many_shapes(title: str) -> None:
    assert clean_article(f"{title}\n\n{LEAD}\n\n{BODY_1}") == (title, [LEAD, BODY_1])


def test_text_without_a_title() -> None:
    assert clean_article(f"{LEAD}\n{BODY_1}") == (None, [LEAD, BODY_1])
    assert clean_article("Một câu.") == (None, ["Một câu."])
    assert clean_article("Chỉ có một dòng ngắn") == (None, ["Chỉ có một dòng ngắn"])
    assert clean_article("Trang chủ\nĐăng nhập\n12/03/2018\n") == (None, [])
    assert clean_article(" \n\n") == (None, [])


# --- what must not be taken for furniture ------------------------------------------------------


@pytest.mark.parametrize(
    "sentence",
    [
        "Bình luận về kết quả này, ông Thuận cho rằng vẫn còn nơi nể nang.",
        "Chia sẻ thông tin với chúng tôi, anh Tấn cười hiền.",
        "Theo dõi trên Facebook của đảng viên này, chi bộ phát hiện nhiều bài viết sai sự thật.",
        "Ảnh hưởng của việc ấy đến nay vẫn còn.",
        "Giấy phép hoạt động của mỏ đá hết hạn từ năm 2017.",
        "Nguồn: ngân sách huyện và đóng góp của dân, ông nói gọn.",
        "Ngày 12/3/2018, huyện công bố kết luận thanh tra.",
        "Tổng Biên tập Báo Đông Lĩnh là một trong 14 cán bộ được điều động.",
        "Đồng chí Trần Văn Khải, Bí thư Huyện ủy chủ trì hội nghị.",
        "Đồng chí Khải nhấn mạnh: Cán bộ phải nói đi đôi với làm.",
        "Chị hướng dẫn từng hộ cách ghi sổ tay chi tiêu của gia đình mình.",
        "Người dân vận động nhau hiến đất.",
        "Toàn cảnh đời sống xã đã đổi khác sau ba năm.",
        "Người dân được trao đổi trực tiếp với bí thư vào thứ năm hằng tuần.",
        "Tin vui đến với bản Khe Nứa vào một chiều cuối năm.",
        "Kết quả tốt.Tuy nhiên, vẫn còn nơi làm hình thức.",
        "(1) Chọn đúng người; (2) giao đúng việc; (3) kiểm tra đến cùng.",
        "HĐND - Ủy ban nhân dân xã đã ký quy chế phối hợp.",
        "Anh dặn thêm: “Có gì cứ gọi 0912 345 678”.",
        "Xem thêm, hỏi thêm, rồi hãy quyết, đó là điều anh học được.",
    ],
)
def test_true_sentences_stay_whole_anywhere(sentence: str) -> None:
    for order in (
        [sentence, BODY_1, BODY_2],
        [BODY_1, sentence, BODY_2],
        [BODY_1, BODY_2, sentence],
    ):
        for gap in ("\n", "\n\n"):
            assert clean_article(gap.join([TITLE, LEAD, *order])) == (TITLE, [LEAD, *order])


@pytest.mark.parametrize(
    "line",
    [
        "12/03/2018 - 14:35",
        "Thứ Hai, 12 Tháng Ba 2018, 14:35",
        "14:35', 12/3/2018 (GMT+7)",
        "Minh Nhung - 19/11/2018 08:05",
        "Đăng lúc: Thứ tư - 13/11/2019 15:22",
        "(1.234 lượt xem)",
        "Số lượt xem: 1.234 | Bình luận: 0",
        "Cỡ chữ: A- A A+",
        "Facebook Twitter Zalo Copy link",
        "Nghe đọc bài 5:23",
        "{{name}} - {{time}}",
        "https://donglinh.gov.vn/tin-tuc/bai-1.html",
        "Nguồn: https://donglinh.gov.vn/tin-tuc/bai-1.html",
        "donglinh.gov.vn",
        "Ảnh: M.TR.",
        "(Ảnh minh họa)",
        "Ảnh: Internet",
        "Các đại biểu chụp ảnh lưu niệm tại đại hội. (Ảnh: PV)",
        "Ông Lê Văn Thuận (thứ hai từ trái sang) trao đổi với cử tri.",
        "Bí thư Huyện ủy phát biểu tại buổi làm việc - Ảnh: N.Triều",
        "Toàn cảnh hội nghị",
        "Trang chủ > Xây dựng Đảng > Tổ chức - Cán bộ",
        "Tags: cán bộ, luân chuyển",
        "#canbo #luanchuyen",
        ">> Đông Lĩnh: Vì sao dân tin?",
        "* * *",
    ],
)
def test_furniture_goes_from_between_paragraphs(line: str) -> None:
    page = "\n\n".join([TITLE, LEAD, BODY_1, line, BODY_2, BODY_3])
    assert clean_article(page) == (TITLE, [LEAD, BODY_1, BODY_2, BODY_3])


@pytest.mark.parametrize(
    "end",
    [
        "Nguyễn Văn An",
        "NGUYỄN VĂN AN - LÊ BÌNH",
        "ThS. Nguyễn Văn An (Ban Tổ chức Tỉnh ủy)",
        "Bài và ảnh: Nguyễn An",
        "Tin, ảnh: PV",
        "Theo TTXVN",
        "(Theo Báo Đông Lĩnh)",
        "Nguồn: Tạp chí Xây dựng Đảng",
        "BBT",
        "Nhóm PV",
        "Hải Yến (thực hiện)",
        "(TTXVN/Vietnam+)",
    ],
)
def test_signatures_go(end: str) -> None:
    assert clean_article(f"{TITLE}\n\n{LEAD}\n\n{BODY_1}\n\n{end}\n") == (TITLE, [LEAD, BODY_1])


@pytest.mark.parametrize(
    "text",
    [
        "Bình luận\n" * 5_000,
        "Tin liên quan\nMột tin khác ở huyện bên\n" * 2_000,
        "a > " * 5_000 + ".",
        '"' * 50_000 + "a",
        "(" * 50_000,
        "Ảnh: " * 10_000,
        "in in bài " * 5_000 + "x",
        "Một dòng ngắn không dấu chấm\n" * 5_000,
        "Một câu dài đến mức được coi là một đoạn văn thật sự...\n" * 5_000,
        "1/1/2018 " * 5_000,
    ],
    ids=lambda value: str(value)[:12].strip(),
)
def test_time_grows_with_the_text(text: str) -> None:
    start = time.process_time()
    clean_article(text)
    assert time.process_time() - start < 10  # Seconds; quadratic time would be minutes.
