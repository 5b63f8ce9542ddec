// verify.js: the page that checks a published list in the reader's own browser, and what a document's code says.

import {h, fill} from "/assets/shared/dom.js";
import {t, formatDateTime, formatNumber} from "/assets/shared/i18n.js";
import {problemText, NetworkError} from "/assets/shared/api.js";
import {filePicker} from "/assets/shared/form.js";
import {source} from "/assets/public/source.js";
import {frame, titleOf, authorityOf, demonstrationTag, failView} from "/assets/public/app.js";

const STEPS = ["form", "hashes", "pack", "inputs", "decisions", "counts"];

/** Workers are named by address, which the page's policy lets only a named rule do. */
const address = window.trustedTypes ? trustedTypes.createPolicy("khoacu-verify", {createScriptURL: (url) => (url === "/assets/public/verify.worker.js" ? url : "")}) : {createScriptURL: (url) => url};

/** {verdict, ms} of a file, or of two beside each other, by the engine in a thread of its own; the bytes stay on this computer. */
export function run(...files) {
  return new Promise((resolve, reject) => {
    const worker = new Worker(address.createScriptURL("/assets/public/verify.worker.js"), {type: "module"});
    worker.onmessage = ({data}) => {
      worker.terminate();
      if (data.error) reject(new Error(data.error));
      else resolve(data);
    };
    worker.onerror = (event) => reject(new Error(event.message || "worker"));
    worker.postMessage(files.map((bytes) => bytes.buffer), files.map((bytes) => bytes.buffer));
  });
}

const stepLine = (state, words, extra) => h("li", {class: "check-step " + state}, h("span", {class: "sign", "aria-hidden": "true"}, {ok: "✓", stop: "✕", none: "–"}[state]),
  h("span", {}, h("span", {class: "state"}, t("verify.state." + state)), " ", words, extra ? h("span", {class: "check-line", lang: "en"}, extra) : null));

/** What came out, step by step; `published`: the hash that the list's page states, or null for a file of one's own. */
function verdictView({verdict, ms}, published) {
  const same = published === null || verdict.sha256 === published, holds = verdict.failed_step === null && same;
  const steps = STEPS.map((step) => {
    const done = verdict.steps.find((s) => s.step === step);
    return stepLine(!done ? "none" : done.holds ? "ok" : "stop", t("verify.step." + step), done && !done.holds ? verdict.line : null);
  });
  const first = published === null ? null : stepLine(same ? "ok" : "stop", t("verify.step.published"), same ? null : verdict.sha256);
  return [
    h("div", {class: "banner " + (holds ? "ok" : "stop"), role: "status"}, h("p", {}, h("strong", {}, t(holds ? "verify.holds" : "verify.fails"))),
      holds ? h("p", {}, t("verify.counted", {candidates: formatNumber(verdict.candidates), posts: formatNumber(verdict.posts), selected: formatNumber(verdict.selected), ms: formatNumber(ms)})) : null,
      verdict.cycle ? h("p", {}, t("verify.of", {cycle: verdict.cycle, version: verdict.version})) : null),
    h("ol", {class: "check-steps"}, first, steps),
    verdict.withheld > 0 ? h("p", {class: "muted"}, t("verify.withheld", {count: formatNumber(verdict.withheld)})) : null,
    h("p", {}, t("check.hash"), h("br"), h("span", {class: "hash"}, verdict.sha256)),
  ];
}

/** A card with the published file, a file of one's own, and the outcome of checking either. */
export function checkTool(release) {
  const outcome = h("div", {"aria-live": "polite", class: "check-outcome"});
  const input = h("input", {type: "file", accept: ".json,application/json", id: "verify-file", onchange: () => input.files[0] && own(input.files[0])});

  async function examine(bytes, published) {
    try {
      fill(outcome, verdictView(await run(bytes), published));
    } catch (error) {
      console.error(error);
      fill(outcome, h("div", {class: "banner warn"}, t("verify.broken")));
    }
  }
  async function fetched() {
    fill(outcome, h("p", {role: "status"}, t("check.running")));
    try {
      const answer = await fetch(source.file(release.code, release.version, "json"));
      if (!answer.ok) throw new NetworkError("file");
      await examine(new Uint8Array(await answer.arrayBuffer()), release.sha256);
    } catch {
      fill(outcome, h("div", {class: "banner warn"}, t("problem.network")));
    }
  }
  async function own(file) {
    fill(outcome, h("p", {role: "status"}, t("check.running")));
    await examine(new Uint8Array(await file.arrayBuffer()), null);
  }
  const drop = h("div", {class: "drop-zone", ondragover: (event) => event.preventDefault(), ondrop: (event) => {
    event.preventDefault();
    if (event.dataTransfer.files[0]) own(event.dataTransfer.files[0]);
  }}, h("label", {for: "verify-file"}, t("verify.file")), filePicker(input), h("p", {class: "muted"}, t("verify.stays")));
  return [release ? h("p", {}, h("button", {type: "button", class: "primary", id: "verify-published", onclick: fetched}, t("verify.do"))) : null, drop, outcome];
}

