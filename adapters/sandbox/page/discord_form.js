// A modal as the Discord app shows it; what was typed stays until it is sent or closed, whatever else is redrawn.

import { el, put } from "./dom.js";
import { icon } from "./discord_icons.js";
import { renderMarkdown } from "./discord_markdown.js";
import { drawSelect } from "./discord_select.js";
import { trap } from "./menu.js";

/** app: {act(verb, body) → answer, api, tools()}; `draw(open)` takes the view's "form", or null. */
export function createForm(app, root) {
  let now = null; // {id, values, errors, node}

  function draw(open) {
    if (!open) return drop();
    if (now?.id === open.id) return point(open.errors || {});
    drop();
    now = { id: open.id, open, values: {}, spots: {}, told: el("div", { class: "form-error", role: "alert" }) };
    const { form } = open;
    const title = el("h2", { id: `form-${open.id}` }, form.title);
    const body = el("div", { class: "form-body" },
      el("p", { class: "form-note" }, icon("chat"), `This form will be submitted to ${open.app}. Do not share passwords or other sensitive information.`),
      form.components.map(part));
    const submit = el("button", { type: "submit", class: "button primary" }, "Submit");
    const box = el("form", { class: "form", role: "dialog", "aria-modal": "true", "aria-labelledby": title.id, onsubmit: send, novalidate: true },
      el("header", {}, el("span", { class: "app" }, open.app), title, el("button", { type: "button", class: "round", "aria-label": "Close", onclick: close }, icon("close"))),
      body, now.told, el("footer", {}, el("button", { type: "button", class: "button secondary", onclick: close }, "Cancel"), submit));
    now.node = el("div", { class: "form-shade" }, trap(box, close));
    now.back = document.activeElement;
    root.append(now.node);
    (body.querySelector("input, textarea, .select") || submit).focus({ preventScroll: true });
    return null;
  }

  function drop() {
    if (!now) return;
    now.node.remove();
    if (now.back?.isConnected) now.back.focus({ preventScroll: true });
    now = null;
  }

  async function close() {
    drop();
    await app.act("close");
  }

  async function send(event) {
    event.preventDefault();
    const mine = now;
    const submit = mine.node.querySelector('[type="submit"]');
    mine.told.textContent = mine.pointed = "";
    submit.disabled = true;
    submit.classList.add("busy");
    const answer = await app.act("fill", { values: mine.values });
    submit.disabled = false;
    submit.classList.remove("busy");
    if (!answer || now !== mine) return;
    const errors = answer.ok ? {} : app.view.form?.errors || {};
    if (!answer.ok && !Object.keys(errors).length) mine.told.textContent = answer.error;
    point(errors);
    if (answer.ok && !answer.sheet) drop();
  }

  /** Say under each field what is wrong with it; the view that tells may come after the answer. */
  function point(errors) {
    const pointed = JSON.stringify(errors);
    if (now.pointed === pointed) return null;
    now.pointed = pointed;
    for (const [key, spot] of Object.entries(now.spots)) mark(spot, errors[key]);
    if (!Object.keys(errors).length) return null;
    now.told.textContent = "";
    now.node.querySelector('[aria-invalid="true"]')?.focus();
    return null;
  }

  function mark(spot, words) {
    put(spot.error, words || "");
    spot.box.classList.toggle("wrong", Boolean(words));
    for (const each of spot.box.querySelectorAll("input, textarea, .select")) each.setAttribute("aria-invalid", words ? "true" : "false");
  }

  function part(each) {
    if (each.type === 10) return renderMarkdown(each.content, app.tools());
    if (each.type === 1) return labelled(each.components[0].label, "", each.components[0]);
    return labelled(each.label, each.description, each.component);
  }

  function labelled(label, description, component) {
    const id = `field-${now.id}-${component.custom_id}`;
    const must = component.type !== 23 && component.required !== false;
    const error = el("div", { class: "error", id: `${id}-error`, role: "alert" });
    const single = component.type === 4;
    const heading = el(single ? "label" : "div", { class: "label", id: `${id}-label`, for: single ? id : null }, label,
      must ? el("span", { class: "must", "aria-hidden": "true" }, " *") : null);
    const box = el("div", { class: "labelled", role: single ? null : "group", "aria-labelledby": `${id}-label` }, heading,
      description ? el("div", { class: "told", id: `${id}-told` }, description) : null,
      input(component, id, label), error);
    now.spots[component.custom_id] = { box, error };
    const told = existingError(component.custom_id);
    if (told) mark(now.spots[component.custom_id], told);
    return box;
  }

  const existingError = (key) => now.open.errors?.[key];

  function input(component, id, label) {
    const { values } = now;
    const key = component.custom_id;
    const set = (value) => (values[key] = value);
    switch (component.type) {
      case 4: return text(component, id, set);
      case 3: case 5: case 6: case 7: case 8: {
        const options = component.type === 3 ? component.options : app.options(component);
        const chosen = options.filter((each) => each.default).map((each) => each.value);
        if (chosen.length) set(chosen);
        return drawSelect(component, options, { tools: app.tools(), label, chosen, done: set });
      }
      case 21: return options(component, id, "radio", (value) => set(value));
      case 22: return options(component, id, "checkbox", (value, on) => set(on ? [...(values[key] || []), value] : (values[key] || []).filter((each) => each !== value)));
      case 23: {
        set(component.default ? "yes" : "no");
        return el("label", { class: "choice" }, el("input", { type: "checkbox", checked: component.default, onchange: (event) => set(event.target.checked ? "yes" : "no") }), el("span", { class: "words" }, label));
      }
      default: return el("div", { class: "told" }, "Files cannot be put into forms here.");
    }
  }

  function text(component, id, set) {
    const most = component.max_length || 4000;
    const count = el("span", { class: "left" });
    const typed = (event) => {
      set(event.target.value);
      const left = most - event.target.value.length;
      count.textContent = component.max_length || left < 200 ? String(left) : "";
    };
    const attributes = { id, name: id, placeholder: component.placeholder, maxlength: most, autocomplete: "off", oninput: typed, "aria-describedby": `${id}-error ${id}-told`, value: component.value || "" };
    if (component.value) set(component.value);
    const field = component.style === 2 ? el("textarea", { ...attributes, rows: "4" }) : el("input", { ...attributes, type: "text" });
    typed({ target: field });
    return el("div", { class: "typed" }, field, count);
  }

  function options(component, id, kind, changed) {
    return el("div", { class: "choices-open", role: kind === "radio" ? "radiogroup" : "group", "aria-labelledby": `${id}-label` }, component.options.map((each) => {
      if (each.default) changed(each.value, true);
      return el("label", { class: "choice" },
        el("input", { type: kind, name: id, checked: each.default, onchange: (event) => changed(each.value, event.target.checked) }),
        el("span", { class: "words" }, each.label, each.description ? el("span", { class: "told" }, each.description) : null));
    }));
  }

  return { draw };
}
