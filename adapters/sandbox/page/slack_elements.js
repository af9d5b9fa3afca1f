// Block Kit's elements: buttons, menus, boxes, inputs. What is put into them is kept by `tools`, never by the node.

import { add, el, web } from "./dom.js";
import { openMenu } from "./menu.js";
import { said, words } from "./slack_text.js";

const MANY = /^multi_|^checkboxes$/;
const WRITTEN = { email_text_input: "email", url_text_input: "url" };
const PICKED = { datepicker: "date", timepicker: "time", datetimepicker: "datetime-local" };

/** What an element holds before anybody touches it. */
export function initial(element) {
  const option = (one) => (one ? one.value : null);
  if (element.type === "checkboxes" || element.type === "multi_static_select" || element.type === "multi_external_select")
    return (element.initial_options || []).map(option);
  const many = /^multi_(user|channel|conversation)s_select$/.exec(element.type);
  if (many) return element[`initial_${many[1]}s`] || [];
  const one = /^(user|channel|conversation)s_select$/.exec(element.type);
  if (one) return element[`initial_${one[1]}`] || null;
  if (["static_select", "radio_buttons", "external_select"].includes(element.type)) return option(element.initial_option);
  return element.initial_value ?? element.initial_date ?? element.initial_time ?? element.initial_date_time ?? "";
}

function held(block, element, tools) {
  const kept = tools.value ? tools.value(block, element) : undefined;
  return kept === undefined ? initial(element) : kept;
}

/** It was changed: kept, and told to the app unless it waits in a form; a question comes before, and No undoes it. */
async function changed(block, element, tools, value) {
  const waits = block.type === "input" && !block.dispatch_action;
  if (!waits && !(await agreed(element, tools))) return;
  if (tools.set) tools.set(block, element, value);
  if (!waits && tools.act) tools.act(block, element, value);
}

async function agreed(element, tools) {
  return !tools.act || !element.confirm || tools.confirm(element.confirm);
}

async function tell(block, element, tools, value) {
  if (tools.act && (await agreed(element, tools))) tools.act(block, element, value);
}

export function element(block, one, tools) {
  switch (one.type) {
    case "button":
    case "workflow_button":
      return button(block, one, tools);
    case "overflow":
      return overflow(block, one, tools);
    case "image":
      return picture(one, tools, "accessory-image");
    case "checkboxes":
    case "radio_buttons":
      return boxes(block, one, tools);
    default:
      if (/_select$/.test(one.type)) return select(block, one, tools);
      return /picker$/.test(one.type) ? picker(block, one, tools) : written(block, one, tools);
  }
}

function button(block, one, tools) {
  const press = (event) => {
    if (tools.act) event.preventDefault();
    if (one.url && tools.open) tools.open(one.url);
    tell(block, one, tools, null);
  };
  const attributes = {
    class: `button${one.style ? ` ${one.style}` : ""}`, onclick: press, "data-action": one.action_id,
    "aria-label": one.accessibility_label || null, "data-label": said(one.text, tools),
  };
  const href = one.url && web(one.url);
  if (href) return el("a", { ...attributes, href, target: "_blank", rel: "noreferrer noopener", role: "button" }, words(one.text, tools));
  return el("button", { ...attributes, type: "button" }, words(one.text, tools));
}

function overflow(block, one, tools) {
  const items = one.options.map((option) => ({ value: option.value, label: words(option.text, tools), words: said(option.text, tools), note: said(option.description, tools), url: option.url }));
  const show = (event) =>
    openMenu(event.currentTarget, items, {
      label: "More", done: (value, item) => {
        if (item.url && tools.open) tools.open(item.url);
        tell(block, one, tools, value);
      },
    });
  return el("button", { class: "button overflow", type: "button", "aria-label": "More actions", "aria-haspopup": "menu", "aria-expanded": "false", onclick: show }, "⋯");
}

/** A picture by its address, or by a file of Slack's own; what lies outside this machine is named instead. */
export function picture(one, tools, className) {
  const words_ = one.alt_text;
  const kept = one.slack_file || {};
  const from = tools.file ? tools.file(one.image_url || kept.url || (kept.id ? `/sandbox/files/${kept.id}` : "")) : null;
  if (from) return el("img", { class: className, src: from, alt: words_ || "" });
  return el("span", { class: `${className} no-picture`, role: "img", "aria-label": words_ || "picture" }, words_ || "picture");
}

function choices(one, tools) {
  const option = (each, group) => ({ value: each.value, label: words(each.text, tools), words: said(each.text, tools), note: said(each.description, tools), group });
  if (one.option_groups) return one.option_groups.flatMap((group) => group.options.map((each) => option(each, said(group.label, tools))));
  if (one.options) return one.options.map((each) => option(each));
  const people = (tools.people || []).map((who) => ({ value: who.id, label: who.name, words: who.name, note: who.note || "" }));
  const rooms = Object.entries(tools.rooms || {}).map(([id, name]) => ({ value: id, label: `# ${name}`, words: name }));
  if (/users_select$/.test(one.type)) return people;
  return /channels_select$/.test(one.type) ? rooms : [...rooms, ...people];
}

const PLACEHOLDERS = { users: "Select a user", channels: "Select a channel", conversations: "Select a conversation" };

