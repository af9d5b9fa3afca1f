// The line to write in: text, commands, mentions, files, the reply that is being written.

import { el, put } from "./dom.js";
import { createEntry, fitting, leaves } from "./discord_commands.js";
import { icon } from "./discord_icons.js";
import { pickEmoji } from "./discord_panels.js";
import { createSuggest } from "./discord_suggest.js";

const MOST = 2000;
const UPLOAD = 10 * 1024 * 1024;

export function createWriter(app) {
  let room = null;
  let entry = null;
  let reply = null;
  const drafts = {}; // person and room → text
  const suggest = createSuggest((item) => taken(item));
  const field = el("textarea", { rows: "1", "aria-label": "Message", "aria-controls": suggest.id, oninput: typed, onkeydown: keys, onblur: () => suggest.hide(), onfocus: typed });
  const file = el("input", { type: "file", hidden: true, tabindex: "-1", onchange: upload });
  const attach = el("button", { type: "button", class: "round", "aria-label": "Upload a file", title: "Upload a file", onclick: () => file.click() }, icon("plus"));
  const smile = el("button", { type: "button", class: "round", "aria-label": "Emoji", onclick: (event) => pickEmoji(app, event.currentTarget, insert) }, icon("smile"));
  const send = el("button", { type: "button", class: "send", "aria-label": "Send", onclick: submit }, "➤");
  const count = el("span", { class: "left" });
  const bar = el("div", { class: "reply-bar", hidden: true });
  const slot = el("div", { class: "entry-slot" });
  const line = el("div", { class: "line" }, attach, field, count, smile, send, file);
  const shut = el("div", { class: "no-write" });
  const node = el("div", { class: "writer" }, suggest.node, bar, slot, line, shut);

  const key = () => `${app.state.person}:${room.id}`;
  const name = () => (room.type === 1 ? `@${app.view.names[room.recipients[0].id]?.name ?? ""}` : room.thread_metadata ? `“${room.name}”` : `#${room.name}`);

  function draw(next) {
    const other = !room || room.id !== next.id || node.dataset.person !== app.state.person;
    if (other && room) cancel();
    room = next;
    if (other) {
      node.dataset.person = app.state.person;
      field.value = drafts[key()] || "";
      reply = null;
      drawReply();
      grow();
    }
    field.placeholder = `Message ${name()}`;
    const { may } = room;
    const quiet = !may.write;
    line.hidden = Boolean(entry) || quiet;
    attach.hidden = !may.attach;
    shut.textContent = quiet ? (room.locked ? "This thread is locked." : "You do not have permission to send messages in this channel.") : "";
  }

  function drawReply() {
    bar.hidden = !reply;
    if (reply) put(bar, el("span", {}, "Replying to ", el("strong", {}, app.view.names[reply.author.id]?.name || reply.author.global_name || reply.author.username)),
      el("button", { type: "button", class: "round", "aria-label": "Cancel reply", onclick: () => ((reply = null), drawReply()) }, icon("close")));
  }

  function grow() {
    field.style.height = "auto";
    field.style.height = `${Math.min(field.scrollHeight, 200)}px`;
    const left = MOST - field.value.length;
    count.textContent = left < 200 ? String(left) : "";
    count.classList.toggle("over", left < 0);
    line.classList.toggle("filled", Boolean(field.value.trim()));
  }

  function typed() {
    if (!room) return;
    drafts[key()] = field.value;
    grow();
    const before = field.value.slice(0, field.selectionStart);
    if (/^\/[^\n]*$/.test(field.value) && room.may.commands) return offerCommands();
    const found = /(?:^|\s)([@#:])([\w.+-]*)$/.exec(before);
    if (!found || (found[1] === ":" && found[2].length < 2)) return suggest.hide();
    const all = named(found[1], found[2].toLowerCase());
    // What is already written out needs no picking: Enter sends.
    return suggest.show(all.some((each) => each.insert?.trim().toLowerCase() === (found[1] + found[2]).toLowerCase()) ? [] : all);
  }

  function named(mark, words) {
    const fits = (each) => each.label.toLowerCase().includes(words) || (each.words || "").toLowerCase().includes(words);
    if (mark === "@") return [...app.people(room), ...app.roles(), { label: "everyone", note: "Everybody who sees this channel" }].filter(fits).slice(0, 8).map((each) => ({ ...each, sign: "@", insert: `@${each.words || each.label} ` }));
    if (mark === "#") return app.channels().filter(fits).slice(0, 8).map((each) => ({ ...each, sign: "#", insert: `#${each.label} ` }));
    return Object.entries(app.api.emoji || {}).filter(([one]) => one.includes(words)).slice(0, 8).map(([one, sign]) => ({ label: `:${one}:`, sign, insert: `${sign} ` }));
  }

  function offerCommands() {
    const all = leaves(room.commands);
    const now = field.value.slice(1);
    const exact = all.find((each) => now.startsWith(`${each.path} `));
    if (exact) return begin(exact, now.slice(exact.path.length + 1));
    const found = fitting(all, now).map((each) => ({ ...each, group: each.by }));
    return suggest.show(found, { title: found.length ? "" : `No commands match “/${now}”` });
  }

  function taken(item) {
    if (item.command) return begin(item.command, "");
    const before = field.value.slice(0, field.selectionStart).replace(/[@#:][\w.+-]*$/, item.insert);
    const after = field.value.slice(field.selectionStart);
    field.value = before + after;
    field.setSelectionRange(before.length, before.length);
    return typed();
  }

  function begin(command, words) {
    suggest.hide();
    field.value = "";
    drafts[key()] = "";
    grow();
    if (!command.options.length) return run(command, {});
    entry = createEntry(command, { app, room, cancel: () => cancel(true), send: (values) => run(command, values) });
    put(slot, entry.node);
    line.hidden = true;
    if (words) entry.fill(words);
    entry.focus();
    return null;
  }

  function run(command, values) {
    cancel(true);
    return app.command(room, command, values);
  }

  function cancel(back = false) {
    entry = null;
    put(slot);
    line.hidden = false;
    if (back) field.focus();
  }

  function keys(event) {
    if (suggest.key(event) || event.isComposing) return;
    if (event.key === "Enter" && !event.shiftKey) {
      event.preventDefault();
      submit();
    } else if (event.key === "Escape" && reply) {
      reply = null;
      drawReply();
    } else if (event.key === "ArrowUp" && !field.value) {
      const mine = [...room.messages].reverse().find((each) => each.author.id === app.state.person && !each.webhook_id && each.content);
      if (mine) app.edit(mine.id);
    }
  }

  async function submit() {
    const text = field.value.trim();
    if (!text) return;
    if (text.startsWith("/") && leaves(room.commands).some((each) => `/${each.path}` === text)) {
      begin(leaves(room.commands).find((each) => `/${each.path}` === text), "");
      return;
    }
    const [to, where, answered] = [key(), room, reply];
    clear();
    const sent = await app.act("write", { name: where.id, text, reply_to: answered?.id ?? null });
    if (sent) app.down(where);
    else if (to === key() && !field.value) {
      field.value = text;
      reply = answered;
      drawReply();
      typed();
    }
  }

  function clear() {
    suggest.hide();
    field.value = "";
    drafts[key()] = "";
    reply = null;
    drawReply();
    grow();
  }

  function insert(words) {
    const at = field.selectionStart ?? field.value.length;
    field.value = field.value.slice(0, at) + words + field.value.slice(field.selectionEnd ?? at);
    field.focus();
    field.setSelectionRange(at + words.length, at + words.length);
    typed();
  }

  async function upload() {
    const [chosen] = file.files;
    file.value = "";
    if (!chosen) return;
    if (chosen.size > UPLOAD) {
      app.api.say("Your files are too powerful: at most 10 MB.");
      return;
    }
    const data = await new Promise((resolve) => {
      const reader = new FileReader();
      reader.onload = () => resolve(String(reader.result).split(",")[1] || "");
      reader.readAsDataURL(chosen);
    });
    if (await app.act("upload", { name: room.id, file: chosen.name, data, text: field.value.trim(), reply_to: reply?.id ?? null })) clear();
  }

  return {
    node, draw, insert,
    focus: () => field.focus({ preventScroll: true }),
    reply: (message) => {
      reply = message;
      drawReply();
      field.focus();
    },
    type: (text) => {
      field.value = text;
      field.focus();
      typed();
    },
  };
}
