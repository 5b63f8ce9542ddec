// post.mjs: a mail server for the journeys: takes mails on loopback, refuses whom it is told to, keeps what it took.

import {createServer} from "node:net";

/** {mails: [{from, to, text}], close()}: `refuse` is a part of addresses that get a 550. */
export function postOffice(port, refuse) {
  const office = {mails: []}, open = new Set();
  const server = createServer((socket) => {
    open.add(socket);
    socket.on("close", () => open.delete(socket));
    let mail = {}, data = null, rest = "";
    const say = (line) => socket.write(line + "\r\n");
    const line = (text) => {
      if (data !== null) {
        if (text !== ".") return void data.push(text);
        office.mails.push({...mail, text: data.join("\n")});
        mail = {};
        data = null;
        return say("250 Taken");
      }
      const [, address] = text.match(/<([^>]*)>/) ?? [];
      if (/^EHLO|^HELO/i.test(text)) say("250 post.example");
      else if (/^MAIL FROM/i.test(text)) { mail.from = address; say("250 OK"); }
      else if (/^RCPT TO/i.test(text)) { mail.to = address; say(address.includes(refuse) ? "550 5.1.1 No such mailbox here" : "250 OK"); }
      else if (/^DATA/i.test(text)) { data = []; say("354 Go on"); }
      else if (/^QUIT/i.test(text)) { say("221 Bye"); socket.end(); }
      else say("250 OK");
    };
    socket.on("data", (bytes) => {
      const lines = (rest + bytes.toString("utf8")).split("\r\n");
      rest = lines.pop();
      lines.forEach(line);
    });
    socket.on("error", () => {});
    say("220 post.example ready");
  });
  office.close = () => new Promise((done) => {
    server.close(done);
    for (const socket of open) socket.destroy(); // nobody who forgets to hang up holds it open
  });
  return new Promise((done, fail) => {
    server.once("error", fail);
    server.listen(port, "127.0.0.1", () => done(office));
  });
}
