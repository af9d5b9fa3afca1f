// A Slack message, form or home as its reader has it: renderBlocks(message, tools) is a pure function of JSON.
//
// tools (all may be missing): names {id: name}, rooms {id: name}, people [{id, name}], bots [id], place (the channel's name),
// emoji {name: sign}, me, file(url), open(url), go(channel), act(block, element, value), confirm(object), value(block, element), set(block, element, value), errors {block_id: words}.

import { el, face } from "./dom.js";
import { element, picture } from "./slack_elements.js";
import { emoji, link, markdown, mrkdwn, plain, rich, said, words } from "./slack_text.js";

export function blocks(list, tools) {
  return (list || []).map((block) => one(block, tools));
}

function one(block, tools) {
  switch (block.type) {
    case "section":
      return section(block, tools);
    case "header":
      return el("div", { class: "b-header", role: "heading", "aria-level": "3" }, words(block.text, tools));
    case "divider":
      return el("hr", { class: "b-divider" });
    case "context":
      return el("div", { class: "b-context" }, (block.elements || []).map((part) =>
        part.type === "image" ? picture(part, tools, "context-image") : el("span", { class: "context-words" }, words(part, tools))));
    case "actions":
    case "context_actions":
      return el("div", { class: "b-actions" }, (block.elements || []).map((part) => element(block, part, tools)));
    case "input":
      return input(block, tools);
    case "image":
      return el("figure", { class: "b-image" }, block.title && el("figcaption", {}, words(block.title, tools)), picture(block, tools, "block-image"));
    case "rich_text":
      return el("div", { class: "b-rich" }, rich(block, tools));
    case "markdown":
      return el("div", { class: "b-markdown" }, markdown(block.text, tools));
    case "alert":
      return el("div", { class: `b-alert ${block.level || "default"}`, role: "note" }, words(block.text, tools));
    case "card":
      return card(block, tools);
    case "container":
      return el("div", { class: "b-container" }, block.title && el("div", { class: "b-title" }, words(block.title, tools)),
        block.subtitle && el("div", { class: "note" }, words(block.subtitle, tools)), blocks(block.child_blocks, tools));
    case "table":
    case "data_table":
      return table(block, tools);
    case "video":
      return el("div", { class: "b-card" }, el("b", {}, link(block.title_url || block.video_url, words(block.title, tools), tools)), el("div", { class: "note" }, words(block.description, tools)));
    default:
      return el("div", { class: "note" }, `(${block.type})`);
  }
}

function section(block, tools) {
  const accessory = block.accessory && element(block, block.accessory, tools);
  const kind = block.accessory ? block.accessory.type : "";
  const wide = /_select$|checkboxes|radio_buttons|picker$/.test(kind);
  return el("div", { class: `b-section${accessory ? " has-accessory" : ""}${wide ? " wide-accessory" : ""}` },
    el("div", { class: "section-words" },
      block.text && el("div", { class: "words" }, words(block.text, tools)),
      block.fields && el("div", { class: "fields" }, block.fields.map((field) => el("div", { class: "words" }, words(field, tools))))),
    accessory && el("div", { class: "accessory" }, accessory));
}

function input(block, tools) {
  const error = (tools.errors || {})[block.block_id];
  return el("div", { class: `b-input${error ? " wrong" : ""}`, "data-block": block.block_id },
    el("div", { class: "b-label" }, words(block.label, tools), block.optional && el("span", { class: "optional" }, " (optional)")),
    element(block, block.element, tools),
    error && el("div", { class: "b-error", role: "alert" }, error),
    block.hint && el("div", { class: "hint" }, words(block.hint, tools)));
}

function card(block, tools) {
  return el("div", { class: "b-card" }, block.title && el("div", { class: "b-title" }, words(block.title, tools)), block.subtitle && el("div", { class: "note" }, words(block.subtitle, tools)),
    block.body && el("div", { class: "words" }, words(block.body, tools)),
    block.actions && el("div", { class: "b-actions" }, block.actions.map((part) => element(block, part, tools))));
}

function table(block, tools) {
  const cell = (one_) => el("td", {}, one_.type === "rich_text" ? rich(one_, tools) : String(one_.text ?? ""));
  return el("div", { class: "b-table" }, el("table", {}, block.caption && el("caption", {}, block.caption), el("tbody", {}, (block.rows || []).map((row) => el("tr", {}, row.map(cell))))));
}

export function time(ts, options = { hour: "numeric", minute: "2-digit" }) {
  return new Date(Number(ts) * 1000).toLocaleTimeString(undefined, options);
}

export function author(message, tools) {
  const profile = message.bot_profile || {};
  const name = message.username || (tools.names || {})[message.user] || profile.name || message.user || "Slackbot";
  return { name, app: Boolean(message.bot_id) || message.user === "USLACKBOT" || (tools.bots || []).includes(message.user) };
}

/** The square beside a message: a post may bring its own picture or emoji. */
function avatar(message, who, tools) {
  const icons = message.icons || {};
  const from = tools.file && icons.image_48 ? tools.file(icons.image_48) : null;
  if (from) return el("img", { class: "face", src: from, alt: "" });
  const sign = icons.emoji ? emoji(icons.emoji.replaceAll(":", ""), tools) : null;
  return face(who.name, who.app && !message.username ? "face app" : "face", sign && !sign.startsWith(":") ? sign : null);
}

const SYSTEM = /^(channel_|group_|pinned_item|bot_add|bot_remove|reminder_add)/;

export function isSystem(message) {
  return SYSTEM.test(message.subtype || "");
}

