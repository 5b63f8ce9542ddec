// practice.js: a sitting that counts for nothing: the same paper as on the day, with an item of every kind. Nothing is sent.

import {h, showView, ask} from "/assets/shared/dom.js";
import {t} from "/assets/shared/i18n.js";
import {api, NetworkError} from "/assets/shared/api.js";
import {clockKnown, clockSample, serverNow} from "/assets/shared/clock.js";
import {Paper} from "/assets/candidate/paper.js";
import {forgetSitting} from "/assets/candidate/store.js";
import {sha256} from "/assets/candidate/chain.js";

const ID = "practice", MINUTES = 20;
const options = (name, count) => Array.from({length: count}, (_, i) => ({id: `${name}${i + 1}`, text: t(`practice_paper.${name}_${i + 1}`)}));

/** Kept by this page alone: what a saver does, without a server. */
class PageOnly extends EventTarget {
  #answers = new Map();
  state = "saved";
  saved_at = null;
  ended = false;
  waiting = 0;
  answer(position) {
    return this.#answers.get(position) ?? {seq: 0, choice: null, answer: null, flagged: false};
  }
  async load() {
    this.dispatchEvent(new Event("state"));
  }
  #set(state) {
    this.state = state;
    this.dispatchEvent(new Event("state"));
  }
  typing(now) {
    this.#set(now ? "saving" : "saved");
  }
  async change(position, part) {
    const next = {...this.answer(position), ...part};
    next.seq += 1;
    this.#answers.set(position, next);
    this.saved_at = new Date(serverNow()).toISOString();
    this.dispatchEvent(new CustomEvent("change", {detail: {position}}));
    this.#set("saved");
  }
  async flush() {
    return true;
  }
  close() {}
}

class PracticePaper extends Paper {
  async refresh() {}
  async keepEmergency() {}
  watch() {} // no hall, no clock that stands
  note() {}  // nor a time that a real paper could go by
  emergency() {
    return null;
  }
  async upload(position, file, progress) {
    progress(1);
    return {sha256: sha256(`${file.name} ${file.size}`), size: file.size};
  }
  async submit() {
    const {answered, left} = this.summary;
    const sure = await ask(t("submit.title"), h("p", {}, t("submit.text", {answered, left})), [{value: "", text: t("submit.back")}, {value: "yes", text: t("submit.do"), class: "primary"}]);
    if (sure === "yes") await this.over();
  }
  async over() {
    this.leave();
    await forgetSitting(ID).catch(() => {});
    await this.route();
  }
}

const KINDS = {
  single: () => ({options: options("single", 4)}),
  truefalse: () => ({options: options("truefalse", 2)}),
  multiple: () => ({options: options("multiple", 4), choices_min: 1, choices_max: 2}),
  ordering: () => ({options: options("ordering", 4)}),
  matching: () => ({options: options("row", 3), columns: options("column", 3)}),
  numeric: () => ({unit: "km"}),
  text: () => ({}),
  inline: () => ({stem_html: t("practice_paper.inline_html"), gaps: [{id: "g1", options: options("gap", 3)}]}),
  essay: () => ({lines: 8, words_max: 100}),
  upload: () => ({upload: {types: ["application/pdf", "text/plain"], files_max: 1, bytes_max: 1048576}}),
};
const paper = () => ({
  items: Object.entries(KINDS).map(([kind, parts], i) => ({position: i + 1, kind, stem: t("practice_paper.stem_" + kind), stimulus: kind === "numeric" ? "s1" : null, ...parts()})),
  stimuli: [{id: "s1", stem_html: t("practice_paper.stimulus_html")}], responses: [], aids: {calculator: true}, closes_at: new Date(serverNow() + MINUTES * 60000).toISOString(),
});

async function begin(root, frame, back) {
  await forgetSitting(ID).catch(() => {});
  sessionStorage.removeItem("khoacu.at." + ID);
  const sitting = {id: ID, candidate: {full_name: t("practice_paper.person"), roll_number: null}, cycle: {title_vi: t("practice_paper.title"), title_en: t("practice_paper.title")}, emergency_key: null};
  await new PracticePaper(root, sitting, paper(), () => endView(root, frame, back), new PageOnly()).begin();
}
function endView(root, frame, back) {
  showView(root, t("practice_paper.done_title"), frame(h("main", {class: "narrow"}, h("h1", {}, t("practice_paper.done_title")), h("p", {}, t("practice_paper.done_text")),
    h("p", {class: "row"}, h("button", {type: "button", class: "primary", onclick: back}, t("practice_paper.back")), h("button", {type: "button", onclick: () => void begin(root, frame, back)}, t("practice_paper.again"))))));
}

export async function practiceView(root, frame, back) {
  if (!clockKnown()) {
    try {
      const sent_ms = performance.now(), answer = await api("GET", "/clock");
      clockSample(answer.data?.server_now ?? new Date().toISOString(), sent_ms);
    } catch (error) {
      if (!(error instanceof NetworkError)) throw error;
      clockSample(new Date().toISOString(), performance.now());
    }
  }
  showView(root, t("practice_paper.title"), frame(h("main", {class: "narrow"}, h("h1", {}, t("practice_paper.title")), h("p", {}, t("practice_paper.text")),
    h("p", {class: "row"}, h("button", {type: "button", class: "primary", onclick: () => void begin(root, frame, back)}, t("practice_paper.begin")), h("button", {type: "button", onclick: back}, t("back"))))));
}
