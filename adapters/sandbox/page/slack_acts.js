// What one person does in Slack: presses, forms, commands, lines; the server decides, and what it refuses is told.

import { el } from "./dom.js";
import { openMenu, trap } from "./menu.js";
import { unescape } from "./slack_text.js";

const FAILED = {
  operation_timeout: "The app did not answer in time, so Slack shows a warning sign beside the button.",
  dispatch_failed: "The app could not be reached, so Slack shows a warning sign beside the button.",
};

/** Needs user, view, held, local, api, root, refresh() and go() of the half. */
export class Acts {
  typed(container) {
    if (!this.held.has(container)) this.held.set(container, {});
    return this.held.get(container);
  }

  /** What blocks need to be alive in one place. */
  tools(channel, post, container, failed = null) {
    const state = this.typed(container);
    const key = (block, element) => `${block.block_id}/${element.action_id}`;
    return {
      ...this.common,
      value: (block, element) => state[key(block, element)],
      set: (block, element, value) => (state[key(block, element)] = value),
      confirm: (words) => this.api.confirm({ title: words.title.text, text: words.text.text, yes: words.confirm.text, no: words.deny.text, danger: words.style === "danger" }),
      act: async (block, element, value) => {
        const told = await this.act("tap", { channel, post, key: key(block, element), value, state });
        if (told && told.error) (failed || ((words) => this.api.say(words)))(FAILED[told.error] || `Slack could not do that: ${told.error}`);
      },
    };
  }

  /** null when it was refused; the words are told. */
  async act(verb, body, tell = false) {
    try {
      const told = await this.api.act(this.user, verb, body);
      if (tell && told.error) this.api.say(FAILED[told.error] || told.error);
      this.refresh();
      return told;
    } catch (error) {
      this.api.say(error.message);
      this.refresh();
      return null;
    }
  }

  /** Slackbot says what went wrong with a command, to this person alone. */
  async command(channel, thread, line) {
    const told = await this.act("command", { channel, line, thread: thread || null });
    if (told && told.error) {
      const name = line.split(" ")[0];
      const words = /^[a-z_]+$/.test(told.error) ? `${name} failed with the error "${told.error}"` : told.error;
      const where = `${this.user} ${thread || this.channel}`;
      const said = { ts: (Date.now() / 1000).toFixed(6), user: "USLACKBOT", text: words, private: true, local: true };
      this.local.set(where, [...(this.local.get(where) || []), said]);
      this.refresh();
    }
    return told;
  }

  dismiss(message) {
    if (!message.local) return this.act("delete", { channel: this.view.channel, post: message.ts });
    for (const [where, said] of this.local) this.local.set(where, said.filter((one) => one !== message && one.ts !== message.ts));
    return this.refresh();
  }

  edit(ts) {
    this.editing = ts;
    this.refresh();
  }

  /** Up in an empty field: the last line of one's own. */
  editLast() {
    const mine = this.view.messages.findLast((one) => one.user === this.view.me.id && !one.subtype && !one.private);
    if (mine) this.edit(mine.ts);
  }

  async remove(message) {
    const sure = await this.api.confirm({ title: "Delete message", text: "Are you sure you want to delete this message? This cannot be undone.", yes: "Delete", no: "Cancel", danger: true });
    if (sure) this.act("delete", { channel: this.view.channel, post: message.ts });
  }

  async copy(message) {
    const thread = message.thread_ts && message.thread_ts !== message.ts ? `?thread_ts=${message.thread_ts}&cid=${this.view.channel}` : "";
    const link = `https://${this.view.workspace.domain}.slack.com/archives/${this.view.channel}/p${message.ts.replace(".", "")}${thread}`;
    try {
      await navigator.clipboard.writeText(link);
      this.api.say("Link copied.");
    } catch {
      this.api.say(link);
    }
  }

