// store.js: what this computer keeps: every change of a sitting, in IndexedDB, before it is shown as kept.
//
// events: one row per change, {sitting, n, prev, hash, position, seq, choice|answer, flagged, made_ms, sent, counted}, chained
// (chain.js). Rows stay, acknowledged ones as `sent`, until the sitting is over and its receipt is there: late answers and
// the emergency file need the whole chain. things: notes, struck options, the sealed paper.

import {openDatabase, promised} from "/assets/shared/database.js";
import {chained, eventOf} from "/assets/candidate/chain.js";

const NAME = "khoacu-candidate", EVENTS = "events", SEEN = "seen", THINGS = "things";
const within = openDatabase(NAME, 2, (database) => {
  for (const name of database.objectStoreNames) database.deleteObjectStore(name);
  database.createObjectStore(EVENTS, {keyPath: ["sitting", "n"]});
  database.createObjectStore(SEEN, {keyPath: ["sitting", "position"]});
  database.createObjectStore(THINGS, {keyPath: ["sitting", "name"]});
});

const all = (sitting) => IDBKeyRange.bound([sitting, 0], [sitting, 1e9]);

/** Keeps a change durably as the next event of its sitting's chain; resolves with its number. Windows take turns. */
export const keepChange = (change) => within(EVENTS, "readwrite", async (store) => {
  const last = await promised(store.openCursor(all(change.sitting), "prev"));
  const row = {...chained(eventOf(change), last?.value), sitting: change.sitting, sent: false};
  await promised(store.add(row));
  return row.n;
});
/** The server has these events, or (not `counted`) has settled them otherwise. */
export const markSent = (sitting, numbers, counted = true) => within(EVENTS, "readwrite", async (store) => {
  for (const n of numbers) {
    const row = await promised(store.get([sitting, n]));
    if (row) await promised(store.put({...row, sent: true, counted}));
  }
});
const rows = (sitting) => within(EVENTS, "readonly", (store) => promised(store.getAll(all(sitting))));
/** Changes of a sitting that are not acknowledged, oldest first. */
export const keptChanges = async (sitting) => (await rows(sitting)).filter((row) => !row.sent);
/** Changes of a sitting that the server has recorded from here, oldest first. */
export const countedChanges = async (sitting) => (await rows(sitting)).filter((row) => row.sent && row.counted);
/** The chain, as it is handed in: the whole of it, or from the first event that the server has not. */
export async function chainOf(sitting, {whole = true} = {}) {
  const list = await rows(sitting), first = list.findIndex((row) => !row.sent);
  return (whole ? list : first < 0 ? [] : list.slice(first)).map(eventOf);
}

export const keepSeen = (sitting, position) => within(SEEN, "readwrite", (store) => promised(store.put({sitting, position})));
export const seenPositions = async (sitting) => (await within(SEEN, "readonly", (store) => promised(store.getAll(all(sitting))))).map((row) => row.position);

/** Something of a sitting by its name: notes, struck options, the sealed paper. */
export const keepThing = (sitting, name, value) => within(THINGS, "readwrite", (store) => promised(store.put({sitting, name, value})));
export const keptThing = async (sitting, name) => (await within(THINGS, "readonly", (store) => promised(store.get([sitting, name]))))?.value ?? null;

/** Forgets a sitting that is over. */
export async function forgetSitting(sitting) {
  await within(EVENTS, "readwrite", (store) => promised(store.delete(all(sitting))));
  await within(SEEN, "readwrite", (store) => promised(store.delete(all(sitting))));
  await within(THINGS, "readwrite", (store) => promised(store.delete(IDBKeyRange.bound([sitting, ""], [sitting, "\uffff"]))));
}

/** Writes, reads and deletes a row: whether this browser can keep answers. */
export async function storageWorks() {
  const n = await keepChange({sitting: "check", position: 0, seq: 0, choice: null, flagged: false, made_ms: 0});
  const found = await keptChanges("check");
  await forgetSitting("check");
  return found.some((row) => row.n === n);
}
