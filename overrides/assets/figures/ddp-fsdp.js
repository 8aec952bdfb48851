/* One training step on two GPUs, in DDP and in FSDP. */

import { exchange, held, sent } from "./ddp-fsdp-arithmetic.js";
import { define, Figure } from "./figure.js";

/** @type {("weights" | "gradients" | "optimizer")[]} */
const KINDS = ["weights", "gradients", "optimizer"];

class FigDdpFsdp extends Figure {
  /** @param {any} values */
  update({ method, step }) {
    this.sheet("ddp-fsdp.css");
    const rows = this.querySelectorAll("[data-part]");
    for (const [layer, parts] of held(method, step).entries())
      for (const [at, kind] of KINDS.entries()) this.#fill(rows[3 * layer + at], kind, parts[kind]);
    const { name, layer } = exchange(method, step);
    /** @type {Element} */ (this.querySelector(".figure-sent")).textContent = this.say(name, { layer });
    const loads = this.number(sent(method, step));
    return [this.say("step", { step }), this.say(`${method}-${step}`), this.say("sent", { loads })].join(" ");
  }

  /**
   * Fills what both GPUs hold of a part: a half is the first on one, and the second on the other.
   * @param {Element} row
   * @param {string} kind
   * @param {string} state
   */
  #fill(row, kind, state) {
    for (const [gpu, cell] of [...row.querySelectorAll("td")].entries()) {
      cell.textContent = this.say(`${kind}-${state}-${gpu + 1}`);
      cell.dataset.state = state;
      cell.style.setProperty("--from", state === "half" && gpu ? "50%" : "0%");
      cell.style.setProperty("--to", state === "none" ? "0%" : state === "half" && !gpu ? "50%" : "100%");
    }
  }
}

define("ddp-fsdp", FigDdpFsdp);
