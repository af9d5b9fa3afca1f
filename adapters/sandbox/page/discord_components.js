// A message of Discord as its reader has it: author line, content, components, files, reactions, thread, what only they see.
//
// Pure: JSON → DOM. `tools` may hold now(), names {id: name or {name, color, thread, voice}}, me, file(url), open(url), type(text),
// options(part), press(message, part), choose(message, part, values), react(message, emoji), thread(id), jump(message id),
// dismiss(message), menu(message, node), busy ("message:custom_id"), failed {message id: words}, channel (its type).

import { el, face, svg } from "./dom.js";
import { drawEmbed } from "./discord_embeds.js";
import { customEmoji, hex, named, renderInline, renderMarkdown } from "./discord_markdown.js";
import { drawFile, drawParts } from "./discord_parts.js";
import { stamp } from "./discord_time.js";

const EPHEMERAL = 1 << 6;
const LOADING = 1 << 7;
const V2 = 1 << 15;

/** `follows`: the message stands under another of the same author and needs no author line. */
export function renderComponents(message, tools = {}, { follows = false } = {}) {
  if (SYSTEM[message.type]) return drawSystem(message, tools);
  const hidden = Boolean(message.flags & EPHEMERAL);
  const author = authorOf(message, tools);
  const node = el("article", {
    class: `message${follows ? " follows" : ""}${hidden ? " ephemeral" : ""}${pings(message, tools) ? " pings" : ""}`,
    "data-id": message.id, tabindex: "-1", "aria-label": `${author.name}, ${stamp(message.timestamp || 0, tools)}`,
  });
  node.append(...[above(message, tools), el("div", { class: "frame" },
    follows ? el("time", { class: "aside", "aria-hidden": "true" }, stamp(message.timestamp || 0, tools)) : picture(author, message, tools),
    el("div", { class: "body" }, follows ? null : head(message, author, tools), contents(message, tools), below(message, tools)))]
    .filter(Boolean));
  return node;
}

function authorOf(message, tools) {
  const author = message.author || { id: "0", username: "Sidestage", bot: true };
  const known = message.webhook_id && message.webhook_id !== message.application_id ? null : tools.names?.[author.id];
  const name = (typeof known === "string" ? known : known?.name) || author.global_name || author.username;
  return { id: author.id, name, avatar: author.avatar, color: known?.color, bot: Boolean(author.bot || message.webhook_id) };
}

function pings(message, tools) {
  const mine = new Set([tools.me, ...(tools.roles || [])]);
  const named_ = [...(message.mentions || []).map((each) => each.id), ...(message.mention_roles || [])];
  return Boolean(tools.me) && message.author?.id !== tools.me && (message.mention_everyone || named_.some((each) => mine.has(each)));
}

export function picture(author, message, tools, small = "") {
  const from = author.avatar ? tools.file?.(author.avatar) : null;
  if (from) return el("img", { class: `avatar ${small}`, src: from, alt: "" });
  return face(author.name, `avatar ${small}`);
}

function badge() {
  return el("span", { class: "badge" }, "APP");
}

function head(message, author, tools) {
  const name = el("span", { class: "name" }, author.name);
  if (author.color) name.style.color = hex(author.color);
  return el("header", {}, name, author.bot ? badge() : null,
    el("time", { datetime: message.timestamp, title: message.timestamp }, stamp(message.timestamp || 0, tools)));
}

/** The line over a reply or over the answer to a command. */
function above(message, tools) {
  if (message.message_reference && message.type === 19) {
    const first = message.referenced_message;
    if (!first) return el("div", { class: "replied gone" }, spine(), el("em", {}, "Original message was deleted"));
    const author = authorOf(first, tools);
    return el("button", { type: "button", class: "replied", onclick: () => tools.jump?.(first.id), "aria-label": `In reply to ${author.name}` },
      spine(), picture(author, first, tools, "tiny"), author.bot ? badge() : null,
      el("span", { class: "name" }, author.name), el("span", { class: "words" }, snippet(first, tools)));
  }
  const by = message.interaction_metadata;
  if (message.type === 20 || message.type === 23) {
    const who = by?.user;
    const name = who ? named(tools, who.id, who.global_name || who.username) : "Somebody";
    return el("div", { class: "replied used" }, spine(), picture({ name, avatar: who?.avatar }, message, tools, "tiny"),
      el("span", { class: "name" }, name), "used", el("span", { class: "mention command" }, message.command || "a command"));
  }
  return null;
}

function spine() {
  return el("span", { class: "spine", "aria-hidden": "true" });
}

