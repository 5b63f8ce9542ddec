// markup.js: markup from the server as elements of the page, made one by one. Only the tags and attributes named here
// are made and nothing is handed to the browser's own parser, so that text can never become script.

const MATH = "http://www.w3.org/1998/Math/MathML";
const TAGS = new Set(["p", "br", "em", "strong", "sub", "sup", "u", "code", "pre", "blockquote", "ul", "ol", "li", "table", "caption", "thead", "tbody", "tr", "th", "td", "span"]);
const EMPTY = new Set(["br", "img"]);
const NAMES = {th: ["scope", "colspan", "rowspan"], td: ["colspan", "rowspan"], span: ["lang"]};
const MEDIA = /^\/api\/v1\/sittings\/[0-9a-zA-Z]+\/media\/[0-9a-f]{64}$/;
const SIGNS = {amp: "&", lt: "<", gt: ">", quot: "\"", apos: "'", nbsp: "\u00a0"};

const decode = (text) => text.replace(/&(?:#x([0-9a-f]{1,6})|#(\d{1,7})|([a-z]+));/gi, (all, hex, figure, name) => {
  if (name) return SIGNS[name] ?? all;
  const code = hex ? parseInt(hex, 16) : Number(figure);
  return code > 0 && code < 0x110000 ? String.fromCodePoint(code) : all;
});

/** A tree of {tag, attributes, children} and texts; null when the tags do not close. */
function parse(markup) {
  const root = {tag: "", attributes: {}, children: []}, open = [root];
  const tokens = /<!--[^]*?-->|<(\/?)([a-zA-Z][\w:-]*)((?:\s+[\w:-]+\s*=\s*(?:"[^"]*"|'[^']*'))*)\s*(\/?)>|[^<]+|</g;
  for (const [all, closing, tag, attributes, alone] of markup.matchAll(tokens)) {
    if (all.startsWith("<!--")) continue;
    if (all === "<") return null;
    if (!tag) {
      open.at(-1).children.push(decode(all));
    } else if (closing) {
      if (EMPTY.has(tag)) continue;
      if (open.length === 1 || open.pop().tag !== tag) return null;
    } else {
      const node = {tag, attributes: Object.fromEntries([...attributes.matchAll(/([\w:-]+)\s*=\s*(?:"([^"]*)"|'([^']*)')/g)].map(([, name, a, b]) => [name, decode(a ?? b)])), children: []};
      open.at(-1).children.push(node);
      if (!alone && !EMPTY.has(tag)) open.push(node);
    }
  }
  return open.length === 1 ? root.children : null;
}

function make(node, gap, inMath = false) {
  if (typeof node === "string") return document.createTextNode(node);
  const {tag, attributes, children} = node;
  const fillIn = (element, math) => {
    element.append(...children.map((child) => make(child, gap, math)).filter(Boolean));
    return element;
  };
  if (inMath || tag === "math") {
    if (tag.startsWith("annotation") || !/^[a-z]+$/.test(tag)) return null;
    const element = document.createElementNS(MATH, tag);
    for (const [name, value] of Object.entries(attributes)) if (/^[a-z]+$/.test(name) && !name.startsWith("on") && !["href", "style", "src", "class", "id"].includes(name)) element.setAttribute(name, value);
    return fillIn(element, true);
  }
  if (tag === "img" || tag === "audio") {
    if (!MEDIA.test(attributes.src ?? "")) return null;
    const element = document.createElement(tag);
    element.src = attributes.src;
    if (tag === "audio") element.controls = true;
    for (const name of ["alt", "width", "height", "title"]) if (attributes[name] !== undefined) element.setAttribute(name, attributes[name]);
    return element;
  }
  if (tag === "span" && attributes["data-gap"]) return gap?.(attributes["data-gap"]) ?? document.createTextNode("…");
  if (!TAGS.has(tag)) return null;
  const element = document.createElement(tag);
  for (const name of NAMES[tag] ?? []) if (attributes[name]) element.setAttribute(name, attributes[name]);
  return fillIn(element, false);
}

/** The elements of a piece of markup; `gap(id)` gives what stands in a gap. What cannot be read is shown as it is written. */
export function markupNodes(markup, gap = null) {
  const nodes = parse(markup ?? "");
  return nodes ? nodes.map((node) => make(node, gap)).filter(Boolean) : [document.createTextNode(markup)];
}

/** Addresses of the pictures and sounds that a piece of markup names. */
export const markupMedia = (markup) => [...(markup ?? "").matchAll(/src="([^"]+)"/g)].map(([, address]) => address).filter((address) => MEDIA.test(address));

/** Its words alone, in one line. */
export function markupText(markup) {
  const read = (nodes) => nodes.map((n) => (typeof n === "string" ? n : n.tag.startsWith("annotation") ? "" : (n.attributes.alt ?? n.attributes.alttext ?? read(n.children)) + (["p", "li", "td", "th", "br", "tr"].includes(n.tag) ? " " : ""))).join("");
  return read(parse(markup ?? "") ?? [markup]).replace(/\s+/g, " ").trim();
}
