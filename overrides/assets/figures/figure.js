/*
 * What the figures that run have in common.
 *
 * A figure is <fig-NAME>: a drawing, and a <template> with a form and with all that the figure says,
 * which people write in overrides/figures/NAME.html. Here the form's fields are read and checked, and
 * kept in the page's address; what is drawn from them is the figure's own.
 */

import { button, make } from "../cards/dom.js";
import { bringSheet } from "../cards/sheet.js";
import { say } from "../words/say.js";
import { wordsOf } from "../words/words.js";

const words = wordsOf("figure");
const language = document.documentElement.lang;
/** @type {Map<string, Intl.NumberFormat>} how numbers are written, by the options */
const formats = new Map();

/** @typedef {HTMLInputElement | HTMLSelectElement | HTMLTextAreaElement} Field */

/** What cannot be drawn: the field that is to be changed, and the text of the form that says why. */
export class Fault extends Error {
  /**
   * @param {string} field
   * @param {string} text by its `data-say`
   * @param {Record<string, string | number>} [values] that belong in its places
   */
  constructor(field, text, values = {}) {
    super(text);
    Object.assign(this, { field, values });
  }
}

export class Figure extends HTMLElement {
  /** @type {Record<string, string>} what the fields hold at the start, by their names */
  #start = {};
  #later = 0;
  /** @type {Record<string, Field>} */
  fields = {};
  /** @type {Record<string, string>} what the figure can say */
  #texts = {};

  connectedCallback() {
    if (!this.#form) this.#begin();
  }

  /** Where the figure draws. */
  get view() {
    return /** @type {HTMLElement} */ (this.querySelector(".figure-view"));
  }

  /**
   * Draws, and returns the result in words. A figure has its own.
   * @param {Record<string, any>} _values by field: a number, true or false, or a text
   */
  update(_values) {
    return "";
  }

  /**
   * Puts values into fields and draws; all other fields are left as they are.
   * @param {Record<string, string | number | boolean>} values
   */
  set(values) {
    for (const name in values) put(this.fields[name], String(values[name]));
    this.#step();
  }

  /**
   * A text of the form, with what belongs in its places.
   * @param {string} name
   * @param {Record<string, string | number>} [values]
   */
  say(name, values = {}) {
    return (this.#texts[name] ?? name).replace(/\{(\w+)\}/g, (place, key) => {
      const value = values[key] ?? place;
      return typeof value === "number" ? this.number(value) : value;
    });
  }

  /**
   * A number as the page's language writes it.
   * @param {number} value
   * @param {Intl.NumberFormatOptions} [options]
   */
  number(value, options = { maximumFractionDigits: 4 }) {
    const key = JSON.stringify(options);
    // To make one takes longer than all else that a step does.
    const format = formats.get(key) ?? new Intl.NumberFormat(language, options);
    formats.set(key, format);
    return format.format(value);
  }

  /**
   * A share of 1 as a percentage.
   * @param {number} share
   * @param {number} [digits] after the point, at most
   */
  percent(share, digits = 1) {
    return this.number(share, { style: "percent", maximumFractionDigits: digits });
  }

  /**
   * Brings a sheet of the figure's own, from beside its script.
   * @param {string} file
   */
  sheet(file) {
    return bringSheet(this, new URL(file, import.meta.url));
  }