function codeCard(code, answer) {
  if (!answer) return null;
  if (!answer.ok) return h("section", {class: "card"}, h("h2", {}, t("verify.code_title", {code})), h("div", {class: "banner stop"}, t("verify.code_unknown")));
  const data = answer.data;
  if (data.document !== "result_list" && data.room) {
    return h("section", {class: "card"}, h("h2", {}, t("verify.code_title", {code: data.verify_code})),
      h("div", {class: "banner " + (data.state === "valid" ? "ok" : "warn")}, h("p", {}, h("strong", {}, t("verify.document." + data.document)), " · ", t("verify.minutes_state." + data.state))),
      h("dl", {class: "facts"}, h("dt", {}, t("verify.minutes_place")), h("dd", {}, `${data.cycle} · ${data.shift} · ${data.room}`), h("dt", {}, t("verify.minutes_made")), h("dd", {}, formatDateTime(data.made_at)),
        h("dt", {}, t("verify.minutes_signed")), h("dd", {}, formatDateTime(data.signed_at)), h("dt", {}, "SHA-256"), h("dd", {class: "hash"}, data.sha256)));
  }
  return h("section", {class: "card"}, h("h2", {}, t("verify.code_title", {code: data.verify_code})),
    h("div", {class: "banner " + (data.state === "valid" ? "ok" : "warn")}, h("p", {}, h("strong", {}, t("verify.document." + data.state)), " ", t("verify.document_text." + data.state, {version: data.newest_version}))),
    h("dl", {class: "facts"}, h("dt", {}, t("verify.document")), h("dd", {}, t("verify.document." + data.document)), h("dt", {}, t("verify.cycle")), h("dd", {}, titleOf(data.cycle), " ", demonstrationTag(data.cycle)),
      h("dt", {}, t("list.authority")), h("dd", {}, authorityOf(data.cycle)), h("dt", {}, t("list.published")), h("dd", {}, `${formatDateTime(data.published_at)} · ${t("list.version", {version: data.version})}`),
      h("dt", {}, "SHA-256"), h("dd", {class: "hash"}, data.sha256)),
    h("p", {}, h("a", {class: "button", href: `/#/${data.cycle.code}/${data.version}`}, t("list.open"))));
}

/** /kiem-tra and /verify/CODE. */
export async function verifyView(show, code) {
  const [list, answer] = await Promise.all([source.releases(), code ? source.verification(code) : null]);
  if (!list.ok) return failView(show, problemText(list));
  const found = answer?.ok && !answer.data.room ? {code: answer.data.cycle.code, version: answer.data.version, sha256: answer.data.sha256} : null;
  const options = list.data.items.map((r) => ({code: r.cycle.code, version: r.version, sha256: r.sha256, title: titleOf(r.cycle)}));
  const tool = h("div", {});
  const select = h("select", {id: "verify-list", onchange: () => fill(tool, checkTool(options[select.selectedIndex] ?? null))}, options.map((o) => h("option", {}, `${o.title} · ${t("list.version", {version: o.version})}`)));
  const entry = h("input", {type: "text", class: "code", id: "verify-code", autocomplete: "off", spellcheck: "false", value: code ?? ""});
  fill(tool, checkTool(found ?? options[0] ?? null));
  show(t("verify.title"), frame(h("main", {}, h("h1", {}, t("verify.title")), h("p", {class: "lead"}, t("verify.intro")), codeCard(code, answer),
    h("section", {class: "card"}, h("h2", {}, t("check.title")), found || !options.length ? null : h("div", {class: "field"}, h("label", {for: "verify-list"}, t("verify.which")), select), tool),
    h("section", {class: "card"}, h("h2", {}, t("verify.code_ask")), h("form", {onsubmit: (event) => { event.preventDefault(); location.assign("/verify/" + encodeURIComponent(entry.value.trim())); }},
      h("div", {class: "field"}, h("label", {for: "verify-code"}, t("verify.code")), entry), h("button", {type: "submit"}, t("verify.code_do")))),
    h("section", {class: "card"}, h("h2", {}, t("verify.how")), h("ol", {}, STEPS.map((step) => h("li", {}, t("verify.step." + step), ". ", t("verify.why." + step)))), h("p", {}, t("verify.elsewhere")), h("p", {}, h("code", {}, "khoacu verify FILE.json"))))));
}
