// letters.js: letters about a published list: files to print, mails with their progress, what did not arrive, and reports of mail
// servers about what came back.

import {h, fill} from "/assets/shared/dom.js";
import {t, formatNumber} from "/assets/shared/i18n.js";
import {api, NetworkError, problemText} from "/assets/shared/api.js";
import {field, showErrors} from "/assets/shared/form.js";
import {dataTable} from "/assets/shared/table.js";
import {page, read, act, may, waitForJob} from "/assets/staff/app.js";

/** The letter to one candidate, beside her derivation. */
export const letterLink = (run, row) => (run.release ? h("p", {}, h("a", {href: `/api/v1/runs/${run.id}/letters/${row.roll_number}`, download: `${run.cycle.code}-${row.roll_number}.pdf`}, t("letters.one"))) : null);

const COUNTS = ["candidates", "addresses", "sent", "waiting", "refused", "returned", "deferred", "unsure"];
const OUTCOMES = ["returned", "noted", "older", "repeated", "unknown", "unreadable"];
const FILE_MIB = 16;

function files(run, mails) {
  const links = (count, unreached) => {
    const parts = Math.ceil(count / mails.letters_a_file), name = unreached ? "unreached-letters" : "letters";
    return h("div", {class: "row"}, Array.from({length: parts}, (_, i) => ["vi", "en"].map((lang) => h("a", {class: "button", href: `/api/v1/runs/${run.id}/letters.pdf?part=${i + 1}&lang=${lang}${unreached ? "&unreached=1" : ""}`,
      download: `${run.cycle.code}-v${run.release.version}-${name}-${i + 1}-${lang}.pdf`}, t("letters.file", {part: formatNumber(i + 1), parts: formatNumber(parts), lang: t("letters.lang." + lang)})))));
  };
  return h("section", {class: "card"}, h("h2", {}, t("letters.print")), h("p", {}, t("letters.print_text", {count: formatNumber(mails.letters_a_file)})), links(mails.candidates, false),
    mails.mails > 0 && mails.unreached > 0 ? [h("h3", {}, t("letters.unreached")), h("p", {}, t("letters.unreached_text", {count: formatNumber(mails.unreached)})), links(mails.unreached, true)] : null);
}

function mailing(run, mails, reload) {
  const bar = h("progress", {max: "1", value: 0, hidden: true, "aria-label": t("letters.progress")}), said = h("p", {role: "status"});
  async function send(again) {
    const job = await act("POST", `/runs/${run.id}/letters-mail`, {again});
    if (!job) return;
    bar.hidden = false;
    await waitForJob(job.job_id, (done, total) => {
      bar.max = Math.max(total, 1);
      bar.value = done;
      fill(said, t("letters.progress_text", {done: formatNumber(done), total: formatNumber(total)}));
    });
    await reload();
  }
  const left = mails.addresses - mails.mails + mails.waiting + mails.deferred, again = mails.refused + mails.returned + mails.unsure;
  const buttons = may("result-run") ? h("div", {class: "row"}, h("button", {type: "button", class: "primary", disabled: left <= 0, onclick: () => send(false)}, t("letters.send", {count: formatNumber(Math.max(left, 0))})),
    again > 0 ? h("button", {type: "button", onclick: () => send(true)}, t("letters.again", {count: formatNumber(again)})) : null) : null;
  return h("section", {class: "card"}, h("h2", {}, t("letters.mail")), h("p", {}, t("letters.mail_text")), h("dl", {class: "facts"}, COUNTS.map((name) => [h("dt", {}, t("letters.count." + name)), h("dd", {}, formatNumber(mails[name]))])), buttons, bar, said);
}

/** Which mail of which file, what was made of it, and whose letter it was about. */
function reportTable(items) {
  const whose = (b) => (b.roll_number ? t("letters.report.letter", {roll: b.roll_number, cycle: b.cycle, version: b.version}) : "–");
  const said = (b) => (b.outcome === "unreadable" ? t("letters.report.why." + b.why) : [t("letters.report.action." + b.action), b.status, b.diagnostic].filter(Boolean).join(" · "));
  return dataTable(t("letters.report.items"), [{title: t("letters.report.place"), value: (b) => t("letters.report.mail", {file: b.file, mail: formatNumber(b.mail)})}, {title: t("letters.report.outcome"), value: (b) => t("letters.report.outcome." + b.outcome)},
    {title: t("letters.report.whose"), value: whose}, {title: t("letters.address"), value: (b) => b.address || "–"}, {title: t("letters.answer"), value: said}], items);
}

