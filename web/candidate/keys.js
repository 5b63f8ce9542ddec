// keys.js: the review of the key: her paper, her answers and the official key side by side, and challenges of questions.

import {h, ask, fill, showView, toast} from "/assets/shared/dom.js";
import {t, formatDateTime} from "/assets/shared/i18n.js";
import {api, NetworkError, problemText} from "/assets/shared/api.js";
import {field, showErrors} from "/assets/shared/form.js";
import {answerWords, keyOptions, stemNodes} from "/assets/shared/key_view.js";

const REASON_MIN = 10, REASON_MAX = 2000, SOURCE_MIN = 3, SOURCE_MAX = 500;

async function call(method, path, body) {
  try {
    const answer = await api(method, path, body);
    if (answer.ok) return answer.data ?? true;
    toast(problemText(answer));
  } catch (error) {
    if (!(error instanceof NetworkError)) throw error;
    toast(t("problem.network"));
  }
  return null;
}

/** What the receipt says of the review of the key: nothing, when, or the way to it. */
export async function keyNotice(root, frame, sitting) {
  const review = await call("GET", `/sittings/${sitting.id}/key-review`);
  if (!review || review.state === "none") return null;
  const times = {from: formatDateTime(review.opens_at), to: formatDateTime(review.closes_at)};
  return h("section", {class: "card"}, h("h2", {}, t("keys.title")), h("p", {}, t("keys.notice." + review.state, times)), h("p", {class: "muted"}, review.reason),
    review.state === "waiting" ? null : h("p", {}, h("button", {type: "button", class: "primary", onclick: () => keysView(root, frame, sitting)}, t("keys.open"))));
}

function challengeForm(position, sitting, done) {
  const reason = h("textarea", {rows: "4", maxlength: String(REASON_MAX), required: true});
  const source = h("input", {type: "text", maxlength: String(SOURCE_MAX), required: true});
  const names = {reason: `reason-${position}`, source: `source-${position}`};
  const form = h("form", {class: "stack", novalidate: true, onsubmit: async (event) => {
    event.preventDefault();
    const body = {position, reason: reason.value.trim(), source: source.value.trim()}, errors = {};
    if ([...body.reason].length < REASON_MIN) errors[names.reason] = t("keys.reason_short", {least: REASON_MIN});
    if ([...body.source].length < SOURCE_MIN) errors[names.source] = t("keys.source_short");
    showErrors(form, errors);
    if (Object.keys(errors).length === 0 && await call("POST", `/sittings/${sitting.id}/challenges`, body)) {
      toast(t("keys.filed"));
      await done();
    }
  }}, field(names.reason, t("keys.reason"), reason, t("keys.reason_hint")), field(names.source, t("keys.source"), source, t("keys.source_hint")), h("div", {}, h("button", {type: "submit", class: "primary"}, t("keys.file"))));
  return form;
}

function challengeLine(line, open, done) {
  const withdraw = async () => {
    if (await ask(t("keys.withdraw"), h("p", {}, t("keys.withdraw_text")), [{value: "", text: t("cancel")}, {value: "yes", text: t("keys.withdraw"), class: "primary"}]) !== "yes") return;
    if (await call("POST", `/challenges/${line.challenge_id}/withdrawal`)) await done();
  };
  return h("div", {class: "banner"}, h("p", {}, h("strong", {}, t(line.withdrawn_at ? "keys.withdrawn" : "keys.yours", {at: formatDateTime(line.withdrawn_at ?? line.filed_at)}))), h("p", {}, line.reason), h("p", {class: "muted"}, t("keys.source_is", {source: line.source})),
    open && !line.withdrawn_at ? h("button", {type: "button", onclick: withdraw}, t("keys.withdraw")) : null);
}

function questionCard(item, review, sitting, done) {
  const key = review.keys.find((k) => k.position === item.position), response = review.paper.responses.find((r) => r.position === item.position);
  const given = response?.choice ?? response?.answer ?? null, mine = review.challenges.filter((c) => c.position === item.position), open = review.state === "open";
  const free = h("div", {});
  const challenge = h("button", {type: "button", onclick: () => { challenge.hidden = true; fill(free, challengeForm(item.position, sitting, done)); free.querySelector("textarea").focus(); }}, t("keys.challenge"));
  return h("article", {class: "card key-card", "aria-labelledby": `q-${item.position}`}, h("h2", {id: `q-${item.position}`}, t("keys.question", {position: item.position})), h("div", {class: "stem"}, stemNodes(item)), keyOptions(item, key.right, given),
    h("dl", {class: "facts"}, h("dt", {}, t("keys.given")), h("dd", {}, given === null ? t("keys.nothing") : answerWords(item, given)), h("dt", {}, t("keys.official")), h("dd", {}, key.decision === "drop" ? t("keys.dropped") : key.decision === "all_right" ? t("keys.all_right") : key.right.map((one) => answerWords(item, one)).join(t("keys.or")) || t("keys.by_person"))),
    key.decided ? h("div", {class: "banner ok"}, h("p", {}, h("strong", {}, t("keys.decided." + key.decided))), h("p", {}, key.decision_reason)) : null, mine.map((line) => challengeLine(line, open, done)),
    open && !mine.some((line) => !line.withdrawn_at) ? [challenge, free] : null);
}

export async function keysView(root, frame, sitting) {
  const review = await call("GET", `/sittings/${sitting.id}/key-review`);
  if (!review?.paper) return location.reload();
  const again = async () => { const at = scrollY; await keysView(root, frame, sitting); scrollTo(0, at); };
  const times = {from: formatDateTime(review.opens_at), to: formatDateTime(review.closes_at)};
  showView(root, t("keys.title"), frame(h("main", {class: "narrow"}, h("p", {}, h("button", {type: "button", class: "quiet", onclick: () => location.reload()}, "← " + t("keys.back"))), h("h1", {}, t("keys.title")),
    h("p", {class: "lead"}, t("keys.notice." + review.state, times)), h("p", {}, t("keys.rule")), review.paper.items.map((item) => questionCard(item, review, sitting, again))), sitting));
}
