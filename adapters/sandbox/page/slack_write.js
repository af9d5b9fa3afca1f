// Where a person types in Slack: the field, the list of commands over it, mentions, emoji, files.

import { el, put } from "./dom.js";
import { openMenu } from "./menu.js";

const FILE_MOST = 2_500_000;

/** half: {user, view, act(verb, body), emoji, say(words), slackbot(words)}; target() → {channel, thread, name}. */
export function composer(half, target, label) {
  const list = el("div", { class: "commands", role: "listbox", "aria-label": "Commands", hidden: true });
  const field = el("textarea", { class: "line", rows: 1, "aria-label": label, placeholder: label, oninput: typed, onkeydown: keys, autocomplete: "off" });
  const send = el("button", { type: "submit", class: "send", "aria-label": "Send now", disabled: true }, "➤");
  const picker = el("input", { type: "file", hidden: true, onchange: attach });
  const also = el("input", { type: "checkbox" });
  const node = el("form", { class: "composer", onsubmit: (event) => (event.preventDefault(), go()) }, list, field,
    el("div", { class: "composer-foot" },
      tool("+", "Attach a file", () => picker.click()),
      tool("☺", "Emoji", (event) => pickEmoji(event.currentTarget, half.emoji, (name) => insert(`:${name}: `))),
      tool("@", "Mention somebody", (event) => openMenu(event.currentTarget, half.view.people.map((who) => ({ value: who.name, label: who.name, note: who.note })), { search: true, label: "Mention", done: (name) => insert(`@${name} `) })),
      target().thread && el("label", { class: "also" }, also, "Also send to the channel"),
      el("span", { class: "push" }), send), picker);
  let chosen = 0;

  function tool(sign, words, press) {
    return el("button", { type: "button", class: "tool", "aria-label": words, title: words, onclick: press }, sign);
  }

  function insert(text) {
    field.setRangeText(text, field.selectionStart, field.selectionEnd, "end");
    field.focus();
    typed();
  }

  /** Commands that begin as what was typed; after the name its hint stays in sight. */
  function offers() {
    if (!field.value.startsWith("/") || field.value.includes("\n")) return [];
    const [name, ...rest] = field.value.split(" ");
    const every = half.view.apps.flatMap((app) => app.commands.map((one) => ({ ...one, app: app.name })));
    return every.filter((one) => (rest.length ? one.name === name : one.name.startsWith(name)));
  }

  function typed() {
    send.disabled = !field.value.trim();
    field.style.height = "auto";
    field.style.height = `${Math.min(field.scrollHeight, 200)}px`;
    const found = offers();
    chosen = Math.min(chosen, Math.max(0, found.length - 1));
    list.hidden = !found.length;
    put(list, found.length ? el("div", { class: "commands-head" }, "Commands") : null, found.map((one, index) =>
      el("button", { type: "button", class: "command", role: "option", tabindex: -1, "aria-selected": String(index === chosen), onpointerdown: (event) => event.preventDefault(), onclick: () => take(one) },
        el("span", {}, el("b", {}, one.name), one.usage_hint ? ` ${one.usage_hint}` : ""), el("small", {}, `${one.description || ""} · ${one.app}`))));
  }

  function take(one) {
    field.value = `${one.name} `;
    field.focus();
    typed();
  }

  function keys(event) {
    if (event.isComposing) return;
    const found = list.hidden ? [] : offers();
    const picking = found.length && !field.value.includes(" ");
    if (picking && (event.key === "ArrowDown" || event.key === "ArrowUp")) chosen = (chosen + (event.key === "ArrowDown" ? 1 : found.length - 1)) % found.length;
    else if (picking && (event.key === "Tab" || (event.key === "Enter" && found[chosen].name !== field.value))) return void (event.preventDefault(), take(found[chosen]));
    else if (event.key === "Escape" && !list.hidden) list.hidden = true;
    else if (event.key === "ArrowUp" && !field.value && !target().thread) half.editLast();
    else if (event.key === "Enter" && !event.shiftKey) return void (event.preventDefault(), go());
    else return;
    event.preventDefault();
    if (event.key !== "Escape") typed();
  }

  async function go() {
    const text = field.value.trim();
    if (!text) return;
    const { channel, thread } = target();
    field.value = "";
    typed();
    const told = text.startsWith("/") ? await half.command(channel, thread, text) : await half.act("write", { channel, text, reply_to: thread || null, broadcast: also.checked });
    also.checked = false;
    if (told === null && !field.value) {
      // Nothing that was typed is lost when it could not be sent.
      field.value = text;
      typed();
    }
  }

  async function attach() {
    const [file] = picker.files;
    picker.value = "";
    if (!file) return;
    if (file.size > FILE_MOST) return void half.say("The stand-in takes files up to 2.5 MB.");
    const bytes = new Uint8Array(await file.arrayBuffer());
    let raw = "";
    for (let at = 0; at < bytes.length; at += 32_768) raw += String.fromCharCode(...bytes.subarray(at, at + 32_768));
    const { channel, thread } = target();
    const text = field.value.trim();
    const told = await half.act("upload", { channel, name: file.name, data: btoa(raw), text, reply_to: thread || null });
    if (told) {
      field.value = "";
      typed();
    }
  }

  node.field = field;
  node.relabel = (words) => {
    field.placeholder = words;
    field.setAttribute("aria-label", words);
  };
  return node;
}

const USUAL = ["+1", "heart", "tada", "clap", "joy", "eyes", "raised_hands", "thinking_face", "fire", "rocket", "white_check_mark", "pray", "smile", "star"];

export function pickEmoji(anchor, signs, done) {
  const rest = Object.keys(signs).filter((name) => !USUAL.includes(name)).sort();
  const items = [...USUAL.filter((name) => signs[name]), ...rest].map((name) => ({ value: name, label: `${signs[name]}  :${name}:`, words: name }));
  openMenu(anchor, items, { search: true, label: "Emoji", done });
}
