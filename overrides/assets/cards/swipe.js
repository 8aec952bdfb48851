import { isWide } from "./dom.js";

/** How far a finger may stray before it means something, in CSS pixels, and how far is a swipe. */
const SLOP = 10;
const FAR = 90;

/** For how long after a swipe a click on the card is part of it, in milliseconds. */
const ECHO = 350;

/**
 * Lets a finger move through a stack: the card follows it sideways, and a swipe far enough presses
 * the button for the next or the previous card.
 *
 * A finger that moves up or down scrolls the page as ever (`touch-action` in the sheet's style),
 * and one that starts on something wider than the card scrolls that.
 *
 * @param {HTMLElement} host
 * @param {AbortSignal} signal ends the listening
 * @param {PointerEvent} first the touch that is already under way
 */
export function swipePressesButtons(host, signal, first) {
  /** @type {{x: number, y: number, id: number, sheet: HTMLElement, moving: boolean} | undefined} */
  let touch;
  let ended = -Infinity;

  /** @param {PointerEvent} event */
  const start = (event) => {
    const target = /** @type {Element} */ (event.target);
    const sheet = target.closest(".flash-sheet");
    settle(event);
    if (event.pointerType !== "touch" || !event.isPrimary || !(sheet instanceof HTMLElement)) return;
    if (scrollsSideways(target, sheet)) return;
    touch = { x: event.clientX, y: event.clientY, id: event.pointerId, sheet, moving: false };
  };

  /** @param {PointerEvent} event */
  const move = (event) => {
    if (!touch || event.pointerId !== touch.id) return;
    const [x, y] = [event.clientX - touch.x, event.clientY - touch.y];
    if (!touch.moving) {
      if (Math.hypot(x, y) < SLOP) return;
      if (Math.abs(y) > Math.abs(x)) return void (touch = undefined);
      touch.moving = true;
      touch.sheet.setPointerCapture(touch.id);
      touch.sheet.style.transition = "none";
    }
    touch.sheet.style.transform = `translateX(${x}px)`;
  };

  /** @param {PointerEvent} event */
  const end = (event) => {
    if (!touch || event.pointerId !== touch.id) return;
    const { sheet, x, moving } = touch;
    const way = event.clientX - x;
    settle(event);
    const far = Math.abs(way) > Math.min(FAR, sheet.clientWidth / 4);
    if (!moving || !far || event.type !== "pointerup") return;
    const onward = getComputedStyle(host).direction === "rtl" ? way > 0 : way < 0;
    const button = host.querySelector(onward ? "[data-do=next]" : "[data-do=previous]");
    if (button instanceof HTMLElement) button.click();
  };

  /** @param {PointerEvent} event */
  const settle = (event) => {
    if (touch?.moving) {
      touch.sheet.style.transform = touch.sheet.style.transition = "";
      ended = event.timeStamp;
    }
    touch = undefined;
  };

  // Some browsers send a click after a short way of the finger, which would turn the card.
  const click = (/** @type {MouseEvent} */ event) => {
    const onSheet = /** @type {Element} */ (event.target).closest(".flash-sheet");
    if (!onSheet || !event.isTrusted || event.timeStamp - ended > ECHO) return;
    event.preventDefault();
    event.stopPropagation();
  };

  host.addEventListener("pointerdown", start, { signal });
  host.addEventListener("pointermove", move, { signal });
  host.addEventListener("pointerup", end, { signal });
  host.addEventListener("pointercancel", end, { signal });
  host.addEventListener("click", click, { signal, capture: true });
  start(first);
}

/**
 * Whether something between an element and the sheet has more to show at its side.
 * @param {Element} from
 * @param {Element} sheet
 */
function scrollsSideways(from, sheet) {
  for (let element = from; element !== sheet && element.parentElement; element = element.parentElement)
    if (isWide(element) && getComputedStyle(element).overflowX !== "visible") return true;
  return false;
}
