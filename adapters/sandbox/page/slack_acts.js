// What one person does in Slack: presses, forms, commands, lines; the server decides, and what it refuses is told.

import { el } from "./dom.js";
import { trap } from "./menu.js";
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

  create(secret) {
    const field = el("input", { class: "write", "aria-label": "Name", placeholder: "e.g. plan-budget" });
    const close = () => veil.remove();
    const make = async (event) => {
      event.preventDefault();
      const name = field.value.trim().toLowerCase().replace(/\s+/g, "-");
      const told = name && (await this.act("create", { name, private: secret }));
      if (told) {
        close();
        this.go(told.id);
      }
    };
    const box = el("form", { class: "dialog", role: "dialog", "aria-modal": "true", "aria-label": "Create a channel", onsubmit: make }, el("h2", {}, secret ? "Create a private channel" : "Create a channel"), el("p", {}, field),
      el("div", { class: "dialog-foot" }, el("button", { type: "button", class: "button", onclick: close }, "Cancel"), el("button", { type: "submit", class: "button primary" }, "Create")));
    const veil = el("div", { class: "veil" }, trap(box, close));
    this.root.append(veil);
    field.focus();
  }

  get emoji() {
    return this.api.emoji;
  }

  say(words) {
    this.api.say(words);
  }
}
