import {launch, quit, report} from "./harness.mjs";

const ALL = ["candidate", "resilience", "sitting", "looks", "officer", "bank", "results", "visitor", "published"];
const asked = process.argv.slice(2);
await launch();
for (const name of asked.length ? asked : ALL) {
  console.log("# " + name);
  const journey = await import(`./${name}.mjs`);
  await journey.default();
}
await quit();
process.exitCode = report();
