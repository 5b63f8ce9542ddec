// markup.js: stored markup as elements of the page. Only known tags and attributes are made; text stays text.

import {parseMarkup} from "/assets/staff/bank/notation.js";

const MATH = "http://www.w3.org/1998/Math/MathML";
const TAGS = new Set(["p", "br", "em", "strong", "sub", "sup", "u", "code", "pre", "blockquote", "ul", "ol", "li", "table", "caption", "thead", "tbody", "tr", "th", "td", "span"]);
const NAMES = {th: ["scope", "colspan", "rowspan"], td: ["colspan", "rowspan"], span: ["lang"]};
export const mediaAddress = (src) => "/api/v1/media/" + src.slice("media:".length);

function make(node, inMath) {
  if (typeof node === "string") return document.createTextNode(node);
  const {tag, attributes} = node;
  if (inMath || tag === "math") {
    if (tag === "annotation" || tag === "annotation-xml") return null;
    const element = document.createElementNS(MATH, tag);
    for (const [name, value] of Object.entries(attributes)) if (/^[a-z]+$/.test(name) && !name.startsWith("on") && name !== "href") element.setAttribute(name, value);
    element.append(...node.children.map((child) => make(child, true)).filter(Boolean));
    return element;
  }
  if ((tag === "img" || tag === "audio") && /^media:[0-9a-f]{64}$/.test(attributes.src ?? "")) {
    const element = document.createElement(tag);
    element.src = mediaAddress(attributes.src);
    if (tag === "audio") element.controls = true, attributes.title && element.setAttribute("aria-label", attributes.title);
    else ["alt", "width", "height"].forEach((name) => attributes[name] !== undefined && element.setAttribute(name, attributes[name]));
    return element;
  }
  if (tag === "span" && attributes["data-gap"]) {
    const gap = document.createElement("span");
    gap.className = "gap-mark";
    gap.textContent = attributes["data-gap"];
    return gap;
  }
  if (!TAGS.has(tag)) return null;
  const element = document.createElement(tag);
  for (const name of NAMES[tag] ?? []) if (attributes[name]) element.setAttribute(name, attributes[name]);
  element.append(...node.children.map((child) => make(child, false)).filter(Boolean));
  return element;
}

/** The elements of a piece of markup; what cannot be read is shown as it is written. */
export function markupNodes(markup) {
  const nodes = parseMarkup(markup ?? "");
  return nodes ? nodes.map((node) => make(node, false)).filter(Boolean) : [document.createTextNode(markup)];
}
/** Its words alone, in one line. */
export function plainText(markup) {
  const read = (nodes) => nodes.map((n) => (typeof n === "string" ? n : n.tag === "annotation" ? "" : (n.tag === "img" ? n.attributes.alt ?? "" : read(n.children)) + (["p", "li", "td", "th", "br", "tr"].includes(n.tag) ? " " : ""))).join("");
  return read(parseMarkup(markup ?? "") ?? [markup]).replace(/\s+/g, " ").trim();
}
