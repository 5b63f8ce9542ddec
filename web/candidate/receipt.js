// receipt.js: the end: what was handed in, when, and the code for the sign-off sheet.

import {h, showView} from "/assets/shared/dom.js";
import {t, formatDateTime} from "/assets/shared/i18n.js";
import {forgetSitting, keptChanges} from "/assets/candidate/store.js";
import {sendLate} from "/assets/candidate/saver.js";
import {emergencyButton} from "/assets/candidate/rescue.js";
import {appealNotice} from "/assets/candidate/appeals.js";
import {keyNotice} from "/assets/candidate/keys.js";
import {resultCard} from "/assets/candidate/result.js";

export async function receiptView(root, frame, sitting) {
  const receipt = sitting.receipt;
  let unsent = 0, late = "none";
  try {
    late = sitting.state === "absent" ? "none" : await sendLate(sitting.id);
    unsent = (await keptChanges(sitting.id)).length;
    if (receipt && unsent === 0) await forgetSitting(sitting.id);
  } catch {
    unsent = 0; // no store in this browser: nothing is kept here
  }
  const body = receipt
    ? [h("p", {}, t(sitting.state === "submitted" ? "receipt.submitted" : "receipt.closed")),
       h("p", {class: "receipt-code"}, receipt.code), h("p", {}, t("receipt.write_down")),
       h("dl", {class: "facts"}, h("dt", {}, t("receipt.answered")), h("dd", {}, `${receipt.answered} / ${sitting.item_count}`),
         h("dt", {}, t("receipt.issued")), h("dd", {}, formatDateTime(receipt.issued_at)),
         h("dt", {}, t("receipt.hash")), h("dd", {class: "mono"}, receipt.answers_sha256)),
       h("p", {class: "row no-print"}, h("button", {type: "button", onclick: () => print()}, t("print")))]
    : [h("p", {}, t(sitting.state === "absent" ? "receipt.absent" : "receipt.pending"))];
  const keys = receipt ? await keyNotice(root, frame, sitting) : null, result = await resultCard();
  const marks = await appealNotice(root, frame, sitting, () => receiptView(root, frame, sitting));
  showView(root, t("receipt.title"), frame(h("main", {class: "narrow"}, h("h1", {}, t("receipt.title")),
    late === "kept" ? h("div", {class: "banner", role: "alert"}, h("p", {}, t("receipt.late_kept"))) : null,
    unsent > 0 ? h("div", {class: "banner warn", role: "alert"}, h("p", {}, t("receipt.unsent", {count: unsent})), emergencyButton(sitting.id, sitting.candidate.roll_number, sitting.emergency_key)) : null,
    h("section", {class: "card"}, h("dl", {class: "facts"}, h("dt", {}, t("sign_in.roll")), h("dd", {}, sitting.candidate.roll_number), h("dt", {}, t("receipt.name")), h("dd", {}, sitting.candidate.full_name)), body), result, keys, marks), sitting));
  if (late === "failed" || (!receipt && sitting.state !== "absent")) setTimeout(() => location.reload(), 3000);
}
