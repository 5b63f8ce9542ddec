// api.js: one way to talk to the server: JSON in, JSON out, problems as values, a lost network as an error.

import {t, has} from "/assets/shared/i18n.js";

export class NetworkError extends Error {}

/** {ok, status, data, problem}: `problem` is the RFC 9457 document of a refusal. Throws NetworkError when nothing came back in time. */
export async function api(method, path, body, {type = "application/json", timeout_ms = 15000, keepalive = false} = {}) {
  const headers = {"X-Khoacu": "1"};
  const init = {method, headers, credentials: "same-origin", cache: "no-store", keepalive, signal: AbortSignal.timeout(timeout_ms)};
  if (body !== undefined) {
    headers["Content-Type"] = type;
    init.body = type === "application/json" ? JSON.stringify(body) : body;
  }
  let answer, text;
  try {
    answer = await fetch("/api/v1" + path, init);
    text = await answer.text();
  } catch (cause) {
    throw new NetworkError(path, {cause});
  }
  const kind = answer.headers.get("Content-Type") ?? "";
  let data = text;
  if (kind.includes("json")) {
    try {
      data = text ? JSON.parse(text) : null;
    } catch (cause) {
      throw new NetworkError(path, {cause});
    }
  }
  const retry_s = Number(answer.headers.get("Retry-After")) || 0;
  return answer.ok ? {ok: true, status: answer.status, data} : {ok: false, status: answer.status, data, retry_s, problem: data && typeof data === "object" ? data : {code: "unknown"}};
}

/** What a refusal says to a person: what happened and what to do. */
export function problemText(answer) {
  const code = answer.problem?.code ?? "unknown";
  const key = "problem." + code;
  return has(key) ? t(key, {seconds: answer.retry_s, ...answer.problem}) : t("problem.unknown", {code, id: answer.problem?.request_id ?? ""});
}
