// A select as Discord has it: a closed field, a list under it (a sheet on the phone), search where people are chosen.

import { el, put } from "./dom.js";

const ASKS = { 5: "Select a user", 6: "Select a role", 7: "Select a user or role", 8: "Select a channel" };
let count = 0;

/**
 * part: the component; options: [{label, value, description, emoji, default}];
 * how: {tools, disabled, busy, done(values): one was taken, or the list of a multiple select was closed, chosen, label, invalid}.
 */
export function drawSelect(part, options, how) {
  const state = {
    part, options, how, least: part.min_values ?? 1, most: part.max_values ?? 1,
    chosen: how.chosen ? [...how.chosen] : options.filter((each) => each.default).map((each) => each.value),
  };
  const asked = part.placeholder || ASKS[part.type] || "Make a selection";
  const shown = el("span", { class: "chosen" });
  const field = el("button", {
    type: "button", class: `select${how.busy ? " busy" : ""}`, role: "combobox", "aria-haspopup": "listbox", "aria-expanded": "false",
    "aria-label": how.label || part.placeholder || asked, "aria-invalid": how.invalid ? "true" : null, disabled: how.disabled,
    "data-part": part.custom_id,
  }, shown, el("span", { class: "chevron", "aria-hidden": "true" }));
  const show = () => {
    const names = state.chosen.map((value) => options.find((each) => each.value === value)?.label ?? value);
    put(shown, names.length ? names.map((each) => el("span", { class: state.most > 1 ? "chip" : "" }, each)) : el("span", { class: "placeholder" }, asked));
  };
  show();
  const open = () => (field.getAttribute("aria-expanded") === "true" ? null : openList(field, state, asked, show));
  field.addEventListener("click", open);
  field.addEventListener("keydown", (event) => {
    if (event.key === "ArrowDown") {
      event.preventDefault();
      open();
    }
  });
  return el("div", { class: "field" }, field);
}

function openList(field, state, asked, show) {
  const many = state.most > 1;
  const before = JSON.stringify(state.chosen);
  const root = field.closest(".discord") || document.body;
  const id = `choices-${count += 1}`;
  const items = el("div", { class: "items", role: "listbox", id, "aria-multiselectable": many ? "true" : null, "aria-label": asked });
  const search = state.part.type === 3 && state.options.length <= 10 ? null
    : el("input", { class: "search", type: "text", placeholder: "Search", "aria-label": "Search", "aria-controls": id });
  const done = el("button", { type: "button", class: "button primary done", onclick: () => close(true) }, "Select");
  const list = el("div", { class: "choices" }, el("div", { class: "grip", "aria-hidden": "true" }), search, items, many ? done : null);
  const shade = el("div", { class: "choices-shade" }, list);

  function draw() {
    const wanted = (search?.value || "").toLowerCase();
    const found = state.options.filter((each) => each.label.toLowerCase().includes(wanted));
    put(items, found.map(drawOption));
    if (!found.length) put(items, el("div", { class: "none" }, "No results found"));
  }
  function drawOption(each) {
    const on = state.chosen.includes(each.value);
    const full = many && !on && state.chosen.length >= state.most;
    return el("div", {
      class: "option", role: "option", tabindex: "-1", "aria-selected": on ? "true" : "false", "aria-disabled": full ? "true" : null,
      onclick: () => (full ? null : take(each, on)),
    }, each.emoji?.name ? el("span", { class: "sign" }, each.emoji.name) : null,
    el("span", { class: "words" }, el("span", { class: "label" }, each.label), each.description ? el("span", { class: "told" }, each.description) : null),
    many ? el("span", { class: "box", "aria-hidden": "true" }) : on ? el("span", { class: "tick", "aria-hidden": "true" }, "✓") : null);
  }
  function take(each, on) {
    if (!many) {
      state.chosen = on && state.least === 0 ? [] : [each.value];
      return close(true);
    }
    state.chosen = on ? state.chosen.filter((value) => value !== each.value) : [...state.chosen, each.value];
    const at = [...items.children].indexOf(document.activeElement);
    draw();
    show();
    return items.children[Math.max(at, 0)]?.focus();
  }
  function close(apply) {
    if (!shade.isConnected) return;
    const fits = state.chosen.length >= state.least && state.chosen.length <= state.most;
    if (!apply || !fits) state.chosen = JSON.parse(before);
    shade.remove();
    document.removeEventListener("pointerdown", outside, true);
    field.setAttribute("aria-expanded", "false");
    show();
    field.focus({ preventScroll: true });
    // Discord sends a single select at once, chosen anew or not; a multiple one when its list is closed with a change.
    if (apply && fits && (!many || before !== JSON.stringify(state.chosen))) state.how.done?.(state.chosen);
  }
  function outside(event) {
    if (!list.contains(event.target)) {
      event.preventDefault();
      close(true);
    }
  }
  function key(event) {
    const all = [...items.querySelectorAll(".option")];
    const at = all.indexOf(document.activeElement);
    if (event.key === "Escape" || event.key === "Tab") close(event.key === "Tab" || many);
    else if (event.key === "ArrowDown") all[Math.min(at + 1, all.length - 1)]?.focus();
    else if (event.key === "ArrowUp") (at > 0 ? all[at - 1] : search ?? all[0])?.focus();
    else if ((event.key === "Enter" || event.key === " ") && at >= 0) all[at].click();
    else return;
    event.preventDefault();
    event.stopPropagation();
  }

  draw();
  search?.addEventListener("input", draw);
  shade.addEventListener("keydown", key);
  document.addEventListener("pointerdown", outside, true);
  root.append(shade);
  place(list, field, root);
  field.setAttribute("aria-expanded", "true");
  (search ?? items.querySelector('[aria-selected="true"]') ?? items.firstElementChild)?.focus({ preventScroll: true });
}

/** Under the field, or above it where there is more room; on the phone the style sheet makes it a sheet instead. */
function place(list, field, root) {
  const at = field.getBoundingClientRect();
  const all = root.getBoundingClientRect();
  const below = all.bottom - at.bottom;
  list.style.setProperty("--left", `${at.left - all.left}px`);
  list.style.setProperty("--width", `${at.width}px`);
  if (below < 260 && at.top - all.top > below) {
    list.style.setProperty("--bottom", `${all.bottom - at.top + 4}px`);
    list.style.setProperty("--room", `${at.top - all.top - 12}px`);
  } else {
    list.style.setProperty("--top", `${at.bottom - all.top + 4}px`);
    list.style.setProperty("--room", `${below - 12}px`);
  }
}
