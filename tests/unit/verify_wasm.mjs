// Runs the page's engine over the cases of test_verify_wasm (length, file, length, native verdict) and compares the verdicts.

import {readFileSync} from "node:fs";

// Read as a module whatever its name says to this version of node, as a browser does by the type of its script.
const source = readFileSync("web/public/engine.js").toString("base64");
const {loadEngine} = await import(`data:text/javascript;base64,${source}`);

const cases = readFileSync(process.argv[2]);
const verify = await loadEngine(readFileSync("build/gen/khoacu_verify.wasm"));
let at = 0, count = 0;
const block = () => {
  const len = cases.readUInt32LE(at);
  at += 4 + len;
  return cases.subarray(at - len, at);
};
while (at < cases.length) {
  const file = block(), expected = block().toString("utf8"), verdict = verify(file);
  count++;
  if (verdict !== expected) {
    console.error(`case ${count}: native ${expected}\n  browser ${verdict}`);
    process.exit(1);
  }
}
console.log(`# ${count} verdicts are the same`);
