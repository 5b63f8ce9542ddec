// Runs the page's engine over the cases of test_verify_wasm (file, native verdict) or, with «compare», of test_compare (before,
// after, native comparison), each behind its length, and compares what it says.

import {readFileSync} from "node:fs";

// Read as a module whatever its name says to this version of node, as a browser does by the type of its script.
const source = readFileSync("web/public/engine.js").toString("base64");
const {loadEngine} = await import(`data:text/javascript;base64,${source}`);

const cases = readFileSync(process.argv[2]), two = process.argv[3] === "compare";
const {verify, compare} = await loadEngine(readFileSync("build/gen/khoacu_verify.wasm"));
let at = 0, count = 0;
const block = () => {
  const len = cases.readUInt32LE(at);
  at += 4 + len;
  return cases.subarray(at - len, at);
};
while (at < cases.length) {
  const said = two ? compare(block(), block()) : verify(block()), expected = block().toString("utf8");
  count++;
  if (said !== expected) {
    console.error(`case ${count}: native ${expected}\n  browser ${said}`);
    process.exit(1);
  }
}
console.log(`# ${count} are the same`);
