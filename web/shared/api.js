// api.js: one way to talk to the server: JSON in, JSON out, problems as values, a lost network as an error.

import {t, has} from "/assets/shared/i18n.js";

export class NetworkError extends Error {}

/** {ok, status, data, problem}: a PDF comes as a Blob, other files as text; `problem` is the RFC 9457 document of a refusal. Throws NetworkError when nothing came back in time. */
export async function api(method, path, body, {type = "application/json", timeout_ms = 15000, keepalive = false} = {}) {
  const headers = {"X-Khoacu": "1"}, seb = globalThis.SafeExamBrowser?.security; // where a system's web view sends no headers of its own
  if (seb?.configKey) headers["X-Khoacu-Seb-Page"] = seb.configKey;
  if (seb?.browserExamKey) headers["X-Khoacu-Seb-Browser"] = seb.browserExamKey;
  const init = {method, headers, credentials: "same-origin", cache: "no-store", keepalive, signal: AbortSignal.timeout(timeout_ms)};
  if (body !== undefined) {
    headers["Content-Type"] = type;
    init.body = type === "application/json" && !(body instanceof Blob) ? JSON.stringify(body) : body; // a file goes as it is
  }
  let answer, text, kind;
  try {
    answer = await fetch("/api/v1" + path, init);
    kind = answer.headers.get("Content-Type") ?? "";
    text = answer.ok && kind.startsWith("application/pdf") ? await answer.blob() : await answer.text();
  } catch (cause) {
    throw new NetworkError(path, {cause});
  }
  let data = text || null; // what has no content is null, not an empty text
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
  const key = "problem." + code, step = "cycle.state." + answer.problem?.state;
  return has(key) ? t(key, {seconds: answer.retry_s, ...answer.problem, ...(has(step) ? {step: t(step)} : {})}) : t("problem.unknown", {code, id: answer.problem?.request_id ?? ""});
}
