// The list over the line that is being written: commands, choices, people, channels; worked by arrows, Tab, Enter or a press.

import { el, put } from "./dom.js";

let count = 0;

/** `taken(item)` is called with what was picked; items are {label, note, sign, group, …}. */
export function createSuggest(taken) {
  const id = `suggest-${count += 1}`;
  const node = el("div", { class: "suggest", role: "listbox", id, hidden: true });
  let items = [];
  let at = 0;

  function show(found, { title = "" } = {}) {
    items = found;
    at = 0;
    node.hidden = !found.length && !title;
    draw(title);
  }

  function draw(title = "") {
    let group = null;
    put(node, title ? el("div", { class: "suggest-title" }, title) : null, items.map((each, index) => {
      const head = each.group && each.group !== group ? el("div", { class: "suggest-title" }, each.group) : null;
      group = each.group ?? group;
      return [head, el("div", {
        class: `suggestion${index === at ? " on" : ""}`, role: "option", id: `${id}-${index}`, "aria-selected": index === at ? "true" : "false",
        onpointerdown: (event) => event.preventDefault(), onclick: () => take(index),
      }, each.sign ? el("span", { class: "sign" }, each.sign) : null, el("span", { class: "words" }, el("span", { class: "label" }, each.label), each.note ? el("span", { class: "told" }, each.note) : null),
      each.by ? el("span", { class: "by" }, each.by) : null)];
    }));
    node.querySelector(".on")?.scrollIntoView({ block: "nearest" });
  }

  function take(index) {
    const found = items[index];
    hide();
    if (found) taken(found);
  }

  function hide() {
    items = [];
    node.hidden = true;
  }

  /** True when the key was for the list. */
  function key(event) {
    if (node.hidden || !items.length || event.isComposing) return false;
    if (event.key === "ArrowDown") at = (at + 1) % items.length;
    else if (event.key === "ArrowUp") at = (at + items.length - 1) % items.length;
    else if (event.key === "Enter" || event.key === "Tab") take(at);
    else if (event.key === "Escape") hide();
    else return false;
    event.preventDefault();
    event.stopPropagation();
    if (!node.hidden) draw(node.querySelector(".suggest-title")?.textContent && !items[0]?.group ? node.querySelector(".suggest-title").textContent : "");
    return true;
  }

  return { node, id, show, hide, key, get open() { return !node.hidden && items.length > 0; } };
}
