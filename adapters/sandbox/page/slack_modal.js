// Slack's forms: the box over everything, with its title, its inputs and their errors, and the buttons below.

import { el, put } from "./dom.js";
import { closeMenu, trap } from "./menu.js";
import { renderView, said } from "./slack_blocks.js";
import { words } from "./slack_text.js";

/** The box itself, a pure function of the view; tools.close, tools.submit. */
export function modalBox(view, tools) {
  const title = said(view.title, tools) || "Form";
  const body = el("div", { class: "modal-body" }, renderView(view, { ...tools, errors: view.errors || tools.errors || {} }));
  const send = view.submit || (view.blocks || []).some((block) => block.type === "input");
  return el("form", { class: "modal", role: "dialog", "aria-modal": "true", "aria-label": title, novalidate: true, onsubmit: (event) => (event.preventDefault(), tools.submit && tools.submit()) },
    el("header", { class: "modal-head" }, el("h1", {}, words(view.title, tools)), el("button", { type: "button", class: "plain close-x", "aria-label": "Close", onclick: () => tools.close && tools.close() }, "✕")),
    body,
    el("footer", { class: "modal-foot" }, el("p", { class: "modal-trouble", role: "alert" }),
      el("button", { type: "button", class: "button close", onclick: () => tools.close && tools.close() }, words(view.close, tools).length ? words(view.close, tools) : "Close"),
      send && el("button", { type: "submit", class: "button primary submit" }, words(view.submit, tools).length ? words(view.submit, tools) : "Submit")));
}

/** Keeps the box of a half in step with what the server says is open. */
export class Modals {
  constructor(root, half) {
    this.root = root;
    this.half = half;
    this.shown = "";
    this.veil = null;
    this.back = null;
  }

  draw(view) {
    const sign = view ? JSON.stringify([this.half.user, view]) : "";
    if (sign === this.shown) return;
    const was = this.shown;
    this.shown = sign;
    if (!view) {
      closeMenu();
      if (this.veil) this.veil.remove();
      this.veil = null;
      if (this.back && this.back.isConnected) this.back.focus();
      return;
    }
    const tools = {
      ...this.half.tools("@sheet", "", view.id, () => this.trouble("Sorry, something went wrong. Try again.")),
      close: () => this.half.act("close", {}),
      submit: () => this.submit(view),
    };
    const top = this.veil ? this.veil.querySelector(".modal-body").scrollTop : 0;
    const focused = this.veil && this.veil.contains(document.activeElement) ? document.activeElement.dataset.action : null;
    if (!this.veil) {
      this.back = document.activeElement;
      this.veil = el("div", { class: "veil modal-veil" });
      this.root.append(this.veil);
    }
    put(this.veil, trap(modalBox(view, tools), tools.close));
    const body = this.veil.querySelector(".modal-body");
    const wrong = Object.keys(view.errors || {}).length && this.veil.querySelector(".wrong");
    const first = (focused && this.veil.querySelector(`[data-action="${CSS.escape(focused)}"]`)) || (wrong && wrong.querySelector("input, textarea, button"))
      || this.veil.querySelector("[data-focus]") || this.veil.querySelector(".modal-body input, .modal-body textarea, .modal-body button") || this.veil.querySelector(".submit, .close");
    body.scrollTop = was ? top : 0;
    if (first) first.focus({ preventScroll: Boolean(was) && !wrong });
  }

  trouble(text) {
    if (this.veil) this.veil.querySelector(".modal-trouble").textContent = text;
  }

  async submit(view) {
    const button = this.veil.querySelector(".submit");
    if (!button || button.disabled) return;
    button.disabled = true;
    this.trouble("");
    const told = await this.half.act("submit", { state: this.half.typed(view.id) });
    if (button.isConnected) button.disabled = false;
    // docs.slack.dev/surfaces/modals: when the app does not answer in 3 seconds the form stays and says so.
    if (told && told.error && told.error !== "not_sent") this.trouble("We had some trouble connecting. Try again?");
  }
}
