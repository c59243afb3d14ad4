import type { LoadHook } from "node:module";
import type { Knob } from "./knobs.ts";

let knob: Knob | undefined;

/** Called once by Node, with what `register` was given. */
export function initialize(given: Knob | undefined): void {
  knob = given;
}

/** Gives modules as they are but for the one that has the knob. */
export const load: LoadHook = async (url, context, nextLoad) => {
  const loaded = await nextLoad(url, context);
  if (knob === undefined || !url.endsWith(`/src/${knob.module}`)) {
    return loaded;
  }
  const text = String(loaded.source);
  if (text.split(knob.from).length !== 2) {
    throw new Error(
      `${knob.module} must have ${JSON.stringify(knob.from)} once: correct bench/many/knobs.ts`,
    );
  }
  return { ...loaded, source: text.replace(knob.from, knob.to) };
};
