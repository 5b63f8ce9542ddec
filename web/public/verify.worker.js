// verify.worker.js: takes a file's bytes, answers with the verdict, or two files' and answers with what differs; nothing leaves the computer.

import {loadEngine} from "/assets/public/engine.js";

const engine = fetch("/assets/public/verify.wasm").then(async (answer) => {
  if (!answer.ok) throw new Error("verify.wasm");
  return loadEngine(await answer.arrayBuffer());
});

addEventListener("message", async ({data}) => {
  try {
    const {verify, compare} = await engine;
    const began = performance.now();
    const [first, second] = data.map((bytes) => new Uint8Array(bytes));
    const verdict = JSON.parse(second ? compare(first, second) : verify(first));
    postMessage({verdict, ms: Math.round(performance.now() - began)});
  } catch (error) {
    postMessage({error: String(error)});
  }
});
