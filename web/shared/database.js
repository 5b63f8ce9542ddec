// database.js: a browser's IndexedDB as promises; what is written is on the disk when the promise resolves.

export function promised(request) {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}

/** A function within(store, mode, work) of the database; `upgrade(database)` makes its stores. Opened at first use. */
export function openDatabase(name, version, upgrade) {
  let opening;
  const database = () => {
    opening ??= new Promise((resolve, reject) => {
      const request = indexedDB.open(name, version);
      request.onupgradeneeded = () => upgrade(request.result);
      request.onsuccess = () => resolve(request.result);
      request.onerror = () => reject(request.error);
    });
    return opening;
  };
  return async (store, mode, work) => {
    const transaction = (await database()).transaction(store, mode, {durability: "strict"});
    const result = await work(transaction.objectStore(store));
    if (mode === "readwrite") {
      await new Promise((resolve, reject) => {
        transaction.oncomplete = resolve;
        transaction.onabort = transaction.onerror = () => reject(transaction.error);
      });
    }
    return result;
  };
}
