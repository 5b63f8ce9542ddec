// engine.js: the server's own verification, compiled to WebAssembly; verify.worker.js runs it, and so does a test in Node.

/** What libc asks of a system: there is none, so it may end the program and nothing else. */
const SYSTEM = {
  proc_exit: (code) => { throw new Error("exit " + code); },
  fd_write: () => 8, fd_close: () => 8, fd_seek: () => 8, fd_fdstat_get: () => 8, // EBADF
};

/** The verdict on one file: {holds, sha256, cycle, version, steps: [{step, holds}], failed_step, line, …} as text. */
export async function loadEngine(wasm) {
  const {instance} = await WebAssembly.instantiate(wasm, {wasi_snapshot_preview1: SYSTEM});
  const {memory, khoacu_room, khoacu_verify, khoacu_verdict_len, _initialize} = instance.exports;
  _initialize?.();
  return (bytes) => {
    const room = khoacu_room(bytes.length) >>> 0;
    if (room === 0) throw new Error("memory");
    new Uint8Array(memory.buffer, room, bytes.length).set(bytes);
    const verdict = khoacu_verify(room, bytes.length) >>> 0;
    if (verdict === 0) throw new Error("memory");
    return new TextDecoder().decode(new Uint8Array(memory.buffer, verdict, khoacu_verdict_len() >>> 0));
  };
}
