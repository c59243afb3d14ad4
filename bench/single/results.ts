import type { Knowledge, Measurement } from "./measurement.ts";
import type { ProgressName } from "./progress-models.ts";
import { DEFAULT_PRICE } from "./suite.ts";

/** Which of our waits. */
export interface OurKind {
  readonly progress: ProgressName;
  readonly knowledge: Knowledge;
}

/** All measurements, by what one asks for. */
export class Results {
  readonly all: readonly Measurement[];
  readonly models: readonly string[];

  constructor(all: readonly Measurement[]) {
    this.all = all;
    this.models = [...new Set(all.map(({ model }) => model))];
  }

  get rivals(): readonly string[] {
    return [...new Set(this.all.map(({ who }) => who))].filter((who) => who !== "ours" && who !== "bound");
  }

  rival(model: string, who: string): Measurement {
    return found(
      this.all.find((m) => m.model === model && m.who === who),
      `${who} on ${model}`,
    );
  }

  bound(model: string, price: number = DEFAULT_PRICE): Measurement {
    return found(
      this.all.find((m) => m.model === model && m.who === "bound" && m.price === price),
      `bound of ${model}`,
    );
  }

  /** Our waits at the default price. */
  ours(model: string, { progress, knowledge }: OurKind, trouble = ""): Measurement {
    return found(
      this.#kind(model, { progress, knowledge }, trouble).find(({ price }) => price === DEFAULT_PRICE),
      `ours on ${model}, ${progress}, ${knowledge}, ${trouble}`,
    );
  }

  /** Our waits at all prices that were tried. */
  curve(model: string, kind: OurKind): readonly Measurement[] {
    return this.#kind(model, kind, "");
  }

  #kind(model: string, { progress, knowledge }: OurKind, trouble: string): readonly Measurement[] {
    return this.all.filter(
      (m) =>
        m.who === "ours" &&
        m.model === model &&
        m.progress === progress &&
        m.knowledge === knowledge &&
        m.trouble === trouble,
    );
  }
}

function found(measurement: Measurement | undefined, what: string): Measurement {
  if (measurement === undefined) {
    throw new Error(`not measured: ${what}`);
  }
  return measurement;
}
