// source.js: where the public pages have their data from: the server, or the folder of static files that `khoacu publish` makes.

import {api} from "/assets/shared/api.js";

const bare = (code) => code.toUpperCase().replace(/[\s-]/g, "").replace(/O/g, "0").replace(/[IL]/g, "1");

const server = {
  releases: () => api("GET", "/releases"),
  release: (code, version) => api("GET", `/releases/${code}` + (version ? `?version=${version}` : "")),
  rows: async (post) => post.rows,
  lookup: (code, version, roll_number, birth_date) => api("POST", `/releases/${code}/lookup`, {roll_number, birth_date}),
  file: (code, version, kind) => `/api/v1/releases/${code}/list.${kind}?version=${version}`,
  verification: (code) => api("GET", "/verifications/" + encodeURIComponent(code)),
};

async function read(path) {
  const answer = await fetch(path, {credentials: "omit"});
  if (!answer.ok) return {ok: false, status: answer.status, problem: {code: "not-found"}};
  return {ok: true, status: 200, data: await answer.json()};
}

const base64 = (text) => Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (c) => c.charCodeAt(0));
const NO_MATCH = {ok: false, status: 404, problem: {code: "no-match"}};

/** The same work and the same number of bytes for every roll number and date: derive, fetch one shard, try what may fit. */
async function lookupFile(code, version, roll, date) {
  const folder = `/data/${code}/v${version}/lookup/`;
  const about = await read(folder + "about.json");
  if (!about.ok) return NO_MATCH;
  const {salt, rounds, digits} = about.data, text = new TextEncoder();
  const secret = await crypto.subtle.importKey("raw", text.encode(`${roll}\n${date}`), "PBKDF2", false, ["deriveBits"]);
  const bits = new Uint8Array(await crypto.subtle.deriveBits({name: "PBKDF2", hash: "SHA-256", salt: base64(salt), iterations: rounds}, secret, 384));
  const tag = Array.from(bits.subarray(0, 16), (b) => b.toString(16).padStart(2, "0")).join("");
  const shard = await read(`${folder}${tag.slice(0, digits)}.json`);
  const entry = shard.ok ? shard.data.entries.find((e) => e.tag === tag) : null;
  if (!entry) return NO_MATCH;
  const key = await crypto.subtle.importKey("raw", bits.subarray(16), "AES-GCM", false, ["decrypt"]), sealed = base64(entry.sealed);
  const open = await crypto.subtle.decrypt({name: "AES-GCM", iv: sealed.subarray(0, 12), additionalData: text.encode(tag)}, key, sealed.subarray(12));
  return {ok: true, status: 200, data: JSON.parse(new TextDecoder().decode(open))};
}

const files = {
  releases: () => read("/data/releases.json"),
  async release(code, version) {
    const list = await files.releases();
    const newest = list.ok ? list.data.items.find((r) => r.cycle.code === code) : null;
    return version || newest ? read(`/data/${code}/v${version ?? newest.version}/list.json`) : {ok: false, status: 404, problem: {code: "not-found"}};
  },
  async rows(post) {
    if (!post.rows) post.rows = (await read(post.file)).data.rows;
    return post.rows;
  },
  lookup: lookupFile,
  file: (code, version, kind) => `/data/${code}/v${version}/${code}-v${version}.${kind}`,
  async verification(code) {
    const all = await read("/data/verifications.json");
    const one = all.ok ? all.data.items.find((item) => bare(item.verify_code) === bare(code)) : null;
    return one ? {ok: true, status: 200, data: one} : {ok: false, status: 404, problem: {code: "not-found"}};
  },
};

export const isStatic = document.querySelector("meta[name=khoacu-source]")?.content === "files";
export const source = isStatic ? files : server;
