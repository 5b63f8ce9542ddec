/* panel_words.h: what the minutes of a panel say on paper, in Vietnamese and English.
 *
 * Used by: panel_print.c alone.
 */
#ifndef KHOACU_SERVER_PANEL_PANEL_WORDS_H
#define KHOACU_SERVER_PANEL_PANEL_WORDS_H

/* X(name, Vietnamese, English) */
#define PANEL_WORDS(X)                                                                                                 \
    X(TITLE, "BIÊN BẢN LÀM VIỆC CỦA BAN KIỂM TRA SÁT HẠCH", "MINUTES OF THE PANEL")                                                 \
    X(PANEL, "Ban: %s", "Panel: %s")                                                                                   \
    X(ROOM, "Phòng: %s", "Room: %s")                                                                                   \
    X(KIND_interview, "Hình thức: phỏng vấn", "Form: interview")                                                       \
    X(KIND_practical, "Hình thức: thực hành", "Form: practical test")                                                  \
    X(KIND_project, "Hình thức: bảo vệ đề án", "Form: project defence")                                                \
    X(PEOPLE, "1. Thành phần", "1. Present")                                                                           \
    X(NAME, "Họ và tên", "Name")                                                                                       \
    X(UNIT, "Đơn vị", "Unit")                                                                                          \
    X(OFFICE, "Nhiệm vụ", "Office")                                                                                    \
    X(OFFICE_chair, "Trưởng ban", "Chair")                                                                             \
    X(OFFICE_member, "Thành viên", "Member")                                                                           \
    X(OFFICE_secretary, "Thư ký", "Secretary")                                                                         \
    X(OFFICE_substitute, "Thành viên thay thế", "Substitute member")                                                   \
    X(WORD_head, "Trưởng ban chấm thi", "Head of the marking board")                                                   \
    X(WORD_chair, "Chủ tịch hội đồng", "Chair of the council")                                                         \
    X(ORDER, "2. Thứ tự theo kết quả bốc thăm", "2. Order by lot")                                                     \
    X(PLAN, "Nguồn số ngẫu nhiên công bố trước: %s (cam kết %s).", "Source of chance, named before: %s (commitment %s).") \
    X(ENTROPY, "Dãy số đã công bố: %s. Hạt giống: %s.", "Numbers as they fell: %s. Seed: %s.")                          \
    X(CRITERIA, "3. Tiêu chí chấm", "3. Criteria")                                                                     \
    X(CRITERION, "Tiêu chí", "Criterion")                                                                              \
    X(MAX, "Điểm tối đa", "Highest mark")                                                                              \
    X(STEP, "Bước điểm", "Step")                                                                                       \
    X(HEARINGS, "4. Diễn biến và kết quả chấm", "4. Hearings and marks")                                               \
    X(HEARING, "%lld. SBD %s – %s", "%lld. Roll number %s – %s")                                                       \
    X(POST, "Vị trí dự tuyển: %s", "Post: %s")                                                                         \
    X(PHASE, "%s: %s", "%s: %s")                                                                                       \
    X(OVER, " (giai đoạn trước quá %lld giây)", " (the phase before ran over by %lld s)")                              \
    X(REASON, " – lý do: %s", " – reason: %s")                                                                         \
    X(PHASE_waiting, "Chờ nghe lại do thiếu thành viên", "To be heard anew, a member was missing")                    \
    X(PHASE_called, "Gọi vào", "Called")                                                                               \
    X(PHASE_preparation, "Bắt đầu chuẩn bị", "Preparation began")                                                      \
    X(PHASE_presentation, "Bắt đầu trình bày", "Presentation began")                                                   \
    X(PHASE_questions, "Bắt đầu hỏi đáp", "Questions began")                                                           \
    X(PHASE_marking, "Kết thúc hỏi đáp, chấm điểm", "Questions ended, marking")                                        \
    X(PHASE_absent, "Vắng mặt", "Absent")                                                                              \
    X(PHASE_suspended, "Đình chỉ", "Suspended")                                                                        \
    X(MEMBER, "Thành viên", "Member")                                                                                  \
    X(TOTAL, "Tổng", "Total")                                                                                          \
    X(CONFLICT, "Không chấm do có xung đột lợi ích: %s (%s).", "Did not mark for a conflict of interest: %s (%s).")    \
    X(TIE_kinship, "có quan hệ thân thích đã khai", "a declared kinship")                                               \
    X(TIE_unit, "thí sinh dự tuyển vào đơn vị của người chấm", "the candidate applied to the member's own unit")        \
    X(TIE_excluded, "đã được loại khỏi việc chấm thí sinh này", "excluded from marking this candidate")                 \
    X(COMMITTEE, "%s: %lld trong %lld ủy viên tham gia ban.", "%s: %lld of its %lld members sit in the panel.")          \
    X(ABSENCE, "Thành viên vắng: %s, lý do: %s, người xác nhận: %s.", "Member absent: %s, reason: %s, confirmed by: %s.") \
    X(SUBSTITUTE, "Thành viên thay thế: %s, lý do: %s, người cử: %s, lúc %s.",                                         \
      "Substitute member: %s, reason: %s, appointed by: %s, at %s.")                                                  \
    X(DIALOGUE, "Biên bản đối thoại: %s", "Minutes of the dialogue: %s")                                               \
    X(AGREED, "Điểm thống nhất: %s.", "Agreed mark: %s.")                                                              \
    X(WORD, "%s %s quyết định %s, lý do: %s.", "%s %s decides %s, reason: %s.")                                        \
    X(PASSED_UP, "chuyển cấp trên", "to pass it up")                                                                   \
    X(RESULT, "Điểm: %s", "Mark: %s")                                                                                  \
    X(RESULTS, "5. Tổng hợp", "5. Summary")                                                                            \
    X(PLACE, "TT", "No.")                                                                                              \
    X(ROLL, "SBD", "Roll no.")                                                                                         \
    X(MARK, "Điểm", "Mark")                                                                                            \
    X(SIGNATURES, "6. Chữ ký", "6. Signatures")                                                                        \
    X(SIGNED, "Đã ký điện tử lúc %s", "Signed electronically at %s")                                                   \
    X(EXCUSED, "Được miễn ký: %s (%s)", "Excused: %s (%s)")                                                            \
    X(UNSIGNED, "Chưa ký", "Not signed yet")                                                                           \
    X(HASH, "Mã băm SHA-256 của biên bản mà mỗi thành viên xác nhận bằng mật khẩu: %s",                                \
      "SHA-256 of the minutes, which each member confirmed with a password: %s")                                       \
    X(FOOT, "Trang {page}/{pages}", "Page {page} of {pages}")                                                          \
    X(DEMONSTRATION, "Minh họa: không phải biên bản thật", "Demonstration: no real minutes")                           \
    X(UNCLOSED, "CHƯA ĐỦ CHỮ KÝ", "NOT SIGNED BY ALL")
#endif
