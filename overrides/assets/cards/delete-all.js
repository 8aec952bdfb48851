/*
 * Deleting all that this browser holds of a deck, asked twice.
 */
import { say } from "../words/say.js";
import { wordsOf } from "../words/words.js";
import { button, make } from "./dom.js";

/** @typedef {import("./study-board.js").StudyBoard} StudyBoard */

const words = wordsOf("delete");

/**
 * @param {HTMLElement} room
 * @param {StudyBoard} board
 * @param {(text: string) => void} tell
 */
export function fill(room, board, tell) {
  const first = button({ "data-do": "delete" }, words.delete);
  first.addEventListener("click", () => {
    tell("");
    askAgain(room, board, (said) => {
      fill(room, board, tell).focus();
      tell(said);
    });
  });
  room.replaceChildren(make("p", {}, words.about), make("div", { class: "board-buttons" }, first));
  return first;
}

/**
 * @param {HTMLElement} room
 * @param {StudyBoard} board
 * @param {(said: string) => void} end
 */
function askAgain(room, board, end) {
  const question = make("p", { tabindex: "-1" }, say(words.sure, { n: board.reviews }));
  const [forGood, keep] = [button({}, words.forGood), button({}, words.keep)];
  forGood.addEventListener("click", async () => {
    const deleted = board.record.clear().then(() => true);
    end((await deleted.catch(() => false)) ? words.deleted : words.failed);
  });
  keep.addEventListener("click", () => end(words.kept));
  room.replaceChildren(question, make("div", { class: "board-buttons" }, keep, forGood));
  question.focus();
}
