// A list that opens beside what was pressed (on a narrow half: from below), worked by mouse, finger or keys.

import { el } from "./dom.js";

/** A longer list is found in by searching. */
const SHOWN = 100;
let open = null;

export function closeMenu() {
  if (open) open.close();
}

/**
 * items: {value, label (nodes or text), words (for searching), note, group, danger, href, disabled, checked}
 * many: several may be checked; done(values) is told when the list closes and something has changed.
 */
export function openMenu(anchor, items, { many = false, most = 100, search = items.length > 9, chosen = [], done = () => {}, empty = "Nothing found", label = "Choose" } = {}) {
  closeMenu();
  const picked = new Set(chosen);
  const before = JSON.stringify(chosen);
  const list = el("div", { class: "menu-list", role: many || chosen.length ? "listbox" : "menu", "aria-label": label, "aria-multiselectable": many || null });
  const field = el("input", { class: "menu-search", type: "text", placeholder: "Search", "aria-label": `Search: ${label}`, oninput: draw });
  const node = el("div", { class: "menu", tabindex: -1, onkeydown: keys }, search && field, list);
  const veil = el("div", { class: "menu-veil", onpointerdown: (event) => (event.preventDefault(), close()) }, node);
  node.addEventListener("pointerdown", (event) => event.stopPropagation());

  function row(item) {
    const on = many || chosen.length ? picked.has(item.value) : null;
    const attributes = {
      class: `menu-item${item.danger ? " danger" : ""}`, role: many || chosen.length ? "option" : "menuitem", type: "button",
      "aria-selected": on === null ? null : String(on), disabled: item.disabled, tabindex: -1, onclick: () => take(item),
    };
    return el("button", attributes, many && el("span", { class: "menu-check", "aria-hidden": "true" }, on ? "✓" : ""),
      el("span", { class: "menu-words" }, el("span", { class: "menu-label" }, item.label), item.note && el("span", { class: "menu-note" }, item.note)));
  }

  function draw() {
    const sought = field.value.trim().toLowerCase();
    list.replaceChildren();
    let group = null;
    const fitting = items.filter((one) => !sought || String(one.words ?? one.label).toLowerCase().includes(sought));
    for (const item of fitting.slice(0, SHOWN)) {
      if (item.line) {
        list.append(el("div", { class: "menu-line", role: "separator" }));
        continue;
      }
      if (item.group && item.group !== group) list.append(el("div", { class: "menu-group" }, (group = item.group)));
      list.append(row(item));
    }
    if (!list.childElementCount) list.append(el("div", { class: "menu-empty" }, empty));
  }

  function take(item) {
    if (!many) {
      picked.clear();
      picked.add(item.value);
      close(item);
      return;
    }
    const spot = [...list.querySelectorAll(".menu-item")].indexOf(document.activeElement);
    if (picked.has(item.value)) picked.delete(item.value);
    else if (picked.size < most) picked.add(item.value);
    draw();
    (list.querySelectorAll(".menu-item")[spot] || node).focus();
  }

  function keys(event) {
    const rows = [...list.querySelectorAll(".menu-item:not(:disabled)")];
    const at = rows.indexOf(document.activeElement);
    const go = { ArrowDown: at + 1, ArrowUp: at < 1 ? rows.length - 1 : at - 1, Home: 0, End: rows.length - 1 }[event.key];
    if (event.key === "Escape" || event.key === "Tab") close();
    else if (go !== undefined && rows.length) rows[go % rows.length].focus();
    else if (event.key === "Enter" && document.activeElement === field && rows.length) rows[0].click();
    else return;
    event.preventDefault();
    event.stopPropagation();
  }

  function close(item = null) {
    if (open !== mine) return;
    open = null;
    veil.remove();
    // First the focus, then the state: what is only shown while it is in use would else be gone before.
    if (anchor.isConnected) anchor.focus({ preventScroll: true });
    anchor.setAttribute("aria-expanded", "false");
    const values = items.filter((one) => picked.has(one.value)).map((one) => one.value);
    if (item || (many && JSON.stringify(values) !== before)) done(many ? values : item.value, item);
  }

  const mine = { close };
  open = mine;
  draw();
  const home = anchor.closest(".half") || anchor.closest(".slack, .discord") || document.body;
  home.append(veil);
  anchor.setAttribute("aria-expanded", "true");
  place(anchor, node, home);
  (search ? field : list.querySelector('[aria-selected="true"]') || list.querySelector(".menu-item") || node).focus({ preventScroll: true });
}

function place(anchor, node, home) {
  const at = anchor.getBoundingClientRect();
  const box = home.getBoundingClientRect();
  if (box.width <= 600) return; // From below; the style sheet does it.
  const size = node.getBoundingClientRect();
  const left = Math.max(8, Math.min(at.left - box.left, box.width - size.width - 8));
  const below = at.bottom - box.top + 4;
  const fits = below + size.height < box.height - 8;
  node.style.left = `${left}px`;
  node.style.top = `${fits ? below : Math.max(8, at.top - box.top - size.height - 4)}px`;
}

/** A dialog that keeps the keys inside it. */
export function trap(node, close) {
  node.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && !open) {
      event.preventDefault();
      close();
    }
    if (event.key !== "Tab") return;
    const stops = [...node.querySelectorAll("button, input, textarea, select, a[href], [tabindex='0']")].filter((one) => !one.disabled && one.offsetParent);
    if (!stops.length) return;
    const edge = event.shiftKey ? stops[0] : stops[stops.length - 1];
    if (document.activeElement === edge) {
      event.preventDefault();
      (event.shiftKey ? stops[stops.length - 1] : stops[0]).focus();
    }
  });
  return node;
}

