// Making nodes: text is always a text node, and only web addresses become links.

const SVG = "http://www.w3.org/2000/svg";

/** el("p", {class: "x", onclick: f, "aria-label": "y"}, "text", node, [nodes], null) */
export function el(tag, attributes = {}, ...children) {
  return fill(document.createElement(tag), attributes, children);
}

export function svg(tag, attributes = {}, ...children) {
  return fill(document.createElementNS(SVG, tag), attributes, children);
}

function fill(node, attributes, children) {
  for (const [name, value] of Object.entries(attributes || {})) {
    if (value === null || value === undefined || value === false) continue;
    if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
    else if (name === "value") node.value = value;
    else node.setAttribute(name, value === true ? "" : String(value));
  }
  add(node, children);
  return node;
}

export function add(node, children) {
  for (const child of Array.isArray(children) ? children : [children]) {
    if (Array.isArray(child)) add(node, child);
    else if (child !== null && child !== undefined && child !== false && child !== "") node.append(child);
  }
  return node;
}

/** The address if it leads to the web, else null: "javascript:" and the like lead nowhere. */
export function web(address) {
  try {
    const url = new URL(String(address));
    return ["http:", "https:", "mailto:", "tel:"].includes(url.protocol) ? url.href : null;
  } catch {
    return null;
  }
}

/** Replace what a node holds, keeping where it was scrolled and what had the focus. */
export function put(node, ...children) {
  const top = node.scrollTop;
  const focus = spot(node);
  node.replaceChildren();
  add(node, children);
  node.scrollTop = top;
  again(node, focus);
  return node;
}

/** The same, only when what it depends on has changed. */
export function redraw(node, depends, make) {
  const sign = JSON.stringify(depends);
  if (node.sign === sign) return;
  node.sign = sign;
  put(node, make());
}

/** A colour of its own for everybody without a picture. */
export function hue(text) {
  let sum = 0;
  for (const sign of String(text)) sum = (sum * 31 + sign.codePointAt(0)) % 360;
  return sum;
}

export function initials(name) {
  const words = String(name || "?").trim().split(/\s+/);
  const first = [...(words[0] || "?")][0] || "?";
  return (first + (words.length > 1 ? [...words[words.length - 1]][0] : "")).toUpperCase();
}

/** A square with initials, coloured by the name. */
export function face(name, className = "face", symbol = null) {
  const node = el("span", { class: className, "aria-hidden": "true" }, symbol || initials(name));
  if (!symbol) node.style.setProperty("--hue", String(hue(name)));
  return node;
}

/**
 * Make `parent` hold one node for each item, keeping the nodes whose item has not changed: what was opened, scrolled or focused stays.
 * key(item) → string, make(item) → node; `extra` is what else the drawing depends on.
 */
export function sync(parent, items, key, make, extra = "") {
  const before = new Map([...parent.children].map((node) => [node.dataset.key, node]));
  let at = parent.firstElementChild;
  for (const item of items) {
    const name = key(item);
    const sign = JSON.stringify(item) + extra;
    let node = before.get(name);
    if (!node || node.sign !== sign) {
      const made = make(item);
      made.dataset.key = name;
      made.sign = sign;
      if (node) {
        const focus = spot(node);
        if (node === at) at = made;
        node.replaceWith(made);
        again(made, focus);
      }
      node = made;
    }
    before.delete(name);
    if (node === at) at = at.nextElementSibling;
    else parent.insertBefore(node, at);
  }
  for (const node of before.values()) node.remove();
}

const STOPS = "button, input, textarea, select, a[href]";

function called(node) {
  return node.getAttribute("aria-label") || node.textContent;
}

/** What has the focus inside a node: its name, and the how manyth of that name. */
function spot(node) {
  const now = document.activeElement;
  if (!now || now === node || !node.contains(now)) return null;
  const name = called(now);
  return { name, index: [...node.querySelectorAll(STOPS)].filter((stop) => called(stop) === name).indexOf(now) };
}

function again(node, focus) {
  if (!focus) return;
  const stops = [...node.querySelectorAll(STOPS)].filter((stop) => called(stop) === focus.name);
  const stop = stops[focus.index] || stops[0];
  if (stop) stop.focus({ preventScroll: true });
}
