/*
 * Deleting all that this browser holds of a deck, asked twice.
 */
import { button, make } from "./dom.js";
import { counted } from "./study-board.js";

/** @typedef {import("./study-board.js").StudyBoard} StudyBoard */

const words = {
  about:
    "This deletes your answers, schedules and settings for this deck, in this browser alone. Copies in files and " +
    "on other devices stay, and bringing in an old copy brings its answers back.",
  delete: "Delete everything",
  sure: (/** @type {number} */ reviews) => `Delete ${counted(reviews, "review")} for good? This cannot be undone.`,
  forGood: "Delete for good",
  keep: "Keep it all",
  deleted: "Everything is deleted.",
  kept: "Nothing was deleted.",
  failed: "The browser did not delete it. Close the page and try again.",
};

/**
 * @param {HTMLElement} room
 * @param {StudyBoard} board
 * @param {(text: string) => void} say
 */
export function fill(room, board, say) {
  const first = button({ "data-do": "delete" }, words.delete);
  first.addEventListener("click", () => {
    say("");
    askAgain(room, board, (said) => {
      fill(room, board, say).focus();
      say(said);
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
  const question = make("p", { tabindex: "-1" }, words.sure(board.reviews));
  const [forGood, keep] = [button({}, words.forGood), button({}, words.keep)];
  forGood.addEventListener("click", async () => {
    const deleted = board.record.clear().then(() => true);
    end((await deleted.catch(() => false)) ? words.deleted : words.failed);
  });
  keep.addEventListener("click", () => end(words.kept));
  room.replaceChildren(question, make("div", { class: "board-buttons" }, keep, forGood));
  question.focus();
}
