// ballot.js: the voter's page: the code on a slip opens a ballot, one name or none is ticked, a receipt stays with the voter.

import {h, fill, ask} from "/assets/shared/dom.js";
import {t, currentLanguage, formatNumber} from "/assets/shared/i18n.js";
import {api, NetworkError, problemText} from "/assets/shared/api.js";
import {field} from "/assets/shared/form.js";
import {frame} from "/assets/public/app.js";

const words = (thing) => (currentLanguage() === "vi" ? thing.title_vi : thing.title_en);

/** The answer, or null when the network gave none. */
const orLost = (asked) => asked.catch((error) => {
  if (!(error instanceof NetworkError)) throw error;
  return null;
});

/** The names; what was ticked is asked about once more, since a paper cannot be taken back. */
function paperForm(slip, ballot, show) {
  const option = (value, text) => h("label", {class: "choice"}, h("input", {type: "radio", name: "choice", value}), h("span", {}, text));
  const said = h("div", {"aria-live": "polite"});
  const nonce = Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join(""); // what is sent again is known by it
  const form = h("form", {class: "card stack ballot-paper", novalidate: true, onsubmit: async (event) => {
    event.preventDefault();
    const chosen = form.querySelector("input[name=choice]:checked");
    if (!chosen) return fill(said, h("div", {class: "banner warn"}, t("ballot.choose_one")));
    const text = chosen.parentElement.textContent;
    if ((await ask(t("ballot.sure"), h("p", {}, text), [{value: "", text: t("cancel")}, {value: "yes", text: t("ballot.cast"), class: "primary"}])) !== "yes") return;
    const answer = await orLost(api("POST", "/ballot-papers", {slip, choice: Number(chosen.value), nonce}));
    if (!answer?.ok) return fill(said, h("div", {class: "banner stop"}, answer ? problemText(answer) : t("problem.network")));
    show(answer.data.receipt);
  }}, h("fieldset", {}, h("legend", {}, h("h2", {}, words(ballot)), h("p", {class: "muted"}, `${ballot.post} · ${ballot.title}`)),
    ballot.names.map((name) => option(name.number, name.full_name)), option(0, t("ballot.blank"))), h("div", {}, h("button", {type: "submit", class: "primary"}, t("ballot.cast"))), said);
  return form;
}

const receiptCard = (ballot, receipt) => h("section", {class: "card stack"}, h("div", {class: "banner ok", role: "status"}, t("ballot.cast_done")), h("p", {}, t("ballot.receipt")), h("p", {class: "blind"}, receipt),
  h("p", {class: "muted"}, t("ballot.receipt_text")), h("p", {}, h("a", {href: `/bo-phieu?ket-qua=${ballot.ballot_id}`}, t("ballot.receipts"))));

/** All receipts of a closed ballot, and whether one's own is among them. */
async function receiptsView(show, id) {
  const answer = await api("GET", `/ballots/${id}/receipts`), receipts = answer.ok ? answer.data.receipts : [];
  const own = h("input", {type: "text", class: "code", autocomplete: "off", spellcheck: "false"}), said = h("p", {role: "status"});
  const bare = (text) => text.toUpperCase().replace(/[\s-]/g, "");
  const form = h("form", {class: "card", onsubmit: (event) => {
    event.preventDefault();
    fill(said, t(receipts.some((one) => bare(one) === bare(own.value)) ? "ballot.receipt_there" : "ballot.receipt_missing"));
  }}, field("receipt", t("ballot.receipt"), own), h("button", {type: "submit"}, t("ballot.receipt_find")), said);
  show(t("ballot.receipts"), frame(h("main", {}, h("h1", {}, t("ballot.receipts")), answer.ok && receipts.length ? [h("p", {class: "lead"}, t("ballot.receipts_text", {count: formatNumber(receipts.length)})), form, h("ul", {class: "hash"}, receipts.map((one) => h("li", {}, one)))]
    : h("div", {class: "card empty"}, h("p", {}, answer.ok ? t("ballot.receipts_none") : problemText(answer))))));
}

export async function ballotView(show) {
  const id = new URLSearchParams(location.search).get("ket-qua");
  if (id) return receiptsView(show, id);
  const code = h("input", {type: "text", class: "code", autocomplete: "off", spellcheck: "false", autocapitalize: "characters", value: location.hash.slice(1)});
  const place = h("div", {"aria-live": "polite"});
  const form = h("form", {class: "card", novalidate: true, onsubmit: async (event) => {
    event.preventDefault();
    const slip = code.value.trim(), answer = await orLost(api("POST", "/ballot-slips/look", {slip}));
    if (!answer?.ok) return fill(place, h("div", {class: "banner warn"}, answer ? problemText(answer) : t("problem.network")));
    if (answer.data.state !== "open") return fill(place, h("div", {class: "banner " + (answer.data.state === "cast" ? "ok" : "warn")}, t("ballot.slip." + answer.data.state)));
    form.hidden = true;
    fill(place, paperForm(slip, answer.data, (receipt) => fill(place, receiptCard(answer.data, receipt))));
  }}, field("slip", t("ballot.slip"), code, t("ballot.slip_hint")), h("button", {type: "submit", class: "primary"}, t("ballot.slip_open")));
  history.replaceState(null, "", location.pathname); // the code does not stay in the address
  show(t("ballot.vote_title"), frame(h("main", {}, h("h1", {}, t("ballot.vote_title")), h("p", {class: "lead"}, t("ballot.vote_intro")), form, place)));
}
