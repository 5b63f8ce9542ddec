// sealed.js: what is encrypted on a candidate's machine: her paper before the start, and the emergency file.
//
// Both need the browser's own cryptography, which pages have by HTTPS (or on the machine itself) only. Without it the
// paper is fetched at the start in the ordinary way, and there is no emergency file.

import {api} from "/assets/shared/api.js";
import {keepThing, keptThing, chainOf} from "/assets/candidate/store.js";

const NONCE_LEN = 12;
export const canSeal = () => Boolean(globalThis.crypto?.subtle);
const unbase64 = (text) => Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (c) => c.charCodeAt(0));
function base64(bytes) {
  let text = "";
  for (let at = 0; at < bytes.length; at += 0x8000) text += String.fromCharCode(...bytes.subarray(at, at + 0x8000));
  return btoa(text).replaceAll("+", "-").replaceAll("/", "_").replace(/=+$/, "");
}
const words = (use, sitting) => new TextEncoder().encode(`khoacu/${use}/v1|${sitting}`);

/** Fetches the sealed paper and keeps it; true when it is here. */
export async function fetchSealed(sitting) {
  if (!canSeal()) return false;
  if (await keptThing(sitting, "sealed-paper")) return true;
  const answer = await api("GET", `/sittings/${sitting}/sealed-paper`, undefined, {timeout_ms: 60000});
  if (answer.ok) await keepThing(sitting, "sealed-paper", answer.data.sealed);
  return answer.ok;
}

/** The kept paper's items, opened by the key that came at the start; null: it is not here or does not open. */
export async function openSealed(sitting, paper_key) {
  try {
    const kept = canSeal() && paper_key ? await keptThing(sitting, "sealed-paper") : null;
    if (!kept) return null;
    const bytes = unbase64(kept), key = await crypto.subtle.importKey("raw", unbase64(paper_key), "AES-GCM", false, ["decrypt"]);
    const open = await crypto.subtle.decrypt({name: "AES-GCM", iv: bytes.subarray(0, NONCE_LEN), additionalData: words("paper", sitting)}, key, bytes.subarray(NONCE_LEN));
    return JSON.parse(new TextDecoder().decode(open));
  } catch {
    return null; // another key, another paper or a damaged store: the server's own paper is asked for
  }
}

/** The chain of a sitting as a file that the shift alone can open. */
export async function emergencyFile(sitting, emergency_key) {
  const events = await chainOf(sitting);
  const fresh = crypto.getRandomValues(new Uint8Array(32)), nonce = crypto.getRandomValues(new Uint8Array(NONCE_LEN));
  const shift = await crypto.subtle.importKey("spki", unbase64(emergency_key), {name: "RSA-OAEP", hash: "SHA-256"}, false, ["encrypt"]);
  const key = await crypto.subtle.importKey("raw", fresh, "AES-GCM", false, ["encrypt"]);
  const inside = new TextEncoder().encode(JSON.stringify({events, sitting}));
  const sealed = new Uint8Array(await crypto.subtle.encrypt({name: "AES-GCM", iv: nonce, additionalData: words("emergency", sitting)}, key, inside));
  const whole = new Uint8Array(NONCE_LEN + sealed.length);
  whole.set(nonce);
  whole.set(sealed, NONCE_LEN);
  const locked = new Uint8Array(await crypto.subtle.encrypt({name: "RSA-OAEP"}, shift, fresh));
  return JSON.stringify({key: base64(locked), sealed: base64(whole), sitting, v: 1});
}
