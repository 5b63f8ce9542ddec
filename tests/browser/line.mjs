// line.mjs: a computer's own line to the server, which can be cut as a cable is.
//
// What a browser is told of being offline does not hold for every request: one that outlives its page, or that a page makes while it is
// still being loaded, goes out all the same. Behind a line that is cut nobody answers.

import {connect, createServer} from "node:net";
import {randomInt} from "node:crypto";
import {BASE} from "./harness.mjs";

/** {url: the server's address by this line, cut(), mend(), close()}: cutting it breaks off what is under way. */
export async function ownLine() {
  const {hostname, port: there} = new URL(BASE), open = new Set();
  const server = createServer((near) => {
    const far = connect(Number(there), hostname);
    for (const [one, other] of [[near, far], [far, near]]) {
      open.add(one);
      one.on("error", () => {});
      one.on("close", () => {
        open.delete(one);
        other.destroy();
      });
    }
    near.pipe(far).pipe(near);
  });
  const listen = (port) => new Promise((resolve) => {
    server.removeAllListeners("error");
    server.once("error", () => setTimeout(() => resolve(listen(line.url ? port : randomInt(10000, 32768))), 50)); // taken
    server.listen(port, hostname, () => resolve(port)).unref(); // no journey waits for a line that is left
  });
  const line = {
    url: null,
    cut: () => new Promise((resolve) => {
      server.close(resolve);
      for (const socket of open) socket.destroy();
    }),
    mend: () => listen(Number(new URL(line.url).port)),
    close: () => (server.listening ? line.cut() : undefined),
  };
  line.url = `http://${hostname}:${await listen(randomInt(10000, 32768))}`;
  return line;
}