  /** A stored text as it was typed. */
  plainText(message) {
    const name = (id) => this.view.names[id] || id;
    return unescape(message.text.replace(/<@(\w+)>/g, (_, id) => `@${name(id)}`).replace(/<#(\w+)\|([^>]*)>/g, "#$2").replace(/<!(\w+)>/g, "@$1").replace(/<((?:https?|mailto):[^>|]+)(?:\|[^>]*)?>/g, "$1"));
  }

  async create(secret) {
    const name = await this.ask(secret ? "Create a private channel" : "Create a channel", "Name", "", "Create");
    const told = name && (await this.act("create", { name: name.toLowerCase().replace(/\s+/g, "-"), private: secret }));
    if (told) this.go(told.id);
  }

  /** A question with one line as its answer; null when it was closed. */
  ask(title, label, value, yes) {
    return new Promise((resolve) => {
      const field = el("input", { class: "write", "aria-label": label, placeholder: label, value });
      const close = (answer) => {
        veil.remove();
        resolve(answer);
      };
      const box = el("form", { class: "dialog", role: "dialog", "aria-modal": "true", "aria-label": title, onsubmit: (event) => (event.preventDefault(), close(field.value.trim() || null)) },
        el("h2", {}, title), el("p", {}, field),
        el("div", { class: "dialog-foot" }, el("button", { type: "button", class: "button", onclick: () => close(null) }, "Cancel"), el("button", { type: "submit", class: "button primary" }, yes)));
      const veil = el("div", { class: "veil" }, trap(box, () => close(null)));
      this.root.append(veil);
      field.select();
      field.focus();
    });
  }

  /** What the channel's own menu offers: who is in, its name, its end. */
  manage(anchor) {
    const { room, me, people, apps } = this.view;
    const channel = room.id;
    const items = [];
    const offer = (label, done, extra = {}) => items.push({ value: label, label, words: label, done, ...extra });
    const change = async (title, label, value, verb, name) => {
      const text = await this.ask(title, label, value, "Save");
      if (text) this.act(verb, { channel, [name]: text });
    };
    const sure = async (title, text, yes, verb, more = {}) => {
      if (await this.api.confirm({ title, text, yes, no: "Cancel", danger: true })) this.act(verb, { channel, ...more });
    };
    if (room.archived) offer("Unarchive channel", () => this.act("archive", { channel, undo: true }));
    else if (!room.member) offer("Join channel", () => this.act("join", { channel }));
    else {
      const inside = new Set([...room.members, ...room.apps]);
      const others = [...people.map((one) => ({ value: one.id, label: one.name, words: one.name })), ...apps.map((app) => ({ value: app.bot, label: app.name, words: app.name, note: "App" }))];
      const pick = (verb, list) => openMenu(anchor, list, { label: verb, done: (who) => this.act(verb, { channel, who }) });
      offer("Add people or apps…", () => pick("invite", others.filter((one) => !inside.has(one.words))));
      offer("Remove somebody…", () => pick("kick", others.filter((one) => inside.has(one.words) && one.value !== me.id)));
      offer("Edit topic…", () => change("Edit topic", "Topic", room.topic, "topic", "text"));
      offer("Rename channel…", () => change("Rename this channel", "Name", room.name, "rename", "name"));
      if (me.admin) offer(room.kind === "group" ? "Make it public" : "Make it private", () => this.act("convert", { channel, private: room.kind !== "group" }));
      offer("Leave channel", () => this.act("leave", { channel }));
      offer("Archive channel…", () => sure("Archive this channel?", "Nobody can write in it any more, and apps fall out of it.", "Archive Channel", "archive"), { danger: true });
      if (me.admin) offer("Delete channel…", () => sure("Delete this channel?", "All its messages are gone for good.", "Delete Channel", "delete_channel"), { danger: true });
    }
    openMenu(anchor, items, { label: "Channel", search: false, done: (_, item) => item.done() });
  }

  get emoji() {
    return this.api.emoji;
  }

  say(words) {
    this.api.say(words);
  }
}
