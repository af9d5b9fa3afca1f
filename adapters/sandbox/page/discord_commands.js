// Slash commands: what fits the typed beginning, and the options of the one that was picked, each in a field of its own.

import { el } from "./dom.js";
import { icon } from "./discord_icons.js";
import { createSuggest } from "./discord_suggest.js";

const WAIT_MS = 200;
const BOOLEAN = 5;
const MOST = 25;

/** Every command that can be sent: subcommands apart, as the client lists them. */
export function leaves(commands) {
  return commands.flatMap((each) => below(each, each.name, each));
}

function below(part, path, command) {
  const inner = (part.options || []).filter((each) => each.type === 1 || each.type === 2);
  if (inner.length) return inner.flatMap((each) => below(each, `${path} ${each.name}`, command));
  return [{ path, description: part.description, options: part.options || [], app: command.app }];
}

/** Those that fit what was typed after the stroke. */
export function fitting(all, typed) {
  const words = typed.toLowerCase().replace(/^\//, "");
  const starts = all.filter((each) => each.path.startsWith(words));
  const others = all.filter((each) => !each.path.startsWith(words) && (each.path.includes(words) || words.split(/\s+/).every((one) => each.path.includes(one))));
  return [...starts, ...others].slice(0, MOST).map((each) => ({
    command: each, label: `/${each.path}`, note: each.description, by: each.app,
    sign: "/",
  }));
}

/** The picked command with its fields; `how`: {app, room, send(values), cancel()}. */
export function createEntry(command, how) {
  const { app } = how;
  const shown = command.options.filter((each) => each.required);
  if (!shown.length && command.options.length) shown.push(command.options[0]);
  const picked = {}; // option → {label, value} that was taken from a list
  let field = null; // the option being typed in
  let timer = 0;
  let asked = 0;
  const suggest = createSuggest((item) => take(item));
  const fields = el("span", { class: "entry-fields" });
  const node = el("div", { class: "entry" }, suggest.node, el("span", { class: "entry-name" }, `/${command.path}`), fields,
    el("button", { type: "button", class: "round", "aria-label": "Cancel command", onclick: how.cancel }, icon("close")));
  const inputs = new Map();
  draw();

  function draw() {
    fields.replaceChildren(...shown.map(fieldOf));
    const left = command.options.filter((each) => !shown.includes(each));
    for (const each of left) {
      fields.append(el("button", { type: "button", class: "entry-more", title: each.description, onclick: () => {
        shown.push(each);
        draw();
        inputs.get(each.name).focus();
      } }, `+ ${each.name}`));
    }
  }

  function fieldOf(option) {
    const kept = inputs.get(option.name)?.value ?? "";
    const input = el("input", {
      type: "text", "aria-label": `${option.name}: ${option.description}`, placeholder: option.description, autocomplete: "off", value: kept,
      maxlength: option.max_length || null, role: "combobox", "aria-controls": suggest.id, "aria-expanded": "false",
      inputmode: option.type === 4 || option.type === 10 ? "numeric" : null,
      onfocus: () => offer(option), oninput: () => offer(option), onblur: () => suggest.hide(), onkeydown: (event) => keys(event, option),
    });
    inputs.set(option.name, input);
    return el("label", { class: `entry-field${option.required ? " must" : ""}` }, el("span", {}, option.name), input);
  }

  function keys(event, option) {
    if (suggest.open && event.key === "Tab" && !inputs.get(option.name).value) suggest.hide();
    if (suggest.key(event)) return;
    if (event.key === "Enter") {
      event.preventDefault();
      send();
    } else if (event.key === "Escape" || (event.key === "Backspace" && !event.target.value && option === shown[0])) {
      event.preventDefault();
      how.cancel();
    }
  }

  function take(item) {
    const input = inputs.get(field.name);
    input.value = item.label;
    picked[field.name] = { label: item.label, value: item.value };
    const next = shown[shown.indexOf(field) + 1];
    (next ? inputs.get(next.name) : input).focus();
    suggest.hide();
  }

  function offer(option) {
    field = option;
    clearTimeout(timer);
    const typed = inputs.get(option.name).value;
    if (option.autocomplete) timer = setTimeout(() => complete(option), WAIT_MS);
    const all = known(option);
    if (!all) return suggest.hide();
    const words = typed.toLowerCase().replace(/^[@#]/, "");
    return suggest.show(all.filter((each) => each.label.toLowerCase().includes(words) && each.label !== typed).slice(0, MOST));
  }

  function known(option) {
    if (option.choices) return option.choices.map((each) => ({ label: each.name, value: String(each.value) }));
    if (option.type === BOOLEAN) return [{ label: "True", value: "true" }, { label: "False", value: "false" }];
    return { 6: () => app.people(how.room), 7: () => app.channels(), 8: () => app.roles(), 9: () => [...app.people(how.room), ...app.roles()] }[option.type]?.() ?? null;
  }

  async function complete(option) {
    const mine = asked += 1;
    const answer = await app.act("complete", { name: how.room.id, line: `/${command.path}`, option: option.name, values: values() });
    if (mine !== asked || field !== option || document.activeElement !== inputs.get(option.name)) return;
    if (!answer?.ok) suggest.show([], { title: answer?.error || "Loading options failed" });
    else if (answer.choices.length) suggest.show(answer.choices.map((each) => ({ label: each.name, value: each.name })));
    else suggest.show([], { title: "No options match your search." });
  }

  function values() {
    const made = {};
    for (const option of shown) {
      const typed = inputs.get(option.name).value.trim();
      if (typed) made[option.name] = picked[option.name]?.label === typed ? picked[option.name].value : typed;
    }
    return made;
  }

  function send() {
    const given = values();
    const missing = shown.find((each) => each.required && !(each.name in given));
    for (const each of shown) inputs.get(each.name).setAttribute("aria-invalid", each === missing ? "true" : "false");
    if (missing) {
      app.api.say(`${missing.name}: this option is required.`);
      inputs.get(missing.name).focus();
      return;
    }
    suggest.hide();
    how.send(given);
  }

  return { node, send, focus: () => inputs.get(shown[0]?.name)?.focus(), fill: (words) => shown[0] && (inputs.get(shown[0].name).value = words) };
}
