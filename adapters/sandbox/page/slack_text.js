// Slack's texts as nodes: mrkdwn, plain text with :emoji:, rich_text blocks, markdown blocks, dates in the reader's zone.

import { add, el, web } from "./dom.js";

const TONES = ["", "\u{1f3fb}", "\u{1f3fc}", "\u{1f3fd}", "\u{1f3fe}", "\u{1f3ff}"];
const FENCE = /```([^]*?)```/;
const EMOJI = /:([a-z0-9_+'-]+)(?:::skin-tone-([2-6]))?:/;
const INLINE = [
  ["code", /`([^`\n]+)`/],
  ["control", /<([^<>\n]+)>/],
  ["bold", /(?<![\p{L}\p{N}*])\*(\S(?:[^\n*]*\S)?)\*(?![\p{L}\p{N}*])/u],
  ["italic", /(?<![\p{L}\p{N}_])_(\S(?:[^\n_]*\S)?)_(?![\p{L}\p{N}_])/u],
  ["strike", /(?<![\p{L}\p{N}~])~(\S(?:[^\n~]*\S)?)~(?![\p{L}\p{N}~])/u],
];
const TAGS = { bold: "b", italic: "i", strike: "s", code: "code", underline: "u" };

export function unescape(text) {
  return text.replaceAll("&lt;", "<").replaceAll("&gt;", ">").replaceAll("&amp;", "&");
}

/** One emoji by its Slack name: a sign, or :name: where nobody knows it. */
export function emoji(name, tools, tone = 0) {
  const sign = (tools.emoji || {})[name];
  return sign ? sign.replace(/\ufe0f$/, tone > 1 ? "" : "\ufe0f") + (tone > 1 ? TONES[tone - 1] : "") : `:${name}:`;
}

/** A text object of Block Kit. */
export function words(object, tools) {
  if (!object) return [];
  if (typeof object === "string") return plain(object, tools);
  return object.type === "mrkdwn" ? mrkdwn(object.text, tools) : plain(unescape(object.text || ""), tools);
}

/** Words alone, for labels that a screen reader says. */
export function said(object, tools = {}) {
  return add(document.createElement("span"), words(object, tools)).textContent;
}

/** Text with :emoji: and nothing else. */
export function plain(text, tools) {
  const out = [];
  let rest = String(text ?? "");
  for (let hit = EMOJI.exec(rest); hit; hit = EMOJI.exec(rest)) {
    const sign = emoji(hit[1], tools, Number(hit[2] || 0));
    // What is no emoji (10:30:00) is text; the second colon may begin the next one.
    const length = sign.startsWith(":") ? hit[0].length - 1 : hit[0].length;
    const before = rest.slice(0, hit.index);
    if (sign.startsWith(":")) out.push(before + rest.slice(hit.index, hit.index + length));
    else {
      if (before) out.push(before);
      out.push(el("span", { class: "emoji", role: "img", "aria-label": hit[1].replaceAll("_", " "), title: hit[0] }, sign));
    }
    rest = rest.slice(hit.index + length);
  }
  if (rest) out.push(rest);
  return out;
}

export function mrkdwn(text, tools) {
  const out = [];
  let rest = String(text ?? "");
  for (let hit = FENCE.exec(rest); hit; hit = FENCE.exec(rest)) {
    out.push(...lines(rest.slice(0, hit.index).replace(/\n$/, ""), tools));
    out.push(el("pre", {}, unescape(hit[1].replace(/^\n|\n$/g, ""))));
    rest = rest.slice(hit.index + hit[0].length).replace(/^\n/, "");
  }
  return [...out, ...lines(rest, tools)];
}

/** Quoted lines stand together behind one bar. */
function lines(text, tools) {
  const out = [];
  let quote = null;
  let first = true;
  if (text === "") return out;
  for (const line of text.split("\n")) {
    const hit = /^(?:&gt;|>) ?(.*)$/.exec(line);
    if (hit) {
      if (quote) add(quote, el("br"));
      else out.push((quote = el("blockquote")));
      add(quote, inline(hit[1], tools));
    } else {
      if (!first && !quote) out.push(el("br"));
      quote = null;
      out.push(...inline(line, tools));
    }
    first = false;
  }
  return out;
}

function inline(text, tools) {
  let best = null;
  for (const [kind, pattern] of INLINE) {
    const hit = pattern.exec(text);
    if (hit && (!best || hit.index < best.hit.index)) best = { kind, hit };
  }
  if (!best) return plain(unescape(text), tools);
  const { kind, hit } = best;
  const inside =
    kind === "control" ? control(hit[1], tools) : kind === "code" ? el("code", {}, unescape(hit[1])) : el(TAGS[kind], {}, inline(hit[1], tools));
  return [...inline(text.slice(0, hit.index), tools), inside, ...inline(text.slice(hit.index + hit[0].length), tools)];
}

function control(body, tools) {
  const [where, ...more] = body.split("|");
  const label = more.join("|");
  if (where.startsWith("@")) return person(where.slice(1), tools);
  if (where.startsWith("#")) return room(where.slice(1), tools, label);
  if (where.startsWith("!date^")) return date(where, label);
  if (where.startsWith("!subteam^")) return el("span", { class: "mention" }, label || "@group");
  if (where.startsWith("!")) return el("span", { class: "mention me" }, `@${where.slice(1)}`);
  return link(unescape(where), label ? plain(unescape(label), tools) : null, tools);
}

export function person(id, tools) {
  const name = (tools.names || {})[id] || id;
  return el("span", { class: id === tools.me ? "mention me" : "mention" }, `@${name}`);
}

export function room(id, tools, label = "") {
  const name = (tools.rooms || {})[id] || label || (tools.names || {})[id];
  if (!name) return el("span", { class: "mention quiet" }, "🔒 private channel");
  const go = (event) => {
    event.preventDefault();
    if (tools.go) tools.go(id);
  };
  return el("a", { class: "mention", href: `#${id}`, onclick: go }, `#${name}`);
}

export function link(address, label, tools) {
  const href = web(address);
  const shown = label && label.length ? label : [String(address).replace(/^mailto:/, "")];
  if (!href) return el("span", {}, shown);
  const go = (event) => {
    if (!tools.open) return;
    event.preventDefault();
    tools.open(href);
  };
  return el("a", { href, target: "_blank", rel: "noreferrer noopener", title: href, onclick: go }, shown);
}

/** <!date^seconds^{time}^link|fallback>: in the zone and the words of whoever reads it. */
function date(where, fallback) {
  const [, seconds, pattern, address] = where.split("^");
  const at = new Date(Number(seconds) * 1000);
  if (Number.isNaN(at.getTime())) return el("span", {}, unescape(fallback));
  const shown = unescape(pattern || "{date}").replace(/\{(\w+)\}/g, (token, name) => moment(at, name) ?? token);
  const node = el("time", { datetime: at.toISOString(), title: at.toLocaleString(undefined, { dateStyle: "full", timeStyle: "long" }) }, shown);
  return address && web(address) ? el("a", { href: web(address), target: "_blank", rel: "noreferrer noopener" }, node) : node;
}

function moment(at, name) {
  const day = (options) => at.toLocaleDateString(undefined, options);
  switch (name) {
    case "date":
      return day({ year: "numeric", month: "long", day: "numeric" });
    case "date_short":
      return day({ year: "numeric", month: "short", day: "numeric" });
    case "date_long":
      return day({ weekday: "long", year: "numeric", month: "long", day: "numeric" });
    case "date_num":
      return at.toLocaleDateString("sv-SE");
    case "date_pretty":
    case "date_short_pretty":
    case "date_long_pretty":
      return near(at) || moment(at, name.replace("_pretty", ""));
    case "time":
      return at.toLocaleTimeString(undefined, { hour: "numeric", minute: "2-digit" });
    case "time_secs":
      return at.toLocaleTimeString(undefined, { hour: "numeric", minute: "2-digit", second: "2-digit" });
    case "ago":
      return ago(at);
    default:
      return null;
  }
}

function near(at) {
  const midnight = (moment_) => new Date(moment_.getFullYear(), moment_.getMonth(), moment_.getDate()).getTime();
  const days = Math.round((midnight(at) - midnight(new Date())) / 86_400_000);
  return { "-1": "yesterday", 0: "today", 1: "tomorrow" }[days] || null;
}

function ago(at) {
  const seconds = (at.getTime() - Date.now()) / 1000;
  const words_ = new Intl.RelativeTimeFormat(undefined, { numeric: "auto" });
  for (const [unit, length] of [["day", 86_400], ["hour", 3_600], ["minute", 60]])
    if (Math.abs(seconds) >= length) return words_.format(Math.round(seconds / length), unit);
  return words_.format(Math.round(seconds), "second");
}

/** The elements of a rich_text block. */
export function rich(block, tools) {
  return (block.elements || []).map((part) => richPart(part, tools));
}

function richPart(part, tools) {
  const inside = (part.elements || []).map((one) => (one.elements ? richPart(one, tools) : leaf(one, tools)));
  switch (part.type) {
    case "rich_text_quote":
      return el("blockquote", {}, inside);
    case "rich_text_preformatted":
      return el("pre", {}, inside);
    case "rich_text_list": {
      const list = el(part.style === "ordered" ? "ol" : "ul", { class: `indent${part.indent || 0}`, start: part.offset ? part.offset + 1 : null });
      return add(list, inside.map((one) => el("li", {}, one)));
    }
    default:
      return el("div", { class: "rich" }, inside);
  }
}

function leaf(one, tools) {
  switch (one.type) {
    case "user":
      return styled(person(one.user_id, tools), one.style);
    case "channel":
      return styled(room(one.channel_id, tools), one.style);
    case "usergroup":
      return el("span", { class: "mention" }, "@group");
    case "broadcast":
      return el("span", { class: "mention me" }, `@${one.range}`);
    case "emoji":
      return plain(`:${one.name}${one.skin_tone ? `::skin-tone-${one.skin_tone}` : ""}:`, tools);
    case "link":
      return styled(link(one.url, one.text ? [one.text] : null, tools), one.style);
    case "date":
      return date(`!date^${one.timestamp}^${one.format}^${one.url || ""}`, one.fallback || "");
    case "color":
      return el("code", {}, one.value);
    default:
      return styled(el("span", { class: "run" }, one.text || ""), one.style);
  }
}

function styled(node, style) {
  for (const [name, on] of Object.entries(style || {})) if (on && TAGS[name]) node = el(TAGS[name], {}, node);
  return node;
}

/** A markdown block: headings, lists, quotes, code and links, as far as a message needs. */
export function markdown(text, tools) {
  const out = [];
  for (const part of String(text).split(/(```[^]*?```)/)) {
    if (part.startsWith("```")) out.push(el("pre", {}, part.slice(3, -3).replace(/^\w*\n/, "")));
    else out.push(...part.split("\n").map((line) => markdownLine(line, tools)));
  }
  return out;
}

function markdownLine(line, tools) {
  const heading = /^#{1,6} (.*)$/.exec(line);
  if (heading) return el("div", { class: "heading" }, el("b", {}, markdownInline(heading[1], tools)));
  const item = /^\s*(?:[-*]|(\d+)\.) (.*)$/.exec(line);
  if (item) return el("div", { class: "item" }, item[1] ? `${item[1]}. ` : "• ", markdownInline(item[2], tools));
  const quote = /^> ?(.*)$/.exec(line);
  if (quote) return el("blockquote", {}, markdownInline(quote[1], tools));
  return el("div", {}, line ? markdownInline(line, tools) : el("br"));
}

function markdownInline(text, tools) {
  const kinds = [
    [/`([^`]+)`/, (hit) => el("code", {}, hit[1])],
    [/\[([^\]]+)\]\((https?:[^)\s]+)\)/, (hit) => link(hit[2], [hit[1]], tools)],
    [/\*\*(\S(?:[^]*?\S)?)\*\*/, (hit) => el("b", {}, markdownInline(hit[1], tools))],
    [/~~(\S(?:[^]*?\S)?)~~/, (hit) => el("s", {}, markdownInline(hit[1], tools))],
    [/(?<!\w)[*_](\S(?:[^*_]*\S)?)[*_](?!\w)/, (hit) => el("i", {}, markdownInline(hit[1], tools))],
  ];
  let best = null;
  for (const [pattern, make] of kinds) {
    const hit = pattern.exec(text);
    if (hit && (!best || hit.index < best.hit.index)) best = { hit, make };
  }
  if (!best) return plain(text, tools);
  return [...markdownInline(text.slice(0, best.hit.index), tools), best.make(best.hit), ...markdownInline(text.slice(best.hit.index + best.hit[0].length), tools)];
}
