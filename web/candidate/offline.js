// offline.js: what brings an open paper back on this computer while no line is there: the pages (shell.worker.js) and the paper.
//
// The paper lies in the browser's store encrypted, under a key that the browser keeps and lends for use but shows to no script; the
// server's own key of the paper is not kept. Both go with the sitting when its receipt is there, or when she signs out.
//
// What has the time of the server then is called a guess, and the paper does not end by it. It is the server's last time and what has
// passed since: told by the worker, whose own count no clock can change, as long as it lives (from one loading of the page to
// the next it does); else by this computer's clock, which may be wrong or changed. So what that clock alone says to be over stays
// open; the server decides on what was answered there.

import {canSeal} from "/assets/candidate/sealed.js";
import {keepThing, keptThing, countedChanges} from "/assets/candidate/store.js";
import {lastSitting} from "/assets/candidate/rescue.js";
import {clockGuess, clockKnown, serverNow, serverLeast} from "/assets/shared/clock.js";

const PAPER = "open-paper", TIMES = "open-times", ASK_MS = 5000, TIME = "khoacu.server-time", WORKER = "/thi/shell.worker.js";

/** Workers are named by address, which the page's policy lets only a named rule do. */
const address = globalThis.trustedTypes ? trustedTypes.createPolicy("khoacu-shell", {createScriptURL: (url) => (url === WORKER ? url : "")}) : {createScriptURL: (url) => url};

/** From now on the pages come up without a line; where the browser has no such workers all is as without one. */
export function keepPages() {
  navigator.serviceWorker?.register(address.createScriptURL(WORKER), {scope: "/thi/", updateViaCache: "none"}).catch((error) => console.warn(error));
}

/** Keeps an open paper with the answers that the server has. */
export async function keepOpenPaper(sitting, paper) {
  if (!canSeal()) return;
  const {paper_key, ...known} = sitting, iv = crypto.getRandomValues(new Uint8Array(12));
  const key = await crypto.subtle.generateKey({name: "AES-GCM", length: 256}, false, ["encrypt", "decrypt"]);
  const bytes = await crypto.subtle.encrypt({name: "AES-GCM", iv}, key, new TextEncoder().encode(JSON.stringify({sitting: known, paper})));
  await keepThing(sitting.id, TIMES, null);
  await keepThing(sitting.id, PAPER, {key, iv, bytes});
}
/** The end, or the parts of the paper, have moved: {closes_at, sections}. */
export const keepTimes = (sitting, times) => keepThing(sitting, TIMES, times).catch((error) => console.warn(error));

/** The open paper that was here last, {sitting, paper}, with the answers as this computer knows them; null: none. */
export async function keptPaper() {
  try {
    const last = await lastSitting(), kept = last && await keptThing(last.id, PAPER);
    if (!kept) return null;
    const {sitting, paper} = JSON.parse(new TextDecoder().decode(await crypto.subtle.decrypt({name: "AES-GCM", iv: kept.iv}, kept.key, kept.bytes)));
    return {sitting, paper: {...paper, sections: paper.sections ?? sitting.sections, ...await keptThing(last.id, TIMES), responses: [...paper.responses ?? [], ...await countedChanges(sitting.id)]}};
  } catch (error) {
    console.warn(error);
    return null; // no store, or one that is damaged: the server is waited for
  }
}

/** Who signs out leaves no paper behind. */
export async function forgetPaper() {
  const last = await lastSitting();
  if (last) await keepThing(last.id, PAPER, null).catch(() => {});
}

const worker = () => navigator.serviceWorker?.controller;
/** Notes the server's time: here by this computer's clock, and with the worker. */
export function noteTime() {
  const now = {server_ms: serverNow(), least_ms: serverLeast()};
  localStorage.setItem(TIME, JSON.stringify({...now, here_ms: Date.now()}));
  worker()?.postMessage(now);
}
/** What the worker's own count makes of the note it has; null: it has none. A busy computer has the time to ask it: without it a wrong clock would count. */
function workersTime() {
  return new Promise((resolve) => {
    const {port1, port2} = new MessageChannel();
    port1.onmessage = (event) => resolve(event.data);
    setTimeout(() => resolve(null), ASK_MS);
    if (worker()) worker().postMessage("time", [port2]);
    else resolve(null);
  });
}
/** Goes by these notes until the server answers. */
export async function guessTime() {
  const told = await workersTime();
  if (clockKnown()) return;
  const {server_ms, least_ms, here_ms} = JSON.parse(localStorage.getItem(TIME) ?? "null") ?? {server_ms: Date.now(), least_ms: 0, here_ms: Date.now()};
  if (told) clockGuess(told.server_ms, told.least_ms);
  else clockGuess(server_ms + Math.max(0, Date.now() - here_ms), least_ms ?? server_ms);
}