function select(block, one, tools) {
  const many = MANY.test(one.type);
  const items = choices(one, tools);
  const kind = /(users|channels|conversations)_select$/.exec(one.type);
  const invites = said(one.placeholder, tools) || (kind ? PLACEHOLDERS[kind[1]] : many ? "Select options" : "Select an item");
  const label = block.type === "input" ? said(block.label, tools) : invites;
  const shown = el("span", { class: "select-shown" });
  const draw = () => {
    const now = [held(block, one, tools)].flat().filter((value) => value !== null && value !== "");
    const chosen = now.map((value) => items.find((item) => item.value === value) || { value, words: value, label: value });
    shown.replaceChildren();
    shown.classList.toggle("empty", !chosen.length);
    if (!chosen.length) add(shown, invites);
    else if (many) add(shown, chosen.map((item) => el("span", { class: "chip" }, clone(item.label))));
    else add(shown, clone(chosen[0].label));
    return now;
  };
  const show = (event) =>
    openMenu(event.currentTarget, items, {
      many, most: one.max_selected_items || 100, chosen: draw(), search: Boolean(kind) || items.length > 9, label,
      done: async (value) => {
        await changed(block, one, tools, value);
        draw();
      },
    });
  draw();
  const attributes = { class: `select${many ? " many" : ""}`, type: "button", role: "combobox", "aria-haspopup": "listbox", "aria-expanded": "false", "aria-label": label, "data-action": one.action_id, onclick: show };
  return el("button", attributes, shown, el("span", { class: "chevron", "aria-hidden": "true" }));
}

function clone(label) {
  return [label].flat().map((part) => (part instanceof Node ? part.cloneNode(true) : part));
}

let made = 0;

function boxes(block, one, tools) {
  const many = one.type === "checkboxes";
  const name = `box${(made += 1)}`;
  const group = el("div", { class: "boxes", role: many ? "group" : "radiogroup", "aria-label": said(block.label, tools) || said(block.text, tools) || null });
  const now = () => [held(block, one, tools)].flat().filter(Boolean);
  for (const option of one.options) {
    const change = async (event) => {
      const rest = now().filter((value) => value !== option.value);
      const value = many ? one.options.map((each) => each.value).filter((each) => (each === option.value ? event.target.checked : rest.includes(each))) : option.value;
      await changed(block, one, tools, value);
      const kept = now();
      for (const [index, box] of [...group.querySelectorAll("input")].entries()) box.checked = kept.includes(one.options[index].value);
    };
    const input = el("input", { type: many ? "checkbox" : "radio", name, onchange: change });
    input.checked = now().includes(option.value);
    group.append(el("label", { class: "box" }, input,
      el("span", { class: "box-words" }, el("span", {}, words(option.text, tools)), option.description && el("span", { class: "note" }, words(option.description, tools)))));
  }
  return group;
}

/** A day, a time, or both; both together are seconds of the clock that all share, shown in the reader's own zone. */
function picker(block, one, tools) {
  const moment = one.type === "datetimepicker";
  const shown = (value) => {
    if (!moment || !value) return value || "";
    const at = new Date(Number(value) * 1000);
    return new Date(at.getTime() - at.getTimezoneOffset() * 60_000).toISOString().slice(0, 16);
  };
  const change = async () => {
    await changed(block, one, tools, moment && node.value ? Math.floor(new Date(node.value).getTime() / 1000) : node.value);
    node.value = shown(held(block, one, tools));
  };
  const label = said(block.label, tools) || said(one.placeholder, tools) || "Date and time";
  const node = el("input", { class: "write picker", type: PICKED[one.type], "aria-label": label, "data-action": one.action_id, onchange: change });
  node.value = shown(held(block, one, tools));
  return node;
}

function written(block, one, tools) {
  const long = one.multiline || one.type === "rich_text_input";
  const timer = { set: 0 };
  const asks = ((one.dispatch_action_config || {}).trigger_actions_on || ["on_enter_pressed"]);
  const input = (event) => {
    if (tools.set) tools.set(block, one, event.target.value);
    count.textContent = left(event.target.value);
    if (!block.dispatch_action || !asks.includes("on_character_entered")) return;
    clearTimeout(timer.set);
    timer.set = setTimeout(() => tell(block, one, tools, event.target.value), 400);
  };
  const enter = (event) => {
    if (event.key === "Enter" && !event.shiftKey && !event.isComposing && block.dispatch_action && asks.includes("on_enter_pressed")) {
      event.preventDefault();
      tell(block, one, tools, event.target.value);
    }
  };
  const error = (tools.errors || {})[block.block_id];
  const attributes = {
    class: "write", placeholder: said(one.placeholder, tools), oninput: input, onkeydown: enter, maxlength: null,
    "aria-label": said(block.label, tools) || said(one.placeholder, tools) || null, "aria-invalid": error ? "true" : null, "data-action": one.action_id,
    "data-focus": one.focus_on_load || null,
  };
  const node = el(long ? "textarea" : "input", long ? { ...attributes, rows: 4 } : { ...attributes, type: WRITTEN[one.type] || "text" });
  const value = held(block, one, tools);
  node.value = value ?? "";
  const left = (text) => (one.max_length && one.max_length - text.length <= Math.min(20, one.max_length / 5) ? String(one.max_length - [...text].length) : "");
  const count = el("span", { class: "count", "aria-live": "polite" }, left(String(value ?? "")));
  return el("span", { class: "written" }, node, count);
}
