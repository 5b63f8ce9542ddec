import {launch, lightenPasswords, quit, report} from "./harness.mjs";

lightenPasswords();
await launch();
for (const name of process.argv.slice(2)) {
  const began = Date.now(), journey = await import(`./${name}.mjs`);
  console.log("# " + name);
  await journey.default();
  console.log(`# ${name}: ${Math.round((Date.now() - began) / 1000)} s`);
}
await quit();
process.exitCode = report();