/** Reports of mail servers, as files; `shown` keeps what was said of them when the page is shown again. */
function reports(shown, reload) {
  const input = h("input", {type: "file", multiple: true, accept: ".eml,.mbox,.txt,message/rfc822"}), said = h("div", {class: "stack", "aria-live": "polite"}, shown);
  async function send(event) {
    event.preventDefault();
    const chosen = [...input.files], long = chosen.find((file) => file.size > FILE_MIB * 1048576);
    showErrors(form, !chosen.length ? {reports: t("rule.required", {field: t("letters.report.files")})} : long ? {reports: t("letters.report.long", {file: long.name, size: FILE_MIB})} : {});
    if (!chosen.length || long) return;
    const items = [], counts = Object.fromEntries(OUTCOMES.map((name) => [name, 0]));
    try {
      for (const file of chosen) {
        const answer = await api("POST", "/letter-reports", await file.arrayBuffer(), {type: "application/octet-stream", timeout_ms: 120000});
        if (!answer.ok) return void fill(said, h("div", {class: "banner warn", role: "alert"}, `${file.name}: `, answer.problem?.code === "empty-file" ? t("letters.report.empty") : problemText(answer)));
        for (const name of OUTCOMES) counts[name] += answer.data[name];
        items.push(...answer.data.items.map((b) => ({...b, file: file.name})));
      }
    } catch (error) {
      if (!(error instanceof NetworkError)) throw error;
      return void fill(said, h("div", {class: "banner warn", role: "alert"}, t("problem.network")));
    }
    await reload([h("div", {class: "banner " + (counts.unknown + counts.unreadable ? "warn" : "ok"), role: "status"}, h("ul", {}, OUTCOMES.filter((name) => counts[name]).map((name) => h("li", {}, t("letters.report.count." + name, {count: formatNumber(counts[name])}))))), reportTable(items)]);
  }
  const form = h("form", {class: "card stack", novalidate: true, onsubmit: send}, h("h2", {}, t("letters.report.title")), h("p", {}, t("letters.report.text")), field("reports", t("letters.report.files"), input, t("letters.report.hint", {size: FILE_MIB})),
    h("div", {class: "row"}, h("button", {type: "submit"}, t("letters.report.take"))), said);
  return form;
}

export async function lettersView(id, shown = null) {
  const run = await read("/runs/" + id);
  const mails = run && await read(`/runs/${id}/letters-mail`);
  if (!run || !mails) return;
  const head = [h("p", {}, h("a", {href: "#/runs/" + id}, "← " + t("letters.back"))), h("h1", {}, t("letters.title"))];
  if (!run.release) return void page(t("letters.title"), head, h("p", {}, t("letters.not_published")));
  const printed = (m) => h("a", {href: `/api/v1/runs/${id}/letters/${m.roll_number}`, download: `${run.cycle.code}-${m.roll_number}.pdf`, "aria-label": t("letters.print_of", {roll: m.roll_number})}, t("letters.print_one"));
  page(t("letters.title"), head, files(run, mails), mailing(run, mails, () => lettersView(id)), mails.troubles.length ? [h("h2", {}, t("letters.troubles")), dataTable(t("letters.troubles"),
    [{title: t("letters.roll"), value: (m) => m.roll_number}, {title: t("letters.address"), value: (m) => m.address}, {title: t("letters.state"), value: (m) => t("letters.state." + m.state)},
      {title: t("letters.answer"), value: (m) => m.answer}, {title: t("letters.attempts"), number: true, value: (m) => formatNumber(m.attempts)}, {title: t("letters.paper"), value: printed}], mails.troubles)] : null,
  mails.mails > 0 && may("result-run") ? reports(shown, (said) => lettersView(id, said)) : null);
}