  get #form() {
    return /** @type {HTMLFormElement} */ (this.querySelector("form"));
  }

  #begin() {
    const template = /** @type {HTMLTemplateElement} */ (this.querySelector("template"));
    const live = make("div", { class: "figure-live" }, template.content.cloneNode(true));
    for (const text of live.querySelectorAll("[data-say]")) {
      this.#texts[/** @type {HTMLElement} */ (text).dataset.say ?? ""] = (text.textContent ?? "").trim();
      text.remove();
    }
    live.querySelector(".figure-try")?.before(make("p", { class: "figure-tries" }, words.tries));
    this.querySelector("figcaption")?.before(live);
    bringSheet(this, new URL("figure.css", import.meta.url)).then(() => (this.dataset.runs = ""));
    for (const each of this.#form.elements) {
      const field = /** @type {Field} */ (each);
      if (!field.name) continue;
      this.fields[field.name] = field;
      this.#start[field.name] = held(field);
      field.required = field.type === "number";
    }
    this.#form.append(button({ "data-do": "reset" }, words.startOver));
    this.#form.addEventListener("submit", (event) => event.preventDefault());
    this.addEventListener("input", () => this.#step());
    this.addEventListener("click", ({ target }) => this.#press(/** @type {Element} */ (target)));
    this.#step();
    const query = new URLSearchParams(location.search);
    const asked = Object.keys(this.fields).filter((field) => query.has(this.#key(field)));
    if (asked.length) this.set(Object.fromEntries(asked.map((field) => [field, query.get(this.#key(field)) ?? ""])));
  }

  /** @param {string} field */
  #key(field) {
    return this.localName.slice("fig-".length) + "-" + field;
  }

  /**
   * `data-set` holds fields as an address does; what it does not name goes back to its start.
   * `data-add` holds what is added to fields.
   * @param {Element} target
   */
  #press(target) {
    const { set, add, do: what } = target.closest("button")?.dataset ?? {};
    if (set !== undefined || what === "reset")
      this.set({ ...this.#start, ...Object.fromEntries(new URLSearchParams(set)) });
    for (const [name, more] of new URLSearchParams(add)) {
      const { min, max, valueAsNumber } = /** @type {HTMLInputElement} */ (this.fields[name]);
      this.set({ [name]: Math.min(Math.max(valueAsNumber + Number(more), Number(min)), Number(max)) });
    }
  }

  #step() {
    for (const told of this.querySelectorAll(".figure-fault")) told.remove();
    const faults = Object.values(this.fields).map((field) => this.#check(field));
    if (faults.includes(true)) return;
    try {
      const values = Object.entries(this.fields).map(([name, field]) => [name, valueOf(field)]);
      const told = this.update(Object.fromEntries(values));
      write(/** @type {Element} */ (this.querySelector(".figure-words")), told);
    } catch (fault) {
      if (!(fault instanceof Fault)) throw fault;
      const { field, values } = /** @type {Fault & {field: string, values: Record<string, string | number>}} */ (fault);
      this.#tell(this.fields[field], this.say(fault.message, values));
      return;
    }
    clearTimeout(this.#later);
    // Safari allows a hundred changes of the address in half a minute.
    this.#later = window.setTimeout(() => this.isConnected && this.#keep(), 400);
  }

  /**
   * Tells what is wrong with a field, and whether anything is.
   * @param {Field} field
   */
  #check(field) {
    field.removeAttribute("aria-invalid");
    field.removeAttribute("aria-describedby");
    if (field.validity.valid) return false;
    const { min, max, step } = /** @type {HTMLInputElement} */ (field);
    this.#tell(field, say(step === "1" ? words.whole : words.between, { min: Number(min), max: Number(max) }));
    return true;
  }

  /**
   * @param {Field} field
   * @param {string} text
   */
  #tell(field, text) {
    const id = `${this.localName}-${field.name}-fault`;
    field.ariaInvalid = "true";
    field.setAttribute("aria-describedby", id);
    const beside = field.closest("label") ?? field;
    beside.after(make("p", { class: "figure-fault", id, role: "alert" }, text));
  }

  /** Writes what differs from the start into the address, which can be shared then. */
  #keep() {
    const kept = new URLSearchParams(location.search);
    for (const [name, field] of Object.entries(this.fields))
      if (held(field) === this.#start[name]) kept.delete(this.#key(name));
      else kept.set(this.#key(name), held(field));
    history.replaceState(history.state, "", (kept.size ? `?${kept}` : location.pathname) + location.hash);
  }
}

/**
 * Makes a figure of the page's elements of its name.
 * @param {string} name
 * @param {CustomElementConstructor} figure
 */
export function define(name, figure) {
  customElements.define(`fig-${name}`, figure);
}

/**
 * Makes an SVG element with attributes and children.
 * @param {string} tag
 * @param {Record<string, string | number>} [attributes]
 * @param {...(Node | string)} children
 */
export function shape(tag, attributes = {}, ...children) {
  const element = document.createElementNS("http://www.w3.org/2000/svg", tag);
  for (const name in attributes) element.setAttribute(name, String(attributes[name]));
  element.append(...children);
  return element;
}

/**
 * Writes into an element. What is there already stays: it costs no layout, and is not read out again.
 * @param {Element} element
 * @param {string} text
 */
export function write(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

/**
 * What a field holds, as a text.
 * @param {Field} field
 */
function held(field) {
  return String(valueOf(field));
}

/** @param {Field} field */
function valueOf(field) {
  if (field.type === "checkbox") return /** @type {HTMLInputElement} */ (field).checked;
  return field.type === "number" || field.type === "range" ? Number(field.value) : field.value;
}

/**
 * @param {Field} field
 * @param {string} value
 */
function put(field, value) {
  if (field.value === value) return;
  if (field instanceof HTMLSelectElement) {
    // An option that is not there would leave the field without any.
    if ([...field.options].some((option) => option.value === value)) field.value = value;
  } else if (field.type === "checkbox") /** @type {HTMLInputElement} */ (field).checked = value === "true";
  else field.value = field.maxLength > 0 ? value.slice(0, field.maxLength) : value;
}
