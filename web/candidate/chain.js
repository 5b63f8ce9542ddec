// chain.js: the changes of a sitting as a chain of events: each names the hash of the one before.
//
// hash = SHA-256, lower-case hexadecimal, of the event's canonical JSON (RFC 8785) without "hash"; the first one's `prev`
// is 64 zeros. The hash is made here and at once, not by the browser's asynchronous one: it must be ready inside the
// transaction that numbers and keeps the event, and it works on pages without a secure context.

const NONE = "0".repeat(64);
const K = new Uint32Array(64), START = new Uint32Array(8);
for (let n = 2, found = 0; found < 64; n++) {
  let prime = true;
  for (let d = 2; d * d <= n; d++) if (n % d === 0) prime = false;
  if (!prime) continue;
  if (found < 8) START[found] = (Math.sqrt(n) % 1) * 2 ** 32;
  K[found++] = (Math.cbrt(n) % 1) * 2 ** 32;
}
const turn = (x, n) => (x >>> n) | (x << (32 - n));

function block(state, w) {
  for (let i = 16; i < 64; i++) {
    const a = w[i - 15], b = w[i - 2];
    w[i] = w[i - 16] + (turn(a, 7) ^ turn(a, 18) ^ (a >>> 3)) + w[i - 7] + (turn(b, 17) ^ turn(b, 19) ^ (b >>> 10));
  }
  let [a, b, c, d, e, f, g, h] = state;
  for (let i = 0; i < 64; i++) {
    const one = (h + (turn(e, 6) ^ turn(e, 11) ^ turn(e, 25)) + ((e & f) ^ (~e & g)) + K[i] + w[i]) | 0;
    const two = ((turn(a, 2) ^ turn(a, 13) ^ turn(a, 22)) + ((a & b) ^ (a & c) ^ (b & c))) | 0;
    [h, g, f, e, d, c, b, a] = [g, f, e, (d + one) | 0, c, b, a, (one + two) | 0];
  }
  [a, b, c, d, e, f, g, h].forEach((value, i) => { state[i] += value; });
}

/** SHA-256 of a text in UTF-8, in hexadecimal. */
export function sha256(text) {
  const bytes = new TextEncoder().encode(text), padded = new Uint8Array(((bytes.length + 8) >> 6 << 6) + 64);
  padded.set(bytes);
  padded[bytes.length] = 0x80;
  const view = new DataView(padded.buffer), state = START.slice(), w = new Uint32Array(64);
  view.setUint32(padded.length - 8, Math.floor(bytes.length / 0x20000000));
  view.setUint32(padded.length - 4, bytes.length << 3);
  for (let at = 0; at < padded.length; at += 64) {
    for (let i = 0; i < 16; i++) w[i] = view.getUint32(at + 4 * i);
    block(state, w);
  }
  return [...state].map((x) => x.toString(16).padStart(8, "0")).join("");
}

/** RFC 8785 for what answers are made of: texts, whole numbers, booleans, lists, objects. */
export function canonical(value) {
  if (Array.isArray(value)) return `[${value.map(canonical).join(",")}]`;
  if (value && typeof value === "object") return `{${Object.keys(value).sort().map((key) => JSON.stringify(key) + ":" + canonical(value[key])).join(",")}}`;
  return JSON.stringify(value);
}

/** The event without what belongs to this computer alone. */
export function eventOf({sitting, sent, counted, ...event}) {
  return event;
}

/** `change` with its number and hashes, after `last` (the row before it in the sitting, or undefined). */
export function chained(change, last) {
  const row = {...change, n: (last?.n ?? 0) + 1, prev: last?.hash ?? NONE};
  return {...row, hash: sha256(canonical(eventOf(row)))};
}

/** Whether a list of events is unbroken. */
export function unbroken(events) {
  return events.every(({hash, ...event}, i) => hash === sha256(canonical(event)) && event.prev === (i ? events[i - 1].hash : event.n === 1 ? NONE : event.prev));
}
