// bank.js: a form drawn from the items of a bank by topics.

import {h, ask, toast} from "/assets/shared/dom.js";
import {t, has, formatNumber} from "/assets/shared/i18n.js";
import {api, NetworkError, problemText} from "/assets/shared/api.js";
import {field, showErrors, errorsOf} from "/assets/shared/form.js";
import {page} from "/assets/staff/app.js";

const TOPICS = ["he-thong-chinh-tri", "quan-ly-nha-nuoc", "cong-vu-cong-chuc", "tu-duy-suy-luan", "xa-hoi-lich-su-van-hoa"];
const topicName = (topic) => (has("topic." + topic) ? t("topic." + topic) : topic);

/** The field of the page that a path of the request means. */
function fieldOf(path, topics) {
  const place = /^topics\[(\d+)\]/.exec(path);
  return place ? "topic-" + topics[place[1]].topic : {code: "form_code", bank: "form_bank"}[path] ?? path;
}

export function formView(cycle) {
  const code = h("input", {type: "text", value: "DE-01"}), bank = h("input", {type: "text"});
  const counts = TOPICS.map(() => h("input", {type: "number", min: "0", max: "200", value: "12"}));
  const total = h("strong", {role: "status"});
  const sum = () => counts.reduce((n, input) => n + (Number(input.value) || 0), 0);
  const draw = () => { total.textContent = t("form.total", {total: formatNumber(sum())}); };
  for (const input of counts) input.addEventListener("input", draw);
  const form = h("form", {class: "card", novalidate: true, onsubmit: submit}, field("form_code", t("form.code"), code), field("form_bank", t("import.bank"), bank), TOPICS.map((topic, i) => field("topic-" + topic, topicName(topic), counts[i])), h("p", {}, total), h("button", {class: "primary", type: "submit"}, t("form.seal")));
  async function submit(event) {
    event.preventDefault();
    if ((await ask(t("form.seal"), h("p", {}, t("form.seal_text", {total: formatNumber(sum())})), [{value: "", text: t("cancel")}, {value: "yes", text: t("form.seal"), class: "primary"}])) !== "yes") return;
    const topics = TOPICS.map((topic, i) => ({topic, count: Number(counts[i].value) || 0})).filter((row) => row.count > 0);
    const answer = await api("POST", `/cycles/${cycle}/forms`, {code: code.value.trim().toUpperCase(), bank: bank.value.trim().toUpperCase(), topics}).catch((error) => { if (!(error instanceof NetworkError)) throw error; });
    if (answer?.ok) {
      showErrors(form, {});
      return toast(t("form.sealed", {code: answer.data.code, sha256: answer.data.sha256.slice(0, 16)}));
    }
    const errors = answer?.problem?.errors ? Object.entries(errorsOf(answer.problem)).map(([path, text]) => [fieldOf(path, topics), text]) : null;
    showErrors(form, errors ? Object.fromEntries(errors) : {form_code: answer ? problemText(answer) : t("problem.network")});
  }
  page(t("form.title"), h("h1", {}, `${t("form.title")} · ${cycle}`), h("p", {}, t("form.text")), form);
  draw();
}
