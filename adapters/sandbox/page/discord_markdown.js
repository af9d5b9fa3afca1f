// Discord's markdown as DOM, by the client's own rules; every word becomes a text node, addresses are http(s) only.

import { el } from "./dom.js";
import { drawTime } from "./discord_time.js";

const MESSAGE_LINK = /^https?:\/\/(?:\w+\.)?discord\.com\/channels\/(?:@me|\d+)\/(\d+)(?:\/(\d+))?$/;

// In the order in which the client tries them; each takes its match at the very place.
const INLINE = [
  [/\\([^0-9A-Za-z\s])/y, (found) => found[1]],
  [/(`+)([\s\S]*?[^`])\1(?!`)/y, (found) => el("code", { class: "inline" }, found[2])],
  [/<(https?:\/\/[^\s>]+)>/y, (found, tools) => link(found[1], null, tools)],
  [/\[([^\]\n]+)\]\(<?(https?:\/\/[^\s)>]+)>?(?:\s+"([^"]*)")?\)/y,
    (found, tools) => link(found[2], renderInline(found[1], tools, true), tools, found[3]), "masked"],
  [/https?:\/\/[^\s<]+[^<.,:;"'\]\s)*_|~]/y, (found, tools) => link(found[0], null, tools), "bare"],
  [/<@!?(\d+)>/y, (found, tools) => mention("who", found[1], `@${named(tools, found[1], "unknown-user")}`, tools)],
  [/<@&(\d+)>/y, (found, tools) => mention("role", found[1], `@${named(tools, found[1], "unknown-role")}`, tools)],
  [/<#(\d+)>/y, (found, tools) => jump(found[1], null, tools)],
  [/@(everyone|here)\b/y, (found, tools) => mention("role", found[1], found[0], tools)],
  [/<\/([^:>\n]+):(\d+)>/y, (found, tools) => commandMention(found[1], tools)],
  [/<(a?):(\w{2,32}):(\d+)>/y, (found, tools) => customEmoji({ id: found[3], name: found[2] }, tools)],
  [/<t:(-?\d{1,17})(?::([tTdDfFsSR]))?>/y, (found, tools) => drawTime(Number(found[1]), found[2] || "f", tools)],
  [/\|\|([\s\S]+?)\|\|/y, (found, tools) => spoiler(renderInline(found[1], tools))],
  [/\*\*((?:\\[\s\S]|[^\\])+?)\*\*(?!\*)/y, (found, tools) => el("strong", {}, renderInline(found[1], tools))],
  [/__((?:\\[\s\S]|[^\\])+?)__(?!_)/y, (found, tools) => el("u", {}, renderInline(found[1], tools))],
  [/\*(?=\S)((?:\*\*|\s+(?:[^*\s]|\*\*)|[^\s*])+?)\*(?!\*)/y, (found, tools) => el("em", {}, renderInline(found[1], tools))],
  [/_((?:__|\\[\s\S]|[^\\_])+?)_(?![A-Za-z0-9_])/y, (found, tools) => el("em", {}, renderInline(found[1], tools)), "under"],
  [/~~([\s\S]+?)~~(?!_)/y, (found, tools) => el("s", {}, renderInline(found[1], tools))],
];
const PLAIN = /[^\\`<[h@|*_~]+|[\s\S]/y;

/** Text with its styles, without headings, quotes and lists. */
export function renderInline(text, tools = {}, inLink = false) {
  const made = document.createDocumentFragment();
  let words = "";
  const flush = () => {
    if (words) made.append(words);
    words = "";
  };
  for (let at = 0; at < text.length;) {
    const found = matchAt(text, at, inLink);
    if (!found) {
      PLAIN.lastIndex = at;
      const plain = PLAIN.exec(text)[0];
      words += plain;
      at += plain.length;
      continue;
    }
    flush();
    made.append(found.draw(found.match, tools));
    at += found.match[0].length;
  }
  flush();
  return made;
}

function matchAt(text, at, inLink) {
  for (const [pattern, draw, kind] of INLINE) {
    if (inLink && (kind === "masked" || kind === "bare")) continue;
    if (kind === "under" && at > 0 && /[A-Za-z0-9_]/.test(text[at - 1])) continue; // snake_case_names stay as they are
    pattern.lastIndex = at;
    const match = pattern.exec(text);
    if (match) return { match, draw };
  }
  return null;
}

/** Whole markdown: blocks and lines. `jumbo` shows a line of nothing but emoji large, as in a message's content. */
export function renderMarkdown(text, tools = {}, { jumbo = false } = {}) {
  const made = el("div", { class: "markdown" });
  if (jumbo && onlyEmoji(text)) made.classList.add("jumbo");
  const fenced = /```(?:([\w+-]+)\n)?\n*([\s\S]+?)\n*```/g;
  let from = 0;
  for (const found of text.matchAll(fenced)) {
    lines(text.slice(from, found.index).replace(/\n$/, ""), made, tools);
    made.append(el("pre", {}, el("code", {}, found[2])));
    from = found.index + found[0].length;
    if (text[from] === "\n") from += 1;
  }
  lines(text.slice(from), made, tools);
  return made;
}

function lines(text, into, tools) {
  if (!text) return;
  const all = text.split("\n");
  let plain = [];
  const flush = () => {
    if (plain.length) into.append(el("span", { class: "lines" }, renderInline(plain.join("\n"), tools)));
    plain = [];
  };
  for (let at = 0; at < all.length; at += 1) {
    const line = all[at];
    const heading = /^(#{1,3})\s+(\S.*)$/.exec(line);
    const small = /^-#\s+(\S.*)$/.exec(line);
    if (line.startsWith(">>> ")) {
      flush();
      into.append(quote(all.slice(at).join("\n").slice(4), tools));
      return;
    }
    if (/^> /.test(line) || line === ">") {
      flush();
      const quoted = [];
      for (; at < all.length && (all[at].startsWith("> ") || all[at] === ">"); at += 1) quoted.push(all[at].slice(2));
      at -= 1;
      into.append(quote(quoted.join("\n"), tools));
    } else if (heading) {
      flush();
      into.append(el(`h${heading[1].length + 2}`, { class: `size-${heading[1].length}` }, renderInline(heading[2], tools)));
    } else if (small) {
      flush();
      into.append(el("small", {}, renderInline(small[1], tools)));
    } else if (LIST.test(line)) {
      flush();
      const items = [];
      for (; at < all.length && (LIST.test(all[at]) || (/^\s+\S/.test(all[at]) && items.length)); at += 1) items.push(all[at]);
      at -= 1;
      into.append(list(items, tools));
    } else {
      plain.push(line);
    }
  }
  flush();
}

const LIST = /^(\s*)([-*]|\d{1,10}\.)\s+(\S.*)$/;

function list(items, tools) {
  const root = document.createDocumentFragment();
  const open = []; // [indent, list node]
  for (const each of items) {
    const found = LIST.exec(each);
    if (!found) {
      open.at(-1)[1].lastElementChild.append("\n", renderInline(each.trim(), tools));
      continue;
    }
    const [, spaces, mark, words] = found;
    while (open.length > 1 && spaces.length < open.at(-1)[0]) open.pop();
    const numbered = /\d/.test(mark);
    const deeper = !open.length || spaces.length > open.at(-1)[0] + 1;
    if (!deeper && (open.at(-1)[1].tagName === "OL") !== numbered) open.pop(); // another kind of list begins
    if (deeper || !open.length || (open.at(-1)[1].tagName === "OL") !== numbered) {
      const made = el(numbered ? "ol" : "ul", numbered ? { start: String(parseInt(mark, 10)) } : {});
      (open.length ? open.at(-1)[1].lastElementChild : root).append(made);
      open.push([spaces.length, made]);
    }
    open.at(-1)[1].append(el("li", {}, renderInline(words, tools)));
  }
  return root;
}

function quote(text, tools) {
  const inner = el("div", { class: "markdown" });
  lines(text, inner, tools);
  return el("blockquote", {}, inner);
}

function spoiler(inner) {
  const show = (event) => {
    if (node.classList.contains("shown")) return;
    event.preventDefault();
    event.stopPropagation();
    node.classList.add("shown");
    node.removeAttribute("role");
    node.removeAttribute("aria-label");
  };
  const node = el("span", { class: "spoiler", role: "button", tabindex: "0", "aria-label": "Spoiler, press to show" },
    el("span", {}, inner));
  node.addEventListener("click", show);
  node.addEventListener("keydown", (event) => (event.key === "Enter" || event.key === " ") && show(event));
  return node;
}

export function named(tools, id, unknown) {
  const known = tools.names?.[id];
  return (typeof known === "string" ? known : known?.name) ?? unknown ?? id;
}

function mention(kind, id, words, tools) {
  const known = tools.names?.[id];
  const node = el("span", { class: `mention ${kind}` }, words);
  if (kind === "role" && known?.color) node.style.setProperty("--own", hex(known.color));
  return node;
}

export function hex(color) {
  return `#${Number(color).toString(16).padStart(6, "0")}`;
}

function jump(channel, message, tools, words = null) {
  const known = tools.names?.[channel];
  const name = typeof known === "string" ? known : known?.name;
  const shown = words ?? (name ?? (tools.names ? "No Access" : channel));
  const sign = known?.thread ? "🧵" : known?.voice ? "🔊" : "#";
  const pressed = (event) => {
    event.preventDefault();
    tools.open?.(`https://discord.com/channels/0/${channel}${message ? `/${message}` : ""}`);
  };
  return el("a", { class: "mention channel", href: "#", onclick: pressed },
    words ? "" : el("span", { class: "sign", "aria-hidden": "true" }, sign), shown,
    message && !words ? el("span", { class: "sign", "aria-label": "message" }, " › 💬") : "");
}

function link(url, shown, tools, title) {
  const to = MESSAGE_LINK.exec(url);
  if (to && !shown) return jump(to[1], to[2], tools);
  const attributes = { href: url, rel: "noreferrer noopener", target: "_blank", class: "link", title: title || url };
  if (tools.open) {
    attributes.onclick = (event) => {
      event.preventDefault();
      tools.open(url);
    };
  }
  return el("a", attributes, shown ?? url);
}

function commandMention(name, tools) {
  return el("button", { type: "button", class: "mention command", onclick: () => tools.type?.(`/${name} `) }, `/${name}`);
}

/** A custom emoji: its picture where there is one, else its name. */
export function customEmoji(emoji, tools = {}) {
  const name = `:${emoji.name}:`;
  const from = tools.file?.(emoji.url ?? `https://cdn.discordapp.com/emojis/${emoji.id}.webp`);
  if (from) return el("img", { class: "emoji", alt: name, title: name, src: from });
  return el("span", { class: "emoji named", title: name, role: "img", "aria-label": name }, name);
}

const EMOJI_RUN = /^(?:\s|<a?:\w+:\d+>|\p{Emoji_Presentation}|\p{Emoji}\uFE0F|\p{Emoji_Modifier}|\p{Regional_Indicator}|\u200D|\uFE0F|[0-9#*]\uFE0F?\u20E3)+$/u;

function onlyEmoji(text) {
  const trimmed = text.trim();
  return trimmed.length > 0 && trimmed.length < 300 && EMOJI_RUN.test(trimmed);
}
