// engine.js: the server's own verification, compiled to WebAssembly; verify.worker.js runs it, and so does a test in Node.

/** What libc asks of a system: there is none, so it may end the program and nothing else. */
const SYSTEM = {
  proc_exit: (code) => { throw new Error("exit " + code); },
  fd_write: () => 8, fd_close: () => 8, fd_seek: () => 8, fd_fdstat_get: () => 8, // EBADF
};

/** verify(bytes): {holds, sha256, cycle, version, steps: [{step, holds}], failed_step, line, …} as text;
 *  compare(before, after): {counts, rules, moves, …} as text, "" where one of them is no result file. */
export async function loadEngine(wasm) {
  const {instance} = await WebAssembly.instantiate(wasm, {wasi_snapshot_preview1: SYSTEM});
  const {memory, khoacu_room, khoacu_verify, khoacu_compare, khoacu_verdict_len, _initialize} = instance.exports;
  _initialize?.();
  function put(bytes) {
    const room = khoacu_room(bytes.length) >>> 0;
    if (room === 0) throw new Error("memory");
    new Uint8Array(memory.buffer, room, bytes.length).set(bytes);
    return room;
  }
  function read(said) {
    if (said >>> 0 === 0) throw new Error("memory");
    return new TextDecoder().decode(new Uint8Array(memory.buffer, said >>> 0, khoacu_verdict_len() >>> 0));
  }
  return {
    verify: (bytes) => read(khoacu_verify(put(bytes), bytes.length)),
    compare(before, after) {
      const first = put(before);
      return read(khoacu_compare(first, before.length, put(after), after.length));
    },
  };
}
