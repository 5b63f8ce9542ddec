// reader.js: scripts to read: from the server, ahead of time, and from this computer when the network is away.

import {api, NetworkError} from "/assets/shared/api.js";
import {keepScript, keptScript, dropScript, dropOthers} from "/assets/staff/marking/store.js";

/** A picture as a data: address; pages may show no other kind that stands on this computer. */
async function picture(path) {
  const answer = await fetch("/api/v1" + path, {credentials: "same-origin", cache: "no-store", headers: {"X-Khoacu": "1"}, signal: AbortSignal.timeout(15000)});
  if (!answer.ok) return "";
  const blob = await answer.blob();
  return new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.onload = () => resolve(reader.result);
    reader.onerror = () => reject(reader.error);
    reader.readAsDataURL(blob);
  });
}

export class Reader {
  #who;
  #kept = new Map(); // script -> {reading, pictures}
  #reading = new Map();
  constructor(who) {
    this.#who = who;
    void dropOthers(who).catch(() => {});
  }

  async #fetch(script) {
    const id = script.blind_id;
    try {
      const answer = await api("GET", "/scripts/" + id);
      if (!answer.ok) return null;
      const pictures = {};
      for (const page of answer.data.pages) if (page.kind === "image") pictures[page.page] = await picture(`/scripts/${id}/pages/${page.page}`);
      const kept = {reading: answer.data, pictures};
      this.#kept.set(id, kept);
      if (!script.final_at) await keepScript(this.#who, id, kept.reading, pictures).catch(() => {});
      return kept;
    } catch (error) {
      if (!(error instanceof NetworkError) && !(error instanceof TypeError) && error?.name !== "TimeoutError") throw error;
      return keptScript(this.#who, id).catch(() => null);
    }
  }

  /** {reading, pictures}, or null when it can be had neither from the server nor from here. */
  async get(script) {
    const id = script.blind_id;
    if (this.#kept.has(id) && !(script.final_at && script.purpose === "practice")) return this.#kept.get(id);
    if (!this.#reading.has(id)) this.#reading.set(id, this.#fetch(script).finally(() => this.#reading.delete(id)));
    return this.#reading.get(id);
  }
  /** Reads what comes next, one after the other. */
  async ahead(scripts) {
    for (const script of scripts) if (!this.#kept.has(script.blind_id) && !(await this.get(script))) return;
  }
  /** A reading that the screen has changed is kept as it is now. */
  async changed(script) {
    const kept = this.#kept.get(script.blind_id);
    if (kept) await keepScript(this.#who, script.blind_id, kept.reading, kept.pictures).catch(() => {});
  }
  async forget(script) {
    await dropScript(this.#who, script.blind_id).catch(() => {});
  }
}
