// store.js: what this computer keeps until the server has it: every change, in IndexedDB, before it is shown as kept.
//
// One row per change: {sitting, n, position, seq, choice, flagged, made_ms}. Rows go away when the server
// has acknowledged them, or when the sitting is over and its receipt is there.

const NAME = "khoacu-candidate", CHANGES = "changes", SEEN = "seen";
let opening;

function promised(request) {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}

function database() {
  opening ??= new Promise((resolve, reject) => {
    const request = indexedDB.open(NAME, 1);
    request.onupgradeneeded = () => {
      request.result.createObjectStore(CHANGES, {keyPath: "n", autoIncrement: true}).createIndex("sitting", "sitting");
      request.result.createObjectStore(SEEN, {keyPath: ["sitting", "position"]});
    };
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
  return opening;
}

async function within(name, mode, work) {
  const transaction = (await database()).transaction(name, mode, {durability: "strict"});
  const result = await work(transaction.objectStore(name));
  if (mode === "readwrite") {
    await new Promise((resolve, reject) => {
      transaction.oncomplete = resolve;
      transaction.onabort = transaction.onerror = () => reject(transaction.error);
    });
  }
  return result;
}

/** Keeps a change durably; resolves with its number on this computer. */
export const keepChange = (change) => within(CHANGES, "readwrite", (store) => promised(store.add(change)));
export const dropChange = (n) => within(CHANGES, "readwrite", (store) => promised(store.delete(n)));
/** Changes of a sitting that are not acknowledged, oldest first. */
export const keptChanges = (sitting) => within(CHANGES, "readonly", (store) => promised(store.index("sitting").getAll(sitting)));
export const keepSeen = (sitting, position) => within(SEEN, "readwrite", (store) => promised(store.put({sitting, position})));
export const seenPositions = async (sitting) =>
  (await within(SEEN, "readonly", (store) => promised(store.getAll(IDBKeyRange.bound([sitting, 0], [sitting, 1e6]))))).map((row) => row.position);

/** Forgets a sitting that is over. */
export async function forgetSitting(sitting) {
  for (const change of await keptChanges(sitting)) await dropChange(change.n);
  await within(SEEN, "readwrite", (store) => promised(store.delete(IDBKeyRange.bound([sitting, 0], [sitting, 1e6]))));
}

/** Writes, reads and deletes a row: whether this browser can keep answers. */
export async function storageWorks() {
  const n = await keepChange({sitting: "check", position: 0, seq: 0, choice: null, flagged: false, made_ms: 0});
  const rows = await keptChanges("check");
  await dropChange(n);
  return rows.some((row) => row.n === n);
}