/** A message's words on one line, for replies and lists. */
export function snippet(message, tools) {
  const words = message.content || firstWords(message.components || []);
  if (words) return renderInline(words.replace(/^(?:#{1,3}|-#|>|>>>)\s+/gm, "").replace(/\s*\n\s*/g, " "), tools, true);
  if (message.attachments?.length) return el("em", {}, "Press to see attachment 🖼");
  return el("em", {}, "Press to see message");
}

function firstWords(components) {
  for (const each of components) {
    const found = each.type === 10 ? each.content : firstWords(each.components || []);
    if (found) return found;
  }
  return "";
}

function contents(message, tools) {
  if (message.flags & LOADING) {
    return el("div", { class: "thinking" }, el("span", { class: "dots", "aria-hidden": "true" }, "•••"), `${authorOf(message, tools).name} is thinking...`);
  }
  const edited = message.edited_timestamp ? el("span", { class: "edited", title: message.edited_timestamp }, "(edited)") : null;
  const v2 = Boolean(message.flags & V2);
  const made = [];
  if (message.content) {
    const written = renderMarkdown(message.content, tools, { jumbo: true });
    if (edited) (written.lastElementChild?.classList.contains("lines") ? written.lastElementChild : written).append(" ", edited);
    made.push(written);
  }
  if (!v2) {
    made.push(...(message.attachments || []).map((each) => attachment(each, tools)));
    made.push(...(message.embeds || []).map((each) => drawEmbed(each, tools)));
  }
  const parts = drawParts(message.components, message, tools);
  made.push(v2 ? el("div", { class: "layout" }, parts) : parts);
  if (edited && !message.content) made.push(edited);
  return made;
}

function attachment(file, tools) {
  const from = tools.file?.(file.url);
  if (from && /^image\//.test(file.content_type || "")) {
    return el("a", { href: from, target: "_blank", class: "held" },
      el("img", { class: "upload", src: from, alt: file.description || file.filename, title: file.description || file.filename }));
  }
  return drawFile({ url: file.url, name: file.filename, size: file.size, spoiler: file.filename?.startsWith("SPOILER_") }, tools);
}

function below(message, tools) {
  const failed = tools.failed?.[message.id];
  return [
    failed ? el("div", { class: "failed", role: "alert" }, warning(), failed) : null,
    message.reactions?.length ? el("div", { class: "reactions" }, message.reactions.map((each) => reaction(each, message, tools))) : null,
    message.thread ? threadBar(message.thread, tools) : null,
    message.flags & EPHEMERAL ? only(message, tools) : null,
  ];
}

function reaction(each, message, tools) {
  const name = each.emoji.name;
  const who = (each.people || []).join(", ");
  return el("button", {
    type: "button", class: `reaction${each.me ? " mine" : ""}`, "aria-pressed": each.me ? "true" : "false",
    "aria-label": `${name}, ${each.count} ${each.count === 1 ? "reaction" : "reactions"}`, title: who ? `${who} reacted with ${name}` : null,
    onclick: () => tools.react?.(message, name, !each.me),
  }, each.emoji.id ? customEmoji(each.emoji, tools) : el("span", { class: "sign" }, name), el("span", { class: "count" }, String(each.count)));
}

function threadBar(thread, tools) {
  const count = thread.message_count ?? 0;
  return el("button", { type: "button", class: "thread-bar", onclick: () => tools.thread?.(thread.id) },
    el("span", { class: "spine", "aria-hidden": "true" }),
    el("span", { class: "title" }, thread.name),
    el("span", { class: "see" }, `${count === 0 ? "See Thread" : `${count} Message${count === 1 ? "" : "s"}`} ›`),
    thread.thread_metadata?.archived ? el("span", { class: "told" }, "This thread is archived") : null);
}

function only(message, tools) {
  return el("div", { class: "only" }, eye(), "Only you can see this",
    el("span", { "aria-hidden": "true" }, "•"), el("button", { type: "button", class: "link", onclick: () => tools.dismiss?.(message) }, "Dismiss message"));
}

function eye() {
  return svg("svg", { viewBox: "0 0 24 24", class: "icon", "aria-hidden": "true" }, svg("path", { fill: "currentColor",
    d: "M12 5C6 5 2.6 9.6 1.6 11.4a1.2 1.2 0 0 0 0 1.2C2.6 14.4 6 19 12 19s9.4-4.6 10.4-6.4a1.2 1.2 0 0 0 0-1.2C21.4 9.6 18 5 12 5Zm0 11a4 4 0 1 1 0-8 4 4 0 0 1 0 8Zm0-2a2 2 0 1 0 0-4 2 2 0 0 0 0 4Z" }));
}

function warning() {
  return svg("svg", { viewBox: "0 0 24 24", class: "icon", "aria-hidden": "true" }, svg("path", { fill: "currentColor",
    d: "M10.3 3.3a2 2 0 0 1 3.4 0l8.7 14.6A2 2 0 0 1 20.7 21H3.3a2 2 0 0 1-1.7-3.1L10.3 3.3ZM11 9v5h2V9h-2Zm0 7v2h2v-2h-2Z" }));
}

// Messages that the platform writes itself.
const SYSTEM = {
  6: (name) => [name, " pinned ", "a message", " to this channel."],
  7: (name) => ["Welcome, ", name, ". Say hi!"],
  18: (name, message) => [name, " started a thread: ", message.content],
  21: () => ["This thread was started from a message."],
};
const SIGNS = { 6: "📌", 7: "→", 18: "🧵", 21: "🧵" };

function drawSystem(message, tools) {
  const name = el("span", { class: "name" }, authorOf(message, tools).name);
  const words = SYSTEM[message.type](name, message).map((each) => {
    if (message.type === 6 && each === "a message") {
      return el("button", { type: "button", class: "strong", onclick: () => tools.jump?.(message.message_reference?.message_id) }, each);
    }
    const thread = message.type === 18 && each === message.content;
    return thread ? el("button", { type: "button", class: "strong", onclick: () => tools.thread?.(message.thread?.id ?? message.started) }, each) : each;
  });
  return el("article", { class: "message system", "data-id": message.id, tabindex: "-1" },
    el("span", { class: "sign", "aria-hidden": "true" }, SIGNS[message.type]),
    el("div", { class: "told" }, words, " ", el("time", { datetime: message.timestamp }, stamp(message.timestamp || 0, tools))));
}
