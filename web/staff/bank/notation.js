// notation.js: what an author types, and the markup that is stored. Plain text with few signs: blank line = paragraph,
// **bold**, *italic*, __underlined__, `code`, x^{2}, x_{1}, $TeX$, - and 1. lists, | tables |, > quotation,
// ![words](media:… 300x200), !audio[words](media:…), [[g1]] a gap, {en|a passage in English}. A backslash makes a sign plain.
// Pure; markup that these signs cannot say is edited as it is (notation gives null).

const ENTITIES = {lt: "<", gt: ">", amp: "&", quot: '"', apos: "'"};
const decode = (text) => text.replace(/&(#x[0-9a-f]+|#\d+|\w+);/gi, (all, name) =>
  name[0] === "#" ? String.fromCodePoint(name[1].toLowerCase() === "x" ? parseInt(name.slice(2), 16) : Number(name.slice(1))) : ENTITIES[name] ?? all);
export const escapeText = (text) => text.replace(/[&<>]/g, (c) => ({"&": "&amp;", "<": "&lt;", ">": "&gt;"})[c]);
const escapeAttribute = (text) => escapeText(text).replace(/"/g, "&quot;");

/** A tree of {tag, attributes, children} and texts; null when the tags do not close. */
export function parseMarkup(markup) {
  const root = {tag: "", attributes: {}, children: []}, open = [root];
  const tokens = /<!--[^]*?-->|<(\/?)([a-zA-Z][\w:-]*)((?:\s+[\w:-]+\s*=\s*(?:"[^"]*"|'[^']*'))*)\s*(\/?)>|[^<]+|</g;
  for (const [all, closing, tag, attributes, alone] of markup.matchAll(tokens)) {
    if (all.startsWith("<!--")) continue;
    if (all === "<") return null;
    if (!tag) {
      open.at(-1).children.push(decode(all));
      continue;
    }
    if (closing) {
      if (open.length === 1 || open.pop().tag !== tag) return null;
      continue;
    }
    const node = {tag, attributes: Object.fromEntries([...attributes.matchAll(/([\w:-]+)\s*=\s*(?:"([^"]*)"|'([^']*)')/g)].map(([, name, a, b]) => [name, decode(a ?? b)])), children: []};
    open.at(-1).children.push(node);
    if (!alone) open.push(node);
  }
  return open.length === 1 ? root.children : null;
}

export function writeMarkup(nodes) {
  return nodes.map((node) => {
    if (typeof node === "string") return escapeText(node);
    const head = node.tag + Object.entries(node.attributes).map(([name, value]) => ` ${name}="${escapeAttribute(value)}"`).join("");
    return node.children.length ? `<${head}>${writeMarkup(node.children)}</${node.tag}>` : `<${head}/>`;
  }).join("");
}

/** The TeX from which a formula was made, or null. */
export function texOf(math) {
  if (math.attributes["data-tex"]) return math.attributes["data-tex"];
  const stack = [...math.children];
  while (stack.length) {
    const node = stack.pop();
    if (typeof node === "string") continue;
    if (node.tag === "annotation" && /tex/i.test(node.attributes.encoding ?? "")) return node.children.join("").trim();
    stack.push(...node.children);
  }
  return math.attributes.alttext ?? null;
}

// ---- markup → notation ----

class Unsaid extends Error {}
const MARKS = {strong: ["**", "**"], em: ["*", "*"], u: ["__", "__"], sup: ["^{", "}"], sub: ["_{", "}"], code: ["`", "`"]};

function plainSigns(text) {
  return text.replace(/\s+/g, " ").replace(/[\\*`$}]|__|_(?=\{)|\^(?=\{)|\[(?=\[)|!(?=\[|audio\[)|\{(?=[a-z]{2}\|)/g, (sign) => "\\" + sign);
}
function only(node, ...allowed) {
  for (const name of Object.keys(node.attributes)) if (!allowed.includes(name)) throw new Unsaid(name);
}
const sizeOf = ({width, height}) => (width && height ? ` ${width}x${height}` : width || height ? fail() : "");
const fail = () => { throw new Unsaid(); };

function inline(nodes, found) {
  return nodes.map((node) => {
    if (typeof node === "string") return plainSigns(node);
    if (node.tag in MARKS) {
      only(node);
      if (node.children.length === 0) fail();
      return MARKS[node.tag][0] + inline(node.children, found) + MARKS[node.tag][1];
    }
    if (node.tag === "br") return "\n";
    if (node.tag === "img") return only(node, "src", "alt", "width", "height"), `![${plainSigns(node.attributes.alt ?? "").replace(/\]/g, "\\]")}](${node.attributes.src}${sizeOf(node.attributes)})`;
    if (node.tag === "audio") return only(node, "src", "title"), `!audio[${plainSigns(node.attributes.title ?? "").replace(/\]/g, "\\]")}](${node.attributes.src})`;
    if (node.tag === "math") {
      const tex = texOf(node) ?? fail();
      found.set(tex, writeMarkup([node]));
      return "$" + tex + "$";
    }
    if (node.tag === "span" && node.attributes["data-gap"]) return only(node, "data-gap"), node.children.length ? fail() : `[[${node.attributes["data-gap"]}]]`;
    if (node.tag === "span" && /^[a-z]{2}$/.test(node.attributes.lang ?? "")) return only(node, "lang"), `{${node.attributes.lang}|${inline(node.children, found)}}`;
    return fail();
  }).join("");
}

const safeStart = (text) => text.trim().split("\n").map((line) => line.trim().replace(/^([-|>]|\d+(?=\.\s))/, (sign) => (/^\d/.test(sign) ? sign + "\\" : "\\" + sign))).join("\n");
const oneLine = (text) => (text.includes("\n") ? fail() : text.trim());
const elements = (nodes) => nodes.filter((node) => typeof node !== "string" || (node.trim() && fail()));

function table(node, found) {
  only(node);
  let caption = "";
  const rows = [];
  let heading = false;
  const row = (tr, tag) => {
    only(tr);
    rows.push("| " + elements(tr.children).map((cell) => {
      if (cell.tag !== tag) fail();
      if (tag === "th") cell.attributes.scope === "col" || fail();
      only(cell, ...(tag === "th" ? ["scope"] : []));
      return oneLine(inline(cell.children, found)).replace(/\|/g, "\\|");
    }).join(" | ") + " |");
  };
  for (const part of elements(node.children)) {
    if (part.tag === "caption") caption = "|+ " + oneLine(inline(part.children, found)) + "\n";
    else if (part.tag === "thead") {
      if (part.children.filter((c) => typeof c !== "string").length !== 1) fail();
      row(elements(part.children)[0], "th");
      rows.push("|---|");
      heading = true;
    } else if (part.tag === "tbody") elements(part.children).forEach((tr) => row(tr, "td"));
    else if (part.tag === "tr" && !heading) row(part, "td");
    else fail();
  }
  return caption + rows.join("\n");
}

const BLOCKS = new Set(["p", "ul", "ol", "blockquote", "pre", "table"]);
function block(node, found) {
  if (node.tag === "p") return only(node), safeStart(inline(node.children, found));
  if (node.tag === "ul" || node.tag === "ol") {
    only(node);
    return elements(node.children).map((item, i) => (item.tag === "li" ? only(item) : fail(), (node.tag === "ul" ? "- " : `${i + 1}. `) + oneLine(inline(item.children, found)))).join("\n");
  }
  if (node.tag === "blockquote") return only(node), elements(node.children).map((p) => (p.tag === "p" ? block(p, found) : fail()).split("\n").map((line) => "> " + line).join("\n")).join("\n>\n");
  if (node.tag === "pre") return only(node), node.children.some((c) => typeof c !== "string") ? fail() : "```\n" + node.children.join("") + "\n```";
  if (node.tag === "table") return table(node, found);
  return fail();
}

function normal(nodes) {
  const kept = nodes.map((n) => (typeof n === "string" ? n.replace(/\s+/g, " ") : n.tag === "math" || n.tag === "pre" ? n : {...n, children: normal(n.children)}));
  const inParts = kept.some((n) => typeof n !== "string" && (BLOCKS.has(n.tag) || ["tr", "td", "th", "li", "thead", "tbody", "caption"].includes(n.tag)));
  const list = inParts ? kept.filter((n) => typeof n !== "string" || n.trim()) : kept;
  return list.length === 1 && list[0].tag === "tbody" ? list[0].children : list;
}
const bare = (nodes) => nodes.map((n) => (typeof n === "string" ? n : n.tag === "math" ? {tag: "math", attributes: {tex: texOf(n)}, children: []} : {...n, children: bare(n.children)}));
/** Equal when two trees say the same: blanks, a lone paragraph and what a formula was made into do not matter. */
function fingerprint(nodes) {
  const list = bare(normal(nodes));
  return JSON.stringify(list.length === 1 && list[0].tag === "p" ? list[0].children : list).replace(/"\s+|\s+"/g, '"');
}

/** {text, formulas: Map(tex → markup)}, or null when the markup says more than the notation can. */
export function toNotation(markup) {
  const nodes = parseMarkup(markup ?? ""), formulas = new Map();
  if (!nodes) return null;
  try {
    const list = normal(nodes);
    const blocks = list.some((n) => typeof n !== "string" && BLOCKS.has(n.tag));
    const text = blocks ? list.map((n) => (typeof n === "string" ? safeStart(plainSigns(n)) : block(n, formulas))).join("\n\n") : safeStart(inline(list, formulas));
    const back = toMarkup(text, {formulas, blocks});
    return fingerprint(parseMarkup(back.markup)) === fingerprint(nodes) ? {text, formulas} : null;
  } catch (error) {
    if (error instanceof Unsaid) return null;
    throw error;
  }
}

// ---- notation → markup ----

class Line {
  constructor(text, out) {
    this.text = text;
    this.out = out;
  }
  formula(tex) {
    this.out.found.add(tex);
    return this.out.formulas.get(tex) ?? `<code>${escapeText(tex)}</code>`;
  }
  /** Signs from `at` on until `end` comes; gives the markup and where it stopped, or null when `end` never comes. */
  run(at, end) {
    const {text} = this;
    let made = "";
    while (at < text.length) {
      if (end && text.startsWith(end, at)) return [made, at + end.length];
      const rest = text.slice(at);
      let hit;
      if ((hit = /^\\([!-/:-@[-`{-~])/.exec(rest))) made += escapeText(hit[1]);
      else if (rest[0] === "\n") (hit = ["\n"]), (made += "<br/>");
      else if ((hit = /^\$([^$\n]+)\$/.exec(rest))) made += this.formula(hit[1]);
      else if ((hit = /^!\[((?:\\.|[^\]\\\n])*)\]\((media:[0-9a-f]{64})(?:\s+(\d{1,4})x(\d{1,4}))?\)/.exec(rest))) made += `<img src="${hit[2]}" alt="${escapeAttribute(hit[1].replace(/\\(.)/g, "$1"))}"${hit[3] ? ` width="${hit[3]}" height="${hit[4]}"` : ""}/>`;
      else if ((hit = /^!audio\[((?:\\.|[^\]\\\n])*)\]\((media:[0-9a-f]{64})\)/.exec(rest))) made += `<audio src="${hit[2]}"${hit[1] ? ` title="${escapeAttribute(hit[1].replace(/\\(.)/g, "$1"))}"` : ""}/>`;
      else if ((hit = /^\[\[([A-Za-z0-9_-]{1,32})\]\]/.exec(rest))) made += `<span data-gap="${hit[1]}"/>`;
      else {
        const [length, part] = this.span(at, rest);
        if (length) {
          made += part;
          at += length;
          continue;
        }
        const sign = String.fromCodePoint(rest.codePointAt(0));
        made += escapeText(sign);
        hit = [sign];
      }
      at += hit[0].length;
    }
    return end ? null : [made, at];
  }
  /** A pair of signs with something between them: [length, markup], or [0]. */
  span(at, rest) {
    const lang = /^\{([a-z]{2})\|/.exec(rest);
    const pairs = lang ? [[lang[0], "}", `span lang="${lang[1]}"`, "span"]] : [["**", "**", "strong"], ["__", "__", "u"], ["*", "*", "em"], ["`", "`", "code"], ["^{", "}", "sup"], ["_{", "}", "sub"]];
    for (const [open, close, tag, end = tag] of pairs) {
      if (!rest.startsWith(open)) continue;
      const inner = this.run(at + open.length, close);
      if (inner && inner[0]) return [inner[1] - at, `<${tag}>${inner[0]}</${end}>`];
    }
    return [0];
  }
}
const inlineMarkup = (text, out) => new Line(text, out).run(0, null)[0];

function cellsOf(line) {
  const cells = line.trim().replace(/^\|/, "").replace(/(?<!\\)\|$/, "").split(/(?<!\\)\|/);
  return cells.map((cell) => cell.trim().replace(/\\\|/g, "|"));
}
function tableMarkup(lines, out) {
  const rows = [...lines];
  const caption = rows[0].startsWith("|+") ? `<caption>${inlineMarkup(rows.shift().slice(2).trim(), out)}</caption>` : "";
  const heading = rows.length > 1 && /^\|[\s:|-]+$/.test(rows[1]);
  const head = heading ? `<thead><tr>${cellsOf(rows[0]).map((c) => `<th scope="col">${inlineMarkup(c, out)}</th>`).join("")}</tr></thead>` : "";
  return `<table>${caption}${head}<tbody>${rows.slice(heading ? 2 : 0).map((r) => `<tr>${cellsOf(r).map((c) => `<td>${inlineMarkup(c, out)}</td>`).join("")}</tr>`).join("")}</tbody></table>`;
}

const KINDS = [[/^\|/, (lines, out) => tableMarkup(lines, out)],
  [/^- /, (lines, out) => `<ul>${lines.map((l) => `<li>${inlineMarkup(l.slice(2).trim(), out)}</li>`).join("")}</ul>`],
  [/^\d+\. /, (lines, out) => `<ol>${lines.map((l) => `<li>${inlineMarkup(l.replace(/^\d+\. /, "").trim(), out)}</li>`).join("")}</ol>`],
  [/^>/, (lines, out) => `<blockquote>${lines.map((l) => l.replace(/^> ?/, "")).join("\n").split(/\n\s*\n/).filter((p) => p.trim()).map((p) => `<p>${inlineMarkup(p.trim(), out)}</p>`).join("")}</blockquote>`]];

/** {markup, tex: the formulas in it, missing: those whose markup is not known yet}. `blocks` false: one line without <p>. */
export function toMarkup(text, {formulas = new Map(), blocks = true} = {}) {
  const out = {formulas, found: new Set()};
  const parts = [];
  let group = null;
  const flush = () => {
    if (group) parts.push([group.kind, group.make(group.lines, out)]);
    group = null;
  };
  let fence = null;
  for (const line of text.replace(/\r\n?/g, "\n").split("\n")) {
    if (/^```\s*$/.test(line)) {
      if (fence) parts.push(["pre", `<pre>${escapeText(fence.join("\n"))}</pre>`]), (fence = null);
      else flush(), (fence = []);
      continue;
    }
    if (fence) {
      fence.push(line);
      continue;
    }
    if (!line.trim()) {
      flush();
      continue;
    }
    const [kind, make] = KINDS.find(([start]) => start.test(line)) ?? [null, (lines) => inlineMarkup(lines.join("\n").trim(), out)];
    if (!group || group.kind !== kind) flush(), (group = {kind, make, lines: []});
    group.lines.push(line);
  }
  if (fence) parts.push(["pre", `<pre>${escapeText(fence.join("\n"))}</pre>`]);
  flush();
  const single = !blocks && parts.length === 1 && parts[0][0] === null;
  const markup = parts.map(([kind, made]) => (kind === null && !single ? `<p>${made}</p>` : made)).join("");
  return {markup, tex: [...out.found], missing: [...out.found].filter((tex) => !formulas.has(tex))};
}
