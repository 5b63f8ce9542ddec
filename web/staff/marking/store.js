// store.js: what this computer keeps of an examiner's work: acts that the server has not, and scripts to read without a network.
//
// acts: {who, n, kind, script, body}, in the order in which they were done; a row goes when the server has committed it.
// scripts: {who, script, reading, pictures}, until the mark is final or somebody else signs in here.

import {openDatabase, promised} from "/assets/shared/database.js";

const ACTS = "acts", SCRIPTS = "scripts";
const within = openDatabase("khoacu-marking", 1, (database) => {
  database.createObjectStore(ACTS, {keyPath: ["who", "n"]});
  database.createObjectStore(SCRIPTS, {keyPath: ["who", "script"]});
});
const all = (who) => IDBKeyRange.bound([who, 0], [who, 1e15]);

/** Keeps an act as the last one; resolves with its row. */
export const keepAct = (who, act) => within(ACTS, "readwrite", async (store) => {
  const last = await promised(store.openCursor(all(who), "prev"));
  const row = {...act, who, n: Math.max(last?.value.n ?? 0, Date.now()) + 1};
  await promised(store.add(row));
  return row;
});
export const keptActs = (who) => within(ACTS, "readonly", (store) => promised(store.getAll(all(who))));
export const dropAct = (row) => within(ACTS, "readwrite", (store) => promised(store.delete([row.who, row.n])));

export const keepScript = (who, script, reading, pictures) => within(SCRIPTS, "readwrite", (store) => promised(store.put({who, script, reading, pictures})));
export const keptScript = (who, script) => within(SCRIPTS, "readonly", (store) => promised(store.get([who, script])));
export const dropScript = (who, script) => within(SCRIPTS, "readwrite", (store) => promised(store.delete([who, script])));
/** Scripts that another examiner read on this computer do not stay. */
export const dropOthers = (who) => within(SCRIPTS, "readwrite", async (store) => {
  for (const key of await promised(store.getAllKeys())) if (key[0] !== who) await promised(store.delete(key));
});