/** tools.menu(message) → nodes that hover over it; tools.react(message, name); tools.thread(message). `follows`: same author as above. */
export function renderBlocks(message, tools = {}, follows = false) {
  const ts = message.ts || "0";
  if (message.subtype === "tombstone") return shell(message, "message tombstone", face("", "face gone", "🗑"), el("div", { class: "words note" }, "This message was deleted."), threadLine(message, tools));
  const who = author(message, tools);
  const clock = message.ts ? el("a", { class: "clock", href: "#", tabindex: -1, title: new Date(Number(ts) * 1000).toLocaleString(), onclick: (event) => event.preventDefault() }, time(ts)) : null;
  const system = isSystem(message);
  const head = !follows && el("div", { class: "who" }, el("span", { class: "name" }, who.name), who.app && el("span", { class: "badge" }, "APP"), clock);
  const side = follows ? el("span", { class: "gutter" }, clock) : avatar(message, who, tools);
  return shell(message, `message${system ? " system" : ""}${message.private ? " private" : ""}${follows ? " follows" : ""}${message.pinned_to ? " pinned" : ""}`, side,
    notices(message, tools), head, body(message, tools), files(message, tools), reactions(message, tools), threadLine(message, tools), tools.menu && tools.menu(message));
}

function shell(message, className, side, ...inside) {
  return el("div", { class: className, role: "article", "data-ts": message.ts || "" }, el("div", { class: "beside" }, side), el("div", { class: "main" }, inside));
}

function notices(message, tools) {
  if (message.private) return el("div", { class: "only-you" }, "👁 Only visible to you");
  if (message.pinned_info) return el("div", { class: "pin-note" }, "📌 Pinned by ", (tools.names || {})[message.pinned_info.pinned_by] || "somebody");
  if (message.subtype === "thread_broadcast") return el("div", { class: "pin-note" }, "replied to a thread: ", el("i", {}, plain((message.root || {}).text || "", tools)));
  return null;
}

/** The grey lines as the app words them; what is stored says it a little differently. */
function greyLine(message, tools) {
  if (/_join$/.test(message.subtype)) {
    const by = message.inviter && (tools.names || {})[message.inviter];
    return by ? `was added to ${tools.place || "the channel"} by ${by}.` : `joined ${tools.place || "the channel"}.`;
  }
  if (/_leave$/.test(message.subtype) && /has left/.test(message.text)) return `left ${tools.place || "the channel"}.`;
  return mrkdwn(String(message.text).replace(/^<@\w+(?:\|[^>]*)?> /, ""), tools);
}

function body(message, tools) {
  const grey = isSystem(message) && greyLine(message, tools);
  if (grey) return el("div", { class: "words" }, grey);
  const edited = message.edited && el("span", { class: "edited" }, " (edited)");
  if (message.blocks && message.blocks.length) {
    const node = el("div", { class: "blocks" }, blocks(message.blocks, tools));
    if (edited) (node.lastElementChild.classList.contains("b-rich") ? node.lastElementChild.lastElementChild || node : node).append(edited);
    return node;
  }
  if (!message.text) return null;
  return el("div", { class: "words" }, mrkdwn(message.text, tools), edited);
}

function files(message, tools) {
  return (message.files || []).map((file) => {
    const from = tools.file ? tools.file(file.url_private || file.permalink) : null;
    const name = file.title || file.name || file.id;
    if (from && /^image\//.test(file.mimetype || "")) return el("figure", { class: "b-image" }, el("figcaption", {}, name), el("img", { class: "block-image", src: from, alt: file.alt_txt || name }));
    return el("a", { class: "file", href: from || "#", target: "_blank", rel: "noreferrer", onclick: (event) => from || event.preventDefault() },
      el("span", { class: "file-kind", "aria-hidden": "true" }, "📄"), el("span", {}, el("b", {}, name), el("span", { class: "note" }, `${(file.filetype || "file").toUpperCase()} · ${size(file.size || 0)}`)));
  });
}

function size(bytes) {
  return bytes < 1024 ? `${bytes} bytes` : bytes < 1 << 20 ? `${Math.round(bytes / 1024)} kB` : `${(bytes / (1 << 20)).toFixed(1)} MB`;
}

function reactions(message, tools) {
  if (!message.reactions || !message.reactions.length) return null;
  return el("div", { class: "reactions" }, message.reactions.map((reaction) => {
    const [name, tone] = reaction.name.split("::skin-tone-");
    const mine = reaction.users.includes(tools.me);
    const people = reaction.users.map((id) => (tools.names || {})[id] || id).join(", ");
    const label = `${name.replaceAll("_", " ")}, ${reaction.count}: ${people}`;
    return el("button", { type: "button", class: `reaction${mine ? " mine" : ""}`, "aria-pressed": String(mine), "aria-label": label, title: `${people} reacted with :${reaction.name}:`, onclick: () => tools.react && tools.react(message, reaction.name, mine) },
      el("span", { class: "emoji" }, emoji(name, tools, Number(tone || 0))), el("span", {}, String(reaction.count)));
  }));
}

function threadLine(message, tools) {
  if (!message.reply_count) return null;
  const count = message.reply_count;
  return el("button", { type: "button", class: "thread-line", onclick: () => tools.thread && tools.thread(message) },
    (message.reply_users || []).slice(0, 3).map((id) => face((tools.names || {})[id] || id, "face small")),
    el("b", {}, `${count} ${count === 1 ? "reply" : "replies"}`), el("span", { class: "note" }, `Last reply ${time(message.latest_reply)}`));
}

/** A modal or home without its frame. */
export function renderView(view, tools = {}) {
  return el("div", { class: "blocks view-blocks" }, blocks(view.blocks, tools));
}

export { said };
