// rescue.js: what a candidate can do when the ordinary way is closed: the emergency file, and the page of a machine that stands still.

import {h, fill, showView, toast} from "/assets/shared/dom.js";
import {t} from "/assets/shared/i18n.js";
import {api, NetworkError} from "/assets/shared/api.js";
import {canSeal, emergencyFile} from "/assets/candidate/sealed.js";
import {keepThing, keptThing} from "/assets/candidate/store.js";

const ASK_MS = 3000, LAST = "last-sitting";

/** Keeps on this computer what an emergency file needs when the server is silent. */
export const keepForEmergency = (sitting) => keepThing("", LAST, {id: sitting.id, roll: sitting.candidate.roll_number, key: sitting.emergency_key ?? null});
export const lastSitting = () => keptThing("", LAST).catch(() => null);

/** A button that hands out the chain of events as an encrypted file. */
export function emergencyButton(sitting, roll, key) {
  if (!canSeal() || !key) return h("p", {class: "muted"}, t("emergency.cannot"));
  return h("button", {type: "button", onclick: async () => {
    try {
      const address = URL.createObjectURL(new Blob([await emergencyFile(sitting, key)], {type: "application/octet-stream"}));
      const link = h("a", {href: address, download: `${roll}.khoacu`});
      document.body.append(link);
      link.click();
      link.remove();
      setTimeout(() => URL.revokeObjectURL(address), 60000);
      toast(t("emergency.done"));
    } catch (error) {
      console.error(error);
      toast(t("emergency.cannot"));
    }
  }}, t("emergency.do"));
}

/** This machine stands still because the sitting is at another one. It asks whether an invigilator gave it back. */
export async function frozenView(root, frame, waiting, {signIn, route}) {
  const last = await lastSitting(), line = h("p", {role: "status"}, t("frozen.waiting"));
  const say = (answer) => fill(line, t(answer.problem?.decided ? "frozen.decided" : "frozen.waiting"));
  showView(root, t("frozen.title"), frame(h("main", {class: "narrow frozen"}, h("h1", {}, t("frozen.title")),
    h("div", {class: "banner warn"}, h("p", {}, t("frozen.text"))),
    h("p", {}, waiting > 0 ? t("frozen.unsent", {count: waiting}) : t("frozen.nothing")), line,
    h("div", {class: "row"}, h("button", {type: "button", onclick: signIn}, t("frozen.sign_in")), last ? emergencyButton(last.id, last.roll, last.key) : null))));
  const ask = async () => {
    if (!root.contains(line)) return;
    try {
      const answer = await api("GET", "/sittings/own");
      if (!root.contains(line)) return;
      if (answer.ok) return void route();
      if (answer.status === 401 && answer.problem?.reason !== "other-device") return void signIn();
      say(answer);
    } catch (error) {
      if (!(error instanceof NetworkError)) throw error;
      fill(line, t("problem.network"));
    }
    setTimeout(ask, ASK_MS);
  };
  setTimeout(ask, ASK_MS);
}
