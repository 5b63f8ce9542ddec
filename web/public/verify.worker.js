// verify.worker.js: takes a file's bytes, answers with the verdict; nothing leaves the computer.

import {loadEngine} from "/assets/public/engine.js";

const engine = fetch("/assets/public/verify.wasm").then(async (answer) => {
  if (!answer.ok) throw new Error("verify.wasm");
  return loadEngine(await answer.arrayBuffer());
});

addEventListener("message", async ({data}) => {
  try {
    const verify = await engine;
    const began = performance.now();
    const verdict = JSON.parse(verify(new Uint8Array(data)));
    postMessage({verdict, ms: Math.round(performance.now() - began)});
  } catch (error) {
    postMessage({error: String(error)});
  }
});
