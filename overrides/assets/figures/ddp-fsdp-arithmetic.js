/* What two GPUs hold and send in one training step of a model of two equal layers. */

/** The parts of a training step, from the start to the update. */
export const STEPS = 8;

/** From which step on a layer's gradients are there, and from which they are averaged: layer 2 is first. */
const GRADIENTS = [
  [6, 7],
  [4, 5],
];
/** In which steps FSDP has put a layer's weights together, for its forward and its backward pass. */
const GATHERED = [
  [2, 6],
  [3, 4],
];

/**
 * What each of the two GPUs holds of each layer after a step.
 *
 * `weights` are "whole", "half" or "gathered", `gradients` "none", "own" (of the GPU's own data, whole),
 * "mean" or "half" (of the mean), and `optimizer` is "whole" or "half". Half is the GPU's own shard.
 *
 * @param {string} method "ddp" or "fsdp"
 * @param {number} step 1 to 8
 */
export function held(method, step) {
  check(method, step);
  const sharded = method === "fsdp";
  return [0, 1].map((layer) => {
    const [made, averaged] = GRADIENTS[layer];
    const mean = sharded ? "half" : "mean";
    return {
      weights: !sharded ? "whole" : GATHERED[layer].includes(step) ? "gathered" : "half",
      gradients: step < made ? "none" : step < averaged ? "own" : mean,
      optimizer: sharded ? "half" : "whole",
    };
  });
}

/**
 * What the GPUs exchange in a step: its name, the layer from 1, and what it sends in loads.
 *
 * One load is what an all-gather or a reduce-scatter of all parameters sends. An all-reduce sends two
 * (Rajbhandari et al. 2020, Section 7). A layer is half of the model.
 *
 * @param {string} method "ddp" or "fsdp"
 * @param {number} step 1 to 8
 */
export function exchange(method, step) {
  check(method, step);
  const averaged = GRADIENTS.findIndex(([, at]) => at === step);
  if (averaged >= 0)
    return method === "ddp"
      ? { name: "all-reduce", layer: averaged + 1, loads: 1 }
      : { name: "reduce-scatter", layer: averaged + 1, loads: 1 / 2 };
  const gathered = GATHERED.findIndex((steps) => steps.includes(step));
  if (method === "fsdp" && gathered >= 0) return { name: "all-gather", layer: gathered + 1, loads: 1 / 2 };
  return { name: "nothing", layer: 0, loads: 0 };
}

/**
 * What has been sent up to a step and in it, in loads.
 *
 * @param {string} method "ddp" or "fsdp"
 * @param {number} step 1 to 8
 */
export function sent(method, step) {
  check(method, step);
  let loads = 0;
  for (let at = 1; at <= step; at++) loads += exchange(method, at).loads;
  return loads;
}

/**
 * @param {string} method
 * @param {number} step
 */
function check(method, step) {
  const known = method === "ddp" || method === "fsdp";
  if (!known || !Number.isInteger(step) || step < 1 || step > STEPS) throw new RangeError("step");
}
